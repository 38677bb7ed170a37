import { revocationKey, type Revocations, type RevocationsKept } from '../revocations.ts'
import type { RevocationsPlace, RevocationsSince, StoredRevocation } from '../revocations.ts'

interface Kept {
  readonly number: number
  readonly what: StoredRevocation
}

/** Revocations that last as long as the process. */
export class MemoryRevocations implements Revocations {
  /** By document and person, oldest first. */
  readonly #kept = new Map<string, Kept>()
  readonly #check: () => void
  readonly #now: () => number
  #last = 0

  /** @param check throws where nothing can be asked any more */
  constructor(check: () => void, now: () => number) {
    this.#check = check
    this.#now = now
  }

  async add(what: StoredRevocation, { count, ms }: RevocationsKept): Promise<void> {
    this.#check()
    const key = revocationKey(what)
    const at = Math.max(what.at, (this.#kept.get(key)?.what.at ?? Number.NEGATIVE_INFINITY) + 1)
    this.#kept.delete(key)
    this.#kept.set(key, { number: ++this.#last, what: { ...what, at } })
    const oldest = this.#now() - ms
    for (const [old, { what: earlier }] of this.#kept) {
      if (earlier.at < oldest || this.#kept.size > count) this.#kept.delete(old)
    }
  }

  async since({ number, tag }: RevocationsPlace): Promise<RevocationsSince> {
    this.#check()
    const from = tag === 0 && number <= this.#last ? number : 0
    const after = [...this.#kept.values()].filter((kept) => kept.number > from)
    return {
      place: { number: this.#last, tag: 0 },
      revocations: after.map(({ what }) => what),
    }
  }
}
