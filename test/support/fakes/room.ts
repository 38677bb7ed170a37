import type { Access } from '../../../src/base/access.ts'
import { type Limits, limitsWith } from '../../../src/base/limits/limits.ts'
import { silentLog } from '../../../src/base/log.ts'
import { Metrics } from '../../../src/base/metrics.ts'
import { Coalescer } from '../../../src/room/ingest/coalescer.ts'
import { Deliveries } from '../../../src/room/delivery/deliveries.ts'
import { ServerDocument } from '../../../src/document/document.ts'
import { Journal } from '../../../src/storage/journal.ts'
import { DocumentsMemory } from '../../../src/room/delivery/memory.ts'
import { Room } from '../../../src/room/room.ts'
import type { ReceiptWishes } from '../../../src/session/session-parts.ts'
import { SharedFrames } from '../../../src/room/delivery/shared-frames.ts'
import { Session } from '../../../src/session/session.ts'
import { yWebsocket } from '../../../src/protocol/y-websocket.ts'
import { FakeClock } from './clock.ts'
import { FakePeer } from './peer.ts'
import { FaultyStore } from './store.ts'

function loud(_document: string, error: unknown): never {
  throw error
}

const noWishes: ReceiptWishes = { echo: false, saved: false, statuses: false }

/**
 * An open room without sockets: `join` brings one more client into it.
 * @param failed told of faults; without one they are thrown
 */
export function openRoom(
  given: Partial<Limits> = {},
  failed: (document: string, error: unknown) => void = loud,
) {
  const clock = new FakeClock()
  const metrics = new Metrics()
  const limits = limitsWith(given)
  const store = new FaultyStore()
  const journal = new Journal({ store, clock, log: silentLog, metrics, limits })
  const broadcasts: { readonly topic: string; readonly bytes: Uint8Array }[] = []
  const broadcast = (topic: string, bytes: Uint8Array): boolean => {
    broadcasts.push({ topic, bytes })
    return true
  }
  const shared = {
    journal,
    clock,
    log: silentLog,
    metrics,
    limits,
    broadcast,
    failed,
    enforceIdentity: false,
  }
  const room = new Room('notes', new ServerDocument(limits), {
    ...shared,
    coalescer: new Coalescer(clock),
    frames: new SharedFrames(limits.shared_frames_bytes_max),
    memory: new DocumentsMemory(limits.documents_bytes_max, () => undefined),
    deliveries: new Deliveries(limits, clock),
  })
  const join = (wishes = noWishes, access: Access = 'write') => {
    const peer = new FakePeer()
    const host = { refused: () => undefined, closed: () => undefined, shown: () => undefined }
    const session = new Session({ peer, codec: yWebsocket, address: 'notes', wishes }, host, room, {
      access,
    })
    session.receive({ kind: 'step-1', stateVector: Uint8Array.of(0) }, Uint8Array.of())
    const take = (raw: Uint8Array): void => {
      const frame = yWebsocket.decode(raw)
      if (frame.kind !== 'bad-frame') session.receive(frame, raw)
    }
    return { peer, session, take }
  }
  return { room, join, broadcasts, clock, store, metrics }
}
