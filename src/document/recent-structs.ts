import { steps } from '../base/steps.ts'
import { StructCursor } from '../update/bytes/struct.ts'
import { sameStructs } from '../update/same.ts'
import { formatLimits } from '../update/fault.ts'
import { UpdateScan } from '../update/scan.ts'
import type { SourceRun } from '../update/clocks/runs.ts'
import type { DocumentBytes } from './document-bytes.ts'
import type { KnownClocks } from './known-clocks.ts'

/** So much of the tail is read for one update; what is older is not compared. */
const readBytesMost = 1024 * 1024
/** Bytes of held runs that are gone through for one update, beside a multiple of its own. */
const comparedBytesMost = 256 * 1024
const comparedTimesMost = 8
/** So many of them are its sender's for nothing. */
const freeBytes = 4 * 1024
/** Held runs lie in pieces of about so many bytes, so that a clock in them is found at once. */
const pieceBytes = 256

/** One for all documents. */
const own = new UpdateScan()

/**
 * What was written since the snapshot, found by client and clock. It is made when clocks come that
 * are held already, which is seldom, and reads every update of the tail once.
 */
export class RecentStructs {
  readonly #bytes: DocumentBytes
  readonly #known: KnownClocks
  #runs = new Map<number, SourceRun[]>()
  /** Positions in the tail from which on and up to which it was read. */
  #from = 0
  #to = 0

  constructor(bytes: DocumentBytes, known: KnownClocks) {
    this.#bytes = bytes
    this.#known = known
  }

  /**
   * Whether a scanned update says of clocks that are held something else than is held of them.
   * @param mayRead whether its sender may have so many bytes read that are none of its own
   * @returns `unread` where it may not
   */
  contradict(
    scan: UpdateScan,
    bytes: Uint8Array,
    mayRead: (bytes: number) => boolean,
  ): boolean | 'unread' {
    const itsOwn = comparedTimesMost * bytes.length
    let read = 0
    for (let index = 0; index < scan.runCount; index++) {
      const { client, start } = scan.run(index)
      if (start >= this.#known.endOf(client)) continue
      this.#read()
      const run = { ...scan.run(index), bytes }
      for (const held of this.#overlapping(run)) {
        const size = held.to - held.from
        read += size
        if (read > comparedBytesMost + itsOwn) return false
        if (read > freeBytes + itsOwn && !mayRead(size)) return 'unread'
        if (!sameStructs(run, held)) return true
      }
    }
    return false
  }

  /** Runs that have clocks of this one, the last first. */
  *#overlapping({ client, end, start }: SourceRun): Generator<SourceRun> {
    const runs = this.#runs.get(client) ?? []
    let low = 0
    let high = runs.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((runs[middle]?.start ?? Infinity) < end) low = middle + 1
      else high = middle
    }
    for (let at = low - 1; at >= 0; at--) {
      const run = runs[at]
      if (run === undefined || run.end <= start) return
      yield run
    }
  }

  #read(): void {
    const { position, tailUpdates } = this.#bytes
    const from = position - tailUpdates
    if (from !== this.#from) {
      this.#runs = new Map()
      this.#from = from
      this.#to = from
    }
    if (this.#to === position) return
    const updates = [...this.#bytes.recent(this.#to)]
    this.#to = position
    let left = readBytesMost
    const first = updates.findLastIndex((update) => (left -= update.length) < 0) + 1
    const touched = new Set<SourceRun[]>()
    for (const bytes of updates.slice(first)) {
      // It was found sound when it came.
      own.scan(bytes, formatLimits)
      for (let index = 0; index < own.runCount; index++) {
        const run = { ...own.run(index), bytes }
        const runs = this.#runs.get(run.client) ?? []
        this.#runs.set(run.client, runs)
        for (const piece of piecesOf(run)) runs.push(piece)
        touched.add(runs)
      }
    }
    for (const runs of touched) runs.sort((one, other) => one.start - other.start)
  }
}

/** The structs of a run in shorter runs. */
function* piecesOf(run: SourceRun): Generator<SourceRun, void> {
  if (run.to - run.from <= pieceBytes) {
    yield run
    return
  }
  const { bytes, client } = run
  const cursor = new StructCursor()
  cursor.start(bytes, run.from, run.to)
  cursor.depthMax = Infinity
  let [clock, start, from, count] = [run.start, run.start, run.from, 0]
  steps.taken += run.count
  while (cursor.at < run.to) {
    clock += cursor.readStruct(client, clock)
    count++
    if (cursor.at - from < pieceBytes && cursor.at < run.to) continue
    yield { client, start, end: clock, count, from, to: cursor.at, bytes }
    ;[start, from, count] = [clock, cursor.at, 0]
  }
}
