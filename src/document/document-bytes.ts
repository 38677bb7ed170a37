import { UpdateScan } from '../update/scan.ts'
import { splitUpdate } from '../update/split.ts'
import { differenceUpdate, joinUpdates, scanSound } from '../update/write.ts'
import { UpdateTail } from './update-tail.ts'

/** What a client lacks: `updates` in order, then `last` as the answer to its step 1. */
export interface Description {
  readonly updates: readonly Uint8Array[]
  readonly last: Uint8Array
}

/** Sizes in which a document goes out. */
interface PieceLimits {
  readonly whole_step2_bytes_max: number
  readonly piece_bytes_min: number
}

/** Clocks per client. */
type Clocks = ReadonlyMap<number, number>

/** Two bytes: no structs, no deletes. */
const emptyUpdate = Uint8Array.of(0, 0)

/** A document as bytes: its snapshot and the updates since, and what of them somebody lacks. */
export class DocumentBytes {
  readonly #limits: PieceLimits
  readonly #tail = new UpdateTail()
  /** The snapshot, in pieces when it is large. */
  #base: readonly Uint8Array[] = []
  #baseBytes = 0
  /** The clock behind the last struct of each client in the snapshot, once somebody asked. */
  #baseEnds: Clocks | undefined
  /** Everything, as it was last said: those who join one after the other share it. */
  #whole: { readonly position: number; readonly description: Description } | undefined

  constructor(limits: PieceLimits) {
    this.#limits = limits
  }

  get byteLength(): number {
    return this.#baseBytes + this.#tail.byteLength
  }

  /** Bytes of the snapshot. */
  get snapshotBytes(): number {
    return this.#baseBytes
  }

  /** Bytes of the updates since the snapshot. */
  get tailBytes(): number {
    return this.#tail.byteLength
  }

  /** Updates since the snapshot. */
  get tailUpdates(): number {
    return this.#tail.count
  }

  /** Counts the updates that were ever added. */
  get position(): number {
    return this.#tail.position
  }

  /** Adds an update (copied), which goes from `at` to the end of the bytes. */
  add(bytes: Uint8Array, at = 0): void {
    this.#tail.add(bytes, at)
  }

  /** Replaces everything before `mark` with its snapshot. */
  rebase(snapshot: Uint8Array, mark: number): void {
    const { whole_step2_bytes_max: whole, piece_bytes_min: least } = this.#limits
    this.#base = snapshot.length > whole ? splitUpdate([snapshot], least) : [snapshot]
    this.#baseBytes = this.#base.reduce((sum, piece) => sum + piece.length, 0)
    this.#baseEnds = undefined
    this.#whole = undefined
    this.#tail.dropBefore(mark)
  }

  /** Everything, for somebody who has nothing. */
  all(): Description {
    const { position } = this.#tail
    if (this.#whole?.position !== position) {
      this.#whole = { position, description: this.#describeAll() }
    }
    return this.#whole.description
  }

  /** Bytes that are read to say everything: none for who comes right after somebody else. */
  get bytesOfAll(): number {
    return this.#whole?.position === this.#tail.position ? 0 : this.#tail.byteLength
  }

  /** Bytes that are read to say what somebody with these clocks lacks. */
  bytesBeyond(clocks: Clocks): number {
    return this.#tail.byteLength + (this.#hasBase(clocks) ? 0 : this.#baseBytes)
  }

  /**
   * What somebody with these clocks lacks.
   * @param deleteSet encoded, with all deletes of the document
   */
  difference(clocks: Clocks, deleteSet: Uint8Array): Description {
    const tail = this.#tail.all()
    // Whoever has the snapshot lacks at most what came since: no need to go through it.
    const parts = this.#hasBase(clocks) ? tail : [...this.#base, ...tail]
    return this.#inPieces(differenceUpdate(parts, clocks, deleteSet))
  }

  /** What came after `position`; undefined when some of that is in the snapshot by now. */
  since(position: number): Description | undefined {
    const updates = this.#tail.since(position)
    return updates === undefined ? undefined : this.#inPieces(joinUpdates(updates))
  }

  #hasBase(clocks: Clocks): boolean {
    this.#baseEnds ??= endsOf(this.#base)
    for (const [client, end] of this.#baseEnds) {
      if ((clocks.get(client) ?? 0) < end) return false
    }
    return true
  }

  #describeAll(): Description {
    const tail = this.#tail.all()
    if (this.#base.length === 0) return this.#inPieces(joinUpdates(tail))
    if (tail.length > 0) {
      const { updates, last } = this.#inPieces(joinUpdates(tail))
      return { updates: [...this.#base, ...updates], last }
    }
    return { updates: this.#base.slice(0, -1), last: this.#base.at(-1) ?? emptyUpdate }
  }

  #inPieces(update: Uint8Array): Description {
    const { whole_step2_bytes_max: whole, piece_bytes_min: least } = this.#limits
    if (update.length <= whole) return { updates: [], last: update }
    const pieces = splitUpdate([update], least)
    return { updates: pieces.slice(0, -1), last: pieces.at(-1) ?? emptyUpdate }
  }
}

function endsOf(parts: readonly Uint8Array[]): Clocks {
  const ends = new Map<number, number>()
  const scan = new UpdateScan()
  for (const part of parts) {
    scanSound(scan, part)
    for (let index = 0; index < scan.runCount; index++) {
      const { client, end } = scan.run(index)
      ends.set(client, Math.max(end, ends.get(client) ?? 0))
    }
  }
  return ends
}
