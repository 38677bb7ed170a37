import { expect, test } from 'bun:test'
import * as Y from 'yjs'
import { defaultLimits } from '../../src/base/limits.ts'
import { silentLog } from '../../src/base/log.ts'
import { Metrics } from '../../src/base/metrics.ts'
import { ServerDocument } from '../../src/document/document.ts'
import { Journal } from '../../src/document/journal.ts'
import { Room } from '../../src/document/room.ts'
import { Session } from '../../src/document/session.ts'
import { yWebsocket } from '../../src/protocol/y-websocket.ts'
import { FakeClock } from '../fakes/clock.ts'
import { FakePeer } from '../fakes/peer.ts'
import { FaultyStore } from '../fakes/store.ts'

function openRoom() {
  const clock = new FakeClock()
  const metrics = new Metrics()
  const limits = defaultLimits
  const journal = new Journal({ store: new FaultyStore(), clock, log: silentLog, metrics, limits })
  const broadcasts: string[] = []
  const broadcast = (topic: string): boolean => {
    broadcasts.push(topic)
    return true
  }
  const shared = { journal, clock, log: silentLog, metrics, limits }
  const parts = { ...shared, broadcast, stampAwareness: false }
  const room = new Room('notes', new ServerDocument(limits), parts)
  const join = () => {
    const peer = new FakePeer()
    const wishes = { echo: false, saved: false, statuses: false }
    const host = { refused: () => undefined, closed: () => undefined, shown: () => undefined }
    const stay = { peer, codec: yWebsocket, address: 'notes', wishes }
    const session = new Session(stay, host, room, { access: 'write' })
    session.receive({ kind: 'step-1', stateVector: Uint8Array.of(0) }, Uint8Array.of())
    return { peer, session }
  }
  return { room, join, broadcasts }
}

test('RELAY-9: an update is one publish and no send, whatever the number of clients', () => {
  const { join, broadcasts } = openRoom()
  const [writer, ...readers] = Array.from({ length: 200 }, join)
  if (writer === undefined) throw new Error('no writer')
  const heardBefore = readers.map(({ peer }) => peer.sent.length)
  const document = new Y.Doc()
  document.getText('t').insert(0, 'x')
  const update = Y.encodeStateAsUpdate(document)
  const raw = yWebsocket.encode({ kind: 'update', update }) ?? Uint8Array.of()
  writer.session.receive({ kind: 'update', update }, raw)
  expect(writer.peer.published).toEqual([{ topic: 'y:notes', bytes: raw }])
  // The very bytes that came, not a copy of them.
  expect(writer.peer.published[0]?.bytes).toBe(raw)
  expect(readers.map(({ peer }) => peer.sent.length)).toEqual(heardBefore)
  expect(broadcasts).toEqual([])
})
