import { type Joining, join, joinSections } from '../update/join.ts'
import { UpdateParts } from '../update/section.ts'
import { UpdatePieces } from '../update/split.ts'

/** Putting structs of more clients in order takes longer than a turn of the event loop may. */
const clientsInPiecesMax = 4_096

const nothing: Joining = {
  base: undefined,
  runs: new Map(),
  clocks: new Map(),
  deleteSet: Uint8Array.of(0),
}

/**
 * What a client lacks, as one update: applied, it is a state that the document was in. Its bytes
 * are put together when somebody asks for them.
 */
export class Description {
  readonly #joining: () => Joining
  readonly #pieceBytesMin: number | undefined
  #update: UpdateParts | undefined
  #bytes: Uint8Array | undefined
  #pieces: UpdatePieces | undefined

  /**
   * @param joining what it is made of, asked for once it has to be made
   * @param pieceBytesMin size of the pieces in which it may go as well, if it may
   * @param update where it is known already
   */
  constructor(joining: () => Joining, pieceBytesMin: number | undefined, update?: UpdateParts) {
    this.#joining = joining
    this.#pieceBytesMin = pieceBytesMin
    this.#update = update
  }

  /** One that is an update already. */
  static of(update: Uint8Array): Description {
    return new Description(() => nothing, undefined, new UpdateParts([update]))
  }

  get byteLength(): number {
    return this.update.byteLength
  }

  /** The update, not put together. */
  get update(): UpdateParts {
    return (this.#update ??= join(this.#joining()))
  }

  /** The update. */
  bytes(): Uint8Array {
    return (this.#bytes ??= this.update.bytes())
  }

  /** The same in pieces, one update each; undefined where only the whole may be seen. */
  get pieces(): UpdatePieces | undefined {
    if (this.#pieceBytesMin === undefined) return undefined
    if (this.#pieces === undefined) {
      const joining = this.#joining()
      if ((joining.base?.sections.length ?? 0) > clientsInPiecesMax) return undefined
      const sections = joinSections(joining)
      this.#pieces = new UpdatePieces(sections, joining.deleteSet, this.#pieceBytesMin)
    }
    return this.#pieces
  }
}
