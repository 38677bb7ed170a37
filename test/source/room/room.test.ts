import { expect, test } from 'bun:test'
import * as Y from 'yjs'
import { sameBytes } from '../../../src/base/bytes.ts'
import { yWebsocket } from '../../../src/protocol/y-websocket.ts'
import { openRoom } from '../../support/fakes/room.ts'
import { craftUpdate } from '../../support/harness/crafted.ts'

test('RELAY-9: an update is one publish and no send, whatever the number of clients', () => {
  const { join, broadcasts } = openRoom()
  const [writer, ...readers] = Array.from({ length: 200 }, () => join())
  if (writer === undefined) throw new Error('no writer')
  const heardBefore = readers.map(({ peer }) => peer.sent.length)
  const document = new Y.Doc()
  document.getText('t').insert(0, 'x')
  const update = Y.encodeStateAsUpdate(document)
  const raw = yWebsocket.encode({ kind: 'update', update }) ?? Uint8Array.of()
  writer.take(raw)
  expect(writer.peer.published).toEqual([{ topic: 'y:notes', bytes: raw }])
  // The very bytes that came, not a copy of them.
  expect(writer.peer.published[0]?.bytes).toBe(raw)
  expect(readers.map(({ peer }) => peer.sent.length)).toEqual(heardBefore)
  expect(broadcasts).toEqual([])
})

test('SAVED-3: who fell behind does not hear their own edits before they are on disk', async () => {
  const { join, clock, store } = openRoom()
  const { peer, session, take } = join({ echo: true, saved: false, statuses: false })
  peer.buffered = 1
  session.detach()
  const document = new Y.Doc()
  // Rich text of this size goes out in one piece of its own, as it came.
  document.getText('t').insert(0, 'mine'.repeat(300_000), { bold: true })
  const update = Y.encodeStateAsUpdate(document)
  const own = yWebsocket.encode({ kind: 'update', update }) ?? Uint8Array.of()
  const comesBack = () => peer.sent.filter((bytes) => sameBytes(bytes, own)).length
  store.hold()
  take(own)
  clock.turn()
  peer.buffered = 0
  session.drained()
  expect(comesBack()).toBe(0)
  store.release()
  await clock.advance(10)
  expect(comesBack()).toBeGreaterThan(0)
  expect(session.live).toBe(true)
})

test('JOURNAL-6: a receipt that cannot be told fails its room, others are told', async () => {
  const failures: unknown[] = []
  const { room, clock, join } = openRoom({}, (_, error) => failures.push(error))
  const confirmed: number[] = []
  const { take } = join()
  const first = room.receipts(false, () => {
    throw new Error('a bug, by the test')
  })
  const second = room.receipts(false, ({ count }) => confirmed.push(count))
  const update = craftUpdate([{ client: 1 }])
  take(yWebsocket.encode({ kind: 'update', update }) ?? Uint8Array.of())
  first.accepted(1, [])
  second.accepted(1, [])
  await clock.advance(10)
  expect(confirmed).toEqual([1])
  expect(failures.map(String)).toEqual(['Error: a bug, by the test'])
})
