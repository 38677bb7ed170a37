import { expect, test } from 'bun:test'
import * as Y from 'yjs'
import { yWebsocket } from '../../src/protocol/y-websocket.ts'
import { openRoom } from '../fakes/room.ts'

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
