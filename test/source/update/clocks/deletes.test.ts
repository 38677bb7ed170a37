import { expect, test } from 'bun:test'
import * as Y from 'yjs'
import { numbers } from '../../../../bench/shapes/messages.ts'
import { DeleteIndex } from '../../../../src/update/clocks/deletes.ts'
import type { UpdateLimits } from '../../../../src/update/fault.ts'
import { UpdateScan } from '../../../../src/update/scan.ts'
import { Dice, makeHistory } from '../histories.ts'
import { computedMs } from '../../../support/computed.ts'

const limits: UpdateLimits = {
  bytesMax: 1e8,
  structsMax: 1e6,
  clientsMax: 1e5,
  deletesMax: 1e6,
  depthMax: 100,
}

/** An update that holds only deletes. */
function onlyDeletes(index: DeleteIndex): Uint8Array {
  return Uint8Array.of(0, ...index.write())
}

/** The scan of ranges of one client, as the delete set of an update. */
function scanOf(ranges: readonly (readonly [clock: number, length: number])[]): UpdateScan {
  const update = Uint8Array.of(0, 1, 1, ranges.length, ...ranges.flat())
  const scan = new UpdateScan()
  expect(scan.scan(update, limits)).toBeUndefined()
  return scan
}

test('UPDATE-13: deletes added singly or in bulk cover what a plain set of clocks covers', () => {
  for (let seed = 1; seed <= 200; seed++) {
    const dice = new Dice(seed)
    const index = new DeleteIndex()
    const clocks = new Set<number>()
    for (let round = 0; round < 12; round++) {
      const count = dice.roll(3) === 0 ? 20 + dice.roll(20) : 1
      const ranges = Array.from({ length: count }, (): [clock: number, length: number] => [
        dice.roll(110),
        1 + dice.roll(6),
      ])
      const before = clocks.size
      for (const [clock, length] of ranges) {
        for (let i = 0; i < length; i++) clocks.add(clock + i)
      }
      const [first] = ranges
      const isNew =
        count === 1 && first !== undefined ? index.add(1, ...first) : index.addAll(scanOf(ranges))
      expect([seed, round, isNew]).toEqual([seed, round, clocks.size > before])
    }
    for (let clock = 0; clock < 120; clock++) {
      for (const length of [1, 2, 7]) {
        const expected = Array.from({ length }, (_, i) => clocks.has(clock + i)).every(Boolean)
        expect([seed, clock, index.covers(1, clock, length)]).toEqual([seed, clock, expected])
      }
    }
  }
})

test('UPDATE-13: a delete set is written as Yjs writes it', () => {
  const scan = new UpdateScan()
  for (let seed = 1; seed <= 60; seed++) {
    const { updates } = makeHistory(new Dice(seed), 30)
    const index = new DeleteIndex()
    for (const update of updates) {
      expect(scan.scan(update, limits)).toBeUndefined()
      index.addAll(scan)
      expect(index.addAll(scan)).toBe(false)
    }
    const merged = Y.mergeUpdates([...updates])
    expect(scan.scan(merged, limits)).toBeUndefined()
    expect([seed, index.write()]).toEqual([seed, merged.slice(scan.deletesFrom)])
  }
})

test('UPDATE-13: what is written is kept until something new is added', () => {
  const index = new DeleteIndex()
  index.add(1, 5, 5)
  const written = index.write()
  expect(index.add(1, 6, 2)).toBe(false)
  expect(index.write()).toBe(written)
  expect(index.add(1, 9, 2)).toBe(true)
  expect([...onlyDeletes(index)]).toEqual([0, 1, 1, 1, 5, 6])
  expect(index.rangeCount).toBe(1)
})

test('UPDATE-13: 100,000 ranges are taken in bulk, and singly at the end, in a moment', () => {
  const source = new DeleteIndex()
  const started = computedMs()
  for (let i = 0; i < 100_000; i++) source.add(1, i * 3, 2)
  const scan = new UpdateScan()
  const update = Buffer.concat([Uint8Array.of(0), source.write()])
  expect(scan.scan(update, limits)).toBeUndefined()
  const index = new DeleteIndex()
  expect(index.addAll(scan)).toBe(true)
  expect(index.addAll(scan)).toBe(false)
  expect(index.rangeCount).toBe(100_000)
  expect(index.covers(1, 299_997, 2)).toBe(true)
  expect(index.covers(1, 299_996, 2)).toBe(false)
  expect(computedMs() - started).toBeLessThan(3000)
})

/** The delete set of one client with these clocks, written from them alone. */
function writtenFrom(clocks: Uint8Array, client: number): Uint8Array {
  const ranges: number[] = []
  for (let clock = 0; clock < clocks.length; clock++) {
    if (clocks[clock] === 0) continue
    const from = clock
    while (clocks[clock] === 1) clock++
    ranges.push(from, clock - from)
  }
  return numbers(1, client, ranges.length / 2, ...ranges)
}

test('UPDATE-13: thousands of ranges in any order are kept, and written again, as they are', () => {
  for (let seed = 1; seed <= 6; seed++) {
    const dice = new Dice(seed)
    const index = new DeleteIndex()
    const clocks = new Uint8Array(30_000)
    for (let round = 0; round < 6_000; round++) {
      // Seldom a range that swallows hundreds of others.
      const length = dice.roll(900) === 0 ? 1 + dice.roll(6_000) : 1 + dice.roll(3)
      const clock = dice.roll(clocks.length - length)
      const isNew = clocks.subarray(clock, clock + length).includes(0)
      clocks.fill(1, clock, clock + length)
      expect(index.add(9, clock, length)).toBe(isNew)
      const [from, most] = [dice.roll(clocks.length - 10), 1 + dice.roll(9)]
      const expected = !clocks.subarray(from, from + most).includes(0)
      expect([seed, round, index.covers(9, from, most)]).toEqual([seed, round, expected])
      if (round % 500 !== 0 && round < 5_999) continue
      const written = index.write()
      expect([seed, round, written]).toEqual([seed, round, writtenFrom(clocks, 9)])
      expect(index.updateBytes).toBe(1 + written.length)
      expect([...index.writeUpdate()]).toEqual([0, ...written])
    }
  }
})

test('UPDATE-13: clients are written in falling order, in whichever they came', () => {
  const dice = new Dice(1)
  const index = new DeleteIndex()
  const clients = new Set<number>()
  for (let round = 0; round < 400; round++) {
    const client = dice.roll(1_000_000)
    clients.add(client)
    index.add(client, 5, 1)
    if (round % 50 !== 0) continue
    const falling = [...clients].toSorted((left, right) => right - left)
    expect(index.write()).toEqual(numbers(clients.size, ...falling.flatMap((id) => [id, 1, 5, 1])))
    expect(index.clientCount).toBe(clients.size)
  }
})

test('UPDATE-13: of very many clients those that changed are written again', () => {
  const dice = new Dice(2)
  const index = new DeleteIndex()
  const counts = new Map<number, number>()
  for (let round = 1; round <= 9_000; round++) {
    const isKnown = counts.size > 0 && dice.roll(4) === 0
    const client = isKnown ? dice.pick([...counts.keys()].slice(-50)) : dice.roll(1_000_000)
    const count = counts.get(client) ?? 0
    counts.set(client, count + 1)
    index.add(client, 5 + 2 * count, 1)
    if (round % 900 !== 0 && round % 900 !== 1) continue
    const falling = [...counts.keys()].toSorted((left, right) => right - left)
    const said = falling.flatMap((id) => {
      const ranges = Array.from({ length: counts.get(id) ?? 0 }, (_, at) => [5 + 2 * at, 1])
      return [id, ranges.length, ...ranges.flat()]
    })
    expect(index.write()).toEqual(numbers(counts.size, ...said))
  }
})
