import { expect, test } from 'bun:test'
import * as Y from 'yjs'
import { UpdateBurst } from '../../../src/update/burst.ts'
import { UpdateScan } from '../../../src/update/scan.ts'
import { Dice, makeHistory } from './histories.ts'

const limits = {
  bytesMax: 1e9,
  structsMax: 1e7,
  clientsMax: 1e6,
  deletesMax: 1e7,
  depthMax: 64,
}

/** The updates with those put together that follow each other. */
function inBursts(updates: readonly Uint8Array[]): readonly Uint8Array[] {
  const scan = new UpdateScan()
  const burst = new UpdateBurst()
  const bursts: Uint8Array[] = []
  let held = 0
  for (const update of updates) {
    expect(scan.scan(update, limits)).toBeUndefined()
    if (!burst.continues(scan) && held > 0) {
      bursts.push(burst.take())
      held = 0
    }
    if (burst.continues(scan)) {
      burst.add(scan, update)
      held++
    } else bursts.push(update)
  }
  if (held > 0) bursts.push(burst.take())
  for (const update of bursts) expect(scan.scan(update, limits)).toBeUndefined()
  return bursts
}

function stateOf(updates: readonly Uint8Array[]): Uint8Array {
  const document = new Y.Doc()
  for (const update of updates) Y.applyUpdate(document, update)
  return Y.encodeStateAsUpdate(document)
}

test('UPDATE-14: updates put together from their bytes are those updates, and fewer', () => {
  let before = 0
  let after = 0
  for (let seed = 1; seed <= 60; seed++) {
    const { updates } = makeHistory(new Dice(seed), 60)
    const bursts = inBursts(updates)
    before += updates.length
    after += bursts.length
    expect(stateOf(bursts), `seed ${seed}`).toEqual(stateOf(updates))
  }
  expect(after).toBeLessThan(before * 0.8)
})

test('UPDATE-14: what is typed and taken back becomes one section and one range', () => {
  const document = new Y.Doc()
  const updates: Uint8Array[] = []
  document.on('update', (update: Uint8Array) => updates.push(update))
  const text = document.getText('t')
  text.insert(0, 'start')
  for (const letter of 'letters') text.insert(text.length, letter)
  for (let back = 0; back < 7; back++) text.delete(text.length - 1, 1)
  const bursts = inBursts(updates)
  expect(bursts.length).toBe(1)
  const scan = new UpdateScan()
  scan.scan(bursts[0] ?? Uint8Array.of(), limits)
  expect([scan.clientCount, scan.runCount, scan.deleteCount]).toEqual([1, 1, 1])
  expect(stateOf(bursts)).toEqual(stateOf(updates))
})

test('UPDATE-14: a burst is bounded in bytes and in ranges', () => {
  const scan = new UpdateScan()
  const burst = new UpdateBurst()
  const document = new Y.Doc()
  document.on('update', (update: Uint8Array) => {
    scan.scan(update, limits)
    if (burst.continues(scan)) burst.add(scan, update)
  })
  for (let index = 0; index < 5_000; index++) document.getText('t').insert(index, 'x')
  expect(burst.take().length).toBeLessThan(17 * 1_024)
  document.getText('t').insert(0, 'x'.repeat(20_000))
  expect(burst.continues(scan)).toBe(false)
})
