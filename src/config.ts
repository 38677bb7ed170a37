import { parseArgs } from 'node:util'
import type { Given, Subcommand } from './cli/command.ts'
import { subcommands } from './cli/commands.ts'
import { readGiven, whatIsWrong } from './cli/run.ts'
import { nearest } from './cli/suggest.ts'

/** All that can be configured, checked and frozen. */
export interface Config {
  readonly host: string
  /** 0 takes a free port. */
  readonly port: number
  /** Directory of the documents. */
  readonly data: string
  /** Whether "saved" waits for the disk, or for the operating system only. */
  readonly durability: Durability
}

type Durability = 'full' | 'relaxed'

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

  --host HOST              address to listen on (YTOPIC_HOST, default 127.0.0.1)
  --port PORT              port to listen on, 0 for a free one (YTOPIC_PORT, default 1234)
  --data DIRECTORY         where documents are kept (YTOPIC_DATA, default ./data)
  --durability LEVEL       full: "saved" means on disk, also after a power cut;
                           relaxed: "saved" means written, and a power cut may take the last
                           moments (YTOPIC_DURABILITY, default full)
  --allow-anonymous write  let anybody who can reach the server read and write every document;
                           needed to listen beyond this machine (YTOPIC_ALLOW_ANONYMOUS)
  --help                   print this
  --version                print the version

A flag goes before the environment.`

const flags = {
  host: { type: 'string' },
  port: { type: 'string' },
  data: { type: 'string' },
  durability: { type: 'string' },
  'allow-anonymous': { type: 'string' },
  help: { type: 'boolean' },
  version: { type: 'boolean' },
} as const

/**
 * Reads the command line and the environment.
 * @param args what stands behind the program's name.
 */
export function readCommand(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Command {
  const tool = subcommands.find(({ name }) => name === args[0])
  if (tool !== undefined) return readTool(tool, args.slice(1), environment)
  let parsed
  try {
    parsed = parseArgs({ args: [...args], options: flags, allowPositionals: true, strict: true })
  } catch (error) {
    return mistake(whatIsWrong(error, Object.keys(flags)))
  }
  const { values, positionals } = parsed
  if (values.help === true) return { kind: 'help', text: help }
  if (values.version === true) return { kind: 'version' }
  const [command = 'serve', ...more] = positionals
  if (command !== 'serve') return unknownCommand(command)
  if (more.length > 0) return mistake(`'${more[0]}' is one word too many`)
  return readServe({
    host: values.host ?? environment['YTOPIC_HOST'] ?? '127.0.0.1',
    port: values.port ?? environment['YTOPIC_PORT'] ?? '1234',
    data: values.data ?? environment['YTOPIC_DATA'] ?? './data',
    durability: values.durability ?? environment['YTOPIC_DURABILITY'] ?? 'full',
    anonymous: values['allow-anonymous'] ?? environment['YTOPIC_ALLOW_ANONYMOUS'],
  })
}

function readServe(given: {
  readonly host: string
  readonly port: string
  readonly data: string
  readonly durability: string
  readonly anonymous: string | undefined
}): Command {
  const { host, data, durability, anonymous } = given
  const port = /^\d{1,5}$/.test(given.port) ? Number(given.port) : Number.NaN
  if (!(port <= 65_535)) return mistake(`--port takes 0 to 65535, not '${given.port}'`)
  if (host === '') return mistake('--host takes a host name or an address, not nothing')
  if (data === '') return mistake('--data takes a directory, not nothing')
  if (durability !== 'full' && durability !== 'relaxed') {
    return mistake(`--durability takes full or relaxed, not '${durability}'`)
  }
  if (anonymous !== undefined && anonymous !== 'write') {
    return mistake(`--allow-anonymous takes write, not '${anonymous}'`)
  }
  if (!isLoopback(host) && anonymous === undefined) {
    const allow = 'say --allow-anonymous write to allow that'
    return mistake(`on ${host} anybody who reaches it could read and write everything; ${allow}`)
  }
  return { kind: 'serve', config: Object.freeze({ host, port, data, durability }) }
}

function readTool(
  tool: Subcommand,
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Command {
  const reading = readGiven(tool, args, environment['YTOPIC_DATA'] ?? './data')
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

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d+){3}$/.test(host)
}
