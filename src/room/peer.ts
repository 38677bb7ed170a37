import type { RefusalKind } from '../base/errors.ts'
import type { Questions } from './delivery/questions.ts'

/** What a session knows of the socket behind it. */
export interface Peer {
  /** What it may ask, on all its documents together. */
  readonly questions: Questions
  /** Queues one message. Order with `publish` is kept. */
  send(bytes: Uint8Array): void
  /** Queues a large description: while it is on its way, more may be unsent than otherwise. */
  sendDescription(bytes: Uint8Array): void
  /** Cuts the peer off if more is unsent than may be. */
  checkUnsent(): void
  /** Sends to everyone on the topic but this peer. @returns false when somebody is behind. */
  publish(topic: string, bytes: Uint8Array): boolean
  subscribe(topic: string): void
  unsubscribe(topic: string): void
  /** Bytes accepted for this peer that its socket has not taken yet. */
  bufferedBytes(): number
  /**
   * Tells the peer why, in its protocol's words, and closes.
   * @param waitMs time between the two, where it is another than for everybody
   */
  refuse(kind: RefusalKind, detail?: string, waitMs?: number): void
}

/** Sends to everyone on a topic. @returns false when somebody is behind. */
export type Broadcast = (topic: string, bytes: Uint8Array) => boolean
