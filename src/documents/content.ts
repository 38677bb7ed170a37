import { type Catalog, settle } from '../api/catalog.ts'
import { changeOf } from '../api/content-body.ts'
import type { EditParts, Wanted } from '../api/edits.ts'
import { RefusalError } from '../base/errors.ts'
import type { Stored } from '../../persistence/store.ts'
import type { ConvertedFormat } from '../ydoc/content/content-wish.ts'
import type { ContentByFormat, ContentEdit, RootOptions } from './open-document.ts'

type ReadingParts = Pick<EditParts, 'converter'> & { readonly catalog: Catalog }

type Reader<Value> = (parts: ReadingParts, stored: Stored, wish: RootOptions) => Promise<Value>

const readers: { readonly [Format in keyof ContentByFormat]: Reader<ContentByFormat[Format]> } = {
  update: async ({ catalog }, stored) => (await catalog.stateOf(stored)).bytes(),
  json: parsed('json'),
  delta: parsed('delta'),
  prosemirror: parsed('prosemirror'),
  text: converted('text'),
  markdown: converted('markdown'),
  html: converted('html'),
}

/** Reads a document that is there, in one of the forms. @throws RefusalError */
export async function readContent<Format extends keyof ContentByFormat>(
  parts: ReadingParts,
  name: string,
  format: Format,
  wish: RootOptions,
): Promise<ContentByFormat[Format]> {
  return readers[format](parts, await parts.catalog.loadLive(name, true), wish)
}

/** What is to be written of a change in the words of `PATCH`. @throws RefusalError */
export function wantedEdit({ append, format, prepend, replace, root }: ContentEdit): Wanted {
  const [given, ...more] = [append, prepend, replace].filter((one) => one !== undefined)
  if (given === undefined || more.length > 0) {
    throw new RefusalError('bad-request', 'Say one of "append", "prepend" and "replace".')
  }
  const kind = append === undefined ? (prepend === undefined ? 'replace' : 'prepend') : 'append'
  return changeOf(given, format, root, kind)
}

function converted(format: ConvertedFormat): Reader<string> {
  return async ({ catalog, converter }, stored, { kind, root }) => {
    const wish = { format, root, rootKind: kind }
    const { bytes } = settle(await converter.read(catalog.contentOf(stored), wish))
    return new TextDecoder().decode(bytes)
  }
}

function parsed(format: ConvertedFormat): Reader<unknown> {
  const read = converted(format)
  return async (...asked) => {
    const value: unknown = JSON.parse(await read(...asked))
    return value
  }
}
