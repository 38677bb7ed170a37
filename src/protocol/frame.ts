import type { Access } from '../base/access.ts'

/** One thing said, free of wire form. */
export type Frame =
  /** "This is what I have": an encoded state vector. */
  | { readonly kind: 'step-1'; readonly stateVector: Uint8Array }
  /** "This is what you lack": one update, the answer to step 1. */
  | { readonly kind: 'step-2'; readonly update: Uint8Array }
  /** One update. */
  | { readonly kind: 'update'; readonly update: Uint8Array }
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
  /** An application's own message beside the document. */
  | { readonly kind: 'stateless'; readonly text: string }
  /** Nothing, said so that a quiet client stays connected. */
  | { readonly kind: 'keep-alive' }

/** What a client has been granted, for those that ask. */
export interface Granted {
  readonly kind: 'granted'
  readonly access: Access
  /** Undefined where others see what the client says of itself. */
  readonly user: GrantedUser | undefined
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
