import { formatLimits } from '../update/fault.ts'
import { UpdateScan } from '../update/scan.ts'
import { newsOf } from '../update/bytes/write.ts'
import type { Additions } from './additions.ts'

/** What of an update may be taken in a document of which something was set aside. */
export type Sifted =
  /** Nothing of it was set aside. */
  | { readonly kind: 'all' }
  /** Some of its deletes were; the rest, where there is any, stands by itself. */
  | { readonly kind: 'some'; readonly rest: Uint8Array | undefined }
  /** Some of its structs were: what its author wrote since stands on them. */
  | { readonly kind: 'none' }

/**
 * What was set aside of a document, as it does not apply. Its author, and whoever got it from them,
 * has it still and brings it again with every step 2: taken again it would be set aside again, and
 * everybody sent away each time.
 */
export class Barred {
  readonly #known: Additions['known']
  readonly #structs = new Map<number, Spans>()
  readonly #deletes = new Map<number, Spans>()
  readonly #scan = new UpdateScan()

  /** @param known what the document holds: that came some other way, and is not barred */
  constructor(known: Additions['known']) {
    this.#known = known
  }

  /** Whether nothing was set aside. */
  get isEmpty(): boolean {
    return this.#structs.size === 0 && this.#deletes.size === 0
  }

  /** Bars what an update that was set aside holds. The document is loaded before. */
  add(update: Uint8Array): void {
    const scan = this.#scan
    if (scan.scan(update, formatLimits) !== undefined) return
    for (let index = 0; index < scan.runCount; index++) {
      const { client, start, end } = scan.run(index)
      const from = Math.max(start, this.#known.clockOf(client))
      if (from < end) spansOf(this.#structs, client).add(from, end)
    }
    for (let index = 0; index < scan.deleteCount; index++) {
      const { client, clock, length } = scan.deleteRange(index)
      if (this.#known.isDeleted(client, clock, length)) continue
      spansOf(this.#deletes, client).add(clock, clock + length)
    }
  }

  /** Parts what may be taken of an update from what was set aside. One that is not sound is all. */
  sift(update: Uint8Array): Sifted {
    const scan = this.#scan
    if (this.isEmpty || scan.scan(update, formatLimits) !== undefined) return all
    for (let index = 0; index < scan.runCount; index++) {
      const { client, start, end } = scan.run(index)
      const from = Math.max(start, this.#known.clockOf(client))
      if (this.#structs.get(client)?.overlap(from, end) === true) return none
    }
    for (let index = 0; index < scan.deleteCount; index++) {
      const { client, clock, length } = scan.deleteRange(index)
      if (!this.#isDeleteBarred(client, clock, length)) continue
      return { kind: 'some', rest: newsOf(scan, update, this.#asKnown) }
    }
    return all
  }

  /** What is barred, told as what is known: that is what is left out of news. */
  readonly #asKnown = {
    clockOf: () => 0,
    isDeleted: (client: number, clock: number, length: number): boolean =>
      this.#isDeleteBarred(client, clock, length),
  }

  #isDeleteBarred(client: number, clock: number, length: number): boolean {
    const spans = this.#deletes.get(client)
    if (spans?.overlap(clock, clock + length) !== true) return false
    return !this.#known.isDeleted(client, clock, length)
  }
}

const all: Sifted = { kind: 'all' }
const none: Sifted = { kind: 'none' }

/** Ranges of clocks that may overlap each other; put in order when they are first looked at. */
class Spans {
  readonly #spans: { readonly from: number; readonly to: number }[] = []
  /** By place, in order: the clock behind all up to there. */
  #ends: number[] = []

  add(from: number, to: number): void {
    this.#spans.push({ from, to })
    this.#ends = []
  }

  /** Whether any of the clocks from `from` to `to` (not with it) is in. */
  overlap(from: number, to: number): boolean {
    if (from >= to) return false
    if (this.#ends.length === 0) this.#sort()
    let low = 0
    let high = this.#spans.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#spans[middle]?.from ?? Infinity) < to) low = middle + 1
      else high = middle
    }
    return (this.#ends[low - 1] ?? 0) > from
  }

  #sort(): void {
    this.#spans.sort((left, right) => left.from - right.from)
    let end = 0
    this.#ends = this.#spans.map(({ to }) => (end = Math.max(end, to)))
  }
}

function spansOf(clients: Map<number, Spans>, client: number): Spans {
  const spans = clients.get(client) ?? new Spans()
  clients.set(client, spans)
  return spans
}
