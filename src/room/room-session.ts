import type { Access } from '../base/access.ts'
import type { Peer } from './peer.ts'
import type { PresentSession } from './room-presence.ts'
import type { Writer } from './ingest/writer.ts'

/** What a room needs of the socket behind a session, if there is one. */
export type RoomPeer = Omit<Peer, 'questions'>

/** What a room needs of a session in it. */
export interface RoomSession extends Writer, PresentSession {
  readonly peer: RoomPeer
  /** When it came, by the server's clock. */
  readonly since: number
  /** What its client may do. */
  readonly access: Access
  /** What its client has asked for beside the document. */
  readonly wishes?: {
    /** The application's messages. */
    readonly messages?: boolean
  }
  /** Whether it is on its topic. */
  readonly live: boolean
  /** Takes its client off the topic until the socket has drained. */
  detach(): void
  /** Says something without content to a client off the topic that hears nothing else. */
  keepAlive(): void
  /** The once-a-second round. */
  sweep(now: number): void
}
