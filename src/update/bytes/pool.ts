/** Objects kept for the next scan; more than this many are let go again. */
const keptMax = 16_384

/** A list whose objects are used again after `clear`, so that filling it allocates nothing. */
export class Pool<T> {
  readonly #make: () => T
  #items: T[] = []
  #count = 0

  /** @param make a fresh object; its fields are set by whoever adds it */
  constructor(make: () => T) {
    this.#make = make
  }

  /** Objects in use. */
  get count(): number {
    return this.#count
  }

  /** Empties the list. */
  clear(): void {
    this.#count = 0
    if (this.#items.length > keptMax) this.#items = []
  }

  /** Puts one more object in use. @returns the object, with the fields of its last use */
  add(): T {
    const item = this.#items[this.#count++]
    if (item !== undefined) return item
    const made = this.#make()
    this.#items.push(made)
    return made
  }

  /** Keeps only the first objects in use. */
  cut(count: number): void {
    this.#count = count
  }

  /** The object in use at an index. @throws RangeError when there is none */
  item(index: number): T {
    const item = index < this.#count ? this.#items[index] : undefined
    if (item === undefined) {
      throw new RangeError(`The pool has no item ${index}, only ${this.#count}.`)
    }
    return item
  }
}
