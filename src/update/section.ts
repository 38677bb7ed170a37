import { steps } from '../base/steps.ts'
import * as encoding from 'lib0/encoding'
import type { StructRun } from './runs.ts'
import { trimStruct } from './trim.ts'
import { StructCursor, structRef } from './struct.ts'

/** A run and the update that it stands in. */
export interface SourceRun extends Readonly<StructRun> {
  readonly bytes: Uint8Array
}

/** The structs of one client in an update to be written: consecutive clocks, Skips for gaps. */
export class Section {
  readonly client: number
  readonly #spans: Uint8Array[] = []
  #start = 0
  #end = 0
  #count = 0

  constructor(client: number) {
    this.client = client
  }

  /** Whether it has structs. */
  get isEmpty(): boolean {
    return this.#count === 0
  }

  /** Clock behind its last struct. */
  get end(): number {
    return this.#end
  }

  /**
   * Adds structs as they are.
   * @param start clock of the first; a gap before it becomes a Skip
   * @param end clock behind the last
   * @param count how many
   * @param span their bytes
   */
  add(start: number, end: number, count: number, span: Uint8Array): void {
    if (this.#count === 0) this.#start = start
    else if (start > this.#end) this.#skip(start - this.#end)
    this.#spans.push(span)
    this.#count += count
    this.#end = end
  }

  #skip(length: number): void {
    const encoder = encoding.createEncoder()
    encoding.writeUint8(encoder, structRef.skip)
    encoding.writeVarUint(encoder, length)
    this.#spans.push(encoding.toUint8Array(encoder))
    this.#count++
  }

  /** Adds what a run holds beyond the section's end; nothing when that is nothing. */
  addRun(run: SourceRun): void {
    if (this.#count > 0 && run.start < this.#end) {
      if (run.end > this.#end) this.#addOverlapping(run)
    } else this.add(run.start, run.end, run.count, run.bytes.subarray(run.from, run.to))
  }

  /** Clocks inside a section follow each other, so a struct that overlaps loses its front. */
  #addOverlapping(run: SourceRun): void {
    const cut = cutRun(run, this.#end)
    let { from, count } = cut
    if (cut.start < this.#end) {
      const trimmed = trimStruct(run, cut, this.#end - cut.start)
      this.add(this.#end, cut.start + cut.length, 1, trimmed)
      from = cut.to
      count--
    }
    if (count > 0) this.add(this.#end, run.end, count, run.bytes.subarray(from, run.to))
  }

  /** Adds what a run holds beyond a clock, the struct across it whole. */
  addRunBeyond(run: SourceRun, clock: number): void {
    if (run.start >= clock) this.addRun(run)
    else if (run.end > clock) {
      const { start, from, count } = cutRun(run, clock)
      this.addRun({ ...run, start, from, count })
    }
  }

  /** Writes the section into an update. */
  write(encoder: encoding.Encoder): void {
    encoding.writeVarUint(encoder, this.#count)
    encoding.writeVarUint(encoder, this.client)
    encoding.writeVarUint(encoder, this.#start)
    for (const span of this.#spans) encoding.writeUint8Array(encoder, span)
  }
}

/** The first struct of a run that is not wholly before a clock. */
export interface RunCut {
  /** Clock of the struct. */
  readonly start: number
  /** Its length in clocks. */
  readonly length: number
  /** Offset of its first byte. */
  readonly from: number
  /** Offset behind its last byte. */
  readonly to: number
  /** Structs of the run from this one on. */
  readonly count: number
}

/** Finds the first struct that ends beyond a clock; the run must reach beyond it. */
function cutRun(run: SourceRun, clock: number): RunCut {
  const cursor = new StructCursor()
  cursor.start(run.bytes, run.from, run.to)
  cursor.depthMax = Infinity
  let start = run.start
  for (let before = 0; before < run.count; before++) {
    const from = cursor.at
    const length = cursor.readStruct(run.client, start)
    if (length === 0) break
    steps.taken++
    if (start + length > clock) {
      return { start, length, from, to: cursor.at, count: run.count - before }
    }
    start += length
  }
  throw new RangeError(`no struct of client ${run.client} beyond clock ${clock}`)
}

/**
 * Puts an update together.
 * @param sections clients in any order, each once; Yjs resolves conflicts quicker when higher
 *   client ids come first, so they are written like that
 * @param deleteSet as it stands at the end of an update
 */
export function writeUpdate(sections: readonly Section[], deleteSet: Uint8Array): Uint8Array {
  const written = sections.filter((section) => !section.isEmpty)
  written.sort((left, right) => right.client - left.client)
  const encoder = encoding.createEncoder()
  encoding.writeVarUint(encoder, written.length)
  for (const section of written) section.write(encoder)
  encoding.writeUint8Array(encoder, deleteSet)
  return encoding.toUint8Array(encoder)
}
