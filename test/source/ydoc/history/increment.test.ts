import { expect, test } from 'bun:test'
import * as Y from 'yjs'
import { limitsWith } from '../../../../src/base/limits/limits.ts'
import type { Attributable } from '../../../../src/ydoc/history/attributable.ts'
import { fold } from '../../../../src/ydoc/fold/fold.ts'
import { createHistorian } from '../../../../src/ydoc/historian.ts'
import { joinNeighbours, keep, stateOfChain } from '../../../../src/ydoc/history/increment.ts'
import { FakeClock } from '../../../support/fakes/clock.ts'
import { Dice, makeHistory } from '../../update/histories.ts'

interface Chain {
  /** From a keyframe on. */
  readonly packed: readonly Uint8Array[]
  /** What each was made of. */
  readonly states: readonly Uint8Array[]
}

/** Versions of a random document, every few updates, each on the one before. */
function chainOf(seed: number): Chain {
  const { updates } = makeHistory(new Dice(seed), 60)
  let packed: Uint8Array[] = []
  let states: Uint8Array[] = []
  for (let end = 10; end <= updates.length; end += 10) {
    const now = updates.slice(0, end)
    const request = {
      stored: storedOf(now),
      chain: packed,
      keyframe: false,
      isFolded: false,
      anyway: true,
      memoryBytesMax: Infinity,
    }
    const kept = keep({ kind: 'keep', ...request })
    const folded = fold(now)
    if (kept.kind !== 'kept' || folded.kind !== 'folded') throw new Error(kept.kind)
    if (kept.form === 'keyframe') [packed, states] = [[], []]
    packed.push(kept.packed)
    states.push(folded.snapshot)
  }
  return { packed, states }
}

const seeds = Array.from({ length: 12 }, (_, index) => index * 31 + 5)

test('HISTORY-4: every version folds back byte for byte', () => {
  let increments = 0
  for (const seed of seeds) {
    const { packed, states } = chainOf(seed)
    for (const [place, state] of states.entries()) {
      expect(stateOfChain(packed.slice(0, place + 1))).toEqual(state)
    }
    increments += packed.length - 1
  }
  expect(increments).toBeGreaterThan(seeds.length)
})

test('HISTORY-4: joining two neighbours leaves every later version as it was', () => {
  for (const seed of seeds) {
    const { packed, states } = chainOf(seed)
    const [first, second, third, ...rest] = packed
    if (first === undefined || second === undefined || third === undefined) continue
    const keyframe = [joinNeighbours([first, second], 'keyframe'), third, ...rest]
    const increment = [first, joinNeighbours([second, third], 'increment'), ...rest]
    for (const chain of [keyframe, increment]) {
      expect(stateOfChain(chain)).toEqual(states.at(-1) ?? new Uint8Array(0))
    }
    expect(stateOfChain(keyframe.slice(0, 1))).toEqual(states[1] ?? new Uint8Array(0))
  }
})

test('HISTORY-4: a version is as small as what has changed since the one before', () => {
  const document = new Y.Doc()
  const text = document.getText('t')
  for (let index = 0; index < 2_000; index++) text.insert(index % 2 ? 0 : text.length, `${index} `)
  const before = keepFirst(document)
  text.insert(5, 'new')
  text.delete(100, 2)
  const now = [Y.encodeStateAsUpdate(document)]
  const request = {
    stored: storedOf(now),
    chain: [before],
    keyframe: false,
    isFolded: false,
    anyway: false,
    memoryBytesMax: Infinity,
  }
  const kept = keep({ kind: 'keep', ...request })
  if (kept.kind !== 'kept') throw new Error(kept.kind)
  expect(kept.form).toBe('increment')
  expect(kept.packed.length).toBeLessThan(60)
  expect(before.length).toBeGreaterThan(5_000)
})

test('HISTORY-5: nothing is kept where nothing has changed, unless it is wanted', async () => {
  const document = new Y.Doc()
  document.getText('t').insert(0, 'once')
  const chain = [keepFirst(document)]
  const now = [Y.encodeStateAsUpdate(document)]
  const historian = createHistorian({ clock: new FakeClock(), limits: limitsWith({}) })
  expect(
    await historian.keep({
      stored: storedOf(now),
      chain,
      keyframe: true,
      isFolded: false,
      anyway: false,
    }),
  ).toEqual({
    kind: 'same',
  })
  expect(
    await historian.keep({
      stored: storedOf(now),
      chain,
      keyframe: false,
      isFolded: false,
      anyway: true,
    }),
  ).toMatchObject({
    form: 'increment',
  })
  expect(await historian.state(chain)).toEqual(now[0] ?? new Uint8Array(0))
  expect(await historian.restore(now, chain)).toEqual({ kind: 'same' })
  await historian.close()
})

test('HISTORY-3: what takes longer than it may is ended and told', async () => {
  const clock = new FakeClock()
  const limits = limitsWith({ history_ms_max: 100 })
  const historian = createHistorian({ clock, limits })
  const restored = historian.restore([], [])
  await clock.advance(100)
  expect(await restored).toEqual({ kind: 'impossible', reason: 'It took longer than 0.1 s.' })
  await historian.close()
})

function keepFirst(document: Y.Doc): Uint8Array {
  const now = [Y.encodeStateAsUpdate(document)]
  const kept = keep({
    kind: 'keep',
    stored: storedOf(now),
    chain: [],
    keyframe: false,
    isFolded: false,
    anyway: false,
    memoryBytesMax: Infinity,
  })
  if (kept.kind !== 'kept') throw new Error(kept.kind)
  return kept.packed
}

function storedOf(updates: readonly Uint8Array[]): Attributable {
  const log = updates.map((bytes) => ({ bytes, time: undefined, by: undefined }))
  return { snapshot: undefined, attribution: undefined, log }
}
