import { parseArgs } from 'node:util'

/** All that can be configured, checked and frozen. */
export interface Config {
  readonly host: string
  /** 0 takes a free port. */
  readonly port: number
  /** Directory of the documents. */
  readonly data: string
}

/** What a command line asks for. */
export type Command =
  | { readonly kind: 'serve'; readonly config: Config }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  /** One line that says what is wrong and what to do. */
  | { readonly kind: 'mistake'; readonly line: string }

/** What `--help` prints. */
export const help = `ytopic: collaborative document editing for Yjs editors

Usage: ytopic [serve] [flags]

  --host HOST              address to listen on (YTOPIC_HOST, default 127.0.0.1)
  --port PORT              port to listen on, 0 for a free one (YTOPIC_PORT, default 1234)
  --data DIRECTORY         where documents are kept (YTOPIC_DATA, default ./data)
  --allow-anonymous write  let anybody who can reach the server read and write every document;
                           needed to listen beyond this machine (YTOPIC_ALLOW_ANONYMOUS)
  --help                   print this
  --version                print the version

A flag goes before the environment.`

const flags = {
  host: { type: 'string' },
  port: { type: 'string' },
  data: { type: 'string' },
  'allow-anonymous': { type: 'string' },
  help: { type: 'boolean' },
  version: { type: 'boolean' },
} as const

const known = Object.keys(flags)
  .map((flag) => `--${flag}`)
  .join(', ')

/**
 * Reads the command line and the environment.
 * @param args what stands behind the program's name.
 */
export function readCommand(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Command {
  let parsed
  try {
    parsed = parseArgs({ args: [...args], options: flags, allowPositionals: true, strict: true })
  } catch (error) {
    return mistake(firstSentence(error))
  }
  const { values, positionals } = parsed
  if (values.help === true) return { kind: 'help' }
  if (values.version === true) return { kind: 'version' }
  const [command = 'serve', ...more] = positionals
  if (command !== 'serve') return mistake(`unknown command '${command}'; the command is serve`)
  if (more.length > 0) return mistake(`'${more[0]}' is one word too many`)
  return readServe({
    host: values.host ?? environment['YTOPIC_HOST'] ?? '127.0.0.1',
    port: values.port ?? environment['YTOPIC_PORT'] ?? '1234',
    data: values.data ?? environment['YTOPIC_DATA'] ?? './data',
    anonymous: values['allow-anonymous'] ?? environment['YTOPIC_ALLOW_ANONYMOUS'],
  })
}

function readServe(given: {
  readonly host: string
  readonly port: string
  readonly data: string
  readonly anonymous: string | undefined
}): Command {
  const { host, data, anonymous } = given
  const port = /^\d{1,5}$/.test(given.port) ? Number(given.port) : Number.NaN
  if (!(port <= 65_535)) return mistake(`--port takes 0 to 65535, not '${given.port}'`)
  if (host === '') return mistake('--host takes a host name or an address, not nothing')
  if (data === '') return mistake('--data takes a directory, not nothing')
  if (anonymous !== undefined && anonymous !== 'write') {
    return mistake(`--allow-anonymous takes write, not '${anonymous}'`)
  }
  if (!isLoopback(host) && anonymous === undefined) {
    const allow = 'say --allow-anonymous write to allow that'
    return mistake(`on ${host} anybody who reaches it could read and write everything; ${allow}`)
  }
  return { kind: 'serve', config: Object.freeze({ host, port, data }) }
}

function mistake(what: string): Command {
  return { kind: 'mistake', line: `ytopic: ${what} (ytopic --help lists the flags)` }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d+){3}$/.test(host)
}

function firstSentence(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const [sentence = message] = message.split(/\.\s|\n/)
  const lower = sentence.charAt(0).toLowerCase() + sentence.slice(1)
  return lower.startsWith('unknown option') ? `${lower}; there are ${known}` : lower
}
