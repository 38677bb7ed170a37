import { createHash } from 'node:crypto'
import * as Y from 'yjs'
import { UnfitError } from './content/content-wish.ts'
import { memoryFault } from './memory.ts'

/**
 * A throwaway document of stored updates; what is done to it goes nowhere.
 * @param memoryBytesMax what would take more than about this is refused
 */
export function documentOf(parts: readonly Uint8Array[], memoryBytesMax: number): Y.Doc {
  const tooMuch = memoryFault(parts, memoryBytesMax)
  if (tooMuch !== undefined) {
    throw new UnfitError('body-too-large', `${tooMuch} Read the document as "update".`)
  }
  const doc = new Y.Doc()
  doc.transact(() => {
    for (const part of parts) Y.applyUpdate(doc, part)
  })
  return doc
}

/**
 * A digest of the state vector and all deletes, those included that Yjs makes by itself while it
 * applies: so it is the same before and after the log is folded into a snapshot.
 */
export function digestOf(doc: Y.Doc): string {
  const hash = createHash('sha256')
  hash.update(Y.encodeStateVector(doc))
  const deletes = Y.createDeleteSetFromStructStore(doc.store)
  for (const [client, ranges] of [...deletes.clients].toSorted(([a], [b]) => a - b)) {
    hash.update(`${client}:${ranges.map(({ clock, len }) => `${clock}+${len}`).join()};`)
  }
  return hash.digest('base64url').slice(0, 27)
}
