import type { Clock } from '../base/clock.ts'
import type { Limits } from '../base/limits/limits.ts'
import { describeError, type Log } from '../base/log.ts'
import type { Metrics } from '../base/metrics.ts'
import type { Standing, Store, Stored } from '../../persistence/store.ts'
import type { ServerDocument } from '../document/document.ts'
import type { Fold, Folded } from '../ydoc/request.ts'
import { type FoldedStored, type FoldStoredParts, foldStored, partsOf } from './fold-stored.ts'
import type { Journal } from './journal.ts'
import { PutOff } from './put-off.ts'

/** How a compaction ended. After `quarantined` a copy in memory holds what must not be served. */
export type Compaction = 'done' | 'given-up' | 'quarantined'

/**
 * Makes snapshots from what is in the store, never from a server's memory: one small document and
 * one large one at a time. The log is dropped only after the new snapshot was loaded back.
 */
export class Compactor {
  readonly #parts: CompactorParts
  readonly #wanted = new Map<string, Promise<Compaction>>()
  /** How much damage a copy in memory was loaded with; later damage is mended from the copy. */
  readonly #damageAtLoad = new WeakMap<ServerDocument, number>()
  readonly #putOff: PutOff
  /** The last of the small documents that was asked for, and of the large. */
  readonly #last = { small: settled, large: settled }

  constructor(parts: CompactorParts) {
    this.#parts = parts
    this.#putOff = new PutOff(parts.clock, parts.limits)
  }

  /** Folds what is stored, off the relay's thread, to see whether it can be; stores nothing. */
  async check(name: string, stored: Stored): Promise<Folded> {
    if (this.#putOff.has(name)) return { kind: 'given-up', reason: putOffReason }
    const folded = await this.#parts.fold(partsOf(stored))
    if (folded.kind === 'given-up') this.#putOff.add(name)
    return folded
  }

  /** Says how much of the stored document was damaged when this copy was loaded. */
  noteDamage(document: ServerDocument, count: number): void {
    this.#damageAtLoad.set(document, count)
  }

  /**
   * Compacts a document, after those of its size asked for before. Resolves when it is done or
   * given up; a document that could not be compacted keeps its log and is not tried again before it
   * has grown, and not soon when it took too long.
   */
  request(name: string, document: ServerDocument): Promise<Compaction> {
    const wanted = this.#wanted.get(name)
    if (wanted !== undefined) return wanted
    if (this.#putOff.has(name)) {
      document.compactionDone()
      return Promise.resolve('given-up')
    }
    const isSmall = document.byteLength <= this.#parts.limits.fold_small_bytes_max
    const size = isSmall ? 'small' : 'large'
    const turn = this.#last[size]
      .then(() => this.#compact(name, document))
      .catch((error: unknown) => this.#giveUp(name, document, describeError(error)))
      .finally(() => this.#wanted.delete(name))
    this.#wanted.set(name, turn)
    this.#last[size] = turn
    return turn
  }

  async #compact(name: string, document: ServerDocument): Promise<Compaction> {
    const { journal, metrics, store } = this.#parts
    const mark = document.position
    await this.#parts.caughtUp?.(name)
    await journal.flushed()
    const found = await store.load(name)
    if ((await this.#parts.isWhole?.(name, found)) === false) {
      return this.#giveUp(name, document, 'It is not certain that the store has all of it.')
    }
    const mended = found.damage.length > (this.#damageAtLoad.get(document) ?? 0)
    const stored = mended ? await this.#mend(name, document, found) : found
    const folded: FoldedStored = await foldStored(this.#parts, name, stored, mended)
    switch (folded.kind) {
      case 'given-up':
        this.#putOff.add(name)
        return this.#giveUp(name, document, folded.reason)
      case 'unsound':
        return this.#giveUp(name, document, folded.reason)
      case 'folded':
        document.rebase(folded.snapshot, mark)
        metrics.compactions++
        return 'done'
      case 'nothing':
        // Another server has folded it meanwhile.
        if (folded.snapshot === undefined) document.compactionDone()
        else document.rebase(folded.snapshot, mark)
        return 'done'
      case 'quarantined':
        document.compactionDone()
        return 'quarantined'
    }
  }

  /** What was damaged while the document was open is still whole in memory: stored once more. */
  async #mend(name: string, document: ServerDocument, { damage }: Stored): Promise<Stored> {
    const { journal, log, store } = this.#parts
    for (const { entry, reason } of damage) {
      log.error('stored-damage', { document: name, entry, reason })
    }
    const whole = document.describe(emptyStateVector)
    if (typeof whole === 'string') throw new Error(whole)
    journal.append(name, whole.bytes(), 0, undefined, document.life.epoch)
    await journal.flushed()
    this.noteDamage(document, damage.length)
    log.warn('damage-mended', { document: name })
    return store.load(name)
  }

  #giveUp(name: string, document: ServerDocument, reason: string): Compaction {
    // A server that leaves folds nothing more: the next one does.
    if (this.#parts.journal.closed) return 'given-up'
    this.#parts.metrics.compactionFailures++
    this.#parts.log.error('compaction-failed', { document: name, reason })
    document.compactionDone()
    return 'given-up'
  }
}

const emptyStateVector = Uint8Array.of(0)
const settled: Promise<unknown> = Promise.resolve()
const putOffReason =
  'Folding it took too long or too much memory; it is tried again after --fold-retry-ms-min.'

interface CompactorParts extends Pick<FoldStoredParts, 'attribute'> {
  readonly store: Store
  readonly journal: Journal
  readonly fold: Fold
  /**
   * Resolves when all of the open document is in the store, also what a failover had lost: what is
   * folded takes the place of what is in memory.
   */
  readonly caughtUp?: ((document: string) => Promise<void>) | undefined
  /** Whether what was just loaded has all of the open document, as far as that can be known. */
  readonly isWhole?: ((document: string, stored: Standing) => Promise<boolean>) | undefined
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly limits: Pick<Limits, 'fold_retry_ms_min' | 'fold_small_bytes_max'>
}
