import type { Clock } from '../base/clock.ts'
import type { Metrics } from '../base/metrics.ts'

/** What is looked at of the journal. */
interface Unsaved {
  readonly pendingBytes: number
  readonly trouble: string | undefined
  afterAppended(listener: () => void): void
}

/** Whoever sends no more than this while the store is behind is read as always. */
const shareBytes = 65_536

/** A client that is not read for longer would be taken for one that has left. */
const pauseMsMax = 1_000

/** A socket that can be left unread. */
interface Paused {
  pause(): void
  resume(): void
}

/**
 * Has those wait who write faster than the store takes it. Their sockets are not read until what
 * waits is stored: it stays with them, and what the server holds of it is bounded. Not so where the
 * store is in trouble: people go on editing together until the journal is full.
 */
export class WritePace {
  readonly #journal: Unsaved
  readonly #clock: Clock
  readonly #metrics: Metrics
  readonly #pendingBytesMax: number
  /** What each has sent since the store fell behind; undefined while it is not behind. */
  #sent: Map<Paused, number> | undefined

  constructor(parts: {
    readonly journal: Unsaved
    readonly clock: Clock
    readonly metrics: Metrics
    readonly limits: { readonly journal_pause_bytes: number }
  }) {
    this.#journal = parts.journal
    this.#clock = parts.clock
    this.#metrics = parts.metrics
    this.#pendingBytesMax = parts.limits.journal_pause_bytes
  }

  /** A message of so many bytes has come from that connection, and was acted on. */
  took(connection: Paused, bytes: number): void {
    if (this.#journal.pendingBytes <= this.#pendingBytesMax) return
    if (this.#journal.trouble !== undefined) return
    const sent = (this.#sent ??= this.#begin())
    const before = sent.get(connection) ?? 0
    sent.set(connection, before + bytes)
    if (before > shareBytes || before + bytes <= shareBytes) return
    this.#metrics.clientsPaused++
    connection.pause()
  }

  #begin(): Map<Paused, number> {
    const sent = new Map<Paused, number>()
    const end = (): void => {
      if (this.#sent !== sent) return
      this.#sent = undefined
      cancel()
      for (const [connection, bytes] of sent) if (bytes > shareBytes) connection.resume()
    }
    const cancel = this.#clock.after(pauseMsMax, end)
    this.#journal.afterAppended(end)
    return sent
  }
}
