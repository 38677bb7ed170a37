import { areComments } from '../../persistence/companion.ts'
import type { Outbox, StoredEvent } from '../../persistence/outbox.ts'
import type { Cancel, Clock } from '../base/clock.ts'
import { describeError, type Log } from '../base/log.ts'
import type { Metrics } from '../base/metrics.ts'

/** What telling of changes works with. */
export interface ChangesParts {
  readonly outbox: Outbox
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly limits: { readonly store_retry_ms_max: number }
  /**
   * Hears of each change once, with who wrote in `data`: on the one server that has told it, when
   * that is stored. It must not throw.
   */
  readonly told?: (events: readonly StoredEvent[]) => void
}

/** So many documents share a transaction. */
const togetherMax = 256

/**
 * Tells of documents that they have changed, which makes it an event. Those that are due while the
 * store is busy go together; what could not be told is told when the store is back.
 */
export class Changes {
  readonly #parts: ChangesParts
  readonly #due = new Set<string>()
  #telling: Promise<void> | undefined
  #cancelRetry: Cancel = () => undefined
  #ended = false

  constructor(parts: ChangesParts) {
    this.#parts = parts
  }

  /** Tells of a document, where it has changed since that was last told; not of its comments. */
  tell(document: string): void {
    if (this.#ended || areComments(document)) return
    this.#due.add(document)
    this.#telling ??= this.#tellAll().finally(() => {
      this.#telling = undefined
    })
  }

  /** Tells of all that have changed and of which nobody told, as after a crash. */
  begin(): void {
    this.#catchUp().catch((error: unknown) => this.#failed(error))
  }

  /** Tells of all that have changed, for the last time; what the store does not take is left. */
  async end(): Promise<void> {
    await this.#catchUp().catch((error: unknown) => this.#failed(error))
    this.#ended = true
    this.#cancelRetry()
  }

  async #catchUp(): Promise<void> {
    for (const document of await this.#parts.outbox.changed()) this.tell(document)
    await this.#telling
  }

  async #tellAll(): Promise<void> {
    const { metrics, outbox, told } = this.#parts
    while (this.#due.size > 0) {
      const some = [...this.#due].slice(0, togetherMax)
      for (const document of some) this.#due.delete(document)
      try {
        const events = await outbox.tellChanged(some)
        metrics.changesTold += events.length
        told?.(events)
      } catch (error) {
        this.#due.clear()
        return this.#failed(error)
      }
    }
  }

  /** The store knows of which documents nothing was told. */
  #failed(error: unknown): void {
    if (this.#ended) return
    const { clock, limits, log } = this.#parts
    log.warn('changes-not-told', { reason: describeError(error) })
    this.#cancelRetry()
    this.#cancelRetry = clock.after(limits.store_retry_ms_max, () => this.begin())
  }
}
