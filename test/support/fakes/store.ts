import type { Batch } from '../../../persistence/batch.ts'
import { createMemoryStore } from '../../../persistence/memory/store.ts'
import { StoreError } from '../../../persistence/store-error.ts'
import type { Store, Stored, StoredSummary } from '../../../persistence/store.ts'

/** A memory store whose faults and delays a test decides. */
export class FaultyStore implements Store {
  readonly #inner = createMemoryStore()
  /** Appends that are refused before one is taken. */
  failAppends = 0
  appends = 0
  loads = 0
  closed = false
  #hold: PromiseWithResolvers<void> | undefined

  /** Appends and loads wait from now on. */
  hold(): void {
    this.#hold ??= Promise.withResolvers()
  }

  /** What waits goes on. */
  release(): void {
    this.#hold?.resolve()
    this.#hold = undefined
  }

  async append(batch: Batch): Promise<void> {
    this.appends++
    await this.#hold?.promise
    if (this.failAppends > 0) {
      this.failAppends--
      throw new StoreError('unavailable', 'the disk is full (by the test)')
    }
    await this.#inner.append(batch)
  }

  async load(document: string): Promise<Stored> {
    this.loads++
    await this.#hold?.promise
    return this.#inner.load(document)
  }

  compact(document: string, snapshot: Uint8Array, through: number): Promise<boolean> {
    return this.#inner.compact(document, snapshot, through)
  }

  setAside(document: string, sequence: number, reason: string): Promise<boolean> {
    return this.#inner.setAside(document, sequence, reason)
  }

  list(after: string | undefined, limit: number): Promise<readonly StoredSummary[]> {
    return this.#inner.list(after, limit)
  }

  delete(document: string): Promise<boolean> {
    return this.#inner.delete(document)
  }

  /** Says that it was closed; what it holds can still be looked at. */
  async close(): Promise<void> {
    this.closed = true
  }
}
