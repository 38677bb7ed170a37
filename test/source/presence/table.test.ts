import { expect, test } from 'bun:test'
import { limitsWith } from '../../../src/base/limits/limits.ts'
import { AwarenessTable } from '../../../src/presence/table.ts'
import type { AwarenessEntry } from '../../../src/protocol/awareness.ts'

const limits = limitsWith({ awareness_entries_max: 10 })
const text = new TextEncoder()

function here(clientId: number, clock: number, name = 'x'): AwarenessEntry {
  return { clientId, clock, state: text.encode(JSON.stringify({ name })) }
}

function gone(clientId: number, clock: number): AwarenessEntry {
  return { clientId, clock, state: undefined }
}

function ids(entries: readonly AwarenessEntry[] | undefined): number[] {
  return (entries ?? []).map((entry) => entry.clientId)
}

test('AWARE-1: a state is accepted once and is there for those who come later', () => {
  const table = new AwarenessTable(limits)
  const ana = table.join()
  expect(ids(table.receive([here(1, 1)], ana, true, 0).accepted)).toEqual([1])
  expect(ids(table.receive([here(1, 1)], ana, false, 0).accepted)).toEqual([])
  expect(ids(table.receive([here(1, 2)], ana, false, 0).accepted)).toEqual([1])
  expect(table.present()).toEqual([here(1, 2)])
})

test('AWARE-1: a state at clock 0 is not kept, since no client applies it', () => {
  const table = new AwarenessTable(limits)
  expect(table.receive([here(1, 0)], table.join(), true, 0).accepted).toEqual([])
  expect(table.present()).toEqual([])
})

test('AWARE-2: what a session owned is removed when it ends, at the clock that was seen', () => {
  const table = new AwarenessTable(limits)
  const ana = table.join()
  table.receive([here(1, 4), here(2, 7)], ana, true, 0)
  expect(table.leave(ana, 1)).toEqual([gone(1, 4), gone(2, 7)])
  expect(table.present()).toEqual([])
  expect(table.leave(ana, 1)).toEqual([])
})

test('AWARE-3: the old socket of a returned client takes nothing with it', () => {
  const table = new AwarenessTable(limits)
  const old = table.join()
  table.receive([here(1, 4)], old, true, 0)
  const fresh = table.join()
  // The opening frame of the new socket, at the very clock that is known.
  expect(ids(table.receive([here(1, 4)], fresh, true, 1).accepted)).toEqual([])
  expect(table.leave(old, 2)).toEqual([])
  expect(ids(table.present())).toEqual([1])
  expect(ids(table.leave(fresh, 3))).toEqual([1])
})

test('AWARE-3: a returned client that shows itself late takes over with its next clock', () => {
  const table = new AwarenessTable(limits)
  const old = table.join()
  table.receive([here(1, 4)], old, true, 0)
  const fresh = table.join()
  expect(ids(table.receive([here(1, 5)], fresh, false, 1).accepted)).toEqual([1])
  expect(table.leave(old, 2)).toEqual([])
  expect(ids(table.leave(fresh, 3))).toEqual([1])
})

test('AWARE-4: a client back at a clock that was seen leaving is challenged at that clock', () => {
  const table = new AwarenessTable(limits)
  const old = table.join()
  table.receive([here(1, 4)], old, true, 0)
  table.leave(old, 1)
  const fresh = table.join()
  const outcome = table.receive([here(1, 4)], fresh, true, 2)
  expect(outcome).toEqual({ accepted: [], taken: [], challenges: [gone(1, 4)], isFull: false })
  expect(ids(table.receive([here(1, 5)], fresh, false, 3).accepted)).toEqual([1])
})

test('AWARE-5: an echo takes no entry from its owner', () => {
  const table = new AwarenessTable(limits)
  const ana = table.join()
  const bob = table.join()
  table.receive([here(1, 4)], ana, true, 0)
  expect(table.receive([here(1, 4)], bob, false, 1).accepted).toEqual([])
  expect(table.leave(bob, 2)).toEqual([])
  expect(ids(table.present())).toEqual([1])
})

test('AWARE-5: an echo that arrives before the original gives the entry back', () => {
  const table = new AwarenessTable(limits)
  const ana = table.join()
  const bob = table.join()
  table.receive([here(1, 4)], ana, true, 0)
  // Tabs of one browser hear each other without the server and pass it on.
  expect(ids(table.receive([here(1, 5)], bob, false, 1).accepted)).toEqual([1])
  expect(table.receive([here(1, 5)], ana, false, 2).accepted).toEqual([])
  expect(table.leave(bob, 3)).toEqual([])
  expect(ids(table.leave(ana, 4))).toEqual([1])
})

test('AWARE-5: a late echo does not revive who has left', () => {
  const table = new AwarenessTable(limits)
  const ana = table.join()
  table.receive([here(1, 4)], ana, true, 0)
  table.leave(ana, 1)
  expect(table.receive([here(1, 4)], table.join(), false, 2)).toEqual({
    accepted: [],
    taken: [],
    challenges: [],
    isFull: false,
  })
  expect(table.present()).toEqual([])
})

test('AWARE-6: somebody else cannot remove a presence, its owner can', () => {
  const table = new AwarenessTable(limits)
  const ana = table.join()
  const bob = table.join()
  table.receive([here(1, 4)], ana, true, 0)
  expect(table.receive([gone(1, 4), gone(1, 9)], bob, false, 1).accepted).toEqual([])
  expect(ids(table.present())).toEqual([1])
  expect(table.receive([gone(1, 5)], ana, false, 2).accepted).toEqual([gone(1, 5)])
  expect(table.present()).toEqual([])
})

test('AWARE-7: what is not renewed for 30 s is removed, what is renewed stays', () => {
  const table = new AwarenessTable(limits)
  const ana = table.join()
  table.receive([here(1, 1), here(2, 1)], ana, true, 0)
  table.receive([here(2, 2)], ana, false, 20_000)
  expect(table.expire(30_000)).toEqual([])
  expect(table.expire(30_001)).toEqual([gone(1, 1)])
  expect(ids(table.present())).toEqual([2])
  expect(ids(table.changedSince(0))).toEqual([1, 2])
  table.expire(90_002)
  expect(ids(table.changedSince(0))).toEqual([2])
})

test('AWARE-8: past the bound on entries what fits is shown and the rest is not', () => {
  const table = new AwarenessTable(limits)
  const ana = table.join()
  const many = Array.from({ length: 11 }, (_, index) => here(index + 1, 1))
  const outcome = table.receive(many, ana, true, 0)
  expect(outcome.accepted).toHaveLength(10)
  expect(outcome.isFull).toBe(true)
  expect(table.present()).toHaveLength(10)
  const next = table.receive([here(1, 2)], ana, false, 0)
  expect([next.accepted.length, next.isFull]).toEqual([1, false])
})

test('AWARE-8: what one session has, and the bytes of all, are bounded and given back', () => {
  const table = new AwarenessTable(
    limitsWith({ session_awareness_entries_max: 2, awareness_bytes_max: 100 }),
  )
  const [ana, ben] = [table.join(), table.join()]
  expect(table.receive([here(1, 1), here(2, 1)], ana, false, 0).accepted).toHaveLength(2)
  expect(table.receive([here(3, 1)], ana, false, 0).isFull).toBe(true)
  expect(table.receive([here(1, 2)], ana, false, 0).accepted).toHaveLength(1)
  const long = 'x'.repeat(80)
  expect(table.receive([here(4, 1, long)], ben, false, 0).isFull).toBe(true)
  table.leave(ana, 0)
  // Those who have left are remembered for a while, without their states.
  expect(table.readBytes).toBe(2 * 64)
  expect(table.receive([here(4, 1, long)], ben, false, 0).accepted).toHaveLength(1)
  table.receive([gone(4, 2)], ben, false, 0)
  expect(table.readBytes).toBe(3 * 64)
})

test('AWARE-8: a client that is named often in one update gains no room by it', () => {
  const table = new AwarenessTable(limitsWith({ awareness_bytes_max: 1_000 }))
  const ana = table.join()
  table.receive([here(1, 1, 'x'.repeat(800))], ana, true, 0)
  const names = Array.from({ length: 20 }, () => here(1, 1))
  const large = [2, 3, 4, 5].map((clientId) => here(clientId, 1, 'x'.repeat(800)))
  const outcome = table.receive([...names, ...large], ana, false, 0)
  expect(outcome.isFull).toBe(true)
  expect(table.readBytes).toBeLessThanOrEqual(1_000 + 64)
  expect(ids(table.present())).toEqual([1])
  // The last word of one who is named twice is what is kept, and counted.
  table.receive([here(1, 2), here(1, 3, 'y'.repeat(900))], ana, false, 0)
  expect(table.present()).toEqual([here(1, 3, 'y'.repeat(900))])
  expect(table.readBytes).toBe((here(1, 3, 'y'.repeat(900)).state?.length ?? 0) + 64)
})

test('AWARE-8: a state that does not fit leaves the one before it, until that is silent', () => {
  const table = new AwarenessTable(limitsWith({ awareness_bytes_max: 100 }))
  const ana = table.join()
  table.receive([here(1, 1)], ana, true, 0)
  table.receive([here(1, 2, 'x'.repeat(200))], ana, false, 20_000)
  expect(table.present()).toEqual([here(1, 1)])
  expect(table.expire(30_001)).toEqual([gone(1, 1)])
})

test('AWARE-12: what changed since a version is told, and who left since', () => {
  const table = new AwarenessTable(limits)
  const ana = table.join()
  const ben = table.join()
  table.receive([here(1, 1), here(2, 1)], ana, true, 0)
  table.receive([here(3, 1)], ben, true, 0)
  const { version } = table
  expect(table.changedSince(version)).toEqual([])
  table.receive([here(2, 2)], ana, false, 1)
  table.leave(ben, 2)
  expect(table.changedSince(version)).toEqual([here(2, 2), gone(3, 1)])
})
