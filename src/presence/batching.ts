import type { Clock } from '../base/clock.ts'
import type { AwarenessEntry } from '../protocol/awareness.ts'

/** What gathering needs; passing the numbers refuses nobody. */
interface NewsLimits {
  readonly awareness_batch_sessions_min: number
  readonly awareness_batch_ms: number
}

/**
 * Presence for a crowd. When n clients move their carets, n × n frames go out: in a large room that
 * is all that the server and every browser would do. There the changes of a moment go out together,
 * the latest of each client; in a small room every change goes out at once.
 */
export class PresenceBatch {
  readonly #limits: NewsLimits
  readonly #clock: Clock
  readonly #tell: (entries: readonly AwarenessEntry[]) => void
  readonly #gathered = new Map<number, AwarenessEntry>()
  #waitsSince: number | undefined

  /** @param tell says it to everybody in the room */
  constructor(
    limits: NewsLimits,
    clock: Clock,
    tell: (entries: readonly AwarenessEntry[]) => void,
  ) {
    this.#limits = limits
    this.#clock = clock
    this.#tell = tell
  }

  /** The table's version before the first change that waits to be said; undefined without one. */
  get waitsSince(): number | undefined {
    return this.#waitsSince
  }

  /**
   * Takes entries that everybody has to hear.
   * @param sessions how many are in the room
   * @param before the table's version before these
   * @returns whether it will say them; otherwise they are to be said at once
   */
  takes(entries: readonly AwarenessEntry[], sessions: number, before: number): boolean {
    const isWaiting = this.#gathered.size > 0
    // What has begun to wait goes first, or a room that shrinks would hear the older state last.
    if (sessions < this.#limits.awareness_batch_sessions_min && !isWaiting) return false
    for (const entry of entries) this.#gathered.set(entry.clientId, entry)
    if (isWaiting) return true
    this.#waitsSince = before
    this.#clock.after(this.#limits.awareness_batch_ms, () => this.#flush())
    return true
  }

  #flush(): void {
    const entries = [...this.#gathered.values()]
    this.#gathered.clear()
    this.#waitsSince = undefined
    this.#tell(entries)
  }
}
