import { UpdateParts } from '../update/section.ts'
import type { Joining } from '../update/join.ts'
import { joinUpdates } from '../update/bytes/write.ts'
import { Description } from './description.ts'
import { Outlines } from './outlines.ts'
import { UpdateTail } from './update-tail.ts'

/** Sizes in which a document goes out. */
interface PieceLimits {
  readonly whole_step2_bytes_max: number
  readonly piece_bytes_min: number
}

/** Clocks per client. */
type Clocks = ReadonlyMap<number, number>

const noClocks: Clocks = new Map()
/** No structs, no deletes. */
const nothing = Uint8Array.of(0, 0)

/** A document as bytes: its snapshot and the updates since, and what of them somebody lacks. */
export class DocumentBytes {
  readonly #limits: PieceLimits
  readonly #tail = new UpdateTail()
  readonly #outlines = new Outlines()
  #base: Uint8Array | undefined
  #isFlat = true
  /** Everything, as it was last said: those who join one after the other share it. */
  #all: { readonly position: number; readonly description: Description } | undefined

  constructor(limits: PieceLimits) {
    this.#limits = limits
  }

  get byteLength(): number {
    return this.snapshotBytes + this.#tail.byteLength
  }

  /** Bytes of the snapshot. */
  get snapshotBytes(): number {
    return this.#base?.length ?? 0
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

  /** Some of it makes sense only as a whole; what folding leaves of that is looked at no more. */
  noteStructure(): void {
    this.#isFlat = false
  }

  /** Replaces everything before `mark` with its snapshot. */
  rebase(snapshot: Uint8Array, mark: number): void {
    this.#base = snapshot
    this.#tail.dropBefore(mark)
    this.#outlines.clear()
    this.#all = undefined
  }

  /**
   * Goes on finding out what lies where, which descriptions need, for about so many bytes.
   * @returns whether everything is found
   */
  prepare(bytesMax: number): boolean {
    return this.#outlines.read(this.#base, this.#tail.all(), bytesMax)
  }

  /** Forgets what is quickly made again. */
  letGo(): void {
    this.#outlines.letGo()
    this.#all = undefined
  }

  /** Bytes that are read to say everything: none for who comes right after somebody else. */
  get bytesOfAll(): number {
    return this.#all?.position === this.#tail.position ? 0 : this.#tail.byteLength
  }

  /** Bytes that are read to say what one with these clocks lacks. */
  bytesBeyond(clocks: Clocks): number {
    const { base } = this.#outlines
    const hasBase = base?.sections.every(({ client, end }) => (clocks.get(client) ?? 0) >= end)
    return hasBase === true ? this.#tail.byteLength : this.byteLength
  }

  /** Everything, for one who has nothing; `deleteSet` gives all deletes, encoded. */
  all(deleteSet: () => Uint8Array): Description {
    const { position } = this.#tail
    if (this.#all?.position !== position) {
      const stored = this.#onlyUpdate()
      const update = stored === undefined ? undefined : new UpdateParts([stored])
      this.#all = { position, description: this.#describe(noClocks, deleteSet, 0, update) }
    }
    return this.#all.description
  }

  /** What one with these clocks lacks. */
  difference(clocks: Clocks, deleteSet: () => Uint8Array): Description {
    return this.#describe(clocks, deleteSet, 0)
  }

  /** The updates since `position` that are no part of the snapshot. */
  recent(position: number): readonly Uint8Array[] {
    return this.#tail.since(position) ?? this.#tail.all()
  }

  /** What came after `position`; undefined when some of that is in the snapshot by now. */
  since(position: number, deleteSet: () => Uint8Array): Description | undefined {
    const updates = this.#tail.since(position)
    if (updates === undefined) return undefined
    const place = this.#tail.count - updates.length
    const bytes = updates.reduce((sum, update) => sum + update.length, 0)
    // A little is quickly read again, and then goes without all the deletes of the document.
    const isLittle = bytes <= this.#limits.whole_step2_bytes_max
    const update = isLittle ? new UpdateParts([joinUpdates(updates)]) : undefined
    return this.#describe(undefined, deleteSet, place, update)
  }

  /** What is one update as it is stored. */
  #onlyUpdate(): Uint8Array | undefined {
    if (this.#tail.count === 0) return this.#base ?? nothing
    const [only] = this.#base === undefined && this.#tail.count === 1 ? this.#tail.all() : []
    return only
  }

  /**
   * @param clocks undefined where the snapshot is not wanted
   * @param place of the first update since the snapshot that is wanted
   */
  #describe(
    clocks: Clocks | undefined,
    deleteSet: () => Uint8Array,
    place: number,
    update?: UpdateParts,
  ): Description {
    const outlines = this.#outlines
    const joining = (): Joining => {
      this.prepare(Infinity)
      return {
        base: clocks === undefined ? undefined : outlines.base,
        runs: outlines.runsFrom(place),
        clocks: clocks ?? noClocks,
        deleteSet: deleteSet(),
      }
    }
    return new Description(joining, this.#isFlat ? this.#limits.piece_bytes_min : undefined, update)
  }
}
