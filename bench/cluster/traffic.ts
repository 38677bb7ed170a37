import { BenchClient } from '../clients/client.ts'
import { documentName } from '../clients/documents.ts'
import { PreparedEdits, writerId } from '../clients/edits.ts'
import { Histogram } from '../report/histogram.ts'
import type { Place, Stage } from './stage.ts'

/** Who has which documents open, and where. */
export interface Layout {
  readonly documents: number
  /** The server of a document's writer. */
  readonly writer: (document: number) => Place
  /** The servers of its readers. */
  readonly readers: (document: number) => readonly Place[]
  /** Edits that one writer makes at most. */
  readonly edits: number
}

/** One document with its writer and readers. */
interface Desk {
  readonly writer: BenchClient
  readonly readers: readonly BenchClient[]
  readonly edits: PreparedEdits
  /** When each edit left. */
  readonly times: Float64Array
  sent: number
}

/** What typing or flooding came to. */
export interface Worked {
  readonly edits: number
  readonly deliveries: number
  readonly seconds: number
}

const chunkEdits = 16
const arriveMsMax = 30_000

/** Clients of several servers that write and read as fast or as slow as they are told. */
export class Traffic {
  /** How long edits were on their way, in ms. */
  readonly ways = new Histogram()
  /** The longest of them. */
  longestMs = 0
  readonly #desks: Desk[] = []

  static async open(stage: Stage, layout: Layout): Promise<Traffic> {
    const traffic = new Traffic()
    const { wire } = stage.kind
    for (let index = 0; index < layout.documents; index++) {
      const name = documentName(index)
      const times = new Float64Array(layout.edits)
      const advanced = (_writer: number, from: number, to: number): void =>
        traffic.#note(times, from, to)
      const readers: BenchClient[] = []
      for (const place of layout.readers(index)) {
        const options = { writers: 1, advanced }
        readers.push(await BenchClient.open(stage.at(place).port, wire, name, options))
      }
      const writer = await BenchClient.open(stage.at(layout.writer(index)).port, wire, name)
      const edits = new PreparedEdits(wire, name, writerId(0), layout.edits)
      traffic.#desks.push({ writer, readers, edits, times, sent: 0 })
    }
    return traffic
  }

  /** Each writer makes so many edits a second, whatever becomes of them. */
  async type(rate: number, seconds: number): Promise<Worked> {
    const began = performance.now()
    const before = this.#written
    // Writers are spread over the time between two edits.
    const due = (desk: number, edit: number): number =>
      began + ((edit + desk / this.#desks.length) * 1_000) / rate
    const firsts = this.#desks.map(({ sent }) => sent)
    for (let now = began; now < began + seconds * 1_000; now = performance.now()) {
      for (const [index, desk] of this.#desks.entries()) {
        while (due(index, desk.sent - (firsts[index] ?? 0)) <= now) this.#send(desk, 1)
      }
      await Bun.sleep(1)
    }
    await this.#arrived()
    return this.#worked(before, began)
  }

  /** Each writer makes edits as fast as its readers get them, until time or its edits are over. */
  async flood(window: number, seconds: number): Promise<Worked> {
    const began = performance.now()
    const before = this.#written
    const isOpen = ({ edits, sent }: Desk): boolean => edits.count - sent >= chunkEdits
    while (performance.now() < began + seconds * 1_000 && this.#desks.some(isOpen)) {
      for (const desk of this.#desks) {
        const isFree = desk.sent - slowest(desk) <= window - chunkEdits
        if (isFree && isOpen(desk)) this.#send(desk, chunkEdits)
      }
      await new Promise((resolve) => setImmediate(resolve))
    }
    await this.#arrived()
    return this.#worked(before, began)
  }

  end(): void {
    for (const { writer, readers } of this.#desks) {
      for (const client of [writer, ...readers]) client.end()
    }
  }

  get #written(): { edits: number; deliveries: number } {
    let [edits, deliveries] = [0, 0]
    for (const { sent, readers } of this.#desks) {
      edits += sent
      deliveries += sent * readers.length
    }
    return { edits, deliveries }
  }

  #worked(before: { edits: number; deliveries: number }, began: number): Worked {
    const { edits, deliveries } = this.#written
    return {
      edits: edits - before.edits,
      deliveries: deliveries - before.deliveries,
      seconds: (performance.now() - began) / 1_000,
    }
  }

  #send(desk: Desk, count: number): void {
    const to = desk.sent + count
    if (to > desk.edits.count) throw new Error('a writer has run out of edits')
    desk.times.fill(performance.now(), desk.sent, to)
    desk.writer.socket.write(desk.edits.frames(desk.sent, to))
    desk.sent = to
  }

  #note(times: Float64Array, from: number, to: number): void {
    const now = performance.now()
    for (let clock = from; clock < to; clock++) {
      const ms = now - (times[clock] ?? now)
      this.ways.add(ms)
      this.longestMs = Math.max(this.longestMs, ms)
    }
  }

  /** Waits until every reader has everything. */
  async #arrived(): Promise<void> {
    const end = performance.now() + arriveMsMax
    const isHere = (desk: Desk): boolean => slowest(desk) === desk.sent
    while (!this.#desks.every(isHere)) {
      if (performance.now() > end) {
        const late = this.#desks.filter((desk) => !isHere(desk)).length
        throw new Error(`in ${late} documents a reader lacks edits after ${arriveMsMax} ms`)
      }
      await Bun.sleep(1)
    }
  }
}

function slowest({ readers }: Desk): number {
  return readers.reduce((least, { count }) => Math.min(least, count.clocks[0] ?? 0), Infinity)
}
