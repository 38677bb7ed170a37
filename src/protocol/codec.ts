import type { BadFrame, Frame } from './frame.ts'

/** One wire protocol: bytes to frames and back. Pure; never throws on any bytes. */
export interface Codec {
  /** Stands in topic names; short and unique. */
  readonly id: string
  /** Reads one whole WebSocket message. Views into `bytes`, not copies. */
  decode(bytes: Uint8Array): Frame | BadFrame
  /** Writes one frame as one WebSocket message. */
  encode(frame: Frame): Uint8Array
}
