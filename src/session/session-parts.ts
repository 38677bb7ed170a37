import type { RefusalKind } from '../base/errors.ts'
import type { Codec } from '../protocol/codec.ts'
import type { Peer } from '../room/peer.ts'

/** What a client has asked for beside the document. */
export interface ReceiptWishes {
  /** Its own updates back, once they are on disk. */
  readonly echo: boolean
  /** How many of its frames are on disk. */
  readonly saved: boolean
  /** One word for each of its step 2 and update frames. */
  readonly statuses: boolean
  /** The room beside the document. */
  readonly chat?: boolean
  /** The application's messages beside the document. */
  readonly messages?: boolean
}

/** What a session is made of. */
export interface SessionParts {
  readonly peer: Peer
  readonly codec: Codec
  /** What the wire names; with the codec it makes the topic. */
  readonly address: string
  readonly wishes: ReceiptWishes
}

/** Who let the session in, and hears of its end. */
export interface SessionHost {
  /** The client is not served any longer, and why. The session has ended. */
  refused(kind: RefusalKind, detail: string | undefined): void
  /** The client has left by its own word. The session has ended. */
  closed(): void
  /** The client shows a new token. */
  shown(token: string): void
}
