import { parseArgs } from 'node:util'
import { type Limits, limitsWith } from './base/limits/limits.ts'
import type { Given, Subcommand } from './cli/command.ts'
import { subcommands } from './cli/commands.ts'
import { readGiven, whatIsWrong } from './cli/run.ts'
import { nearest } from './cli/suggest.ts'
import { authConflict } from './config/auth-conflict.ts'
import { readSecrets, type Secrets } from './config/auth-flags.ts'
import { describeFlags, parseOptions, readFlags, type ValuesOf } from './config/flag.ts'
import { serveFlags } from './config/flags.ts'
import { limitFlags, limitsOf } from './config/limit-flags.ts'

/** All that can be configured, checked and frozen: the flags of `serve`, secrets, every limit. */
export type Config = ValuesOf<typeof serveFlags> & Secrets & { readonly limits: Limits }

/** What a command line asks for. */
export type Command =
  | { readonly kind: 'serve'; readonly config: Config }
  | { readonly kind: 'tool'; readonly tool: Subcommand; readonly given: Given }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'version' }
  /** One line that says what is wrong and what to do. */
  | { readonly kind: 'mistake'; readonly line: string }

const toolList = subcommands.map(({ name, summary }) => `  ${name.padEnd(11)}${summary}`).join('\n')

const help = `ytopic: collaborative document editing for Yjs editors

Usage: ytopic [COMMAND] [flags]

  serve      serve documents; what happens without a command
${toolList}

ytopic COMMAND --help tells more of one. Flags of serve:

${describeFlags(serveFlags)}
  --help                   print this
  --help-limits            print the limits, which are flags as well
  --version                print the version

A flag goes before the environment.`

const limitHelp = `Limits of ytopic serve. Bytes are written as 65536, 64KiB, 16MiB or 1GiB, times
as 500ms, 30s, 5m or 1h.

${describeFlags(limitFlags)}`

const options = {
  ...parseOptions(serveFlags),
  ...parseOptions(limitFlags),
  help: { type: 'boolean' },
  'help-limits': { type: 'boolean' },
  version: { type: 'boolean' },
} as const

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads the command line and the environment.
 * @param args what stands behind the program's name.
 */
export function readCommand(args: readonly string[], environment: Environment): Command {
  const tool = subcommands.find(({ name }) => name === args[0])
  if (tool !== undefined) return readTool(tool, args.slice(1), environment)
  let parsed
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true })
  } catch (error) {
    return mistake(whatIsWrong(error, Object.keys(options)))
  }
  const { values, positionals } = parsed
  if (values.help === true) return { kind: 'help', text: help }
  if (values['help-limits'] === true) return { kind: 'help', text: limitHelp }
  if (values.version === true) return { kind: 'version' }
  const [command = 'serve', ...more] = positionals
  if (command !== 'serve') return unknownCommand(command)
  if (more.length > 0) return mistake(`'${more[0]}' is one word too many`)
  const flags = readFlags(serveFlags, values, environment)
  if (flags.kind === 'mistake') return mistake(flags.what)
  const limits = readFlags(limitFlags, values, environment)
  if (limits.kind === 'mistake') return mistake(limits.what)
  const settings = { ...flags.values, ...readSecrets(environment) }
  const config = { ...settings, limits: limitsWith(limitsOf(limits.values)) }
  const conflict =
    authConflict(config, config.host, config.trustProxy !== undefined) ?? tlsConflict(config)
  return conflict === undefined
    ? { kind: 'serve', config: Object.freeze(config) }
    : mistake(conflict)
}

function tlsConflict({ tlsCert, tlsKey }: Config): string | undefined {
  if (tlsCert === undefined && tlsKey !== undefined) return '--tls-key needs --tls-cert beside it'
  if (tlsCert !== undefined && tlsKey === undefined) return '--tls-cert needs --tls-key beside it'
  return undefined
}

function readTool(tool: Subcommand, args: readonly string[], environment: Environment): Command {
  const limits = readFlags(limitFlags, {}, environment)
  if (limits.kind === 'mistake') return mistake(limits.what)
  const reading = readGiven(tool, args, environment, limitsWith(limitsOf(limits.values)))
  switch (reading.kind) {
    case 'given':
      return { kind: 'tool', tool, given: reading.given }
    case 'help':
      return reading
    case 'mistake': {
      const line = `ytopic: ${reading.what} (ytopic ${tool.name} --help tells more)`
      return { kind: 'mistake', line }
    }
  }
}

function unknownCommand(command: string): Command {
  const names = ['serve', ...subcommands.map(({ name }) => name)]
  if (names.includes(command)) return mistake(`the command '${command}' goes before its flags`)
  const near = nearest(command, names)
  const hint = near === undefined ? `there are ${names.join(', ')}` : `is it '${near}'?`
  return mistake(`unknown command '${command}'; ${hint}`)
}

function mistake(what: string): Command {
  return { kind: 'mistake', line: `ytopic: ${what} (ytopic --help lists commands and flags)` }
}
