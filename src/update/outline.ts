import { steps } from '../base/steps.ts'
import { StructCursor, structRef } from './bytes/struct.ts'
import type { SourceRun } from './clocks/runs.ts'

/** A run is ended after so many bytes, so that a clock in it is found without reading far. */
const runBytesMax = 16_384
/** What a client takes that has hardly written, in bytes that are read in the same time. */
const clientBytes = 128

/** The structs of one client in an update, as they lie there. */
export interface OutlinedSection {
  readonly client: number
  /** Clock behind its last struct. */
  readonly end: number
  /** Offset of its head: count, client and first clock. */
  readonly from: number
  /** Offset behind its last struct. */
  readonly to: number
  readonly runs: readonly SourceRun[]
}

/** Where in an update which structs lie. */
export interface Outline {
  readonly bytes: Uint8Array
  /** One per client, in the order of the bytes, without a byte between them. */
  readonly sections: readonly OutlinedSection[]
  /** Whether the clients come in falling order, each with structs, as Yjs writes them. */
  readonly isRegular: boolean
  /** Offset at which the delete set begins. */
  readonly deletesFrom: number
}

/** Makes the outline of a sound update, a part of it at a time. */
export class Outliner {
  readonly #bytes: Uint8Array
  readonly #cursor = new StructCursor()
  readonly #sections: OutlinedSection[] = []
  #clientsLeft: number
  #structsLeft = 0
  #client = 0
  #clock = 0
  #from = 0
  #runs: SourceRun[] = []
  #isRegular = true

  /** @param bytes a V1 update that a scan found sound */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#cursor.start(bytes, 0, bytes.length)
    this.#cursor.depthMax = Infinity
    this.#clientsLeft = this.#cursor.uint()
  }

  /** What it has read, in bytes of structs. */
  get cost(): number {
    return this.#cursor.at + this.#sections.length * clientBytes
  }

  /**
   * Goes on for about so many bytes.
   * @returns the outline once it is whole
   */
  goOn(bytesMax: number): Outline | undefined {
    const cursor = this.#cursor
    const pauseAt = this.cost + bytesMax
    while (this.cost < pauseAt) {
      if (this.#structsLeft > 0) this.#readRun(cursor.at + pauseAt - this.cost)
      else if (this.#clientsLeft > 0) this.#enterClient()
      else return this.#outline()
      if (cursor.fault !== undefined) {
        throw new TypeError(`The bytes are no sound update: ${cursor.fault}.`)
      }
      if (this.#structsLeft === 0) this.#leaveClient()
    }
    return undefined
  }

  #outline(): Outline {
    const [bytes, sections, isRegular] = [this.#bytes, this.#sections, this.#isRegular]
    return { bytes, sections, isRegular, deletesFrom: this.#cursor.at }
  }

  #enterClient(): void {
    const cursor = this.#cursor
    this.#clientsLeft--
    this.#from = cursor.at
    this.#structsLeft = cursor.uint()
    this.#client = cursor.uint()
    this.#clock = cursor.uint()
  }

  #leaveClient(): void {
    const to = this.#cursor.at
    const isBehind = this.#client < (this.#sections.at(-1)?.client ?? Infinity)
    this.#isRegular &&= isBehind && this.#runs.length > 0
    const section = { client: this.#client, end: this.#clock, from: this.#from, to }
    this.#sections.push({ ...section, runs: this.#runs })
    this.#runs = []
  }

  #readRun(pauseAt: number): void {
    const cursor = this.#cursor
    const [start, from] = [this.#clock, cursor.at]
    const endAt = Math.min(from + runBytesMax, pauseAt)
    let [count, to, end] = [0, from, start]
    while (this.#structsLeft > 0 && cursor.at < endAt) {
      const length = cursor.readStruct(this.#client, this.#clock)
      if (length === 0) return
      this.#structsLeft--
      this.#clock += length
      if (cursor.info === structRef.skip) break
      count++
      to = cursor.at
      end = this.#clock
    }
    steps.taken += count
    if (count === 0) return
    this.#runs.push({ client: this.#client, start, end, count, from, to, bytes: this.#bytes })
  }
}

/** The outline of a sound update, at once. @throws TypeError when it is not sound */
export function outlineOf(bytes: Uint8Array): Outline {
  const outline = new Outliner(bytes).goOn(Infinity)
  if (outline === undefined) throw new TypeError('The bytes are no sound update: they have no end.')
  return outline
}
