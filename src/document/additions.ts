import { steps } from '../base/steps.ts'
import type { RefusalKind } from '../base/errors.ts'
import type { Limits } from '../base/limits/limits.ts'
import type { DeleteIndex } from '../update/clocks/deletes.ts'
import { formatLimits } from '../update/fault.ts'
import { UpdateScan } from '../update/scan.ts'
import { withoutUndeleted } from '../update/clocks/undeleted.ts'
import { newsOf } from '../update/bytes/write.ts'
import type { DocumentBytes } from './document-bytes.ts'
import type { Inspection } from './inspection.ts'
import type { KnownClocks } from './known-clocks.ts'
import type { MissingPast } from './missing-past.ts'
import { RecentStructs } from './recent-structs.ts'

interface AdditionsParts {
  readonly known: KnownClocks
  readonly deletes: DeleteIndex
  readonly missing: MissingPast
  readonly bytes: DocumentBytes
  readonly limits: Limits
}

/** A second one, for what is read while an update is being inspected. */
const second = new UpdateScan()

/** What an update would bring into a document that is not there yet. */
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
  isAny(scan: UpdateScan): boolean {
    const { known } = this.#parts
    for (let index = 0; index < scan.runCount; index++) {
      const { client, start, end } = scan.run(index)
      if (!known.covers(client, start, end)) return true
    }
    return this.#deletesAny(scan)
  }

  /**
   * Whether the update is no more than the next words of a client, as most are: it names no root,
   * deletes nothing and leaves no gap. Such a one has nothing of what is asked about below.
   */
  isContinuation({ scan }: Inspection): boolean {
    const { known, missing } = this.#parts
    if (scan.runCount !== 1 || scan.deleteCount > 0 || scan.rootNameCount > 0) return false
    const { client, hollow, start } = scan.run(0)
    if (hollow > 0 || start === 0 || start !== known.clockOf(client)) return false
    return known.gaps === 0 && missing.updates === 0
  }

  /**
   * Whether the update deletes one range of a client of whom something is held, and no more. It is
   * asked whether that trespasses; of what is asked about below it has nothing.
   */
  isOneDelete({ scan }: Inspection): boolean {
    const { deletes, known, limits, missing } = this.#parts
    if (scan.runCount > 0 || scan.deleteCount !== 1 || missing.updates > 0) return false
    const { client } = scan.deleteRange(0)
    if (!known.has(client) && !deletes.has(client)) return false
    return deletes.rangeCount < limits.document_delete_ranges_max
  }

  /**
   * The update without the structs that have no content, and whose clocks nobody has written and
   * nobody has deleted. Taken, they would make what their client writes later pass for known.
   * @returns undefined when there are none
   */
  withoutUndeleted({ bytes, scan }: Inspection): Uint8Array | undefined {
    const { deletes, known } = this.#parts
    return withoutUndeleted(scan, bytes, {
      clockOf: (client) => known.clockOf(client),
      covers: (client, from, to) => known.covers(client, from, to),
      deletedUntil: (client, clock) => deletes.endFrom(client, clock),
    })
  }

  /**
   * Whether the update says of clocks that are held something else than was written there since the
   * snapshot; `unread` where its sender may not have so much read. See
   * docs/decisions/whose-clocks.md.
   */
  contradicts(
    { bytes, scan }: Inspection,
    mayRead: (bytes: number) => boolean,
  ): boolean | 'unread' {
    return this.#recent.contradict(scan, bytes, mayRead)
  }

  /** Clients of whom nothing was known, not even a delete. */
  clients({ scan }: Inspection): number {
    const { deletes, known } = this.#parts
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

  /** Of what there is too much; undefined when there is not. */
  excess(found: Inspection): RefusalKind | undefined {
    const { deletes, known, limits, missing } = this.#parts
    const { scan } = found
    // Runs that follow each other count as gaps as well; so many stand in no sound update.
    const gaps = this.#gaps(scan)
    if (gaps > 0 && known.gaps + gaps > limits.document_gaps_max) return 'too-many-gaps'
    const isFull = missing.updates >= limits.document_waiting_updates_max
    if (isFull && this.#newsWaits(found)) return 'too-many-gaps'
    const clients = this.clients(found)
    const before = Math.max(known.clientCount, deletes.clientCount)
    if (clients > 0 && before + clients > limits.document_clients_max) {
      return 'document-full'
    }
    if (scan.deleteCount === 0) return undefined
    const room = limits.document_delete_ranges_max - deletes.rangeCount
    // A client sends all deletes along with each new one: only those that are new here count.
    if (scan.deleteCount <= room) return undefined
    const fresh = this.#newDeletes(scan)
    return fresh > 0 && fresh > room ? 'document-full' : undefined
  }

  #newDeletes(scan: UpdateScan): number {
    const { deletes } = this.#parts
    let count = 0
    for (let index = 0; index < scan.deleteCount; index++) {
      steps.taken++
      const { client, clock, length } = scan.deleteRange(index)
      if (!deletes.covers(client, clock, length)) count++
    }
    return count
  }

  #deletesAny(scan: UpdateScan): boolean {
    const { deletes } = this.#parts
    for (let index = 0; index < scan.deleteCount; index++) {
      steps.taken++
      const { client, clock, length } = scan.deleteRange(index)
      if (!deletes.covers(client, clock, length)) return true
    }
    return false
  }

  /** Runs that are new and leave a gap before them. */
  #gaps(scan: UpdateScan): number {
    const { known } = this.#parts
    let gaps = 0
    for (let index = 0; index < scan.runCount; index++) {
      const { client, start, end } = scan.run(index)
      if (start > known.clockOf(client) && !known.covers(client, start, end)) gaps++
    }
    return gaps
  }

  /** A client sends along what waits in its own copy: only what is new here counts. */
  #newsWaits({ scan, update }: Inspection): boolean {
    const { missing } = this.#parts
    if (!missing.isAwaitedBy(scan) || !this.isAny(scan)) return false
    // Where the update begins behind others of its message, what is left out is found anew.
    second.scan(update, formatLimits)
    const news = newsOf(second, update, this.known)
    if (news === undefined) return false
    second.scan(news, formatLimits)
    return this.#gaps(second) > 0 || missing.isReferredToBy(second)
  }
}
