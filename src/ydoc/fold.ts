import * as Y from 'yjs'
import type { Culprit, Folded } from '../storage/compactor.ts'

/** More parts than this that do not apply are no slip of a few entries: nothing is blamed then. */
const culpritsMax = 64

/**
 * Folds updates into one, loads the result into a fresh document and compares: only then may what
 * went in be dropped. One transaction for all of them: merging update by update is superlinear.
 * @param parts Yjs V1 updates, a former snapshot first.
 */
export function fold(parts: readonly Uint8Array[]): Folded {
  let snapshot
  let empty
  try {
    ;({ snapshot, empty } = encodeFolded(parts))
  } catch (error) {
    return { kind: 'unsound', reason: reasonOf(error), culprits: culpritsOf(parts) }
  }
  try {
    const again = encodeFolded([snapshot])
    if (sameBytes(snapshot, again.snapshot)) return { kind: 'folded', snapshot, empty }
    const reason = 'the snapshot does not load back as it was written'
    return { kind: 'unsound', reason, culprits: [] }
  } catch (error) {
    return { kind: 'unsound', reason: reasonOf(error), culprits: [] }
  }
}

function encodeFolded(parts: readonly Uint8Array[]): { snapshot: Uint8Array; empty: boolean } {
  const document = new Y.Doc()
  try {
    document.transact(() => {
      for (const part of parts) Y.applyUpdate(document, part)
    })
    return { snapshot: Y.encodeStateAsUpdate(document), empty: document.store.clients.size === 0 }
  } finally {
    document.destroy()
  }
}

/**
 * Which parts throw when they are applied one at a time. A document in which a part threw holds
 * half of it: it is thrown away and built again without that part.
 */
function culpritsOf(parts: readonly Uint8Array[]): readonly Culprit[] {
  const culprits: Culprit[] = []
  const blamed = new Set<number>()
  while (culprits.length < culpritsMax) {
    const culprit = firstToThrow(parts, blamed)
    if (culprit === undefined) return culprits
    culprits.push(culprit)
    blamed.add(culprit.part)
  }
  return []
}

function firstToThrow(
  parts: readonly Uint8Array[],
  without: ReadonlySet<number>,
): Culprit | undefined {
  const document = new Y.Doc()
  try {
    for (const [part, bytes] of parts.entries()) {
      if (without.has(part)) continue
      try {
        Y.applyUpdate(document, bytes)
      } catch (error) {
        return { part, reason: reasonOf(error) }
      }
    }
    return undefined
  } finally {
    document.destroy()
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index])
}
