import * as Y from 'yjs'
import { describeError } from '../../base/log.ts'
import { canonicalOf } from '../fold/canonical.ts'
import { makeEqual } from '../content/difference.ts'
import { memoryFault } from '../memory.ts'
import type { Restored } from '../request.ts'

/** More milliseconds than any two changes are apart, so that one undo takes back everything. */
const everything = 2 ** 40

/**
 * Finds the update that makes the content of every root equal to what it was. First by undoing:
 * the state now is laid over the former one as one change, and Yjs takes that back; no kinds of
 * roots need be known. What comes of it is tried on a copy and compared; where it is not right
 * (Yjs put a sign in the place of half an emoji, the version is of another life), the difference
 * of the values is taken, and tried likewise.
 * @param now Yjs V1 updates that make the document as it is
 * @param then those that make it as it was
 */
export function restore(
  now: readonly Uint8Array[],
  then: readonly Uint8Array[],
  memoryBytesMax = Infinity,
): Restored {
  const tooMuch = memoryFault([...now, ...then], memoryBytesMax)
  if (tooMuch !== undefined) return { kind: 'impossible', reason: tooMuch }
  const wanted = canonicalOf(documentOf(then))
  if (canonicalOf(documentOf(now)) === wanted) return { kind: 'same' }
  const reasons: string[] = []
  for (const way of ['undo', 'difference'] as const) {
    try {
      const update = way === 'undo' ? byUndo(now, then) : byDifference(now, then)
      if (canonicalOf(documentOf([...now, update])) === wanted) {
        return { kind: 'restored', update, way }
      }
      reasons.push('The result differs from the version.')
    } catch (error) {
      reasons.push(describeError(error))
    }
  }
  return { kind: 'impossible', reason: reasons.join(' ') }
}

/** Throws nothing away, as what was deleted since has to come back. */
function byUndo(now: readonly Uint8Array[], then: readonly Uint8Array[]): Uint8Array {
  const document = documentOf(then, false)
  const since = Symbol('since')
  const undo = new Y.UndoManager(document, {
    captureTimeout: everything,
    // Not the default: changes without an origin are Yjs's own, as when it cleans up formatting.
    trackedOrigins: new Set([since]),
  })
  document.transact(() => {
    for (const update of now) Y.applyUpdate(document, update, since)
  }, since)
  const updates = updatesDuring(document, () => undo.undo())
  undo.destroy()
  return updates
}

function byDifference(now: readonly Uint8Array[], then: readonly Uint8Array[]): Uint8Array {
  const document = documentOf(now)
  const target = documentOf(then)
  return updatesDuring(document, () => makeEqual(document, target))
}

/** What the work changes, and nothing else: a difference of states repeats all deletes. */
function updatesDuring(document: Y.Doc, work: () => void): Uint8Array {
  const updates: Uint8Array[] = []
  document.on('update', (update: Uint8Array) => updates.push(update))
  work()
  document.destroy()
  return Y.mergeUpdates(updates)
}

/** A throwaway copy. */
export function documentOf(updates: readonly Uint8Array[], gc = true): Y.Doc {
  const document = new Y.Doc({ gc })
  document.transact(() => {
    for (const update of updates) Y.applyUpdate(document, update)
  })
  return document
}

/** What the updates make, as one. */
export function stateOf(updates: readonly Uint8Array[]): Uint8Array {
  const document = documentOf(updates)
  try {
    return Y.encodeStateAsUpdate(document)
  } finally {
    document.destroy()
  }
}
