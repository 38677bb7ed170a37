import type { Section } from './section.ts'
import { writeUpdate } from './section.ts'
import { ClientSource } from './bytes/source.ts'
import type { Wait } from './bytes/source.ts'

/** The delete set of an update that deletes nothing. */
const noDeletes = Uint8Array.of(0)

/**
 * An update in pieces that give the same result when applied one after the other; each is made
 * when somebody first asks for it. Structs go in the order in which they depend on each other, so
 * that no piece waits for a later one; the delete set is in the last piece.
 *
 * Only flat content may go like that (docs/decisions/documents-in-one-update.md).
 */
export class UpdatePieces {
  readonly #sources: ReadonlyMap<number, ClientSource>
  readonly #toTake: Iterator<ClientSource>
  readonly #deleteSet: Uint8Array
  readonly #pieceBytesMin: number
  readonly #pieces: Uint8Array[] = []
  /** Sources with structs in the piece that is being filled. */
  readonly #touched = new Set<ClientSource>()
  /** What is being taken, and above it what has to be taken before. */
  readonly #stack: Wait[] = []
  /** Sources that wait for another: asked for again, they stand in a circle. */
  readonly #waiting = new Set<ClientSource>()
  #pieceBytes = 0
  #whole = false

  /**
   * @param sections clients, each once
   * @param deleteSet as it stands at the end of an update
   * @param pieceBytesMin bytes that a piece has at least, except for the last
   */
  constructor(sections: readonly Section[], deleteSet: Uint8Array, pieceBytesMin: number) {
    this.#sources = new Map(
      sections.map(({ client, runs }) => [client, new ClientSource(client, runs)]),
    )
    this.#toTake = this.#sources.values()
    this.#deleteSet = deleteSet
    this.#pieceBytesMin = pieceBytesMin
  }

  /** One piece, counted from 0; undefined behind the last. There is one at least. */
  piece(index: number): Uint8Array | undefined {
    while (this.#pieces.length <= index && !this.#whole) this.#fill()
    return this.#pieces[index]
  }

  /** Goes on until one more piece is there, or all are. */
  #fill(): void {
    const before = this.#pieces.length
    while (this.#pieces.length === before) {
      const top = this.#stack.at(-1)
      if (top !== undefined) this.#takeFor(top)
      else if (!this.#enterSource()) return this.#conclude()
    }
  }

  #enterSource(): boolean {
    const next = this.#toTake.next()
    if (next.done === true) return false
    this.#stack.push({ source: next.value, clock: Number.MAX_SAFE_INTEGER })
    return true
  }

  /** Takes one struct, or finds out what has to come before it. */
  #takeFor({ source, clock }: Wait): void {
    if (source.clock > clock) {
      this.#stack.pop()
      this.#waiting.delete(source)
      return
    }
    const wait = source.waitsFor(this.#sources)
    // In a circle nobody can be first; Yjs parks them all until something resolves it.
    if (wait === undefined || this.#waiting.has(wait.source)) this.#take(source)
    else {
      this.#waiting.add(source)
      this.#stack.push(wait)
    }
  }

  #take(source: ClientSource): void {
    this.#pieceBytes += source.take()
    this.#touched.add(source)
    if (this.#pieceBytes >= this.#pieceBytesMin) this.#close(noDeletes)
  }

  #conclude(): void {
    this.#whole = true
    const isRestEmpty = this.#touched.size === 0 && this.#deleteSet.length === 1
    if (!isRestEmpty || this.#pieces.length === 0) this.#close(this.#deleteSet)
  }

  #close(deleteSet: Uint8Array): void {
    const sections = [...this.#touched].map((source) => source.closeSection())
    this.#pieces.push(writeUpdate(sections, deleteSet))
    this.#touched.clear()
    this.#pieceBytes = 0
  }
}
