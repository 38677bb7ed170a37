import * as Y from 'yjs'
import { sameBytes } from '../base/bytes.ts'
import { DeleteIndex } from '../update/deletes.ts'
import { formatLimits } from '../update/fault.ts'
import { UpdateScan } from '../update/scan.ts'
import { newsOf } from '../update/write.ts'
import { fold } from './fold.ts'
import { pack, unpack } from './packed.ts'
import type { Kept, KeepRequest } from './request.ts'
import { documentOf } from './restore.ts'

const emptyUpdate = Uint8Array.of(0, 0)

/**
 * Makes a version: the increment over the one before where that folds back to exactly the same
 * bytes, else the whole state.
 */
export function keep({ anyway, chain, keyframe, memoryBytesMax, now }: KeepRequest): Kept {
  const folded = fold(now, memoryBytesMax)
  if (folded.kind !== 'folded') return { kind: 'given-up', reason: folded.reason }
  const state = folded.snapshot
  const stateBytes = state.length
  if (chain.length > 0) {
    const before = chain.map(unpack)
    const base = stateOf(before)
    const isSame = sameBytes(base, state)
    if (isSame && !anyway) return { kind: 'same' }
    const increment = isSame ? emptyUpdate : incrementOver(base, state)
    if (!keyframe && increment !== undefined && sameBytes(stateOf([...before, increment]), state)) {
      return { kind: 'kept', form: 'increment', packed: pack(increment), stateBytes }
    }
  }
  return { kind: 'kept', form: 'keyframe', packed: pack(state), stateBytes }
}

/** The state that a chain of packed versions makes, as one update. */
export function stateOfChain(chain: readonly Uint8Array[]): Uint8Array {
  return stateOf(chain.map(unpack))
}

/** Two neighbours as one: what follows on the second folds back as before. */
export function joinNeighbours(
  [first, second]: readonly [Uint8Array, Uint8Array],
  form: 'keyframe' | 'increment',
): Uint8Array {
  const both = [unpack(first), unpack(second)]
  return pack(form === 'keyframe' ? stateOf(both) : Y.mergeUpdates(both))
}

function stateOf(updates: readonly Uint8Array[]): Uint8Array {
  const document = documentOf(updates)
  try {
    return Y.encodeStateAsUpdate(document)
  } finally {
    document.destroy()
  }
}

/** @returns undefined where it cannot be told */
function incrementOver(base: Uint8Array, state: Uint8Array): Uint8Array | undefined {
  const scan = new UpdateScan()
  if (scan.scan(base, formatLimits) !== undefined) return undefined
  const clocks = new Map<number, number>()
  for (let index = 0; index < scan.runCount; index++) {
    const { client, start, end } = scan.run(index)
    if (start <= (clocks.get(client) ?? 0)) clocks.set(client, end)
  }
  const deletes = new DeleteIndex()
  deletes.addAll(scan)
  if (scan.scan(state, formatLimits) !== undefined) return undefined
  return newsOf(scan, state, {
    clockOf: (client) => clocks.get(client) ?? 0,
    isDeleted: (client, clock, length) => deletes.covers(client, clock, length),
  })
}
