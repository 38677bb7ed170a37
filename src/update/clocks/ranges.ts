import { steps } from '../../base/steps.ts'
import { putVarUint, varUintSize } from '../bytes/varuint.ts'

/** Ranges in one chunk: what is put in between moves no more than these. */
const chunkRangesMax = 256
/** From so many ranges on the bytes of a chunk are kept: writing them anew takes longer. */
const keptRangesMin = 64
/** So many numbers, as a power of two, are moved in the time of a step. */
const movedPerStep = 6

/** Ranges that stand next to each other. */
interface Chunk {
  /** First clock and clock behind of each range, in turn. */
  bounds: number[]
  /** Bytes of the ranges, once written. */
  byteLength: number
  /** The ranges as they were last written, until one changes. */
  written: Uint8Array | undefined
}

/**
 * Ranges of clocks of one client: ascending, apart by at least one clock. They lie in chunks, so
 * that one more takes a look at few of them wherever it belongs, and so does writing them again.
 */
export class ClockRanges {
  readonly #chunks: Chunk[] = []
  #count = 0
  #byteLength = 0
  /** Where the last look ended: most ranges are looked for in order. */
  #index = 0
  #place = 0

  /** How many ranges. */
  get count(): number {
    return this.#count
  }

  /** Bytes that `writeTo` writes. */
  get byteLength(): number {
    return this.#byteLength
  }

  /** The clock behind the last range, 0 when there is none. */
  get end(): number {
    return this.#chunks.at(-1)?.bounds.at(-1) ?? 0
  }

  /** Whether all clocks from `from` to `to` (not with it) are in. */
  covers(from: number, to: number): boolean {
    const chunk = this.#seek(to)
    return chunk !== undefined && (chunk.bounds[this.#place] ?? Infinity) <= from
  }

  /** The clock behind the range that a clock is in; the clock itself when it is in none. */
  endFrom(clock: number): number {
    const chunk = this.#seek(clock + 1)
    if (chunk === undefined || (chunk.bounds[this.#place] ?? Infinity) > clock) return clock
    return chunk.bounds[this.#place + 1] ?? clock
  }

  /** Puts in the clocks from `from` to `to` (not with it). @returns whether any was new */
  add(from: number, to: number): boolean {
    steps.taken++
    const chunk = from > this.end ? undefined : this.#seek(from)
    if (chunk === undefined) {
      this.#append(from, to)
      return true
    }
    const start = chunk.bounds[this.#place] ?? 0
    const end = chunk.bounds[this.#place + 1] ?? 0
    if (start <= from && to <= end) return false
    this.#put(this.#index, chunk, this.#place, from, to)
    return true
  }

  /** Takes out the first range. @returns the clock behind it, 0 when there is none */
  removeFirst(): number {
    const [chunk] = this.#chunks
    if (chunk === undefined) return 0
    const end = chunk.bounds[1] ?? 0
    this.#cut(chunk, 2)
    if (chunk.bounds.length === 0) this.#chunks.shift()
    return end
  }

  /**
   * Writes first clock and length of each range.
   * @returns the offset behind them
   */
  writeTo(bytes: Uint8Array, from: number): number {
    let at = from
    for (const chunk of this.#chunks) {
      if (chunk.written === undefined) at = writeChunk(chunk, bytes, at)
      else {
        steps.taken++
        bytes.set(chunk.written, at)
        at += chunk.byteLength
      }
    }
    return at
  }

  #append(from: number, to: number): void {
    let chunk = this.#chunks.at(-1)
    if (chunk === undefined || chunk.bounds.length >= 2 * chunkRangesMax) {
      chunk = chunkOf([])
      this.#chunks.push(chunk)
    }
    chunk.bounds.push(from, to)
    this.#account(chunk, 1, sizeOf(from, to))
  }

  /** Puts a range in the place of those that it touches; the first of them stands at `first`. */
  #put(index: number, chunk: Chunk, first: number, from: number, to: number): void {
    const { bounds } = chunk
    let size = 0
    let behind = first
    for (; behind < bounds.length && (bounds[behind] ?? 0) <= to; behind += 2) {
      size -= sizeOf(bounds[behind] ?? 0, bounds[behind + 1] ?? 0)
    }
    const touched = (behind - first) / 2
    const start = touched > 0 ? Math.min(from, bounds[first] ?? 0) : from
    let end = touched > 0 ? Math.max(to, bounds[behind - 1] ?? 0) : to
    if (behind === bounds.length) end = Math.max(end, this.#swallow(index + 1, to))
    steps.taken += touched
    if (touched === 1) {
      bounds[first] = start
      bounds[first + 1] = end
    } else {
      steps.taken += (bounds.length - first) >> movedPerStep
      bounds.splice(first, behind - first, start, end)
    }
    this.#account(chunk, 1 - touched, size + sizeOf(start, end))
    if (bounds.length > 2 * chunkRangesMax) this.#halve(index, chunk)
  }

  /** Takes out what begins at or before `to` from a chunk on. @returns the clock behind it, or 0 */
  #swallow(index: number, to: number): number {
    let end = 0
    let behind = index
    let chunk = this.#chunks[behind]
    for (; chunk !== undefined && (chunk.bounds.at(-2) ?? 0) <= to; chunk = this.#chunks[behind]) {
      end = chunk.bounds.at(-1) ?? 0
      this.#cut(chunk, chunk.bounds.length)
      behind++
    }
    if (behind > index) this.#chunks.splice(index, behind - index)
    if (chunk === undefined) return end
    let at = 0
    for (; (chunk.bounds[at] ?? 0) <= to; at += 2) end = chunk.bounds[at + 1] ?? 0
    if (at > 0) this.#cut(chunk, at)
    return end
  }

  /** Takes the first numbers out of a chunk. */
  #cut(chunk: Chunk, behind: number): void {
    let size = 0
    for (let at = 0; at < behind; at += 2) {
      size -= sizeOf(chunk.bounds[at] ?? 0, chunk.bounds[at + 1] ?? 0)
    }
    steps.taken += behind / 2
    chunk.bounds.splice(0, behind)
    this.#account(chunk, -behind / 2, size)
  }

  #halve(index: number, chunk: Chunk): void {
    const back = chunkOf(chunk.bounds.splice(chunkRangesMax))
    chunk.byteLength -= back.byteLength
    steps.taken += (this.#chunks.length - index) >> movedPerStep
    this.#chunks.splice(index + 1, 0, back)
  }

  #account(chunk: Chunk, ranges: number, bytes: number): void {
    this.#count += ranges
    this.#byteLength += bytes
    chunk.byteLength += bytes
    chunk.written = undefined
  }

  /** Goes to the first range that ends at or behind a clock; undefined when there is none. */
  #seek(clock: number): Chunk | undefined {
    if (!this.#isFirstReaching(this.#index, clock)) {
      const next = this.#index + 1
      this.#index = this.#isFirstReaching(next, clock) ? next : this.#chunkReaching(clock)
    }
    const chunk = this.#chunks[this.#index]
    if (chunk === undefined) return undefined
    const { bounds } = chunk
    if (!isFirstReaching(bounds, this.#place, clock)) {
      const next = this.#place + 2
      this.#place = isFirstReaching(bounds, next, clock) ? next : rangeReaching(bounds, clock)
    }
    return chunk
  }

  #isFirstReaching(index: number, clock: number): boolean {
    const end = this.#chunks[index]?.bounds.at(-1)
    if (end === undefined || end < clock) return false
    return (this.#chunks[index - 1]?.bounds.at(-1) ?? -1) < clock
  }

  #chunkReaching(clock: number): number {
    let low = 0
    let high = this.#chunks.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#chunks[middle]?.bounds.at(-1) ?? 0) < clock) low = middle + 1
      else high = middle
    }
    return low
  }
}

function chunkOf(bounds: number[]): Chunk {
  let byteLength = 0
  for (let at = 0; at < bounds.length; at += 2) {
    byteLength += sizeOf(bounds[at] ?? 0, bounds[at + 1] ?? 0)
  }
  return { bounds, byteLength, written: undefined }
}

/** Bytes of one range. */
function sizeOf(from: number, to: number): number {
  return varUintSize(from) + varUintSize(to - from)
}

/** Whether the first range that ends at or behind a clock stands there. */
function isFirstReaching(bounds: readonly number[], at: number, clock: number): boolean {
  const end = bounds[at + 1]
  return end !== undefined && end >= clock && (bounds[at - 1] ?? -1) < clock
}

/** Where it stands. */
function rangeReaching(bounds: readonly number[], clock: number): number {
  let low = 0
  let high = bounds.length / 2
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((bounds[2 * middle + 1] ?? 0) < clock) low = middle + 1
    else high = middle
  }
  return 2 * low
}

function writeChunk(chunk: Chunk, bytes: Uint8Array, from: number): number {
  const { bounds } = chunk
  let at = from
  for (let place = 0; place < bounds.length; place += 2) {
    const start = bounds[place] ?? 0
    at = putVarUint(bytes, at, start)
    at = putVarUint(bytes, at, (bounds[place + 1] ?? 0) - start)
  }
  steps.taken += bounds.length / 2
  if (bounds.length >= 2 * keptRangesMin) chunk.written = bytes.slice(from, at)
  return at
}
