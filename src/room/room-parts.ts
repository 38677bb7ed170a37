import type { Who } from '../auth/authority.ts'
import type { Access } from '../base/access.ts'
import type { Codec } from '../protocol/codec.ts'
import type { Clock } from '../base/clock.ts'
import type { Limits } from '../base/limits/limits.ts'
import type { Log } from '../base/log.ts'
import type { Metrics } from '../base/metrics.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { Seed } from '../storage/loader.ts'
import type { Coalescer } from './ingest/coalescer.ts'
import type { Deliveries } from './delivery/deliveries.ts'
import type { Journal } from '../storage/journal.ts'
import type { DocumentsMemory } from './delivery/memory.ts'
import type { Broadcast } from './peer.ts'
import type { SharedFrames } from './delivery/shared-frames.ts'
import type { RoomChat } from './room-chat.ts'
import type { StatelessHandler } from './stateless.ts'

/** What every room of a server shares. */
export interface RoomParts {
  readonly journal: Journal
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly limits: Limits
  readonly broadcast: Broadcast
  /** The application's ear for messages beside the documents. */
  readonly onStateless?: StatelessHandler | undefined
  /** Takes what is said in the rooms beside the documents, where messages are kept. */
  readonly chat?: RoomChat | undefined
  /** Whether others are shown who a client is for sure, whatever it says. */
  readonly enforceIdentity: boolean
  /** What documents begin with that nobody has written; without it with nothing. */
  readonly seed?: Seed | undefined
  /** The other servers, where they are heard. */
  readonly cluster?: Cluster | undefined
  /** What access was taken back elsewhere; read as often as the documents are followed. */
  readonly revocations?: { look(): void } | undefined
  /** What follows how documents change. */
  readonly observers?: readonly RoomsObserver[] | undefined
}

/** Hears of the open documents, as far as it wants to; it must not throw. */
export interface RoomsObserver {
  /** Once a second for each. @param position of its copy: rises with every update */
  looked?(document: string, position: number, now: number): void
  /** One was closed, and all of it is in the store. */
  closed?(document: string, position: number): void
  /** Somebody has come. */
  joined?(document: string, session: Visitor): void
  /** Somebody has left. @param isSentAway whether they were told to come back at once */
  left?(document: string, session: Visitor, isSentAway: boolean): void
}

/** A session, as far as those who hear of the open documents are told of it. */
export interface Visitor {
  readonly access: Access
  readonly codec: Pick<Codec, 'id'>
  /** When it came, by the server's clock. */
  readonly since: number
  /** Who its client is, as far as that was granted. */
  readonly who: Who | undefined
}

/** What a room needs besides; `Rooms` adds it. */
export interface RoomHost extends RoomParts {
  /** What is held back, of whichever room. */
  readonly coalescer: Coalescer
  /** What goes out to many at once, of whichever room. */
  readonly frames: SharedFrames
  /** What all rooms together take. */
  readonly memory: DocumentsMemory
  /** The large descriptions of all rooms, and whose turn it is. */
  readonly deliveries: Deliveries
  /** Has an open document brought up to what other servers have stored of it. */
  readonly catchUp?: ((document: string) => void) | undefined
  /** Told of a fault in our own code that came up outside of a call. */
  readonly failed: (document: string, error: unknown) => void
}
