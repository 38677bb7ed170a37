import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { Limits } from '../base/limits/limits.ts'
import { nearest } from './suggest.ts'
import type { Environment, Given, Subcommand } from './command.ts'

/** A command line of a subcommand, as it was read. */
export type Reading =
  | { readonly kind: 'given'; readonly given: Given }
  | { readonly kind: 'help'; readonly text: string }
  /** What is wrong, without a capital and a full stop. */
  | { readonly kind: 'mistake'; readonly what: string }

/** Reads what stands behind a subcommand's name. */
export function readGiven(
  command: Subcommand,
  args: readonly string[],
  environment: Environment,
  limits: Limits,
): Reading {
  const options: Record<string, { type: 'string' | 'boolean' }> = {
    data: { type: 'string' },
    help: { type: 'boolean' },
  }
  for (const [flag, kind] of Object.entries(command.flags)) {
    options[flag] = { type: kind === 'value' ? 'string' : 'boolean' }
  }
  let parsed
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true })
  } catch (error) {
    return { kind: 'mistake', what: whatIsWrong(error, Object.keys(options)) }
  }
  const { values, positionals: words } = parsed
  if (values['help'] === true) return { kind: 'help', text: helpOf(command) }
  const value = (flag: string): string | undefined => {
    const given = values[flag]
    return typeof given === 'string' ? given : undefined
  }
  const { min, max } = command.words
  if (words.length > max) return { kind: 'mistake', what: `'${words[max]}' is one word too many` }
  if (words.length < min) return { kind: 'mistake', what: `${command.name} needs ${command.usage}` }
  const directory = value('data') ?? environment['YTOPIC_DATA'] ?? './data'
  if (directory === '') return { kind: 'mistake', what: '--data takes a directory, not nothing' }
  const has = (flag: string): boolean => values[flag] === true
  const given = { directory: resolve(directory), words, value, has, environment, limits }
  const mistake = command.mistake?.(given)
  return mistake === undefined ? { kind: 'given', given } : { kind: 'mistake', what: mistake }
}

/** What `ytopic COMMAND --help` prints. */
function helpOf({ name, usage, help, withoutData }: Subcommand): string {
  if (withoutData === true) return `Usage: ytopic ${name} ${usage}\n\n${help}`
  const line = `Usage: ytopic ${[name, usage, '[--data DIRECTORY]'].filter(Boolean).join(' ')}`
  return `${line}\n\n${help}\n\n  --data DIRECTORY   the documents (YTOPIC_DATA, default ./data)`
}

/** Node's message without its advice, and the flag that was probably meant. */
export function whatIsWrong(error: unknown, flags: readonly string[]): string {
  const message = error instanceof Error ? error.message : String(error)
  const [sentence = message] = message.split(/\.\s|\n/)
  const lower = sentence.charAt(0).toLowerCase() + sentence.slice(1)
  const unknown = /^unknown option '--(.*)'$/.exec(lower)?.[1]
  const near = unknown === undefined ? undefined : nearest(unknown, flags)
  return near === undefined ? lower : `${lower}; is it '--${near}'?`
}
