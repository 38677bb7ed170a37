import type { Outbox } from '../../persistence/outbox.ts'
import type { Cancel, Clock } from '../base/clock.ts'

/** What noticing works with. */
export interface PulseParts {
  readonly outbox: Outbox
  readonly clock: Clock
  readonly limits: { readonly event_poll_ms: number }
}

/**
 * Notices that there are new events, whichever server has made them. They are written with what
 * they tell of, in many places: so it is asked for their number, while somebody waits for them.
 */
export class Pulse {
  readonly #parts: PulseParts
  readonly #waiting = new Set<() => void>()
  #newest: number | undefined
  #asking = false
  #cancel: Cancel | undefined

  constructor(parts: PulseParts) {
    this.#parts = parts
  }

  /** Calls `wake` each time that there are new ones, until that is taken back. */
  listen(wake: () => void): Cancel {
    this.#waiting.add(wake)
    const { clock, limits } = this.#parts
    this.#cancel ??= clock.every(limits.event_poll_ms, () => this.look())
    return () => {
      this.#waiting.delete(wake)
      if (this.#waiting.size > 0) return
      this.#cancel?.()
      this.#cancel = undefined
    }
  }

  /** Looks at once whether there are new ones. */
  look(): void {
    if (this.#asking || this.#waiting.size === 0) return
    this.#asking = true
    this.#parts.outbox
      .newest()
      .then((newest) => {
        if (newest === this.#newest) return
        this.#newest = newest
        this.wake()
      })
      // Who waits hears it from the store themselves.
      .catch(() => undefined)
      .finally(() => {
        this.#asking = false
      })
  }

  /** Has all look who wait. */
  wake(): void {
    for (const wake of this.#waiting) wake()
  }
}
