import type { Who } from '../auth/authority.ts'
import type { Access } from '../base/access.ts'
import type { Codec } from '../protocol/codec.ts'
import type { Frame } from '../protocol/frame.ts'
import type { Peer } from './peer.ts'

/** A session, as far as chat knows it. */
export interface ChatVisitor {
  readonly access: Access
  readonly who: Who | undefined
  readonly codec: Codec
  readonly topic: string
  readonly peer: Pick<Peer, 'subscribe' | 'unsubscribe'>
  readonly ended: boolean
  send(frame: Frame): void
}

/** Takes what clients say beside a document to each other, on this server and on others. */
export interface RoomChat {
  receive(document: string, session: ChatVisitor, text: string): void
  /** Another server says something to those in the room. */
  hear(document: string, server: string, text: string): void
  /** What other servers do is heard again, and may not have been before. */
  up(): void
  /** What other servers have done may not have been heard. */
  look(): void
  /** A server has left, with those who are on it. */
  serverLeft(server: string): void
}
