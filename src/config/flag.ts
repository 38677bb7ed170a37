import type { Reader } from './reader.ts'

/** One thing that can be configured: by its flag, else by its environment variable. */
export interface Flag<Value> {
  readonly reader: Reader<Value>
  /** Whether it is read from the command line alone: what is said of one run, not of a server. */
  readonly withoutVariable?: true
  /** What it is where nobody says, as it would be written; undefined leaves the value undefined. */
  readonly fallback: string | undefined
  /** For `--help`. */
  readonly help: string
}

/** Flags by their name in the code: `allowAnonymous` is `--allow-anonymous`. */
export type FlagTable = Readonly<Record<string, Flag<unknown>>>

/** What a table of flags gives. */
export type ValuesOf<Table extends FlagTable> = {
  readonly [Name in keyof Table]: Table[Name] extends Flag<infer Value> ? Value : never
}

/** A flag with a default. */
export function flag<Value>(reader: Reader<Value>, fallback: string, help: string): Flag<Value> {
  return { reader, fallback, help }
}

/** A flag that may be left out. */
export function optional<Value>(reader: Reader<Value>, help: string): Flag<Value | undefined> {
  return { reader, fallback: undefined, help }
}

/** A flag that no environment variable stands for. */
export function withoutVariable<Value>(other: Flag<Value>): Flag<Value> {
  return { ...other, withoutVariable: true }
}

/** `allowAnonymous` and `allow_anonymous` as a flag: `allow-anonymous`. */
export function flagName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replaceAll('_', '-')
}

/** The same as an environment variable: `YTOPIC_ALLOW_ANONYMOUS`. */
function environmentName(name: string): string {
  return `YTOPIC_${flagName(name).toUpperCase().replaceAll('-', '_')}`
}

/** What node's `parseArgs` may give for one flag. */
export type Parsed = string | boolean | readonly (string | boolean)[] | undefined

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The values of a table, or what is wrong with one, without a capital and a full stop. */
export type Values<Table extends FlagTable> =
  | { readonly kind: 'values'; readonly values: ValuesOf<Table> }
  | { readonly kind: 'mistake'; readonly what: string }

/** Reads every flag of a table: the command line first, then the environment, then the default. */
export function readFlags<Table extends FlagTable>(
  table: Table,
  given: Readonly<Record<string, Parsed>>,
  environment: Environment,
): Values<Table> {
  const values: Record<string, unknown> = {}
  for (const [name, { reader, fallback, withoutVariable: alone }] of Object.entries(table)) {
    const flagged = written(given[flagName(name)])
    const variable = alone === true ? undefined : environment[environmentName(name)]
    const told = flagged ?? variable ?? fallback
    values[name] = told === undefined ? undefined : reader.read(told)
    if (told === undefined || values[name] !== undefined) continue
    const source = flagged === undefined ? environmentName(name) : `--${flagName(name)}`
    const not = told === '' ? 'nothing' : `'${told}'`
    return { kind: 'mistake', what: `${source} takes ${reader.takes}, not ${not}` }
  }
  if (!isWhole(table, values)) throw new TypeError('A flag was not read.')
  return { kind: 'values', values }
}

function isWhole<Table extends FlagTable>(table: Table, values: object): values is ValuesOf<Table> {
  return Object.keys(table).every((name) => name in values)
}

/** The lines of `--help` for a table. */
export function describeFlags(table: FlagTable): string {
  return Object.entries(table).map(describeFlag).join('\n')
}

const column = 27
const columnsMax = 96

function describeFlag([name, described]: readonly [string, Flag<unknown>]): string {
  const { reader, fallback, help } = described
  const head = `  --${flagName(name)} ${reader.placeholder}`.trimEnd()
  const many = reader.many === true ? '; may be given several times' : ''
  const variable = described.withoutVariable === true ? [] : [environmentName(name)]
  const last = fallback === undefined || fallback === '' ? [] : [`default ${fallback}`]
  const behind = [...variable, ...last].join(', ')
  const told = `${help}${many}${behind === '' ? '' : ` (${behind})`}`
  const lines: string[] = []
  let line = head.length < column ? head.padEnd(column - 1) : (lines.push(head), indent)
  for (const word of told.split(' ')) {
    if (line.length + 1 + word.length > columnsMax) {
      lines.push(line)
      line = indent
    }
    line += ` ${word}`
  }
  return [...lines, line].join('\n')
}

const indent = ' '.repeat(column - 1)

function written(given: Parsed): string | undefined {
  if (given === undefined) return undefined
  if (typeof given === 'boolean') return given ? '1' : '0'
  return typeof given === 'string' ? given : given.map(String).join(',')
}
