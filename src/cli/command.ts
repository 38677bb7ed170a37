import type { Clock, WallClock } from '../base/clock.ts'
import type { Limits } from '../base/limits/limits.ts'

/** Where a subcommand reads and speaks; given by main.ts, so that tests can give others. */
export interface Terminal {
  /** One line to standard output. */
  print(line: string): void
  /** One line to standard error. */
  warn(line: string): void
  /** How far long work has come; shown only now and then, and only where it does not litter. */
  progress(line: string): void
  /** Bytes to standard output, whole. */
  write(bytes: Uint8Array): Promise<void>
  /** Whether a person looks at standard output. */
  readonly isTerminal: boolean
  readonly clock: Clock
  readonly wallClock: WallClock
}

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Flags and words behind a subcommand's name, as they were read. */
export interface Given {
  /** Data directory, absolute. */
  readonly directory: string
  readonly words: readonly string[]
  /** Value of a flag that takes one. */
  readonly value: (flag: string) => string | undefined
  readonly has: (flag: string) => boolean
  readonly environment: Environment
  /** As the environment sets them; the tools have no flags for them. */
  readonly limits: Limits
}

/** 0: all is well. 1: something is wrong, or could not be done. */
export type ExitCode = 0 | 1

/** One subcommand: its face and its work. */
export interface Subcommand {
  readonly name: string
  /** What stands behind its name on the usage line. */
  readonly usage: string
  /** One line for the list of commands. */
  readonly summary: string
  /** What `--help` says below the usage line. */
  readonly help: string
  /** Its own flags; `--data` and `--help` have all. */
  readonly flags: Readonly<Record<string, 'value' | 'switch'>>
  /** Whether it has nothing to do with documents; then its help does not speak of them. */
  readonly withoutData?: true
  /** How many words it takes. */
  readonly words: { readonly min: number; readonly max: number }
  /** What is wrong with this use of it, beyond the number of words; undefined when nothing. */
  readonly mistake?: (given: Given) => string | undefined
  /** @throws StoreError and the like: their message is the line that is shown. */
  readonly run: (given: Given, terminal: Terminal) => Promise<ExitCode>
}
