import * as Y from 'yjs'
import type { Folded } from './compactor.ts'

/**
 * Folds updates into one, loads the result into a fresh document and compares: only then may what
 * went in be dropped. One transaction for all of them: merging update by update is superlinear.
 * @param parts Yjs V1 updates, a former snapshot first.
 */
export function fold(parts: readonly Uint8Array[]): Folded {
  try {
    const snapshot = encodeFolded(parts)
    const again = encodeFolded([snapshot])
    if (!sameBytes(snapshot, again)) {
      return { kind: 'unsound', reason: 'the snapshot does not load back as it was written' }
    }
    return { kind: 'folded', snapshot }
  } catch (error) {
    return { kind: 'unsound', reason: error instanceof Error ? error.message : String(error) }
  }
}

function encodeFolded(parts: readonly Uint8Array[]): Uint8Array {
  const document = new Y.Doc()
  try {
    document.transact(() => {
      for (const part of parts) Y.applyUpdate(document, part)
    })
    return Y.encodeStateAsUpdate(document)
  } finally {
    document.destroy()
  }
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index])
}
