/**
 * Notices a client that comes twice. Yjs writes clients in falling order, which proves
 * itself; a set is filled only when an update does not keep that order.
 */
export class OnceEach {
  readonly #clients: number[] = []
  readonly #seen = new Set<number>()
  #count = 0
  #last = Infinity
  #falling = true

  /** Forgets all. */
  clear(): void {
    if (!this.#falling) this.#seen.clear()
    this.#count = 0
    this.#last = Infinity
    this.#falling = true
  }

  /** Whether the client was not there before. */
  admit(client: number): boolean {
    if (this.#falling) {
      if (client < this.#last) {
        this.#last = client
        this.#clients[this.#count++] = client
        return true
      }
      this.#falling = false
      for (let i = 0; i < this.#count; i++) this.#seen.add(this.#clients[i] ?? 0)
    }
    const size = this.#seen.size
    return this.#seen.add(client).size > size
  }
}
