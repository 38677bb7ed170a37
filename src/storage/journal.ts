import type { Cancel, Clock } from '../base/clock.ts'
import { describeError, type Log, stackOf } from '../base/log.ts'
import type { Metrics } from '../base/metrics.ts'
import { Batch, recordHeaderBytes } from '../../persistence/batch.ts'
import type { Store } from '../../persistence/store.ts'

/** What the journal needs to know of the limits. */
interface JournalLimits {
  readonly journal_bytes_max: number
  readonly commit_interval_ms: number
  readonly store_retry_ms_min: number
  readonly store_retry_ms_max: number
  readonly store_silence_ms_max: number
}

/** Batch buffers above this are not kept for reuse: a rare large paste would stay in memory. */
const keptBatchBytesMax = 4 * 1024 * 1024

type JournalState =
  /** Nothing waits, or a commit is scheduled. */
  | { readonly kind: 'gathering' }
  /** `since` when the store was asked; `reason` why it has refused this batch before. */
  | { readonly kind: 'writing'; readonly since: number; readonly reason: string | undefined }
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
  /** Whether it was said that the store does not answer, and not yet that it is back. */
  #silent = false
  #lastCommitAt = Number.NEGATIVE_INFINITY
  #cancelTimer: Cancel = () => undefined
  #cancelWatch: Cancel = () => undefined
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

  /**
   * Whether an update of so many bytes fits below the limit. Ask before `append`. When nothing
   * waits any one does: who was turned away with much to say would else never get it said.
   */
  hasRoom(bytes: number): boolean {
    if (this.pendingBytes === 0) return true
    return this.pendingBytes + recordHeaderBytes + bytes <= this.#limits.journal_bytes_max
  }

  /** Bytes that are not on disk yet. */
  get pendingBytes(): number {
    return this.#gathering.byteLength + this.#writing.byteLength
  }

  /** Whether updates of that document are not on disk yet. */
  holds(document: string): boolean {
    return this.#gathering.has(document) || this.#writing.has(document)
  }

  /**
   * Why the store takes no writes at the moment: it has refused the last one, or has not answered
   * for too long. Undefined while it does.
   */
  get trouble(): string | undefined {
    const state = this.#state
    switch (state.kind) {
      case 'waiting':
        return state.reason
      case 'writing':
        return state.reason ?? (this.#isSilent(state.since) ? this.#silence() : undefined)
      case 'gathering':
      case 'closed':
        return undefined
    }
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
    this.#cancelWatch()
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

  #write(failures: number, reason?: string): void {
    const since = this.#clock.now()
    this.#state = { kind: 'writing', since, reason }
    this.#lastCommitAt = since
    const { store_silence_ms_max: most } = this.#limits
    this.#cancelWatch = this.#clock.after(most, () => this.#reportSilence())
    this.#store.append(this.#writing).then(
      () => this.#written(failures),
      (error: unknown) => this.#failed(failures + 1, error),
    )
  }

  #isSilent(since: number): boolean {
    return this.#clock.now() - since >= this.#limits.store_silence_ms_max
  }

  #silence(): string {
    const seconds = this.#limits.store_silence_ms_max / 1_000
    const place = this.#store.place ?? 'The store'
    return `${place} has taken no write for more than ${seconds} s; look at the disk.`
  }

  #reportSilence(): void {
    this.#silent = true
    this.#log.error('store-silent', { reason: this.#silence(), ...this.pending })
  }

  /** How much is not on disk yet. */
  get pending(): { readonly pendingUpdates: number; readonly pendingBytes: number } {
    const pendingUpdates = this.#writing.count + this.#gathering.count
    return { pendingUpdates, pendingBytes: this.pendingBytes }
  }

  #written(failures: number): void {
    this.#cancelWatch()
    if (failures > 0 || this.#silent) this.#log.info('store-back', { failures })
    this.#silent = false
    this.#metrics.commits++
    this.#metrics.updatesStored += this.#writing.count
    this.#metrics.bytesStored += this.#writing.byteLength
    if (this.#writing.byteLength > keptBatchBytesMax) this.#writing = new Batch()
    else this.#writing.clear()
    if (this.#state.kind !== 'closed') this.#state = { kind: 'gathering' }
    const listeners = this.#writingListeners
    this.#writingListeners = []
    for (const listener of listeners) this.#tell(listener)
    if (this.#gathering.count > 0) this.#schedule()
  }

  /** Those behind it wait for the same word: a fault of one listener is not theirs. */
  #tell(listener: () => void): void {
    try {
      listener()
    } catch (error) {
      const fields = { reason: describeError(error), stack: stackOf(error) }
      this.#log.error('journal-listener-failed', fields)
    }
  }

  #failed(failures: number, error: unknown): void {
    this.#cancelWatch()
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
      ...this.pending,
    })
    this.#cancelTimer = this.#clock.after(wait, () => this.#write(failures, reason))
  }
}
