import * as Y from 'yjs'
import { sameBytes } from '../../base/bytes.ts'
import { DeleteIndex } from '../../update/clocks/deletes.ts'
import { formatLimits } from '../../update/fault.ts'
import { UpdateScan } from '../../update/scan.ts'
import { type KnownContent, newsOf } from '../../update/bytes/write.ts'
import { Attribution } from './attribution.ts'
import { fold } from '../fold/fold.ts'
import { pack, unpack } from '../packed.ts'
import type { Kept, KeepRequest } from '../request.ts'
import { stateOf } from './restore.ts'

const emptyUpdate = Uint8Array.of(0, 0)
const nothing: KnownContent = { clockOf: () => 0, isDeleted: () => false }

/**
 * Makes a version: the increment over the one before where that folds back to exactly the same
 * bytes, else the whole state.
 */
export function keep(request: KeepRequest): Kept {
  const { anyway, chain, isFolded, keyframe, memoryBytesMax, stored } = request
  const { log, snapshot } = stored
  const updates = log.map(({ bytes }) => bytes)
  const [only] = updates
  let state = isFolded ? only : undefined
  if (state === undefined) {
    const folded = fold(snapshot === undefined ? updates : [snapshot, ...updates], memoryBytesMax)
    if (folded.kind !== 'folded') return { kind: 'given-up', reason: folded.reason }
    state = folded.snapshot
  }
  const before = chain.map(unpack)
  const base = stateOf(before)
  const known = knownOf(base) ?? nothing
  const told = (news: Uint8Array) => ({
    stateBytes: state.length,
    authors: Attribution.of(stored).authorsIn(news, known),
  })
  const isSame = chain.length > 0 && sameBytes(base, state)
  if (isSame && !anyway) return { kind: 'same' }
  const increment = isSame ? emptyUpdate : incrementOver(known, state)
  if (chain.length > 0 && !keyframe && increment !== undefined) {
    if (sameBytes(stateOf([...before, increment]), state)) {
      return { kind: 'kept', form: 'increment', packed: pack(increment), ...told(increment) }
    }
  }
  return { kind: 'kept', form: 'keyframe', packed: pack(state), ...told(increment ?? state) }
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

/** What a state holds, as the writers of updates ask for it; undefined where it does not read. */
function knownOf(state: Uint8Array): KnownContent | undefined {
  const scan = new UpdateScan()
  if (scan.scan(state, formatLimits) !== undefined) return undefined
  const clocks = new Map<number, number>()
  for (let index = 0; index < scan.runCount; index++) {
    const { client, start, end } = scan.run(index)
    if (start <= (clocks.get(client) ?? 0)) clocks.set(client, end)
  }
  const deletes = new DeleteIndex()
  deletes.addAll(scan)
  return {
    clockOf: (client) => clocks.get(client) ?? 0,
    isDeleted: (client, clock, length) => deletes.covers(client, clock, length),
  }
}

/** @returns undefined where it cannot be told */
function incrementOver(known: KnownContent, state: Uint8Array): Uint8Array | undefined {
  const scan = new UpdateScan()
  return scan.scan(state, formatLimits) === undefined ? newsOf(scan, state, known) : undefined
}
