import { createEncoder, toUint8Array, writeVarUint, writeVarUint8Array } from 'lib0/encoding'
import * as Y from 'yjs'

// Message types of the y-websocket protocol and their first payload number; 110 is ytopic's own.
export const messageSync = 0
export const messageAuth = 2
export const messageSaved = 110
export const step1 = 0
export const step2 = 1
export const update = 2
export const permissionDenied = 0

/**
 * A step 2 without content. It is confirmed as any other, when all that the server took before it
 * is on disk.
 */
export const emptyStep2 = Uint8Array.of(messageSync, step2, 2, 0, 0)

/** Asks the server what it has; it asks back, and the provider answers with all it lacks. */
export function question(document: Y.Doc): Uint8Array<ArrayBuffer> {
  const encoder = createEncoder()
  writeVarUint(encoder, messageSync)
  writeVarUint(encoder, step1)
  writeVarUint8Array(encoder, Y.encodeStateVector(document))
  return toUint8Array(encoder)
}

/** Whether a document holds what it cannot show, as it stands on something that has not come. */
export function hasWaiting({ store }: Y.Doc): boolean {
  return store.pendingStructs !== null || store.pendingDs !== null
}
