import { parseArgs } from 'node:util'
import { type FlagTable, flagName, optional, type Parsed, withoutVariable } from './flag.ts'
import { nearest } from './nearest.ts'
import { toggle } from './reader.ts'

/** What is wrong with a command line, without a capital and a full stop. */
export interface Mistake {
  readonly kind: 'mistake'
  readonly what: string
}

/** A command line in its parts; the values are not read yet. */
export interface Line {
  readonly kind: 'line'
  /** By the flag's name as it is written. */
  readonly given: Readonly<Record<string, Parsed>>
  readonly words: readonly string[]
}

/** Flags that every command has. */
export const helpFlags = { help: withoutVariable(optional(toggle, 'print this')) } as const

/** Takes a command line apart by the flags that its command has. */
export function parseLine(args: readonly string[], table: FlagTable): Line | Mistake {
  const options = Object.fromEntries(
    Object.entries(table).map(([name, { reader }]) => {
      const type = reader.alone === true ? ('boolean' as const) : ('string' as const)
      return [flagName(name), reader.many === true ? { type, multiple: true } : { type }]
    }),
  )
  try {
    const parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true })
    return { kind: 'line', given: parsed.values, words: parsed.positionals }
  } catch (error) {
    return { kind: 'mistake', what: whatIsWrong(error, Object.keys(options)) }
  }
}

/** Node's message without its advice, and the flag that was probably meant. */
function whatIsWrong(error: unknown, flags: readonly string[]): string {
  const message = error instanceof Error ? error.message : String(error)
  const [sentence = message] = message.split(/\.\s|\n/)
  const lower = sentence.charAt(0).toLowerCase() + sentence.slice(1)
  const unknown = /^unknown option '--(.*)'$/.exec(lower)?.[1]
  const near = unknown === undefined ? undefined : nearest(unknown, flags)
  return near === undefined ? lower : `${lower}; is it '--${near}'?`
}
