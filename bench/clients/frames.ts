/** What a reader tells of the WebSocket messages that came; views are good for the call only. */
export interface FrameListener {
  /** A whole message: `bytes` from `from` to `to`. */
  frame(bytes: Uint8Array, from: number, to: number): void
  /** A large message of which only the beginning was kept; told when its last byte has come. */
  large(head: Uint8Array, length: number): void
  ping(payload: Uint8Array): void
  closed(): void
}

/** Messages above this are not kept whole unless somebody collects: their end is what counts. */
const wholeBytesMax = 64 * 1024
/** What is kept of a large message's beginning. */
const headBytes = 64

/** Cuts a server's bytes into WebSocket messages. Copies only what a chunk leaves unfinished. */
export class FrameReader {
  readonly #listener: FrameListener
  /** Whether large messages are kept whole as well. */
  collect = false
  #kept = new Uint8Array(0)
  #skip = 0
  #largeLength = 0
  #largeHead = new Uint8Array(0)

  constructor(listener: FrameListener) {
    this.#listener = listener
  }

  /** Takes what came from the socket. */
  feed(chunk: Uint8Array): void {
    let bytes = chunk
    if (this.#skip > 0) {
      const passed = Math.min(this.#skip, bytes.length)
      this.#skip -= passed
      bytes = bytes.subarray(passed)
      if (this.#skip > 0) return
      this.#listener.large(this.#largeHead, this.#largeLength)
    }
    if (this.#kept.length > 0) {
      const joined = new Uint8Array(this.#kept.length + bytes.length)
      joined.set(this.#kept)
      joined.set(bytes, this.#kept.length)
      bytes = joined
    }
    const at = this.#cut(bytes)
    this.#kept = at < bytes.length ? bytes.slice(at) : noBytes
  }

  /** @returns where the unfinished rest begins */
  #cut(bytes: Uint8Array): number {
    const end = bytes.length
    let at = 0
    while (end - at >= 2) {
      const opcode = (bytes[at] ?? 0) & 15
      let length = bytes[at + 1] ?? 0
      let from = at + 2
      if (length === 126) {
        if (end - at < 4) return at
        length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)
        from = at + 4
      } else if (length === 127) {
        if (end - at < 10) return at
        length = 0
        for (let i = 2; i < 10; i++) length = length * 256 + (bytes[at + i] ?? 0)
        from = at + 10
      }
      const to = from + length
      if (to > end) {
        if (this.collect || length <= wholeBytesMax || end - from < headBytes) return at
        this.#largeHead = bytes.slice(from, from + headBytes)
        this.#largeLength = length
        this.#skip = to - end
        return end
      }
      if (opcode === 2 || opcode === 1) this.#listener.frame(bytes, from, to)
      else if (opcode === 9) this.#listener.ping(bytes.slice(from, to))
      else if (opcode === 8) this.#listener.closed()
      at = to
    }
    return at
  }
}

const noBytes = new Uint8Array(0)

/**
 * One client message. The mask is there, as it must be, and is zero, so that the bytes stand as
 * they are and can be made beforehand.
 */
export function clientFrame(payload: Uint8Array, opcode = 2): Uint8Array {
  const { length } = payload
  const lengthBytes = length < 126 ? 0 : length < 65_536 ? 2 : 8
  const header = 6 + lengthBytes
  const frame = new Uint8Array(header + length)
  frame[0] = 128 | opcode
  frame[1] = 128 | (lengthBytes === 0 ? length : lengthBytes === 2 ? 126 : 127)
  const view = new DataView(frame.buffer)
  if (lengthBytes === 2) view.setUint16(2, length)
  if (lengthBytes === 8) view.setBigUint64(2, BigInt(length))
  frame.set(payload, header)
  return frame
}
