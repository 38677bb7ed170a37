import type { Clock, WallClock } from '../base/clock.ts'
import type { Limits } from '../base/limits/limits.ts'
import type { Environment, FlagTable, ValuesOf } from '../config/flag.ts'
import { serveFlags } from '../config/flags.ts'

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

/** Flags and words behind a subcommand's name, as they were read. */
export interface Given<Table extends FlagTable> {
  readonly values: ValuesOf<Table>
  readonly words: readonly string[]
  readonly environment: Environment
  /** As the environment sets them; the tools have no flags for them. */
  readonly limits: Limits
}

/** 0: all is well. 1: something is wrong, or could not be done. */
export type ExitCode = 0 | 1

const { data, store, storeCaFile, storePasswordFile } = serveFlags

/** The flags of all tools that work on documents: a directory, or a database in its place. */
export const dataFlags = { data, store, storeCaFile, storePasswordFile } as const

/** One tool for the operator: its face and its work. */
export interface Tool<Table extends FlagTable> {
  readonly name: string
  /** What stands behind its name on the usage line, before its flags. */
  readonly usage: string
  /** One line for the list of commands. */
  readonly summary: string
  /** What `--help` says between the usage line and the flags. */
  readonly help: string
  readonly flags: Table
  /** How many words it takes. */
  readonly words: { readonly min: number; readonly max: number }
  /** What is wrong with this use of it, beyond the number of words; undefined when nothing. */
  readonly mistake?: (given: Given<Table>) => string | undefined
  /** @throws StoreError and the like: their message is the line that is shown. */
  readonly run: (given: Given<Table>, terminal: Terminal) => Promise<ExitCode>
}
