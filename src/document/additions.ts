import { steps } from '../base/steps.ts'
import type { RefusalKind } from '../base/errors.ts'
import type { Limits } from '../base/limits.ts'
import type { DeleteIndex } from '../update/deletes.ts'
import { formatLimits } from '../update/fault.ts'
import type { UpdateScan } from '../update/scan.ts'
import { withoutUndeleted } from '../update/undeleted.ts'
import { newsOf } from '../update/write.ts'
import type { DocumentBytes } from './document-bytes.ts'
import type { KnownClocks } from './known-clocks.ts'
import type { MissingPast } from './missing-past.ts'
import { RecentStructs } from './recent-structs.ts'

interface AdditionsParts {
  readonly scan: UpdateScan
  readonly known: KnownClocks
  readonly deletes: DeleteIndex
  readonly missing: MissingPast
  readonly bytes: DocumentBytes
  readonly limits: Limits
}

/** What a scanned update would bring into a document that is not there yet. */
export class Additions {
  readonly #parts: AdditionsParts
  readonly #recent: RecentStructs

  constructor(parts: AdditionsParts) {
    this.#parts = parts
    this.#recent = new RecentStructs(parts.bytes, parts.known)
  }

  /** What is there, as the writers of updates ask for it. */
  readonly known = {
    clockOf: (client: number): number => this.#parts.known.clockOf(client),
    isDeleted: (client: number, clock: number, length: number): boolean =>
      this.#parts.deletes.covers(client, clock, length),
  }

  /** Whether there is anything. */
  isAny(): boolean {
    const { known, scan } = this.#parts
    for (let index = 0; index < scan.runCount; index++) {
      const { client, start, end } = scan.run(index)
      if (!known.covers(client, start, end)) return true
    }
    return this.#deletesAny()
  }

  /**
   * The update without the structs that have no content, and whose clocks nobody has written and
   * nobody has deleted. Taken, they would make what their client writes later pass for known.
   * @param bytes those that were scanned
   * @returns undefined when there are none
   */
  withoutUndeleted(bytes: Uint8Array): Uint8Array | undefined {
    const { deletes, known, scan } = this.#parts
    return withoutUndeleted(scan, bytes, {
      clockOf: (client) => known.clockOf(client),
      covers: (client, from, to) => known.covers(client, from, to),
      deletedUntil: (client, clock) => deletes.endFrom(client, clock),
    })
  }

  /**
   * Whether the update says of clocks that are held something else than was written there since the
   * snapshot. See docs/decisions/whose-clocks.md.
   * @param bytes those that were scanned
   */
  contradicts(bytes: Uint8Array): boolean {
    return this.#recent.contradict(this.#parts.scan, bytes)
  }

  /** Clients of whom nothing was known, not even a delete. */
  clients(): number {
    const { deletes, known, scan } = this.#parts
    let count = 0
    let last = -1
    for (let index = 0; index < scan.runCount; index++) {
      const { client } = scan.run(index)
      if (client !== last && !known.has(client)) count++
      last = client
    }
    last = -1
    for (let index = 0; index < scan.deleteCount; index++) {
      steps.taken++
      const { client } = scan.deleteRange(index)
      if (client === last) continue
      last = client
      const isKnown = known.has(client) || deletes.has(client)
      if (!isKnown && scan.endOf(client) === 0) count++
    }
    return count
  }

  /** How many names of root types there are to be read, some of them twice. */
  get rootNameCount(): number {
    return this.#parts.scan.rootNameCount
  }

  /** One of them. @throws RangeError when there is none of this index */
  rootName(index: number): string {
    return this.#parts.scan.rootName(index)
  }

  /**
   * Of what there is too much; undefined when there is not.
   * @param bytes those that were scanned
   * @param from where in them the update begins
   */
  excess(bytes: Uint8Array, from: number): RefusalKind | undefined {
    const { deletes, known, limits, missing, scan } = this.#parts
    // Runs that follow each other count as gaps as well; so many stand in no sound update.
    const gaps = this.#gaps()
    if (gaps > 0 && known.gaps + gaps > limits.document_gaps_max) return 'too-many-gaps'
    const isFull = missing.updates >= limits.document_waiting_updates_max
    if (isFull && this.#newsWaits(bytes, from)) return 'too-many-gaps'
    const clients = this.clients()
    const before = Math.max(known.clientCount, deletes.clientCount)
    if (clients > 0 && before + clients > limits.document_clients_max) {
      return 'document-full'
    }
    if (scan.deleteCount === 0) return undefined
    const room = limits.document_delete_ranges_max - deletes.rangeCount
    // A client sends all deletes along with each new one: only those that are new here count.
    if (scan.deleteCount <= room) return undefined
    const fresh = this.#newDeletes()
    return fresh > 0 && fresh > room ? 'document-full' : undefined
  }

  #newDeletes(): number {
    const { deletes, scan } = this.#parts
    let count = 0
    for (let index = 0; index < scan.deleteCount; index++) {
      steps.taken++
      const { client, clock, length } = scan.deleteRange(index)
      if (!deletes.covers(client, clock, length)) count++
    }
    return count
  }

  #deletesAny(): boolean {
    const { deletes, scan } = this.#parts
    for (let index = 0; index < scan.deleteCount; index++) {
      steps.taken++
      const { client, clock, length } = scan.deleteRange(index)
      if (!deletes.covers(client, clock, length)) return true
    }
    return false
  }

  /** Runs that are new and leave a gap before them. */
  #gaps(): number {
    const { known, scan } = this.#parts
    let gaps = 0
    for (let index = 0; index < scan.runCount; index++) {
      const { client, start, end } = scan.run(index)
      if (start > known.clockOf(client) && !known.covers(client, start, end)) gaps++
    }
    return gaps
  }

  /** A client sends along what waits in its own copy: only what is new here counts. */
  #newsWaits(bytes: Uint8Array, from: number): boolean {
    const { missing, scan } = this.#parts
    if (!missing.isAwaitedBy(scan) || !this.isAny()) return false
    const update = bytes.subarray(from)
    scan.scan(update, formatLimits)
    const news = newsOf(scan, update, this.known)
    if (news !== undefined) scan.scan(news, formatLimits)
    const waits = news !== undefined && (this.#gaps() > 0 || missing.isReferredToBy(scan))
    scan.scan(bytes, formatLimits, from)
    return waits
  }
}
