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

/** Takes what clients say beside a document to each other. */
export interface RoomChat {
  receive(document: string, session: ChatVisitor, text: string): void
}
