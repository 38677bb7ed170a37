import { afterEach, describe, expect, jest, spyOn, test } from 'bun:test'
import * as Y from 'yjs'
import {
  deletesUpdate,
  step2Message,
  typedMessages,
  updateMessage,
} from '../../../bench/shapes/messages.ts'
import { Additions } from '../../../src/document/additions.ts'
import { UpdateTail } from '../../../src/document/update-tail.ts'
import { UpdateScan } from '../../../src/update/scan.ts'
import { yWebsocket } from '../../../src/protocol/y-websocket.ts'
import { Batch } from '../../../persistence/batch.ts'
import { openRoom } from '../../support/fakes/room.ts'
import { codeFiles } from '../../project/house/checkout.ts'
import { importsOf } from '../../project/house/imports.ts'

// The cost of the relay is guarded by what is done, not by how long it takes: a count says the
// same on every machine.

/** Messages of somebody who types so many letters. */
function typed(count: number): readonly Uint8Array[] {
  const document = new Y.Doc()
  const messages: Uint8Array[] = []
  document.on('update', (update: Uint8Array) => {
    messages.push(yWebsocket.encode({ kind: 'update', update }) ?? Uint8Array.of())
  })
  for (let index = 0; index < count; index++) document.getText('t').insert(index, 'x')
  return messages
}

/** A message that deletes one letter of client 7. */
const deleteAt = (clock: number): Uint8Array => updateMessage(deletesUpdate([[clock, 1]], 7))

/** Watches what is done to updates. */
function watch() {
  return {
    scans: spyOn(UpdateScan.prototype, 'scan'),
    decodes: spyOn(yWebsocket, 'decode'),
    encodes: spyOn(yWebsocket, 'encode'),
    tailCopies: spyOn(UpdateTail.prototype, 'add'),
    batchCopies: spyOn(Batch.prototype, 'add'),
    slices: spyOn(Uint8Array.prototype, 'slice'),
    views: spyOn(Uint8Array.prototype, 'subarray'),
  }
}

function counts(watched: ReturnType<typeof watch>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(watched).map(([name, spy]) => [name, spy.mock.calls.length]),
  )
}

afterEach(() => {
  jest.restoreAllMocks()
})

describe('the way of an update', () => {
  test('PERF-1, PERF-2: alone it is read once, copied twice, written never, viewed never', () => {
    const { join, clock } = openRoom()
    const [writer] = [join(), join(), join()]
    const [first, ...messages] = typed(21)
    // The first names its root type, whose name is counted.
    writer.take(first ?? Uint8Array.of())
    clock.turn()
    const watched = watch()
    for (const raw of messages) {
      writer.take(raw)
      clock.turn()
    }
    expect(counts(watched)).toEqual({
      scans: 20,
      decodes: 20,
      encodes: 0,
      tailCopies: 20,
      batchCopies: 20,
      slices: 0,
      views: 0,
    })
    expect(writer.peer.published.slice(1).map(({ bytes }) => bytes)).toEqual(messages)
  })

  test('PERF-3: a burst is read once each, written once, kept and published as two updates', () => {
    const { join, clock } = openRoom()
    const [writer] = [join(), join()]
    const messages = typed(200)
    const watched = watch()
    for (const raw of messages) writer.take(raw)
    clock.turn()
    const { scans, decodes, encodes, tailCopies, batchCopies } = counts(watched)
    expect({ scans, decodes, encodes, tailCopies, batchCopies }).toEqual({
      scans: 200,
      decodes: 200,
      encodes: 1,
      tailCopies: 2,
      batchCopies: 2,
    })
    expect(writer.peer.published.length).toBe(2)
  })

  test('PERF-9: the next words of a client are looked up by their client three times', () => {
    const { join, clock } = openRoom()
    const [writer] = [join(), join()]
    const messages = typed(40)
    for (const raw of messages.slice(0, 20)) writer.take(raw)
    clock.turn()
    const lookups = [spyOn(Map.prototype, 'get'), spyOn(Map.prototype, 'has')]
    for (const raw of messages.slice(20)) {
      writer.take(raw)
      clock.turn()
    }
    const calls = lookups.flatMap(({ mock }) => mock.calls)
    jest.restoreAllMocks()
    // What else is looked up goes by a name.
    expect(calls.filter(([key]) => typeof key === 'number').length).toBe(3 * 20)
  })

  test('PERF-13: one more delete is looked up by its client as often, however many are', () => {
    const { join, clock } = openRoom()
    const writer = join()
    for (const raw of typedMessages(2_000, 7)) writer.take(raw)
    writer.take(deleteAt(0))
    clock.turn()
    const asked = spyOn(Additions.prototype, 'contradicts')
    const lookups = [spyOn(Map.prototype, 'get'), spyOn(Map.prototype, 'has')]
    const looks: number[] = []
    for (let clockOf = 3; clockOf < 2_000; clockOf += 3) {
      for (const { mock } of lookups) mock.calls.length = 0
      writer.take(deleteAt(clockOf))
      clock.turn()
      const calls = lookups.flatMap(({ mock }) => mock.calls)
      // What else is looked up goes by a name.
      looks.push(calls.filter(([key]) => typeof key === 'number').length)
    }
    expect(asked).not.toHaveBeenCalled()
    jest.restoreAllMocks()
    expect(new Set(looks)).toEqual(new Set([5]))
  })

  test('PERF-13: a step 2 that says nothing is not read', () => {
    const { join, clock, metrics } = openRoom()
    const writer = join()
    for (const raw of typedMessages(20, 7)) writer.take(raw)
    writer.take(deleteAt(3))
    clock.turn()
    const scans = spyOn(UpdateScan.prototype, 'scan')
    for (let index = 0; index < 20; index++) writer.take(step2Message(Uint8Array.of(0, 0)))
    expect(scans).not.toHaveBeenCalled()
    expect(metrics.updatesKnown).toBe(20)
  })

  test('PERF-4: nothing on the way is done by Yjs: only its worker knows it', () => {
    const users = codeFiles()
      .filter(({ path }) => /^(?:src|persistence)\//.test(path))
      .filter((file) => importsOf(file).some(({ specifier }) => specifier === 'yjs'))
      .map(({ path }) => path)
      .filter((path) => !/^src\/(?:client|cli|ydoc)\//.test(path))
    expect(users).toEqual([])
  })
})
