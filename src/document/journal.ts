import type { Cancel, Clock } from '../base/clock.ts'
import { describeError, type Log } from '../base/log.ts'
import type { Metrics } from '../base/metrics.ts'
import { Batch } from '../../persistence/batch.ts'
import type { Store } from '../../persistence/store.ts'

/** What the journal needs to know of the limits. */
interface JournalLimits {
  readonly journal_bytes_max: number
  readonly commit_interval_ms: number
  readonly store_retry_ms_min: number
  readonly store_retry_ms_max: number
}

/** Batch buffers above this are not kept for reuse: a rare large paste would stay in memory. */
const keptBatchBytesMax = 4 * 1024 * 1024

type JournalState =
  /** Nothing waits, or a commit is scheduled. */
  | { readonly kind: 'gathering' }
  | { readonly kind: 'writing' }
  /** A commit failed; the batch waits to be tried again. */
  | { readonly kind: 'waiting'; readonly failures: number; readonly reason: string }
  | { readonly kind: 'closed' }

/**
 * The ordered queue of updates to the store. While one batch is being written the next gathers, so
 * a lone edit waits for one commit and a crowd shares one. Nothing is dropped: a failed batch is
 * tried again until the store takes it.
 */
export class Journal {
  readonly #store: Store
  readonly #clock: Clock
  readonly #log: Log
  readonly #metrics: Metrics
  readonly #limits: JournalLimits
  #gathering = new Batch()
  #writing = new Batch()
  #gatheringListeners: (() => void)[] = []
  #writingListeners: (() => void)[] = []
  #state: JournalState = { kind: 'gathering' }
  #scheduled = false
  #lastCommitAt = Number.NEGATIVE_INFINITY
  #cancelTimer: Cancel = () => undefined
  /** Number of the batch that gathers; the one before it is being written. */
  #generation = 1

  constructor(parts: {
    readonly store: Store
    readonly clock: Clock
    readonly log: Log
    readonly metrics: Metrics
    readonly limits: JournalLimits
  }) {
    this.#store = parts.store
    this.#clock = parts.clock
    this.#log = parts.log
    this.#metrics = parts.metrics
    this.#limits = parts.limits
  }

  /** Whether `bytes` more fit below the limit. Ask before `append`. */
  hasRoom(bytes: number): boolean {
    return this.pendingBytes + bytes <= this.#limits.journal_bytes_max
  }

  /** Bytes that are not on disk yet. */
  get pendingBytes(): number {
    return this.#gathering.byteLength + this.#writing.byteLength
  }

  /** Whether updates of that document are not on disk yet. */
  holds(document: string): boolean {
    return this.#gathering.has(document) || this.#writing.has(document)
  }

  /** Why the store takes no writes at the moment; undefined while it does. */
  get trouble(): string | undefined {
    return this.#state.kind === 'waiting' ? this.#state.reason : undefined
  }

  /** Takes one update (copied) of one document, which goes from `at` to the end of the bytes. */
  append(document: string, bytes: Uint8Array, at = 0): void {
    this.#gathering.add(document, bytes, at)
    if (!this.#scheduled) this.#schedule()
  }

  /**
   * Number of the batch whose end `afterAppended` would wait for now; 0 when everything is on disk.
   * Whoever confirms many updates needs one listener per number.
   */
  get barrier(): number {
    if (this.#gathering.count > 0) return this.#generation
    return this.#writing.count > 0 ? this.#generation - 1 : 0
  }

  /**
   * Calls `listener` once when everything appended so far is on disk; at once when it is already.
   */
  afterAppended(listener: () => void): void {
    if (this.#gathering.count > 0) this.#gatheringListeners.push(listener)
    else if (this.#writing.count > 0) this.#writingListeners.push(listener)
    else listener()
  }

  /** Resolves when everything appended so far is on disk. */
  flushed(): Promise<void> {
    return new Promise((resolve) => this.afterAppended(resolve))
  }

  /** Stops trying. What is not on disk by then stays unacknowledged. */
  close(): void {
    this.#state = { kind: 'closed' }
    this.#cancelTimer()
  }

  #schedule(): void {
    if (this.#state.kind !== 'gathering') return
    this.#scheduled = true
    const wait = this.#lastCommitAt + this.#limits.commit_interval_ms - this.#clock.now()
    // Soon, not now: what else arrives in this turn of the event loop shares the commit.
    if (wait <= 0) this.#clock.soon(() => this.#commit())
    else this.#cancelTimer = this.#clock.after(wait, () => this.#commit())
  }

  #commit(): void {
    this.#scheduled = false
    if (this.#state.kind !== 'gathering' || this.#gathering.count === 0) return
    const batch = this.#gathering
    this.#gathering = this.#writing
    this.#writing = batch
    const listeners = this.#gatheringListeners
    this.#gatheringListeners = this.#writingListeners
    this.#writingListeners = listeners
    this.#generation++
    this.#write(0)
  }

  #write(failures: number): void {
    this.#state = { kind: 'writing' }
    this.#lastCommitAt = this.#clock.now()
    this.#store.append(this.#writing).then(
      () => this.#written(failures),
      (error: unknown) => this.#failed(failures + 1, error),
    )
  }

  #written(failures: number): void {
    if (failures > 0) this.#log.info('store-back', { failures })
    this.#metrics.commits++
    this.#metrics.updatesStored += this.#writing.count
    this.#metrics.bytesStored += this.#writing.byteLength
    if (this.#writing.byteLength > keptBatchBytesMax) this.#writing = new Batch()
    else this.#writing.clear()
    if (this.#state.kind !== 'closed') this.#state = { kind: 'gathering' }
    const listeners = this.#writingListeners
    this.#writingListeners = []
    for (const listener of listeners) listener()
    if (this.#gathering.count > 0) this.#schedule()
  }

  #failed(failures: number, error: unknown): void {
    if (this.#state.kind === 'closed') return
    const reason = describeError(error)
    this.#metrics.commitFailures++
    this.#state = { kind: 'waiting', failures, reason }
    const { store_retry_ms_min: least, store_retry_ms_max: most } = this.#limits
    const wait = Math.min(most, least * 2 ** Math.min(failures - 1, 20))
    this.#log.error('store-write-failed', {
      reason,
      failures,
      retryMs: wait,
      pendingUpdates: this.#writing.count + this.#gathering.count,
      pendingBytes: this.pendingBytes,
    })
    this.#cancelTimer = this.#clock.after(wait, () => this.#write(failures))
  }
}
