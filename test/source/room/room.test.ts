import { expect, test } from 'bun:test'
import * as Y from 'yjs'
import { sameBytes } from '../../../src/base/bytes.ts'
import { yWebsocket } from '../../../src/protocol/y-websocket.ts'
import { openRoom } from '../../support/fakes/room.ts'

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
