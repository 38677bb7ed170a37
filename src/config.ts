import { type Limits, limitsWith } from './base/limits/limits.ts'
import type { ExitCode, Terminal } from './cli/command.ts'
import { subcommands } from './cli/commands.ts'
import type { Subcommand } from './cli/subcommand.ts'
import { authConflict } from './config/auth-conflict.ts'
import { readSecrets, type Secrets } from './config/auth-flags.ts'
import { helpFlags, parseLine } from './config/command-line.ts'
import {
  describeFlags,
  type Environment,
  optional,
  readFlags,
  type ValuesOf,
  withoutVariable,
} from './config/flag.ts'
import { serveFlags } from './config/flags.ts'
import { limitFlags, limitsOf } from './config/limit-flags.ts'
import { nearest } from './config/nearest.ts'
import { toggle } from './config/reader.ts'

/** All that can be configured, checked and frozen: the flags of `serve`, secrets, every limit. */
export type Config = ValuesOf<typeof serveFlags> & Secrets & { readonly limits: Limits }

/** What a command line asks for. */
export type Command =
  | { readonly kind: 'serve'; readonly config: Config }
  | {
      readonly kind: 'tool'
      readonly name: string
      readonly work: (terminal: Terminal) => Promise<ExitCode>
    }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'version' }
  /** One line that says what is wrong and what to do. */
  | { readonly kind: 'mistake'; readonly line: string }

const toolList = subcommands.map(({ name, summary }) => `  ${name.padEnd(11)}${summary}`).join('\n')

const moreFlags = {
  ...helpFlags,
  helpLimits: withoutVariable(optional(toggle, 'print the limits, which are flags as well')),
  version: withoutVariable(optional(toggle, 'print the version')),
} as const

const help = `ytopic: collaborative document editing for Yjs editors

Usage: ytopic [COMMAND] [flags]

  serve      serve documents; what happens without a command
${toolList}

ytopic COMMAND --help tells more of one. Flags of serve:

${describeFlags({ ...serveFlags, ...moreFlags })}

A flag goes before the environment.`

const limitHelp = `Limits of ytopic serve. Bytes are written as 65536, 64KiB, 16MiB or 1GiB, times
as 500ms, 30s, 5m, 1h or 7d.

${describeFlags(limitFlags)}`

/**
 * Reads the command line and the environment.
 * @param args what stands behind the program's name.
 */
export function readCommand(args: readonly string[], environment: Environment): Command {
  const tool = subcommands.find(({ name }) => name === args[0])
  return tool === undefined
    ? readServe(args, environment)
    : readTool(tool, args.slice(1), environment)
}

function readServe(args: readonly string[], environment: Environment): Command {
  const line = parseLine(args, { ...serveFlags, ...limitFlags, ...moreFlags })
  if (line.kind === 'mistake') return mistake(line.what)
  const { given, words } = line
  if (given['help'] === true) return { kind: 'help', text: help }
  if (given['help-limits'] === true) return { kind: 'help', text: limitHelp }
  if (given['version'] === true) return { kind: 'version' }
  const [command = 'serve', ...more] = words
  if (command !== 'serve') return unknownCommand(command)
  if (more.length > 0) return mistake(`'${more[0]}' is one word too many`)
  const flags = readFlags(serveFlags, given, environment)
  if (flags.kind === 'mistake') return mistake(flags.what)
  const limits = readFlags(limitFlags, given, environment)
  if (limits.kind === 'mistake') return mistake(limits.what)
  const settings = { ...flags.values, ...readSecrets(environment) }
  const config = { ...settings, limits: limitsWith(limitsOf(limits.values)) }
  const conflict =
    authConflict(config, config.host, config.trustProxy !== undefined) ??
    tlsConflict(config) ??
    busConflict(config)
  return conflict === undefined
    ? { kind: 'serve', config: Object.freeze(config) }
    : mistake(conflict)
}

function busConflict({ bus, store }: Config): string | undefined {
  if (bus === undefined || store !== undefined) return undefined
  return '--bus needs --store beside it: servers that share no documents have nothing to tell'
}

function tlsConflict({ tlsCert, tlsKey }: Config): string | undefined {
  if (tlsCert === undefined && tlsKey !== undefined) return '--tls-key needs --tls-cert beside it'
  if (tlsCert !== undefined && tlsKey === undefined) return '--tls-cert needs --tls-key beside it'
  return undefined
}

function readTool(
  { name, read }: Subcommand,
  args: readonly string[],
  environment: Environment,
): Command {
  const reading = read(args, environment)
  switch (reading.kind) {
    case 'work':
      return { kind: 'tool', name, work: reading.work }
    case 'help':
      return reading
    case 'mistake':
      return mistake(reading.what, `ytopic ${name}`)
  }
}

function unknownCommand(command: string): Command {
  const names = ['serve', ...subcommands.map(({ name }) => name)]
  if (names.includes(command)) return mistake(`the command '${command}' goes before its flags`)
  const near = nearest(command, names)
  const hint = near === undefined ? `there are ${names.join(', ')}` : `is it '${near}'?`
  return mistake(`unknown command '${command}'; ${hint}`)
}

/** @param command the one whose help tells more */
function mistake(what: string, command = 'ytopic'): Command {
  return { kind: 'mistake', line: `ytopic: ${what} (${command} --help tells more)` }
}
