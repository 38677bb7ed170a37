import { copyBytes } from '../../persistence/batch.ts'

/**
 * The updates of a document since its snapshot, packed in one buffer: thousands of small updates
 * cost their bytes and little else. Positions count updates since the document was loaded.
 */
export class UpdateTail {
  #buffer = new Uint8Array(1_024)
  /** Where each update ends in the buffer. */
  #ends: number[] = []
  /** Position of the first update that is kept. */
  #start = 0

  /** How many updates were ever added. */
  get position(): number {
    return this.#start + this.#ends.length
  }

  /** How many updates it keeps. */
  get count(): number {
    return this.#ends.length
  }

  get byteLength(): number {
    return this.#ends.at(-1) ?? 0
  }

  /** Adds one update (copied), which goes from `at` to the end of the bytes. */
  add(bytes: Uint8Array, at = 0): void {
    const from = this.byteLength
    const end = from + bytes.length - at
    if (end > this.#buffer.length) this.#grow(end)
    copyBytes(bytes, at, this.#buffer, from)
    this.#ends.push(end)
  }

  /** Views of the updates from `position` on; undefined when some of them are kept no more. */
  since(position: number): readonly Uint8Array[] | undefined {
    if (position < this.#start) return undefined
    const updates: Uint8Array[] = []
    for (let at = position - this.#start; at < this.#ends.length; at++) {
      updates.push(this.#buffer.subarray(this.#ends[at - 1] ?? 0, this.#ends[at]))
    }
    return updates
  }

  /** Views of all it keeps. */
  all(): readonly Uint8Array[] {
    return this.since(this.#start) ?? []
  }

  /** Forgets the updates before `position`. Views handed out stay as they are. */
  dropBefore(position: number): void {
    const dropped = Math.min(Math.max(position - this.#start, 0), this.#ends.length)
    if (dropped === 0) return
    const cut = this.#ends[dropped - 1] ?? 0
    // A fresh buffer: views of the old one may still be on their way to a socket.
    const kept = this.#buffer.slice(cut, this.byteLength)
    this.#ends = this.#ends.slice(dropped).map((end) => end - cut)
    this.#buffer = kept.length === 0 ? new Uint8Array(1_024) : kept
    this.#start += dropped
  }

  #grow(least: number): void {
    const grown = new Uint8Array(Math.max(least, this.#buffer.length * 2))
    grown.set(this.#buffer.subarray(0, this.byteLength))
    this.#buffer = grown
  }
}
