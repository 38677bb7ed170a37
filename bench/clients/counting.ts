import { UpdateScan } from '../../src/update/scan.ts'
import { writerOf } from './edits.ts'

const noLimits = {
  bytesMax: Infinity,
  structsMax: Infinity,
  clientsMax: Infinity,
  deletesMax: Infinity,
  depthMax: 64,
}
const scan = new UpdateScan()

/** A string behind an origin, or the first of a root: what a writer of the bench writes. */
const appended = 132
const first = 4

let at = 0

function varUint(bytes: Uint8Array): number {
  let value = 0
  let scale = 1
  for (;;) {
    const byte = bytes[at++] ?? 0
    value += (byte & 127) * scale
    if (byte < 128) return value
    scale *= 128
  }
}

/**
 * What one client has of each writer, by content: how far each writer's clock has come without a
 * gap, however the edits were packed in frames.
 */
export class EditCount {
  /** Clock behind the last edit that came, by writer. */
  readonly clocks: number[]
  /** Sections that began behind a gap. */
  gaps = 0
  /** Told of every section that brought something: writer, clock before, clock after. */
  readonly #advanced: ((writer: number, from: number, to: number) => void) | undefined

  constructor(writers: number, advanced?: (writer: number, from: number, to: number) => void) {
    this.clocks = Array.from({ length: writers }, () => 0)
    this.#advanced = advanced
  }

  /** Counts one update. */
  update(bytes: Uint8Array, from: number, to: number): void {
    at = from
    const clients = varUint(bytes)
    for (let i = 0; i < clients; i++) {
      const structs = varUint(bytes)
      const client = varUint(bytes)
      const clock = varUint(bytes)
      const end = passStructs(bytes, clock, structs)
      if (end < 0) return this.#scan(bytes.subarray(from, to))
      this.#add(client, clock, end)
    }
  }

  #scan(update: Uint8Array): void {
    const fault = scan.scan(update, noLimits)
    if (fault !== undefined) throw new Error(`the server sent an unsound update: ${fault.kind}`)
    for (let i = 0; i < scan.runCount; i++) {
      const { client, start, end } = scan.run(i)
      this.#add(client, start, end)
    }
  }

  #add(client: number, start: number, end: number): void {
    const writer = writerOf(client)
    const known = this.clocks[writer]
    if (known === undefined) return
    if (start > known) this.gaps++
    if (end <= known) return
    this.clocks[writer] = end
    this.#advanced?.(writer, known, end)
  }
}

/** Passes over structs of the usual form. @returns the clock behind them, -1 at any other */
function passStructs(bytes: Uint8Array, clock: number, count: number): number {
  let end = clock
  for (let i = 0; i < count; i++) {
    const info = bytes[at++]
    if (info === appended) {
      varUint(bytes)
      varUint(bytes)
    } else if (info === first && bytes[at] === 1) {
      at++
      const name = varUint(bytes)
      at += name
    } else return -1
    // One byte a letter: the bench writes no others.
    const length = varUint(bytes)
    at += length
    end += length
  }
  return end
}
