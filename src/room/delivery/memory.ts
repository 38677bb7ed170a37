/**
 * What the open documents take together, as far as it is known: they are counted once a second,
 * and what is written or loaded in between is added.
 */
export class DocumentsMemory {
  readonly #bytesMax: number
  readonly #pressed: () => void
  #bytes = 0
  /** The sum of the round that is under way. */
  #counted = 0

  /** @param pressed told when there is no room for more */
  constructor(bytesMax: number, pressed: () => void) {
    this.#bytesMax = bytesMax
    this.#pressed = pressed
  }

  get byteLength(): number {
    return this.#bytes
  }

  /** Whether so many bytes more may be kept. */
  hasRoom(bytes: number): boolean {
    if (this.#bytes + bytes <= this.#bytesMax) return true
    this.#pressed()
    return false
  }

  /** Whether enough is free for making room to end: else every update would have to ask again. */
  get isEased(): boolean {
    return this.#bytes <= 0.9 * this.#bytesMax
  }

  /** A document has so many bytes more, or less. */
  add(bytes: number): void {
    this.#bytes += bytes
    this.#counted += bytes
  }

  /** A round begins. */
  beginCount(): void {
    this.#counted = 0
  }

  /** So many bytes were found in one document. */
  count(bytes: number): void {
    this.#counted += bytes
  }

  /** The round is over. */
  endCount(): void {
    this.#bytes = this.#counted
  }
}
