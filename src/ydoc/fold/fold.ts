import * as Y from 'yjs'
import { sameBytes } from '../../base/bytes.ts'
import { describeError } from '../../base/log.ts'
import { formatLimits } from '../../update/fault.ts'
import { UpdateScan } from '../../update/scan.ts'
import { culpritsOf } from './culprits.ts'
import { memoryFault } from '../memory.ts'
import type { Folded } from '../request.ts'

interface Encoded {
  readonly snapshot: Uint8Array
  readonly empty: boolean
  /** Whether some of it stands on what is not there. */
  readonly waits: boolean
}

/**
 * Folds updates into one, loads the result into a fresh document and compares: only then may what
 * went in be dropped. One transaction for all of them: merging update by update is superlinear.
 * @param parts Yjs V1 updates, a former snapshot first.
 * @param memoryBytesMax what would take more than about this is given up
 */
export function fold(parts: readonly Uint8Array[], memoryBytesMax = Infinity): Folded {
  const tooMuch = memoryFault(parts, memoryBytesMax)
  if (tooMuch !== undefined) return { kind: 'given-up', reason: tooMuch }
  let encoded
  try {
    encoded = encodeFolded(parts)
  } catch (error) {
    const culprits = culpritsOf(parts)
    if (culprits.length > 0) return { kind: 'unsound', reason: describeError(error), culprits }
  }
  try {
    // What throws in one transaction may not in many: Yjs then goes less deep in each.
    return settled(encoded ?? encodeFolded(parts, 'singly'))
  } catch (error) {
    return unsound(describeError(error))
  }
}

/** The snapshot that comes back from a load as it went in. */
function settled(first: Encoded): Folded {
  const { empty, waits } = first
  let { snapshot } = first
  // Yjs puts together anew what waits for its past, and comes to rest with that a round later.
  for (let round = waits ? 2 : 1; round > 0; round--) {
    const again = encodeFolded([snapshot]).snapshot
    if (sameBytes(snapshot, again)) return loadable(snapshot, empty)
    snapshot = again
  }
  return unsound('The snapshot does not load back as it was written.')
}

/** The log is dropped for a snapshot, so it must be one that can be opened again. */
function loadable(snapshot: Uint8Array, empty: boolean): Folded {
  const fault = new UpdateScan().scan(snapshot, formatLimits)
  if (fault === undefined) return { kind: 'folded', snapshot, empty }
  return unsound(`The snapshot could not be opened again. ${fault.sentence}`)
}

function unsound(reason: string): Folded {
  return { kind: 'unsound', reason, culprits: [] }
}

function encodeFolded(parts: readonly Uint8Array[], how?: 'singly'): Encoded {
  const document = new Y.Doc()
  const apply = (): void => {
    for (const part of parts) Y.applyUpdate(document, part)
  }
  try {
    if (how === 'singly') apply()
    else document.transact(apply)
    const { clients, pendingDs, pendingStructs } = document.store
    return {
      snapshot: Y.encodeStateAsUpdate(document),
      empty: clients.size === 0,
      waits: pendingStructs !== null || pendingDs !== null,
    }
  } finally {
    document.destroy()
  }
}
