import type { Access } from '../base/access.ts'

/** One thing said, free of wire form. */
export type Frame =
  /** "This is what I have": an encoded state vector. */
  | { readonly kind: 'step-1'; readonly stateVector: Uint8Array }
  /** "This is what you lack": one update, the answer to step 1. */
  | { readonly kind: 'step-2'; readonly update: Uint8Array }
  /** One update. */
  | UpdateFrame
  /** An encoded awareness update. */
  | { readonly kind: 'awareness'; readonly update: Uint8Array }
  /** Asks for all awareness states. */
  | { readonly kind: 'query-awareness' }
  /** A client's token, and its library's version where it says so. */
  | { readonly kind: 'auth'; readonly token: string; readonly version: string | undefined }
  /** The client may do so much from now on. */
  | { readonly kind: 'authenticated'; readonly access: Access }
  /** What the client may do from now on, and who others see it as; for clients that ask. */
  | Granted
  /** The client is to show its next token. */
  | { readonly kind: 'token-wanted' }
  /** Permission denied, with the reason for a person. */
  | { readonly kind: 'denied'; readonly reason: string }
  /** The client leaves the document; the socket may carry others. */
  | { readonly kind: 'close' }
  /** So many of the connection's step 2 and update frames, from its start, are on disk. */
  | { readonly kind: 'saved'; readonly count: number }
  /** One step 2 or update of the client is on disk, or was refused. */
  | { readonly kind: 'sync-status'; readonly saved: boolean }
  /** Of the room beside the document: JSON, in words of `src/chat/`. */
  | { readonly kind: 'chat'; readonly text: string }
  /** An application's own message beside the document, as Hocuspocus clients have it. */
  | { readonly kind: 'stateless'; readonly text: string }
  /** The same, for y-websocket clients that ask. */
  | { readonly kind: 'message'; readonly text: string }
  /** Nothing, said so that a quiet client stays connected. */
  | { readonly kind: 'keep-alive' }

/** One update, as it is said; or as it came, then it is told where in its message it begins. */
export interface UpdateFrame {
  readonly kind: 'update'
  readonly update: Uint8Array
  /** In a message that goes to the end of the update; undefined where there is none. */
  readonly from?: number
}

/**
 * One update in the message in which it came: what is heard most is neither copied nor made into a
 * view of its own, until somebody asks for that.
 */
export class ReceivedUpdate implements UpdateFrame {
  readonly kind = 'update'
  readonly from: number
  readonly #message: Uint8Array

  constructor(message: Uint8Array, from: number) {
    this.from = from
    this.#message = message
  }

  get update(): Uint8Array {
    return this.#message.subarray(this.from)
  }
}

/** What a client has been granted, for those that ask. */
export interface Granted {
  readonly kind: 'granted'
  readonly access: Access
  /** Undefined where others see what the client says of itself. */
  readonly user: GrantedUser | undefined
  /** Which life of its name the document is of; undefined where no store tells them apart. */
  readonly incarnation: string | undefined
}

/** Who others see for sure; what is left out they are not shown. */
export interface GrantedUser {
  readonly id?: string | undefined
  readonly name?: string | undefined
  readonly color?: string | undefined
}

/** Bytes that are not a frame of the protocol, and why. */
export interface BadFrame {
  readonly kind: 'bad-frame'
  readonly reason: string
}
