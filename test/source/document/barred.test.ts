import { expect, test } from 'bun:test'
import * as Y from 'yjs'
import { Barred } from '../../../src/document/barred.ts'
import { craftDeletes, craftUpdate } from '../../support/harness/crafted.ts'

/** A document that holds the clocks of client 1 before 10, and has deleted the first five. */
const known = {
  clockOf: (client: number) => (client === 1 ? 10 : 0),
  isDeleted: (client: number, clock: number, length: number) => client === 1 && clock + length <= 5,
}

function barring(update: Uint8Array): Barred {
  const barred = new Barred(known)
  barred.add(update)
  return barred
}

const letter = craftUpdate([{ client: 2 }])

test('ROOM-9: where nothing was set aside everything is taken', () => {
  const barred = new Barred(known)
  expect(barred.isEmpty).toBe(true)
  expect(barred.sift(letter)).toEqual({ kind: 'all' })
})

test('ROOM-9: deletes that overlap what was set aside are left out, the rest is not', () => {
  const barred = barring(craftUpdate([], [{ client: 1, clock: 7, length: 3 }]))
  const wide = craftUpdate([{ client: 2 }], [{ client: 1, clock: 6, length: 2 }])
  const sifted = barred.sift(wide)
  if (sifted.kind !== 'some' || sifted.rest === undefined) throw new Error(sifted.kind)
  const { ds, structs } = Y.decodeUpdate(sifted.rest)
  expect([structs.length, ds.clients.size]).toEqual([1, 0])
  expect(barred.sift(craftUpdate([], [{ client: 1, clock: 8, length: 1 }]))).toEqual({
    kind: 'some',
    rest: undefined,
  })
  for (const [client, clock, length] of [
    [1, 0, 7],
    [1, 10, 5],
    [2, 7, 3],
  ] as const) {
    expect(barred.sift(craftUpdate([], [{ client, clock, length }]))).toEqual({ kind: 'all' })
  }
})

test('ROOM-9: what the document holds all the same is not barred', () => {
  const barred = barring(
    craftUpdate([{ client: 1, text: 'abc' }], [{ client: 1, clock: 0, length: 5 }]),
  )
  expect(barred.isEmpty).toBe(true)
})

test('ROOM-9: structs that were set aside end it, also those that only reach into them', () => {
  const barred = barring(craftUpdate([{ client: 3, clock: 4, text: 'four' }]))
  const structs = (clock: number, text: string) => craftUpdate([{ client: 3, clock, text }])
  expect(barred.sift(structs(0, 'long enough'))).toEqual({ kind: 'none' })
  expect(barred.sift(structs(7, 'x'))).toEqual({ kind: 'none' })
  expect(barred.sift(structs(0, 'four'))).toEqual({ kind: 'all' })
  expect(barred.sift(structs(8, 'x'))).toEqual({ kind: 'all' })
  expect(barred.sift(letter)).toEqual({ kind: 'all' })
})

test('ROOM-9: many ranges are found however they overlap', () => {
  const barred = new Barred(known)
  barred.add(craftDeletes(4, 1_000, 100))
  barred.add(craftUpdate([], [{ client: 4, clock: 50, length: 3_000 }]))
  for (const clock of [50, 101, 2_099, 3_049]) {
    const sifted = barred.sift(craftUpdate([], [{ client: 4, clock, length: 1 }]))
    expect([clock, sifted.kind]).toEqual([clock, 'some'])
  }
  expect(barred.sift(craftUpdate([], [{ client: 4, clock: 3_050, length: 9 }])).kind).toBe('all')
})
