import type { Clock } from '../base/clock.ts'
import type { Limits } from '../base/limits/limits.ts'
import { setNewest } from '../base/newest.ts'

/** More documents than this are not remembered: the first to have been put off is tried again. */
const documentsMax = 10_000

/**
 * Documents that took too long or too much to fold. It is remembered by name, as who closes and
 * opens such a document over and over would have it folded each time.
 */
export class PutOff {
  readonly #clock: Clock
  readonly #limits: Pick<Limits, 'fold_retry_ms_min'>
  /** Until when, by name; in the order in which they were put off. */
  readonly #until = new Map<string, number>()

  constructor(clock: Clock, limits: Pick<Limits, 'fold_retry_ms_min'>) {
    this.#clock = clock
    this.#limits = limits
  }

  /** Is not to be folded for some time. */
  add(document: string): void {
    const until = this.#clock.now() + this.#limits.fold_retry_ms_min
    setNewest(this.#until, document, until, documentsMax)
  }

  /** Whether it is not to be folded yet. */
  has(document: string): boolean {
    const until = this.#until.get(document)
    if (until === undefined) return false
    if (this.#clock.now() < until) return true
    this.#until.delete(document)
    return false
  }
}
