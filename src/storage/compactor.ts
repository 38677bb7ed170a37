import { describeError, type Log } from '../base/log.ts'
import type { Metrics } from '../base/metrics.ts'
import type { Store, Stored } from '../../persistence/store.ts'
import type { ServerDocument } from '../document/document.ts'
import { type FoldedStored, foldStored } from './fold-stored.ts'
import type { Journal } from './journal.ts'

/** What came of folding stored bytes into a snapshot. */
export type Folded =
  /** Loaded back and compared: holds exactly what went in. `empty`: all of it waits for more. */
  | { readonly kind: 'folded'; readonly snapshot: Uint8Array; readonly empty: boolean }
  /** The bytes do not fold; nothing may be dropped. No culprits: nobody can be told to be one. */
  | {
      readonly kind: 'unsound'
      readonly reason: string
      readonly culprits: readonly Culprit[]
    }

/** A part that throws when it is applied. */
export interface Culprit {
  /** Its place among the parts. */
  readonly part: number
  readonly reason: string
}

/** How a compaction ended. After `set-aside` a copy in memory holds what must not be served. */
export type Compaction = 'done' | 'given-up' | 'set-aside'

/** Folds a snapshot and the updates since into a new snapshot, off the relay's thread. */
export type Fold = (parts: readonly Uint8Array[]) => Promise<Folded>

/**
 * Makes snapshots from what is in the store, never from a server's memory, one at a time. The log
 * is dropped only after the new snapshot was loaded back.
 */
export class Compactor {
  readonly #parts: CompactorParts
  readonly #wanted = new Map<string, Promise<Compaction>>()
  /** How much damage a copy in memory was loaded with; later damage is mended from the copy. */
  readonly #damageAtLoad = new WeakMap<ServerDocument, number>()
  #last: Promise<unknown> = Promise.resolve()

  constructor(parts: CompactorParts) {
    this.#parts = parts
  }

  /** Folds off the relay's thread and stores nothing. */
  get fold(): Fold {
    return this.#parts.fold
  }

  /** Says how much of the stored document was damaged when this copy was loaded. */
  noteDamage(document: ServerDocument, count: number): void {
    this.#damageAtLoad.set(document, count)
  }

  /**
   * Compacts a document, after those asked for before. Resolves when it is done or given up; a
   * document that could not be compacted keeps its log and is not tried again before it has grown.
   */
  request(name: string, document: ServerDocument): Promise<Compaction> {
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
  async idle(): Promise<void> {
    await this.#last
  }

  async #compact(name: string, document: ServerDocument): Promise<Compaction> {
    const { journal, metrics, store } = this.#parts
    const mark = document.position
    await journal.flushed()
    const found = await store.load(name)
    const mended = found.damage.length > (this.#damageAtLoad.get(document) ?? 0)
    const stored = mended ? await this.#mend(name, document, found) : found
    const folded: FoldedStored = await foldStored(this.#parts, name, stored, mended)
    switch (folded.kind) {
      case 'unsound':
        return this.#giveUp(name, document, folded.reason)
      case 'folded':
        document.rebase(folded.snapshot, mark)
        metrics.compactions++
        return 'done'
      case 'nothing':
        document.compactionDone()
        return 'done'
      case 'set-aside':
        document.compactionDone()
        return 'set-aside'
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
    for (const update of [...whole.updates, whole.last]) journal.append(name, update)
    await journal.flushed()
    this.noteDamage(document, damage.length)
    log.warn('damage-mended', { document: name })
    return store.load(name)
  }

  #giveUp(name: string, document: ServerDocument, reason: string): Compaction {
    this.#parts.metrics.compactionFailures++
    this.#parts.log.error('compaction-failed', { document: name, reason })
    document.compactionDone()
    return 'given-up'
  }
}

const emptyStateVector = Uint8Array.of(0)

interface CompactorParts {
  readonly store: Store
  readonly journal: Journal
  readonly fold: Fold
  readonly log: Log
  readonly metrics: Metrics
}
