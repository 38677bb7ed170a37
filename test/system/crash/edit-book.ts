import * as Y from 'yjs'

/** What one writer did with one token of its own, and what it was told of it. */
interface Entry {
  saved: boolean
  removal: 'none' | 'made' | 'saved'
}

/** A token as the array of a document holds it: who wrote it, and which of theirs it is. */
export function tokenOf(client: number, clock: number): string {
  return `${client}:${clock}`
}

/**
 * What one writer did and which of it the server has called saved. A token is one struct of length
 * one, so that its number is its clock, and the frames that a client sends tell what they hold.
 */
export class EditBook {
  readonly document: string
  readonly client: number
  readonly #entries: Entry[] = []
  #receipts = 0
  #unsaved = 0
  #marked = 0

  constructor(document: string, client: number) {
    this.document = document
    this.client = client
  }

  /** Edits that were called saved, each once. */
  get receipts(): number {
    return this.#receipts
  }

  /** Edits made and not called saved. */
  get unsaved(): number {
    return this.#unsaved
  }

  /** Edits made since the last mark, at least, and not called saved. */
  get inFlight(): number {
    return Math.max(0, this.#unsaved - this.#marked)
  }

  /** What a lost receipt was for stays unsaved here, though a later sync has settled it. */
  mark(): void {
    this.#marked = this.#unsaved
  }

  get edits(): number {
    return this.#receipts + this.#unsaved
  }

  /** Numbers of the tokens in the order of writing. */
  get tokens(): number {
    return this.#entries.length
  }

  /** @returns the token to write now. */
  write(): string {
    this.#unsaved++
    return tokenOf(this.client, this.#entries.push({ saved: false, removal: 'none' }) - 1)
  }

  /** The writer has taken its own token back. */
  remove(clock: number): void {
    const entry = this.#entries[clock]
    if (entry?.removal !== 'none') throw new Error(`${this.client}:${clock} is not there to go`)
    entry.removal = 'made'
    this.#unsaved++
  }

  /** The server has called a frame saved that carried this update. */
  saved(update: Uint8Array): void {
    const { structs, ds } = Y.decodeUpdate(update)
    for (const { id, length } of structs.filter((struct) => !(struct instanceof Y.Skip))) {
      if (id.client !== this.client) continue
      for (let clock = id.clock; clock < id.clock + length; clock++) this.#writeSaved(clock)
    }
    for (const { clock: from, len } of ds.clients.get(this.client) ?? []) {
      for (let clock = from; clock < from + len; clock++) this.#removalSaved(clock)
    }
  }

  /**
   * What is wrong with a stored document, one sentence each.
   * @param found how often each token is there
   * @param holds whether the writer's struct of that clock is stored, be it removed or waiting
   * @param whole whether nothing waits for its past, so that all that is stored can be seen
   */
  compare(
    found: ReadonlyMap<string, number>,
    holds: (client: number, clock: number) => boolean,
    whole: boolean,
  ): readonly string[] {
    const faults: string[] = []
    for (const [clock, { saved, removal }] of this.#entries.entries()) {
      const token = tokenOf(this.client, clock)
      const count = found.get(token) ?? 0
      const fault = (what: string): number => faults.push(`${this.document}: ${token} ${what}`)
      if (count > 1) fault(`is there ${count} times`)
      if (saved && !holds(this.client, clock)) fault('was called saved and is lost')
      else if (saved && removal === 'none' && whole && count === 0) fault('is stored, not shown')
      if (removal === 'saved' && count > 0) fault('was removed, called saved, and is back')
    }
    return faults
  }

  #writeSaved(clock: number): void {
    const entry = this.#entries[clock]
    if (entry === undefined || entry.saved) return
    entry.saved = true
    this.#count()
  }

  #removalSaved(clock: number): void {
    const entry = this.#entries[clock]
    if (entry?.removal !== 'made') return
    entry.removal = 'saved'
    this.#count()
  }

  #count(): void {
    this.#receipts++
    this.#unsaved--
  }
}
