import type { Limits } from '../base/limits.ts'
import type { LogEntry } from '../../persistence/store.ts'
import { DeleteIndex } from '../protocol/update-deletes.ts'
import type { UpdateLimits } from '../protocol/update-fault.ts'
import { UpdateScan } from '../protocol/update-scan.ts'
import { splitUpdate } from '../protocol/update-split.ts'
import { readStateVector, writeStateVector } from '../protocol/update-vector.ts'
import { differenceUpdate, joinUpdates, newsOf } from '../protocol/update-write.ts'
import { KnownClocks } from './known-clocks.ts'
import { UpdateTail } from './update-tail.ts'

/** What a client lacks: `updates` in order, then `last` as the answer to its step 1. */
export interface Description {
  readonly updates: readonly Uint8Array[]
  readonly last: Uint8Array
}

/** What was new in an update. */
export interface News {
  /** The update, or what is new of it. */
  readonly update: Uint8Array
  /** Whether it stands on something that is not here. */
  readonly waiting: boolean
}

/** Two bytes: no structs, no deletes. */
const emptyUpdate = Uint8Array.of(0, 0)

/** One for all documents: what it found is read before the next update is looked at. */
const scan = new UpdateScan()

/**
 * The server's copy of a document: its snapshot bytes, the updates since, and which structs and
 * deletes they hold. No `Y.Doc` is ever built here (docs/decisions/no-y-doc.md).
 */
export class ServerDocument {
  readonly #limits: Limits
  readonly #updateLimits: UpdateLimits
  readonly #known = new KnownClocks()
  readonly #deletes = new DeleteIndex()
  readonly #tail = new UpdateTail()
  /** The snapshot, in pieces when it is large. */
  #base: readonly Uint8Array[] = []
  #baseBytes = 0
  #stateVector: Uint8Array | undefined
  /** Tail position at the last compaction or the last try. */
  #compactedAt = 0

  constructor(limits: Limits) {
    this.#limits = limits
    this.#updateLimits = {
      bytesMax: limits.document_bytes_max,
      structsMax: limits.update_structs_max,
      clientsMax: limits.update_clients_max,
      deletesMax: limits.update_deletes_max,
      depthMax: limits.value_depth_max,
    }
  }

  /** Bytes of the stored form. */
  get byteLength(): number {
    return this.#baseBytes + this.#tail.byteLength
  }

  /** Updates since the snapshot. */
  get tailUpdates(): number {
    return this.#tail.count
  }

  /** Counts the updates of this copy's life; what `since` takes. */
  get position(): number {
    return this.#tail.position
  }

  /** Encoded clocks of everything held without a gap before it. */
  get stateVector(): Uint8Array {
    const encoded = this.#stateVector ?? writeStateVector(this.#known.clocks)
    this.#stateVector = encoded
    return encoded
  }

  /** Whether it has grown enough since its last compaction to be worth another. */
  get wantsCompaction(): boolean {
    const { tail_updates_max: updates, tail_bytes_max: bytes } = this.#limits
    if (this.#tail.position - this.#compactedAt < updates / 2) return false
    const large = Math.max(bytes, this.#baseBytes / 2)
    return this.#tail.count >= updates || this.#tail.byteLength >= large
  }

  /**
   * Fills a fresh copy with what is stored.
   * @returns a sentence when some of it is unsound; then the copy must not be used.
   */
  load(snapshot: Uint8Array | undefined, log: readonly LogEntry[]): string | undefined {
    if (snapshot !== undefined) {
      const fault = this.inspect(snapshot)
      if (fault !== undefined) return `The snapshot is unsound. ${fault}`
      this.#learn()
      this.#setBase(snapshot)
    }
    for (const { sequence, bytes } of log) {
      const fault = this.inspect(bytes)
      if (fault !== undefined) return `Log entry ${sequence} is unsound. ${fault}`
      this.#learn()
      this.#tail.add(bytes)
    }
    return undefined
  }

  /**
   * Checks an update whole, changing nothing. What `absorb` needs of it is kept until the next
   * call on any document, so the two belong in one turn.
   * @returns what is wrong with it, undefined when it is sound.
   */
  inspect(update: Uint8Array): string | undefined {
    const fault = scan.scan(update, this.#updateLimits)
    if (fault !== undefined) return fault.sentence
    return undefined
  }

  /** What of the inspected update a client must not send; undefined when all is in order. */
  trespass(): string | undefined {
    for (let index = 0; index < scan.deleteCount; index++) {
      const { client, clock, length } = scan.deleteRange(index)
      const farthest = clock + length - this.#limits.delete_ahead_max
      if (farthest > this.#known.endOf(client) && farthest > scanEndOf(client)) {
        return 'It deletes what its author has yet to write.'
      }
    }
    return undefined
  }

  /**
   * Takes the update that was just inspected.
   * @param trim whether to keep only what is new of it
   * @returns undefined when nothing is new; then nothing has changed.
   */
  absorb(update: Uint8Array, trim: boolean): News | undefined {
    if (!this.hasNews()) return undefined
    const news = trim ? (newsOf(scan, update, this.#view) ?? update) : update
    this.#learn()
    this.#stateVector = undefined
    this.#tail.add(news)
    return { update: news, waiting: this.#isWaiting() }
  }

  /**
   * What a client with this encoded state vector lacks.
   * @returns a sentence when the state vector is unsound.
   */
  describe(stateVector: Uint8Array): Description | string {
    const reading = readStateVector(stateVector, this.#limits.update_clients_max)
    if (reading.kind === 'refused') return 'The state vector does not decode.'
    if (reading.clocks.size === 0) return this.#describeAll()
    return this.#difference(reading.clocks)
  }

  /** What came after `position`; `stateVector` is what was held there, in case that is folded. */
  since(position: number, stateVector: Uint8Array): Description {
    const updates = this.#tail.since(position)
    if (updates !== undefined) return this.#inPieces(joinUpdates(updates))
    const reading = readStateVector(stateVector, this.#limits.update_clients_max)
    return reading.kind === 'vector' ? this.#difference(reading.clocks) : this.#describeAll()
  }

  /** Replaces everything before `mark` with its snapshot. */
  rebase(snapshot: Uint8Array, mark: number): void {
    this.#setBase(snapshot)
    this.#tail.dropBefore(mark)
    // What came while the snapshot was being made counts as growth.
    this.#compactedAt = mark
  }

  /** Done or given up: not wanted again before the document has grown. */
  compactionDone(): void {
    this.#compactedAt = this.#tail.position
  }

  readonly #view = {
    clockOf: (client: number): number => this.#known.clockOf(client),
    isDeleted: (client: number, clock: number, length: number): boolean =>
      this.#deletes.covers(client, clock, length),
  }

  #setBase(snapshot: Uint8Array): void {
    const { whole_step2_bytes_max: whole, piece_bytes_min: least } = this.#limits
    this.#base = snapshot.length > whole ? splitUpdate([snapshot], least) : [snapshot]
    this.#baseBytes = this.#base.reduce((sum, piece) => sum + piece.length, 0)
  }

  /** Whether the update that was just inspected holds anything new. */
  hasNews(): boolean {
    for (let index = 0; index < scan.runCount; index++) {
      const { client, start, end } = scan.run(index)
      if (!this.#known.covers(client, start, end)) return true
    }
    for (let index = 0; index < scan.deleteCount; index++) {
      const { client, clock, length } = scan.deleteRange(index)
      if (!this.#deletes.covers(client, clock, length)) return true
    }
    return false
  }

  #learn(): void {
    for (let index = 0; index < scan.runCount; index++) {
      const { client, start, end } = scan.run(index)
      this.#known.add(client, start, end)
    }
    if (scan.deleteCount > 0) this.#deletes.addAll(scan)
  }

  #isWaiting(): boolean {
    for (let index = 0; index < scan.runCount; index++) {
      const { client, start } = scan.run(index)
      if (start > this.#known.clockOf(client)) return true
    }
    for (let index = 0; index < scan.dependencyCount; index++) {
      const { client, clock } = scan.dependency(index)
      if (clock >= this.#known.clockOf(client)) return true
    }
    return false
  }

  #describeAll(): Description {
    const tail = this.#tail.all()
    const [base] = this.#base
    if (base === undefined) return this.#inPieces(joinUpdates(tail))
    if (tail.length > 0) {
      const { updates, last } = this.#inPieces(joinUpdates(tail))
      return { updates: [...this.#base, ...updates], last }
    }
    const rest = this.#base.slice(0, -1)
    return { updates: rest, last: this.#base.at(-1) ?? emptyUpdate }
  }

  #difference(clocks: ReadonlyMap<number, number>): Description {
    return this.#inPieces(differenceUpdate([...this.#base, ...this.#tail.all()], clocks))
  }

  #inPieces(update: Uint8Array): Description {
    const { whole_step2_bytes_max: whole, piece_bytes_min: least } = this.#limits
    if (update.length <= whole) return { updates: [], last: update }
    const pieces = splitUpdate([update], least)
    return { updates: pieces.slice(0, -1), last: pieces.at(-1) ?? emptyUpdate }
  }
}

/** The clock behind the last struct of a client in the scanned update; 0 without one. */
function scanEndOf(client: number): number {
  let end = 0
  for (let index = 0; index < scan.runCount; index++) {
    const run = scan.run(index)
    if (run.client === client) end = Math.max(end, run.end)
  }
  return end
}
