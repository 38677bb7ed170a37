import type { Author } from '../../../persistence/batch.ts'
import { formatLimits } from '../../update/fault.ts'
import { UpdateScan } from '../../update/scan.ts'
import type { Attributable, BroughtUpdate } from './attributable.ts'
import type { KnownContent } from '../../update/bytes/write.ts'
import { type AuthorRange, AuthorRanges } from './author-ranges.ts'
import { pack, unpack } from '../packed.ts'

/** Who brought a clock, or its deletion, and about when. */
export interface Attributed {
  readonly by: Author | undefined
  /** In milliseconds since 1970. */
  readonly at: number
}

/** Times are kept so exactly. */
const attributionStepMs = 600_000

type ByClient = Map<number, AuthorRanges>
type Flat = readonly (readonly [client: number, ranges: readonly number[]])[]

interface Written {
  readonly authors: readonly (readonly [id: string, name: string | null])[]
  readonly inserts: Flat
  readonly deletes: Flat
}

/**
 * Who wrote what, by ranges of clocks: who brought them first. Who brings again what is known, or
 * what was there before that was kept, is nobody's author.
 */
export class Attribution {
  readonly #authors: Author[] = []
  readonly #places = new Map<string, number>()
  readonly inserts: ByClient = new Map()
  readonly deletes: ByClient = new Map()

  /** All that is known of what is stored. */
  static of({ attribution, log, snapshot }: Attributable): Attribution {
    const whole = new Attribution()
    if (attribution !== undefined) whole.#read(attribution)
    if (snapshot !== undefined) whole.#add({ bytes: snapshot, time: undefined, by: undefined })
    const recent = new Attribution()
    for (const update of log) {
      recent.#add({ ...update, by: undefined }, whole.#placeOf(update.by))
    }
    mergeInto(whole.inserts, recent.inserts)
    mergeInto(whole.deletes, recent.deletes)
    return whole
  }

  /** Of the first range that ends behind the clock: where it lies, and whose it is. */
  find(
    ranges: ByClient,
    client: number,
    clock: number,
  ): { readonly from: number; readonly to: number; readonly who: Attributed } | undefined {
    const range = ranges.get(client)?.find(clock)
    if (range === undefined) return undefined
    const who = { by: this.#authors[range.author - 1], at: range.at * attributionStepMs }
    return { from: range.from, to: range.to, who }
  }

  /** Who brought something of an update that is not known yet, each once. */
  authorsIn(update: Uint8Array, known: KnownContent): readonly Author[] {
    const scan = new UpdateScan()
    if (scan.scan(update, formatLimits) !== undefined) return []
    const found = new Set<number>()
    const look = (ranges: ByClient, client: number, from: number, to: number): void => {
      const own = ranges.get(client)
      for (let range = own?.find(from); range !== undefined && range.from < to;) {
        const [first, end] = [Math.max(from, range.from), Math.min(to, range.to)]
        // A range of deletes may hold what was deleted before, with somebody else's.
        if (ranges === this.inserts || !known.isDeleted(client, first, end - first)) {
          found.add(range.author)
        }
        range = own?.find(range.to)
      }
    }
    for (const { client, end, start } of eachRun(scan)) {
      look(this.inserts, client, Math.max(start, known.clockOf(client)), end)
    }
    for (const { client, clock, length } of eachDelete(scan)) {
      look(this.deletes, client, clock, clock + length)
    }
    const authors = [...found].flatMap((author) => this.#authors[author - 1] ?? [])
    return [...new Map(authors.map((author) => [author.id, author])).values()]
  }

  /** As it is stored: only what is somebody's. */
  write(): Uint8Array {
    const written: Written = {
      authors: this.#authors.map(({ id, name = null }) => [id, name]),
      inserts: flatOf(this.inserts),
      deletes: flatOf(this.deletes),
    }
    return pack(new TextEncoder().encode(JSON.stringify(written)))
  }

  #read(packed: Uint8Array): void {
    const written: unknown = JSON.parse(new TextDecoder().decode(unpack(packed)))
    if (!isWritten(written)) throw new TypeError('The stored bytes are no attribution.')
    for (const [id, name] of written.authors) this.#placeOf({ id, name: name ?? undefined })
    for (const [flat, ranges] of [
      [written.inserts, this.inserts],
      [written.deletes, this.deletes],
    ] as const) {
      for (const [client, numbers] of flat) rangesOf(ranges, client).fillAll(roundOf(numbers))
    }
  }

  #add({ bytes, time = 0 }: BroughtUpdate, author = 0): void {
    const scan = new UpdateScan()
    if (scan.scan(bytes, formatLimits) !== undefined) return
    const at = author === 0 ? 0 : Math.floor(time / attributionStepMs)
    // Of one client they come in rising order, but for deletes that somebody else wrote.
    const inserts = Map.groupBy(eachRun(scan), ({ client }) => client)
    for (const [client, own] of inserts) {
      const ranges = own.map(({ end, start }) => ({ from: start, to: end, author, at }))
      rangesOf(this.inserts, client).fillAll(ranges)
    }
    const deletes = Map.groupBy(eachDelete(scan), ({ client }) => client)
    for (const [client, own] of deletes) {
      const ranges = own
        .map(({ clock, length }) => ({ from: clock, to: clock + length, author, at }))
        .toSorted((left, right) => left.from - right.from)
      rangesOf(this.deletes, client).fillAll(ranges)
    }
  }

  #placeOf(author: Author | undefined): number {
    if (author === undefined) return 0
    const key = JSON.stringify([author.id, author.name])
    const place = this.#places.get(key) ?? this.#authors.push(author)
    this.#places.set(key, place)
    return place
  }
}

/** Only what was packed here comes back, so its form says enough. */
function isWritten(value: unknown): value is Written {
  return typeof value === 'object' && value !== null && 'authors' in value && 'deletes' in value
}

/** What `Attributable.attribution` is to be once the log is folded into the snapshot. */
export function packedAttribution(stored: Attributable): Uint8Array {
  return Attribution.of(stored).write()
}

function* eachRun(scan: UpdateScan) {
  for (let index = 0; index < scan.runCount; index++) yield { ...scan.run(index) }
}

function* eachDelete(scan: UpdateScan) {
  for (let index = 0; index < scan.deleteCount; index++) yield { ...scan.deleteRange(index) }
}

function mergeInto(to: ByClient, from: ByClient): void {
  for (const [client, ranges] of from) rangesOf(to, client).fillAll(ranges.all)
}

function rangesOf(ranges: ByClient, client: number): AuthorRanges {
  const known = ranges.get(client)
  if (known !== undefined) return known
  const fresh = new AuthorRanges()
  ranges.set(client, fresh)
  return fresh
}

/** Numbers that repeat: how far behind the one before, how long, whose, how much later. */
function flatOf(ranges: ByClient): Flat {
  return [...ranges].flatMap(([client, own]) => {
    const numbers: number[] = []
    let [end, last] = [0, 0]
    for (const { at, author, from, to } of own.all) {
      if (author === 0) continue
      numbers.push(from - end, to - from, author, at - last)
      ;[end, last] = [to, at]
    }
    return numbers.length === 0 ? [] : [[client, numbers] as const]
  })
}

function roundOf(numbers: readonly number[]): readonly AuthorRange[] {
  const ranges: AuthorRange[] = []
  let [end, at] = [0, 0]
  for (let place = 0; place < numbers.length; place += 4) {
    const [gap = 0, length = 0, author = 0, later = 0] = numbers.slice(place, place + 4)
    const from = end + gap
    end = from + length
    at += later
    ranges.push({ from, to: end, author, at })
  }
  return ranges
}
