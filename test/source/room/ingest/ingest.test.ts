import { expect, test } from 'bun:test'
import { awarenessMessage, step2Message, updateMessage } from '../../../../bench/shapes/messages.ts'
import { yWebsocket } from '../../../../src/protocol/y-websocket.ts'
import { craftDeletes, craftUpdate } from '../../../support/harness/crafted.ts'
import { openRoom } from '../../../support/fakes/room.ts'

test('RELAY-11: what a reader sends is held against its access before anything in it', () => {
  const { join } = openRoom()
  const reader = join(undefined, 'read')
  const before = reader.peer.sent.length
  const farAhead = [{ client: 5, clock: 2 ** 30, length: 1 }]
  reader.take(step2Message(craftUpdate([{ client: 5 }], farAhead)))
  expect(reader.session.ended).toBe(false)
  const told = reader.peer.sent.slice(before)
  const reason = 'You may read this document but not change it; your edit was not kept.'
  expect(told).toEqual([yWebsocket.encode({ kind: 'denied', reason }) ?? Uint8Array.of()])
})

test('RELAY-8: who brings nothing new to a full document may stay, in whichever words', () => {
  const { join } = openRoom({ document_bytes_max: 1_024 })
  const writer = join()
  writer.take(updateMessage(craftUpdate([{ client: 5, text: 'x'.repeat(900) }])))
  const known = craftUpdate([{ client: 5, text: 'x'.repeat(900) }])
  const back = join()
  back.take(step2Message(known))
  back.take(updateMessage(known))
  expect(back.session.ended).toBe(false)
  back.take(updateMessage(craftUpdate([{ client: 6, text: 'x'.repeat(900) }])))
  expect(back.session.ended).toBe(true)
})

test('LIMIT-8: of the deletes that come along only the new ones count', () => {
  const { join, room } = openRoom({ document_delete_ranges_max: 100 })
  const writer = join()
  writer.take(updateMessage(craftDeletes(5, 90)))
  const before = room.document.position
  writer.take(step2Message(craftDeletes(5, 100)))
  expect(writer.session.ended).toBe(false)
  expect(room.document.position).toBe(before + 1)
  writer.take(step2Message(craftDeletes(5, 101)))
  expect(writer.session.ended).toBe(true)
})

test('LIMIT-3: who has left is read as well when somebody asks who is here', () => {
  const { join } = openRoom({ session_answer_bytes_burst_max: 1_048_576 })
  const visitor = join()
  const visits = Array.from({ length: 1_000 }, (_, index) => [index, 1, '{}'] as const)
  visitor.take(awarenessMessage(visits))
  visitor.session.end()
  const asker = join()
  let asked = 0
  while (!asker.session.ended && asked < 1_000) {
    asker.take(Uint8Array.of(3))
    asked++
  }
  expect(asked).toBeLessThan(20)
})

test('LIMIT-7: who is only deleted from is a client id as well', () => {
  const { join } = openRoom({ session_new_clients_max: 100 })
  const writer = join()
  const strangers = (first: number, count: number): Uint8Array => {
    const deletes = Array.from({ length: count }, (_, index) => ({
      client: first + index,
      clock: 0,
      length: 1,
    }))
    return updateMessage(craftUpdate([], deletes))
  }
  // One update may bring a whole document.
  writer.take(strangers(0, 101))
  writer.take(strangers(1_000, 100))
  // Those are known by now.
  writer.take(strangers(1_000, 100))
  expect(writer.session.ended).toBe(false)
  writer.take(strangers(2_000, 1))
  expect(writer.session.ended).toBe(true)
})
