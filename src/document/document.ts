import { sameBytes } from '../base/bytes.ts'
import type { Limits } from '../base/limits/limits.ts'
import { steps } from '../base/steps.ts'
import type { LogEntry } from '../../persistence/store.ts'
import type { UpdateBurst } from '../update/burst.ts'
import { DeleteIndex } from '../update/clocks/deletes.ts'
import { formatLimits, type UpdateFault, type UpdateLimits } from '../update/fault.ts'
import { UpdateScan } from '../update/scan.ts'
import { readStateVector } from '../update/clocks/vector.ts'
import { isFaultOfForm, newsOf, regularUpdate } from '../update/bytes/write.ts'
import { Barred } from './barred.ts'
import { Description } from './description.ts'
import { DocumentBytes } from './document-bytes.ts'
import { Inspection } from './inspection.ts'
import { KnownClocks } from './known-clocks.ts'
import { MissingPast } from './missing-past.ts'
import { isOfFormerLife, type Life, noLife } from './life.ts'
import { readStored, writeAhead } from './read-stored.ts'
import { Additions } from './additions.ts'
import { updateLimitsOf } from './soundness.ts'

/** What was new in an update. */
export interface News {
  /** The update, or what is new of it. */
  readonly update: Uint8Array
  /** Whether it stands on something that is not here. */
  readonly waiting: boolean
}

const noClocks: ReadonlyMap<number, number> = new Map()
/** One for all documents: an update costs no object of its own. */
const inspection = new Inspection()

/**
 * The server's copy of a document: its snapshot bytes, the updates since, and which structs and
 * deletes they hold. No `Y.Doc` is ever built here (docs/decisions/no-y-doc.md).
 */
export class ServerDocument {
  /** Of which life of its name it is. */
  readonly life: Life
  readonly #limits: Limits
  #updateLimits: UpdateLimits
  readonly #known = new KnownClocks()
  readonly #deletes = new DeleteIndex()
  readonly #missing = new MissingPast(this.#known)
  readonly #additions: Additions
  readonly #bytes: DocumentBytes
  /** What was set aside of it, and is not taken again. */
  readonly barred: Barred
  #stateVector: Uint8Array | undefined
  /** Tail position at the last compaction or the last try. */
  #compactedAt = 0

  constructor(limits: Limits, life: Life = noLife) {
    this.life = life
    this.#limits = limits
    this.#bytes = new DocumentBytes(limits)
    this.#updateLimits = updateLimitsOf(limits)
    const held = { known: this.#known, deletes: this.#deletes, missing: this.#missing }
    this.#additions = new Additions({ ...held, bytes: this.#bytes, limits })
    this.barred = new Barred(this.#additions.known)
  }

  /** Bytes of the stored form. */
  get byteLength(): number {
    return this.#bytes.byteLength
  }

  /** Updates since the snapshot. */
  get tailUpdates(): number {
    return this.#bytes.tailUpdates
  }

  /** Counts the updates of this copy's life; what `since` takes. */
  get position(): number {
    return this.#bytes.position
  }

  /** Encoded clocks of everything held without a gap before it. */
  get stateVector(): Uint8Array {
    const encoded = this.#stateVector ?? this.#known.write()
    this.#stateVector = encoded
    return encoded
  }

  /** Whether it has grown enough since its last compaction to be worth another. */
  get wantsCompaction(): boolean {
    const { tail_updates_max: updates, tail_bytes_max: bytes } = this.#limits
    const { position, snapshotBytes, tailBytes, tailUpdates } = this.#bytes
    if (position - this.#compactedAt < updates / 2) return false
    return tailUpdates >= updates || tailBytes >= Math.max(bytes, snapshotBytes / 2)
  }

  /**
   * Fills a fresh copy with what is stored, bit by bit: nobody sees it before it is whole.
   * No limit judges what was taken before.
   * Yields the steps taken, for `inSlices`.
   * @returns a sentence when some of it is unsound; then the copy must not be used.
   */
  *load(
    snapshot: Uint8Array | undefined,
    log: readonly LogEntry[],
  ): Generator<number, string | undefined> {
    // What it found stays over turns in which other documents read theirs.
    const own = new UpdateScan('clocks')
    if (snapshot !== undefined) {
      const fault = yield* readStored(own, snapshot, this.#known, this.#deletes)
      if (fault !== undefined) return `The snapshot is unsound. ${fault}`
      if (!own.isFlat) this.#bytes.noteStructure()
      this.#bytes.rebase(snapshot, 0)
    }
    for (const { sequence, bytes } of log) {
      const fault = yield* readStored(own, bytes, this.#known, this.#deletes)
      if (fault !== undefined) return `Log entry ${sequence} is unsound. ${fault}`
      if (!own.isFlat) this.#bytes.noteStructure()
      this.#bytes.add(bytes)
    }
    yield* writeAhead(this.#known, this.#deletes)
    // Who has a document names its clients and deletes, also where they are more than the limit.
    const held = { clients: this.#known.clientCount, deletes: this.#deletes.rangeCount }
    this.#updateLimits = updateLimitsOf(this.#limits, held)
    return undefined
  }

  /**
   * Checks an update whole, changing nothing.
   * @param from where in the bytes the update begins; it goes to their end
   * @returns what the next steps take, in this turn; or what is wrong with the update
   */
  inspect(bytes: Uint8Array, from = 0): Inspection | UpdateFault {
    return inspection.read(bytes, this.#updateLimits, from)
  }

  /** The same of what the store holds, whatever the limits of this server say. */
  inspectStored(bytes: Uint8Array): Inspection | UpdateFault {
    return inspection.read(bytes, formatLimits, 0)
  }

  /**
   * The update in order, where it is only not written as Yjs writes; see `regularUpdate`.
   * @param fault what `inspect` found wrong with it
   * @param from where in the bytes the update begins; it goes to their end
   */
  regular(fault: UpdateFault, bytes: Uint8Array, from: number): Uint8Array | undefined {
    return isFaultOfForm(fault) ? regularUpdate(bytes, this.#updateLimits, from) : undefined
  }

  /** Whether the update comes from a copy of a former life. */
  isOfFormerLife({ scan }: Inspection): boolean {
    return isOfFormerLife(scan, this.life)
  }

  /** What of the update a client must not send; undefined when all is in order. */
  trespass({ scan }: Inspection): string | undefined {
    for (let index = 0; index < scan.deleteCount; index++) {
      steps.taken++
      const { client, clock, length } = scan.deleteRange(index)
      const farthest = clock + length - this.#limits.delete_ahead_max
      if (farthest > this.#known.endOf(client) && farthest > scan.endOf(client)) {
        return 'It deletes what its author has yet to write.'
      }
    }
    return undefined
  }

  /** What updates would add for good. */
  get additions(): Additions {
    return this.#additions
  }

  /**
   * Takes what is new of the update, which stands alone in its bytes.
   * @returns undefined when nothing is; then nothing has changed.
   */
  absorb(found: Inspection): News | undefined {
    if (!this.hasNews(found)) return undefined
    const { bytes, scan } = found
    const news = newsOf(scan, bytes, this.#additions.known) ?? bytes
    this.#bytes.add(news)
    return { update: news, waiting: this.#learnOf(scan) }
  }

  /**
   * Takes the update as it is.
   * @returns whether it stands on something that is not here
   */
  take({ bytes, from, scan }: Inspection): boolean {
    this.#bytes.add(bytes, from)
    return this.#learnOf(scan)
  }

  /**
   * Knows the update and puts it with what is held; `put` follows, before anybody asks what the
   * document holds.
   * @returns whether it stands on something that is not here
   */
  hold({ bytes, scan }: Inspection, burst: UpdateBurst): boolean {
    burst.add(scan, bytes)
    return this.#learnOf(scan)
  }

  /** Takes what was held, as one update. */
  put(update: Uint8Array): void {
    this.#bytes.add(update)
  }

  /** Bytes that `describe` reads for that state vector, unless they are at hand. */
  readsFor(stateVector: Uint8Array): number {
    const reading = readStateVector(stateVector, this.#updateLimits.clientsMax)
    if (reading.kind === 'refused') return 0
    const { clocks } = reading
    if (clocks.size === 0) return this.#bytes.bytesOfAll
    return this.#known.within(clocks) ? 0 : this.#bytes.bytesBeyond(clocks)
  }

  /** Goes on finding out what lies where; see `DocumentBytes`. @returns whether all is found */
  prepare(bytesMax: number): boolean {
    return this.#bytes.prepare(bytesMax)
  }

  /** Forgets what descriptions have left to be shared. */
  letGo(): void {
    this.#bytes.letGo()
  }

  /** What is wrong with an encoded state vector, in a sentence; undefined when nothing is. */
  vectorFault(stateVector: Uint8Array): string | undefined {
    const { kind } = readStateVector(stateVector, this.#updateLimits.clientsMax)
    return kind === 'refused' ? 'The state vector does not decode.' : undefined
  }

  /**
   * What a client with this encoded state vector lacks.
   * @returns a sentence when the state vector is unsound.
   */
  describe(stateVector: Uint8Array): Description | string {
    const reading = readStateVector(stateVector, this.#updateLimits.clientsMax)
    if (reading.kind === 'refused') return 'The state vector does not decode.'
    return this.#difference(reading.clocks)
  }

  /**
   * Whether that is what a client answers that has everything and nothing new, or nothing at all.
   * It costs a comparison, where `inspect` goes through deletes by the ten thousand, and nothing at
   * all where the length is another.
   */
  repeats(update: Uint8Array): boolean {
    if (update.length === 2 && update[0] === 0 && update[1] === 0) return true
    const { updateBytes } = this.#deletes
    return update.length === updateBytes && sameBytes(update, this.#deletes.writeUpdate())
  }

  /** What came after `position`; `stateVector` is what was held there, in case that is folded. */
  since(position: number, stateVector: Uint8Array): Description {
    const description = this.#bytes.since(position, this.#deleteSet)
    if (description !== undefined) return description
    const reading = readStateVector(stateVector, this.#updateLimits.clientsMax)
    return this.#difference(reading.kind === 'vector' ? reading.clocks : noClocks)
  }

  /** Replaces everything before `mark` with its snapshot. */
  rebase(snapshot: Uint8Array, mark: number): void {
    this.#bytes.rebase(snapshot, mark)
    // What came while the snapshot was being made counts as growth.
    this.#compactedAt = mark
  }

  /** Done or given up: not wanted again before the document has grown. */
  compactionDone(): void {
    this.#compactedAt = this.#bytes.position
  }

  /** Whether the update holds anything new. */
  hasNews({ scan }: Inspection): boolean {
    return this.#additions.isAny(scan)
  }

  #learnOf(scan: UpdateScan): boolean {
    this.#stateVector = undefined
    let hasGap = false
    for (let index = 0; index < scan.runCount; index++) {
      const { client, start, end } = scan.run(index)
      hasGap = this.#known.add(client, start, end) || hasGap
    }
    if (!scan.isFlat) this.#bytes.noteStructure()
    this.#deletes.addAll(scan)
    return this.#missing.note(scan, hasGap)
  }

  readonly #deleteSet = (): Uint8Array => this.#deletes.write()

  #difference(clocks: ReadonlyMap<number, number>): Description {
    if (clocks.size === 0) return this.#bytes.all(this.#deleteSet)
    // What one who has everything is told, and tells us.
    if (this.#known.within(clocks)) return Description.of(this.#deletes.writeUpdate())
    return this.#bytes.difference(clocks, this.#deleteSet)
  }
}
