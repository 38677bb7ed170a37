import type { ServerDocument } from '../../../src/document/document.ts'
import type { Inspection } from '../../../src/document/inspection.ts'

/** What a document finds of an update. @throws Error when the update is not sound */
export function inspected(document: ServerDocument, update: Uint8Array): Inspection {
  const found = document.inspect(update)
  if (found.kind !== 'sound') throw new Error(found.sentence)
  return found
}
