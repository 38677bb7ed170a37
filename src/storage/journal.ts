import type { Cancel, Clock } from '../base/clock.ts'
import { describeError, type Log, stackOf } from '../base/log.ts'
import type { Metrics } from '../base/metrics.ts'
import type { Author, Batch, NewEvent } from '../../persistence/batch.ts'
import { recordHeaderBytes } from '../../persistence/batch.ts'
import type { Appended, Store } from '../../persistence/store.ts'
import { BatchPool } from './batch-pool.ts'

/** What the journal needs to know of the limits. */
interface JournalLimits {
  readonly journal_bytes_max: number
  readonly commit_interval_ms: number
  readonly store_retry_ms_min: number
  readonly store_retry_ms_max: number
  readonly store_silence_ms_max: number
}

/**
 * A batch that holds as much takes no more, unless it is one update: what waits for a slow store
 * is never copied to make room for more of it, and the store's thread has little of it at a time.
 */
const batchBytesMax = 4 * 1024 * 1024

/** Updates that go to the store together. */
interface Numbered {
  readonly number: number
  readonly batch: Batch
  readonly listeners: (() => void)[]
}

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
 * a lone edit waits for one commit and a crowd shares one; what gathers meanwhile goes in batches
 * of a bounded size. Nothing is dropped: a failed batch is tried again until the store takes it.
 */
export class Journal {
  readonly #store: Store
  readonly #clock: Clock
  readonly #log: Log
  readonly #metrics: Metrics
  readonly #limits: JournalLimits
  /** In order; the first is the one that is being written, the last the one that gathers. */
  readonly #pending: Numbered[] = []
  #pendingBytes = 0
  readonly #batches = new BatchPool(batchBytesMax)
  #state: JournalState = { kind: 'gathering' }
  #scheduled = false
  /** Whether it was said that the store does not answer, and not yet that it is back. */
  #silent = false
  #lastCommitAt = Number.NEGATIVE_INFINITY
  #cancelTimer: Cancel = () => undefined
  #cancelWatch: Cancel = () => undefined
  #written: (batch: Batch, appended: readonly Appended[]) => void = () => undefined
  /** Number of the last batch that was begun. */
  #generation = 0

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
    parts.store.onRenewed?.(() => this.#tryAgain())
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
    return this.#pendingBytes
  }

  /** Whether updates of that document are not on disk yet. */
  holds(document: string): boolean {
    return this.#pending.some(({ batch }) => batch.has(document))
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
      case 'writing': {
        const isSilent = this.#clock.now() - state.since >= this.#limits.store_silence_ms_max
        return state.reason ?? (isSilent ? this.#silence() : undefined)
      }
      case 'gathering':
      case 'closed':
        return undefined
    }
  }

  /**
   * Takes one update (copied) of one document, which goes from `at` to the end of the bytes.
   * @param by who brought it; the same object for the same person
   * @param epoch of which epoch the document has to be; undefined takes it as it is
   * @param events what happened by it
   */
  append(
    document: string,
    bytes: Uint8Array,
    at = 0,
    by?: Author,
    epoch?: number,
    events?: readonly NewEvent[],
  ): void {
    const gathering = this.#gatheringFor(recordHeaderBytes + bytes.length - at)
    const batch = gathering?.batch ?? this.#begin()
    const before = batch.byteLength
    batch.add(document, bytes, at, epoch, by, events)
    this.#pendingBytes += batch.byteLength - before
    if (gathering === undefined) {
      this.#pending.push({ number: ++this.#generation, batch, listeners: [] })
    }
    if (!this.#scheduled) this.#schedule()
  }

  /**
   * Number of the batch whose end `afterAppended` would wait for now; 0 when everything is on disk.
   * Whoever confirms many updates needs one listener per number.
   */
  get barrier(): number {
    return this.#pending.at(-1)?.number ?? 0
  }

  /** Calls `listener` once when everything appended so far is on disk; at once when it is. */
  afterAppended(listener: () => void): void {
    const last = this.#pending.at(-1)
    if (last === undefined) listener()
    else last.listeners.push(listener)
  }

  /**
   * Whom to tell of what came of each batch, before those who wait for it hear that it is on disk.
   * The batch is used again afterwards.
   */
  onWritten(written: (batch: Batch, appended: readonly Appended[]) => void): void {
    this.#written = written
  }

  /** Resolves when everything appended so far is on disk. */
  flushed(): Promise<void> {
    return new Promise((resolve) => this.afterAppended(resolve))
  }

  /** Whether it has stopped for good. */
  get closed(): boolean {
    return this.#state.kind === 'closed'
  }

  /** The once-a-second round. */
  letGo(): void {
    this.#batches.letGo()
  }

  /** Bytes of its buffers: of what waits, and of what is kept for the next. */
  get bufferBytes(): number {
    return this.#batches.byteLength
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
    const [first] = this.#pending
    if (this.#state.kind === 'gathering' && first !== undefined) this.#write(first, 0)
  }

  /** The batch that takes so many bytes more; undefined where a new one has to be begun. */
  #gatheringFor(bytes: number): Numbered | undefined {
    const { length } = this.#pending
    const last = this.#pending[length - 1]
    const isBeingWritten = length === 1 && this.#state.kind !== 'gathering'
    if (last === undefined || isBeingWritten) return undefined
    return last.batch.byteLength + bytes <= batchBytesMax ? last : undefined
  }

  #begin(): Batch {
    // Behind a full one it is likely to be full as well.
    const capacity = this.#pending.length > 1 ? batchBytesMax : undefined
    return this.#batches.take(capacity)
  }

  #write(first: Numbered, failures: number, reason?: string): void {
    const since = this.#clock.now()
    this.#state = { kind: 'writing', since, reason }
    this.#lastCommitAt = since
    const { store_silence_ms_max: most } = this.#limits
    this.#cancelWatch = this.#clock.after(most, () => this.#reportSilence())
    this.#store.append(first.batch).then(
      (appended) => this.#done(first, failures, appended),
      (error: unknown) => this.#failed(failures + 1, error),
    )
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
    const pendingUpdates = this.#pending.reduce((sum, { batch }) => sum + batch.count, 0)
    return { pendingUpdates, pendingBytes: this.pendingBytes }
  }

  #done({ batch, listeners }: Numbered, failures: number, appended: readonly Appended[]): void {
    this.#cancelWatch()
    if (failures > 0 || this.#silent) this.#log.info('store-back', { failures })
    this.#silent = false
    this.#metrics.commits++
    this.#metrics.updatesStored += batch.count
    this.#metrics.bytesStored += batch.byteLength
    // Before anybody hears that it is on disk.
    this.#tell(() => this.#written(batch, appended))
    this.#pending.shift()
    this.#pendingBytes -= batch.byteLength
    this.#batches.giveBack(batch)
    if (this.#state.kind !== 'closed') this.#state = { kind: 'gathering' }
    for (const listener of listeners) this.#tell(listener)
    if (this.#pending.length > 0 && !this.#scheduled) this.#schedule()
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
    this.#log.error('store-write-failed', { reason, failures, retryMs: wait, ...this.pending })
    this.#cancelTimer = this.#clock.after(wait, () => this.#tryAgain())
  }

  /** When it has waited, or when the store has answered somebody else before that. */
  #tryAgain(): void {
    const [first] = this.#pending
    if (this.#state.kind !== 'waiting' || first === undefined) return
    this.#cancelTimer()
    this.#write(first, this.#state.failures, this.#state.reason)
  }
}
