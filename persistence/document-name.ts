import { StoreError } from './store-error.ts'

/** The longest name that every store holds, in UTF-8 bytes. */
const documentNameBytesMax = 512

/**
 * Refuses what would not come back as it went in: a lone surrogate turns into U+FFFD in UTF-8,
 * and two documents would become one.
 *
 * @throws StoreError `name`
 */
export function checkDocumentName(name: string): void {
  if (name.length === 0) throw new StoreError('name', 'A document name is empty; give it one.')
  if (!name.isWellFormed()) {
    throw new StoreError('name', 'A document name holds half a surrogate pair; send valid Unicode.')
  }
  if (name.length * 3 <= documentNameBytesMax) return
  const bytes = Buffer.byteLength(name)
  if (bytes <= documentNameBytesMax) return
  throw new StoreError(
    'name',
    `A document name has ${bytes} bytes in UTF-8; use at most ${documentNameBytesMax}.`,
  )
}
