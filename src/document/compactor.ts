import { describeError, type Log } from '../base/log.ts'
import type { Metrics } from '../base/metrics.ts'
import type { Store } from '../../persistence/store.ts'
import type { ServerDocument } from './document.ts'
import type { Journal } from './journal.ts'

/** What came of folding stored bytes into a snapshot. */
export type Folded =
  /** Loaded back and compared: holds exactly what went in. */
  | { readonly kind: 'folded'; readonly snapshot: Uint8Array }
  /** The bytes do not fold; nothing may be dropped. */
  | { readonly kind: 'unsound'; readonly reason: string }

/** Folds a snapshot and the updates since into a new snapshot, off the relay's thread. */
export type Fold = (parts: readonly Uint8Array[]) => Promise<Folded>

/**
 * Makes snapshots from what is in the store, never from a server's memory, one at a time. The log
 * is dropped only after the new snapshot was loaded back.
 */
export class Compactor {
  readonly #store: Store
  readonly #journal: Journal
  readonly #fold: Fold
  readonly #log: Log
  readonly #metrics: Metrics
  readonly #wanted = new Map<string, Promise<void>>()
  #last: Promise<void> = Promise.resolve()

  constructor(parts: {
    readonly store: Store
    readonly journal: Journal
    readonly fold: Fold
    readonly log: Log
    readonly metrics: Metrics
  }) {
    this.#store = parts.store
    this.#journal = parts.journal
    this.#fold = parts.fold
    this.#log = parts.log
    this.#metrics = parts.metrics
  }

  /**
   * Compacts a document, after those asked for before. Resolves when it is done or given up; a
   * document that could not be compacted keeps its log and is not tried again before it has grown.
   */
  request(name: string, document: ServerDocument): Promise<void> {
    const wanted = this.#wanted.get(name)
    if (wanted !== undefined) return wanted
    const turn = this.#last
      .then(() => this.#compact(name, document))
      .catch((error: unknown) => this.#giveUp(name, document, describeError(error)))
      .finally(() => this.#wanted.delete(name))
    this.#wanted.set(name, turn)
    this.#last = turn
    return turn
  }

  /** Resolves when nothing is being compacted. */
  idle(): Promise<void> {
    return this.#last
  }

  async #compact(name: string, document: ServerDocument): Promise<void> {
    const mark = document.position
    await this.#journal.flushed()
    const stored = await this.#store.load(name)
    if (stored.log.length === 0) return document.compactionDone()
    if (stored.damage.length > 0) return this.#giveUp(name, document, 'what is stored is damaged')
    const log = stored.log.map((entry) => entry.bytes)
    const parts = stored.snapshot === undefined ? log : [stored.snapshot, ...log]
    const folded = await this.#fold(parts)
    if (folded.kind === 'unsound') return this.#giveUp(name, document, folded.reason)
    const replaced = await this.#store.compact(name, folded.snapshot, stored.through)
    if (!replaced) return document.compactionDone()
    document.rebase(folded.snapshot, mark)
    this.#metrics.compactions++
  }

  #giveUp(name: string, document: ServerDocument, reason: string): void {
    this.#metrics.compactionFailures++
    this.#log.error('compaction-failed', { document: name, reason })
    document.compactionDone()
  }
}
