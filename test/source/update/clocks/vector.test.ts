import { expect, test } from 'bun:test'
import * as Y from 'yjs'
import { KnownClocks } from '../../../../src/document/known-clocks.ts'
import { readStateVector } from '../../../../src/update/clocks/vector.ts'
import { Dice, makeHistory } from '../histories.ts'

/** The clocks, or the kind of fault. */
function read(bytes: Uint8Array, clientsMax = 100): unknown {
  const reading = readStateVector(bytes, clientsMax)
  return reading.kind === 'vector' ? reading.clocks : reading.fault.kind
}

/** What a document that holds so much says of it. */
function write(clocks: ReadonlyMap<number, number>): Uint8Array {
  const known = new KnownClocks()
  for (const [client, clock] of clocks) known.add(client, 0, clock)
  return known.write()
}

test('UPDATE-12: a state vector is read and written as Yjs does', () => {
  for (let seed = 1; seed <= 30; seed++) {
    for (const doc of makeHistory(new Dice(seed), 20).docs) {
      const bytes = Y.encodeStateVector(doc)
      const clocks = Y.decodeStateVector(bytes)
      expect([seed, read(bytes)]).toEqual([seed, clocks])
      expect([seed, write(clocks)]).toEqual([seed, bytes])
    }
  }
  expect(read(Uint8Array.of(0))).toEqual(new Map())
  expect(write(new Map([[5, 0]]))).toEqual(Uint8Array.of(0))
})

test('UPDATE-12: what is not whole, repeats a client or is too great is refused', () => {
  const whole = write(
    new Map([
      [2 ** 53 - 1, 2 ** 40],
      [300, 5],
    ]),
  )
  expect(read(whole)).toEqual(
    new Map([
      [2 ** 53 - 1, 2 ** 40],
      [300, 5],
    ]),
  )
  for (let size = 0; size < whole.length; size++) {
    expect(read(whole.subarray(0, size))).toBe('truncated')
  }
  expect(read(Uint8Array.of(...whole, 0))).toBe('left-over')
  expect(read(whole, 1)).toBe('too-many-clients')
  expect(read(Uint8Array.of(2, 5, 1, 5, 1))).toBe('client-twice')
  expect(read(write(new Map([[5, 2 ** 40 + 1]])))).toBe('clock')
  expect(read(Uint8Array.of(255, 255, 255, 255, 15, 5, 1))).toBe('truncated')
})
