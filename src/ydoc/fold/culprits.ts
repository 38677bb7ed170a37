import * as Y from 'yjs'
import { describeError } from '../../base/log.ts'
import type { Culprit } from '../request.ts'
import { restOf } from './rest.ts'

/** More parts than this that do not apply are no slip of a few entries: nothing is blamed then. */
const culpritsMax = 64

/**
 * Which parts throw when they are applied one at a time. A document in which a part threw holds
 * half of it: it is thrown away and built again without that part.
 */
export function culpritsOf(parts: readonly Uint8Array[]): readonly Culprit[] {
  const culprits: Culprit[] = []
  const blamed = new Set<number>()
  while (culprits.length < culpritsMax) {
    const found = firstToThrow(parts, blamed)
    if (found === undefined) return culprits
    const { part, bytes, reason } = found
    blamed.add(part)
    const before = parts.slice(0, part).filter((_, index) => !blamed.has(index))
    culprits.push({ part, reason, rest: restOf(bytes, (rest) => applies([...before, rest])) })
  }
  return []
}

function firstToThrow(
  parts: readonly Uint8Array[],
  without: ReadonlySet<number>,
): { readonly part: number; readonly bytes: Uint8Array; readonly reason: string } | undefined {
  const document = new Y.Doc()
  try {
    for (const [part, bytes] of parts.entries()) {
      if (without.has(part)) continue
      try {
        Y.applyUpdate(document, bytes)
      } catch (error) {
        return { part, bytes, reason: describeError(error) }
      }
    }
    return undefined
  } finally {
    document.destroy()
  }
}

function applies(parts: readonly Uint8Array[]): boolean {
  return firstToThrow(parts, nothing) === undefined
}

const nothing: ReadonlySet<number> = new Set()
