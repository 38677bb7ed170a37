import { createEncoder, toUint8Array, writeUint8Array, writeVarUint } from 'lib0/encoding'
import { DeleteIndex } from './clocks/deletes.ts'
import type { UpdateScan } from './scan.ts'

/** Bytes of structs at which a burst is full: the next update begins another. */
const structBytesMax = 16 * 1_024
/** Delete ranges at which it is full. */
const deletesMax = 1_024

/**
 * Updates of one client that follow each other, put together from their own bytes as they come:
 * what is typed is one section whose structs stand side by side, and nothing is read twice.
 */
export class UpdateBurst {
  readonly #bytes = new Uint8Array(2 * structBytesMax)
  #length = 0
  #client = 0
  #start = 0
  #end = 0
  #structs = 0
  #deletes = new DeleteIndex()
  #deleteCount = 0

  /** Bytes that it will have, about. */
  get byteLength(): number {
    return this.#length + 4 * this.#deleteCount
  }

  /** Whether the update that was just scanned goes on where this ends. */
  continues(scan: UpdateScan): boolean {
    if (scan.runCount > 1 || scan.clientCount > 1 || this.#deleteCount > deletesMax) return false
    if (scan.deleteCount > deletesMax) return false
    if (scan.runCount === 0) return true
    const { client, start, from, to } = scan.run(0)
    if (this.#length + to - from > structBytesMax) return false
    return this.#structs === 0 || (client === this.#client && start === this.#end)
  }

  /**
   * Takes the update that was just scanned and that continues this.
   * @param bytes the bytes that were scanned
   */
  add(scan: UpdateScan, bytes: Uint8Array): void {
    if (scan.runCount > 0) {
      const { client, start, end, count, from, to } = scan.run(0)
      if (this.#structs === 0) {
        this.#client = client
        this.#start = start
      }
      this.#end = end
      this.#structs += count
      // A keystroke has some twenty bytes: a loop is quicker than a view of them.
      const kept = this.#bytes
      let at = this.#length
      for (let i = from; i < to; i++) kept[at++] = bytes[i] ?? 0
      this.#length = at
    }
    if (scan.deleteCount === 0) return
    this.#deletes.addAll(scan)
    this.#deleteCount += scan.deleteCount
  }

  /** All of it as one update; then it is empty. */
  take(): Uint8Array {
    const encoder = createEncoder()
    if (this.#structs === 0) writeVarUint(encoder, 0)
    else {
      writeVarUint(encoder, 1)
      writeVarUint(encoder, this.#structs)
      writeVarUint(encoder, this.#client)
      writeVarUint(encoder, this.#start)
      writeUint8Array(encoder, this.#bytes.subarray(0, this.#length))
    }
    writeUint8Array(encoder, this.#deletes.write())
    this.#length = 0
    this.#structs = 0
    if (this.#deleteCount > 0) this.#deletes = new DeleteIndex()
    this.#deleteCount = 0
    return toUint8Array(encoder)
  }
}
