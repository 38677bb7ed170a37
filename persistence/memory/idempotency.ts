import { keysAbout } from '../companion.ts'
import type { Claim, IdempotencyKeys, KeptAnswer, KeysKept } from '../idempotency.ts'

interface Kept {
  readonly request: string
  readonly at: number
  readonly answer: KeptAnswer | undefined
}

/** Keys that last as long as the process. */
export class MemoryIdempotencyKeys implements IdempotencyKeys {
  /** Oldest first. */
  readonly #keys = new Map<string, Kept>()
  readonly #check: () => void
  readonly #now: () => number

  /** @param check throws where nothing can be asked any more */
  constructor(check: () => void, now: () => number) {
    this.#check = check
    this.#now = now
  }

  async claim(key: string, request: string, { count, ms }: KeysKept): Promise<Claim> {
    this.#check()
    const now = this.#now()
    for (const [old, { at }] of this.#keys) {
      if (at >= now - ms && this.#keys.size <= count) break
      this.#keys.delete(old)
    }
    const kept = this.#keys.get(key)
    if (kept === undefined) {
      this.#keys.set(key, { request, at: now, answer: undefined })
      return { kind: 'claimed' }
    }
    if (kept.request !== request) return { kind: 'other' }
    const { answer } = kept
    return answer === undefined ? { kind: 'unanswered' } : { kind: 'answered', answer }
  }

  async settle(key: string, answer: KeptAnswer): Promise<void> {
    this.#check()
    const kept = this.#keys.get(key)
    if (kept !== undefined) this.#keys.set(key, { ...kept, answer })
  }

  /** Nothing of a document's is kept. */
  forget(document: string): void {
    const [first] = keysAbout(document)
    for (const key of this.#keys.keys()) if (key.startsWith(first)) this.#keys.delete(key)
  }

  async release(key: string): Promise<void> {
    this.#check()
    this.#keys.delete(key)
  }
}
