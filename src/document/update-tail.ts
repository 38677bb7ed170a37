import { copyBytes } from '../../persistence/batch.ts'

/** Updates one behind the other, in a buffer that has room for more of them. */
interface Chunk {
  buffer: Uint8Array
  /** Bytes of the buffer that hold updates. */
  used: number
  /** Where each update ends in the buffer. */
  readonly ends: number[]
}

/**
 * The updates of a document since its snapshot, packed in a few buffers: thousands of small updates
 * cost their bytes and little else. Positions count updates since the document was loaded.
 */
export class UpdateTail {
  /** The last chunk, which grows. */
  #last = emptyChunk()
  readonly #chunks = [this.#last]
  /** Position of the first update that is kept. */
  #start = 0
  #count = 0
  #byteLength = 0

  /** How many updates were ever added. */
  get position(): number {
    return this.#start + this.#count
  }

  /** How many updates it keeps. */
  get count(): number {
    return this.#count
  }

  get byteLength(): number {
    return this.#byteLength
  }

  /** Adds one update (copied), which goes from `at` to the end of the bytes. */
  add(bytes: Uint8Array, at = 0): void {
    const length = bytes.length - at
    const chunk = this.#chunkFor(length)
    copyBytes(bytes, at, chunk.buffer, chunk.used)
    chunk.used += length
    chunk.ends.push(chunk.used)
    this.#count++
    this.#byteLength += length
  }

  /** Views of the updates from `position` on; undefined when some of them are kept no more. */
  since(position: number): readonly Uint8Array[] | undefined {
    if (position < this.#start) return undefined
    const updates: Uint8Array[] = []
    let skipped = position - this.#start
    for (const { buffer, ends } of this.#chunks) {
      for (let at = skipped; at < ends.length; at++) {
        updates.push(buffer.subarray(ends[at - 1] ?? 0, ends[at]))
      }
      skipped = Math.max(0, skipped - ends.length)
    }
    return updates
  }

  /** Views of all it keeps. */
  all(): readonly Uint8Array[] {
    return this.since(this.#start) ?? []
  }

  /** Forgets the updates before `position`. Views handed out stay as they are. */
  dropBefore(position: number): void {
    let left = Math.min(Math.max(position - this.#start, 0), this.#count)
    this.#start += left
    this.#count -= left
    let [first] = this.#chunks
    while (first !== undefined && left >= first.ends.length) {
      left -= first.ends.length
      this.#byteLength -= first.used
      this.#chunks.shift()
      ;[first] = this.#chunks
    }
    if (first === undefined) this.#addChunk()
    else if (left > 0) {
      const cut = first.ends[left - 1] ?? 0
      this.#byteLength -= cut
      dropFirst(first, left, cut)
    }
  }

  /** The last chunk, made as large as it has to be, or a new one behind it. */
  #chunkFor(length: number): Chunk {
    const last = this.#last
    const needed = last.used + length
    if (needed <= last.buffer.length) return last
    if (last.used > 0 && needed > chunkBytes) {
      return this.#addChunk(Math.max(length, chunkBytes))
    }
    const doubled = Math.min(chunkBytes, last.buffer.length * 2)
    const grown = new Uint8Array(Math.max(needed, doubled))
    grown.set(last.buffer.subarray(0, last.used))
    last.buffer = grown
    return last
  }

  #addChunk(bytes?: number): Chunk {
    this.#last = emptyChunk(bytes)
    this.#chunks.push(this.#last)
    return this.#last
  }
}

/** A chunk grows by being copied up to here; a long tail is never copied as a whole. */
const chunkBytes = 1024 * 1024

function emptyChunk(bytes = 1_024): Chunk {
  return { buffer: new Uint8Array(bytes), used: 0, ends: [] }
}

/** A fresh buffer: views of the old one may still be on their way to a socket. */
function dropFirst(chunk: Chunk, count: number, cut: number): void {
  chunk.buffer = chunk.buffer.slice(cut, chunk.used)
  chunk.used -= cut
  chunk.ends.splice(0, count)
  for (const [at, end] of chunk.ends.entries()) chunk.ends[at] = end - cut
}
