import type { BadFrame, Frame } from './frame.ts'

/** One wire protocol on one address: bytes to frames and back. Pure; never throws on any bytes. */
export interface Codec {
  /** Stands in topic names; short and unique among the protocols. */
  readonly id: string
  /** Reads one whole message of the protocol. Views into `bytes`, not copies. */
  decode(bytes: Uint8Array): Frame | BadFrame
  /**
   * Where the message of a client that begins at `from` ends, -1 when it is not whole. One
   * WebSocket message may hold several, where the protocol has it so.
   */
  endOf(bytes: Uint8Array, from: number): number
  /**
   * Writes one frame as one WebSocket message; undefined when the protocol, as stock clients have
   * it, has no word for it.
   */
  encode(frame: Frame): Uint8Array | undefined
  /** What stands before an update of so many bytes in its message; behind it stands nothing. */
  updateHead(updateBytes: number): Uint8Array
}

/** Whom a message is about: what the wire names, and the document in it. */
export interface SessionAddress {
  readonly kind: 'address'
  /** As the client wrote it; answers carry exactly this. */
  readonly text: string
  readonly document: string
}

/** A wire protocol in which one socket carries many addresses. Pure; never throws on any bytes. */
export interface Multiplex {
  /** Reads whom a message is about; `awake` is a message about nobody that asks for nothing. */
  sessionAddressOf(bytes: Uint8Array): SessionAddress | { readonly kind: 'awake' } | BadFrame
  /** The protocol on one address. */
  codec(address: SessionAddress): Codec
  /**
   * What keeps a quiet socket connected without changing anything.
   * @param version the client library's own, undefined when it did not say
   * @param address one that the client has used
   */
  keepAwake(version: string | undefined, address: SessionAddress): Uint8Array
}
