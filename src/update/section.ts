import { steps } from '../base/steps.ts'
import * as encoding from 'lib0/encoding'
import type { RunCut, SourceRun } from './clocks/runs.ts'
import { trimStruct } from './trim.ts'
import { StructCursor, structRef } from './bytes/struct.ts'

const noBytes = new Uint8Array(0)

/** The structs of one client in an update to be written: consecutive clocks, Skips for gaps. */
export class Section {
  readonly client: number
  readonly #runs: SourceRun[] = []

  constructor(client: number) {
    this.client = client
  }

  /** Its structs: ascending, apart. */
  get runs(): readonly SourceRun[] {
    return this.#runs
  }

  /** Whether it has structs. */
  get isEmpty(): boolean {
    return this.#runs.length === 0
  }

  /** Clock behind its last struct. */
  get end(): number {
    return this.#runs.at(-1)?.end ?? 0
  }

  /**
   * Adds structs as they are.
   * @param start clock of the first; a gap before it becomes a Skip
   * @param end clock behind the last
   * @param count how many
   * @param bytes they alone
   */
  add(start: number, end: number, count: number, bytes: Uint8Array): void {
    const { client } = this
    this.#runs.push({ client, start, end, count, from: 0, to: bytes.length, bytes })
  }

  /** Adds what a run holds beyond the section's end; nothing when that is nothing. */
  addRun(run: SourceRun): void {
    if (run.start >= this.end) this.#runs.push(run)
    else if (run.end > this.end) this.#addOverlapping(run)
  }

  /** Clocks inside a section follow each other, so a struct that overlaps loses its front. */
  #addOverlapping(run: SourceRun): void {
    const { end } = this
    const cut = cutRun(run, end)
    let { from, count } = cut
    if (cut.start < end) {
      const trimmed = trimStruct(run, cut, end - cut.start)
      this.add(end, cut.start + cut.length, 1, trimmed)
      from = cut.to
      count--
    }
    if (count > 0) this.#runs.push({ ...run, start: this.end, from, count })
  }

  /** Adds what a run holds beyond a clock, the struct across it whole. */
  addRunBeyond(run: SourceRun, clock: number): void {
    if (run.start >= clock) this.addRun(run)
    else if (run.end > clock) {
      const { start, from, count } = cutRun(run, clock)
      this.addRun({ ...run, start, from, count })
    }
  }

  /** The bytes of the section: its head, then its structs where they lie. */
  parts(): Uint8Array[] {
    const runs = this.#runs
    let count = 0
    let clock = runs[0]?.start ?? 0
    const parts: Uint8Array[] = [noBytes]
    for (const { start, end, count: structs, from, to, bytes } of runs) {
      if (start > clock) {
        parts.push(encodeUints(structRef.skip, start - clock))
        count++
      }
      parts.push(bytes.subarray(from, to))
      count += structs
      clock = end
    }
    parts[0] = encodeUints(count, this.client, runs[0]?.start ?? 0)
    return parts
  }
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
  throw new RangeError(`The update has no struct of client ${run.client} beyond clock ${clock}.`)
}

/** An update that is not put together yet: its bytes lie in several places. */
export class UpdateParts {
  readonly parts: readonly Uint8Array[]
  readonly byteLength: number

  constructor(parts: readonly Uint8Array[]) {
    this.parts = parts
    this.byteLength = parts.reduce((sum, part) => sum + part.length, 0)
  }

  /** The update; its only part itself where there is one. */
  bytes(): Uint8Array {
    const [only] = this.parts
    if (only !== undefined && this.parts.length === 1) return only
    const bytes = new Uint8Array(this.byteLength)
    let at = 0
    for (const part of this.parts) {
      bytes.set(part, at)
      at += part.length
    }
    return bytes
  }
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
  const parts = written.flatMap((section) => section.parts())
  return new UpdateParts([encodeUints(written.length), ...parts, deleteSet]).bytes()
}

/** Unsigned numbers, one behind the other. */
export function encodeUints(...numbers: readonly number[]): Uint8Array {
  const encoder = encoding.createEncoder()
  for (const number of numbers) encoding.writeVarUint(encoder, number)
  return encoding.toUint8Array(encoder)
}
