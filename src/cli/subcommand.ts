import { limitsWith } from '../base/limits/limits.ts'
import { helpFlags, type Mistake, parseLine } from '../config/command-line.ts'
import { describeFlags, type Environment, type FlagTable, readFlags } from '../config/flag.ts'
import { limitFlags, limitsOf } from '../config/limit-flags.ts'
import type { ExitCode, Given, Terminal, Tool } from './command.ts'

/** One subcommand, whatever its flags are. */
export interface Subcommand {
  readonly name: string
  /** One line for the list of commands. */
  readonly summary: string
  readonly flags: FlagTable
  /** @param args what stands behind its name */
  readonly read: (args: readonly string[], environment: Environment) => Reading
}

/** A command line of a subcommand, as it was read. */
type Reading =
  | { readonly kind: 'work'; readonly work: (terminal: Terminal) => Promise<ExitCode> }
  | { readonly kind: 'help'; readonly text: string }
  | Mistake

/** A tool as a subcommand: it gets its flags' values by their types. */
export function subcommand<Table extends FlagTable>(tool: Tool<Table>): Subcommand {
  const { name, summary, flags } = tool
  return { name, summary, flags, read: (args, environment) => readTool(tool, args, environment) }
}

function readTool<Table extends FlagTable>(
  tool: Tool<Table>,
  args: readonly string[],
  environment: Environment,
): Reading {
  const line = parseLine(args, { ...tool.flags, ...helpFlags })
  if (line.kind === 'mistake') return line
  if (line.given['help'] === true) return { kind: 'help', text: helpOf(tool) }
  const { words } = line
  const { min, max } = tool.words
  if (words.length > max) return { kind: 'mistake', what: `'${words[max]}' is one word too many` }
  if (words.length < min) return { kind: 'mistake', what: `${tool.name} needs ${tool.usage}` }
  const flags = readFlags(tool.flags, line.given, environment)
  if (flags.kind === 'mistake') return flags
  const limits = readFlags(limitFlags, {}, environment)
  if (limits.kind === 'mistake') return limits
  const given: Given<Table> = {
    values: flags.values,
    words,
    environment,
    limits: limitsWith(limitsOf(limits.values)),
  }
  const what = tool.mistake?.(given)
  if (what !== undefined) return { kind: 'mistake', what }
  return { kind: 'work', work: (terminal) => tool.run(given, terminal) }
}

/** What `ytopic COMMAND --help` prints. */
function helpOf<Table extends FlagTable>({ name, usage, help, flags }: Tool<Table>): string {
  const line = `Usage: ytopic ${[name, usage, '[flags]'].filter(Boolean).join(' ')}`
  return `${line}\n\n${help}\n\n${describeFlags({ ...flags, ...helpFlags })}`
}
