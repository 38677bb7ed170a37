import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { type ContentFormat, typeOf } from '../../api/content-body.ts'
import type { ExitCode, Terminal } from '../command.ts'
import { quote, readableBytes } from '../quote.ts'
import { type Ask, online, pathOf, told } from './api.ts'

const written = z.object({ changed: z.boolean() })

/** Which content goes where. */
interface Importing {
  readonly document: string
  readonly file: string
  readonly format: ContentFormat
  readonly root: string | undefined
}

/** Gives a document the content of a file, in any form that the API takes. */
export function importContent(
  given: Parameters<typeof online>[0],
  { document, file, format, root }: Importing,
  terminal: Terminal,
): Promise<ExitCode> {
  const body = new Uint8Array(readFileSync(file))
  const importing = async (ask: Ask): Promise<ExitCode> => {
    const query = { format, root, import: 'true' }
    const asking = { query, type: typeOf[format], body }
    const { changed } = await told(await ask('PUT', pathOf(document, 'content'), asking), written)
    const what = `document ${quote(document)}, ${readableBytes(body.length)}`
    terminal.print(changed ? `imported: ${what}` : `unchanged: ${what}`)
    return 0
  }
  return online(given, importing, 'make')
}
