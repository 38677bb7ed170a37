import * as Y from 'yjs'
import { Attribution } from '../../../../src/ydoc/history/attribution.ts'
import { diffOf } from '../../../../src/ydoc/history/diff.ts'
import { joinNeighbours, keep, stateOfChain } from '../../../../src/ydoc/history/increment.ts'
import { documentOf, restore } from '../../../../src/ydoc/history/restore.ts'
import { canonicalOf } from '../../../../src/ydoc/fold/canonical.ts'
import { fold } from '../../../../src/ydoc/fold/fold.ts'
import { Dice, makeHistory } from '../../../source/update/histories.ts'
import { projected } from './projection.ts'

const nobody = { snapshot: undefined, attribution: undefined, log: [] }

/** A version as it is kept, and the state that it was taken of. */
interface Kept {
  /** From a keyframe on, packed. */
  readonly chain: readonly Uint8Array[]
  readonly state: Uint8Array
}

/** What one seed looked at, and what was not as it has to be. */
export interface Round {
  readonly versions: number
  readonly restores: number
  readonly diffs: number
  readonly faults: readonly string[]
}

/**
 * Lets three clients write a document of all types and keeps versions of it on the way: every one
 * folds back to its state, is restored and restored back, and what a diff tells of two is the two.
 */
export function runRound(seed: number): Round {
  const dice = new Dice(seed)
  const { updates } = makeHistory(dice, 20 + dice.roll(60), dice.roll(3) === 0 ? 'plain' : 'rich')
  const faults: string[] = []
  const kept = versionsOf(updates, dice)
  for (const [place, { chain, state }] of kept.entries()) {
    const isSame = Buffer.from(stateOfChain(chain)).equals(Buffer.from(state))
    if (!isSame) faults.push(`version ${place} does not fold back to its state`)
    const [first, second] = chain
    if (chain.length < 3 || first === undefined || second === undefined) continue
    const joined = joinNeighbours([first, second], 'keyframe')
    const after = stateOfChain([joined, ...chain.slice(2)])
    if (!Buffer.from(after).equals(Buffer.from(state))) {
      faults.push(`version ${place} does not fold back when those before it are joined`)
    }
  }
  const last = kept.at(-1)
  let [restores, diffs] = [0, 0]
  if (last !== undefined) {
    for (const { state } of kept) {
      restores += 2
      faults.push(...restoreFaults(last.state, state))
    }
    for (let more = 0; more < 4; more++) {
      diffs++
      faults.push(...diffFaults(dice.pick(kept).state, dice.pick(kept).state))
    }
  }
  return { versions: kept.length, restores, diffs, faults }
}

function versionsOf(updates: readonly Uint8Array[], dice: Dice): readonly Kept[] {
  const kept: Kept[] = []
  let chain: readonly Uint8Array[] = []
  for (let end = 1 + dice.roll(12); end <= updates.length; end += 1 + dice.roll(12)) {
    const log = updates.slice(0, end).map((bytes) => ({ bytes, by: undefined, time: undefined }))
    const request = {
      chain,
      keyframe: dice.roll(6) === 0,
      isFolded: false,
      anyway: true,
      memoryBytesMax: Infinity,
    }
    const made = keep({ kind: 'keep', stored: { ...nobody, log }, ...request })
    const folded = fold(updates.slice(0, end))
    if (made.kind !== 'kept' || folded.kind !== 'folded') throw new Error(made.kind)
    chain = made.form === 'keyframe' ? [made.packed] : [...chain, made.packed]
    kept.push({ chain, state: folded.snapshot })
  }
  return kept
}

function restoreFaults(now: Uint8Array, then: Uint8Array): readonly string[] {
  const back = updateOf(now, then)
  if (typeof back === 'string') return [`a restore is impossible: ${back}`]
  const after = Y.mergeUpdates([now, back])
  const faults: string[] = []
  if (contentOf(after) !== contentOf(then)) faults.push('a restore gives something else')
  const forth = updateOf(after, now)
  if (typeof forth === 'string') return [...faults, `a restore cannot be undone: ${forth}`]
  if (contentOf(Y.mergeUpdates([after, forth])) !== contentOf(now)) {
    faults.push('a restore that is undone gives something else')
  }
  return faults
}

function updateOf(now: Uint8Array, then: Uint8Array): Uint8Array | string {
  const restored = restore([now], [then])
  if (restored.kind === 'impossible') return restored.reason
  return restored.kind === 'same' ? Uint8Array.of(0, 0) : restored.update
}

function contentOf(state: Uint8Array): string {
  return canonicalOf(documentOf([state]))
}

function diffFaults(old: Uint8Array, now: Uint8Array): readonly string[] {
  const unknown = Attribution.of(nobody)
  const diff = diffOf(old, now, unknown)
  const faults: string[] = []
  for (const [side, state] of [
    ['was', old],
    ['now', now],
  ] as const) {
    for (const [root, whole] of diffOf(undefined, state, unknown)) {
      const told = projected(diff.get(root), side)
      const there = projected(whole, 'now')
      if (Bun.deepEquals(told, there) || isOtherList(told, there)) continue
      const [said, is] = [JSON.stringify(told), JSON.stringify(there)]
      faults.push(`a diff says that root ${root} ${side} ${said}; it ${side} ${is}`)
    }
  }
  return faults
}

/** A list of elements looks as a fragment does, unless something else stands in it as well. */
function isOtherList(one: unknown, other: unknown): boolean {
  const kinds = [one, other].map((told) => Object.keys(told ?? {}).join())
  return kinds.toSorted().join(' ') === 'blocks items'
}
