import { expect, test } from 'bun:test'
import * as Y from 'yjs'
import { crowdUpdate, typedMessages } from '../../../bench/shapes/messages.ts'
import type { Clock } from '../../../src/base/clock.ts'
import { defaultLimits } from '../../../src/base/limits/limits.ts'
import { inSlices } from '../../../src/base/slices.ts'
import { steps } from '../../../src/base/steps.ts'
import { ServerDocument } from '../../../src/document/document.ts'
import { createFolder } from '../../../src/ydoc/folder.ts'
import { joinUpdates } from '../../../src/update/bytes/write.ts'
import { readStateVector } from '../../../src/update/clocks/vector.ts'
import { FakeClock } from '../../support/fakes/clock.ts'
import { openRoom } from '../../support/fakes/room.ts'
import { type CraftedDelete, craftDeletes, craftUpdate } from '../../support/harness/crafted.ts'
import { inspected } from '../../support/harness/inspected.ts'

/** A clock that tells how much was counted in each turn. */
function countingClock(count: () => number): { clock: Clock; turns: number[] } {
  const turns: number[] = []
  let before = count()
  const clock = new FakeClock()
  clock.soon = (run) => {
    turns.push(count() - before)
    setImmediate(() => {
      before = count()
      run()
    })
  }
  return { clock, turns }
}

/** 20,000 authors and 100,000 deleted ranges. */
function largeSnapshot(first: number): Uint8Array {
  return joinUpdates([crowdUpdate(20_000, first), craftDeletes(first, 100_000)])
}

function clientsFrom(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => count - index)
}

function deleted(client: number): CraftedDelete {
  return { client, clock: 0, length: 1 }
}

test('PERF-7: a document is loaded in turns of a bounded number of steps', async () => {
  const snapshot = largeSnapshot(1_000_000)
  const { clock, turns } = countingClock(() => steps.taken)
  const document = new ServerDocument(defaultLimits)
  const before = steps.taken
  expect(await inSlices(clock, document.load(snapshot, []))).toBeUndefined()
  expect(steps.taken - before).toBeGreaterThan(200_000)
  expect(Math.max(...turns)).toBeLessThan(16_000)
  expect(turns.length).toBeGreaterThan(4)
})

test('PERF-7: documents that are loaded at the same time do not mix', async () => {
  const { clock } = countingClock(() => steps.taken)
  const snapshots = [largeSnapshot(1_000_000), largeSnapshot(5_000_000)]
  const documents = snapshots.map(() => new ServerDocument(defaultLimits))
  const log = { sequence: 1, bytes: crowdUpdate(5_000, 9_000_000), time: undefined, by: undefined }
  const loads = documents.map((document, index) =>
    inSlices(clock, document.load(snapshots[index], [log])),
  )
  expect(await Promise.all(loads)).toEqual([undefined, undefined])
  for (const [index, document] of documents.entries()) {
    const alone = new ServerDocument(defaultLimits)
    await inSlices(clock, alone.load(snapshots[index], [log]))
    expect(document.stateVector).toEqual(alone.stateVector)
    expect(document.describe(Uint8Array.of(0))).toEqual(alone.describe(Uint8Array.of(0)))
    expect(document.repeats(craftDeletes(index === 0 ? 1_000_000 : 5_000_000, 100_000))).toBe(true)
  }
})

test('PERF-7: who joins a document of very many clients does not stop the others', async () => {
  const clients = 100_000
  const { clock } = countingClock(() => steps.taken)
  const document = new ServerDocument(defaultLimits)
  const deletes = craftUpdate([], clientsFrom(clients).map(deleted))
  const snapshot = joinUpdates([crowdUpdate(clients, 1), deletes])
  await inSlices(clock, document.load(snapshot, []))
  const turn = (work: () => unknown): number => {
    const before = steps.taken
    work()
    return steps.taken - before
  }
  for (let joined = 0; joined < 2; joined++) {
    // Somebody has written, so that nothing can be said as it was said before.
    document.take(inspected(document, craftUpdate([{ client: 9, clock: 1 + joined }])))
    for (;;) {
      const before = steps.taken
      const isWhole = document.prepare(524_288)
      expect(steps.taken - before).toBeLessThan(10_000)
      if (isWhole) break
    }
    expect(turn(() => document.stateVector)).toBeLessThan(10_000)
    const describe = (): unknown => document.describe(Uint8Array.of(0))
    expect(turn(describe)).toBeLessThan(10_000)
    const description = document.describe(Uint8Array.of(0))
    if (typeof description === 'string') throw new Error(description)
    expect(turn(() => description.update)).toBeLessThan(10_000)
    expect(readStateVector(document.stateVector, 2 * clients)).toMatchObject({ kind: 'vector' })
    const told = Y.decodeUpdate(description.bytes())
    expect([told.structs.length, told.ds.clients.size]).toEqual([clients + 1 + joined, clients])
  }
})

test('PERF-7: a round over the sessions of a document is many turns', async () => {
  const { join, room } = openRoom()
  const guests = Array.from({ length: 3_500 }, () => join())
  let asked = 0
  for (const { peer } of guests) {
    peer.bufferedBytes = () => {
      asked++
      return 0
    }
  }
  const { clock, turns } = countingClock(() => asked)
  await inSlices(clock, room.sweep(0))
  expect(asked).toBe(3_500)
  expect(turns.length).toBe(3)
  expect(Math.max(...turns)).toBeLessThanOrEqual(1_000)
})

test('PERF-6: one client that stands still is not looked for at every message', async () => {
  const { join, clock } = openRoom()
  const guests = Array.from({ length: 500 }, () => join())
  let asked = 0
  for (const { peer } of guests) {
    peer.publish = () => false
    peer.bufferedBytes = () => {
      asked++
      return 10
    }
  }
  const [writer] = guests
  for (const message of typedMessages(200, 7)) {
    writer?.take(message)
    clock.turn()
  }
  expect(asked).toBe(500)
  await clock.advance(100)
  expect(asked).toBe(1_000)
})

test('PERF-8: a document goes to its thread in turns, and comes back shared', async () => {
  const { clock, turns } = countingClock(() => steps.taken)
  const folder = createFolder({ clock, limits: defaultLimits })
  const document = new Y.Doc()
  document.getText('t').insert(0, 'x'.repeat(4_000_000))
  const pasted = Y.encodeStateAsUpdate(document)
  const many: Uint8Array[] = []
  document.on('update', (update: Uint8Array) => many.push(update))
  for (let index = 0; index < 3_000; index++) document.getText('t').insert(index, 'y')
  const parts = [pasted, ...many]
  const folded = await folder.fold(parts)
  await folder.close()
  if (folded.kind !== 'folded') throw new Error(folded.kind)
  expect(folded.snapshot.buffer).toBeInstanceOf(SharedArrayBuffer)
  // Kilobytes and parts, as they were copied.
  expect(turns.length).toBeGreaterThan(5)
  expect(Math.max(...turns)).toBeLessThanOrEqual(1_200)
})
