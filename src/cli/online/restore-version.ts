import { z } from 'zod'
import type { ExitCode, Given, Terminal } from '../command.ts'
import { quote } from '../quote.ts'
import { type apiFlags, online, pathOf, told } from './api.ts'

const restoration = z.object({ version: z.string(), before: z.string() })

/** Makes a document what it was in a version; see `ytopic restore`. */
export function restoreVersion(
  given: Given<typeof apiFlags>,
  terminal: Terminal,
): Promise<ExitCode> {
  const [document = '', version = ''] = given.words
  return online(given, async (ask) => {
    const answer = await ask('POST', pathOf(document, 'versions', version, 'restore'))
    const { before } = await told(answer, restoration)
    terminal.print(`restored: document ${quote(document)} as of ${version}`)
    terminal.print(`undo it with: ytopic restore ${quote(document)} ${before}`)
    return 0
  })
}
