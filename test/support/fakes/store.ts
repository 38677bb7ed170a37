import type { Batch } from '../../../persistence/batch.ts'
import { createMemoryStore } from '../../../persistence/memory/store.ts'
import { StoreError } from '../../../persistence/store-error.ts'
import type { Appended, Stored } from '../../../persistence/store.ts'
import { DelegatingStore } from './delegating-store.ts'

/** A memory store whose faults and delays a test decides. */
export class FaultyStore extends DelegatingStore {
  /** Appends that are refused before one is taken. */
  failAppends = 0
  appends = 0
  loads = 0
  closed = false
  #hold: PromiseWithResolvers<void> | undefined

  constructor() {
    super(createMemoryStore())
  }

  /** Appends and loads wait from now on. */
  hold(): void {
    this.#hold ??= Promise.withResolvers()
  }

  /** What waits goes on. */
  release(): void {
    this.#hold?.resolve()
    this.#hold = undefined
  }

  override async append(batch: Batch): Promise<readonly Appended[]> {
    this.appends++
    await this.#hold?.promise
    if (this.failAppends > 0) {
      this.failAppends--
      throw new StoreError('unavailable', 'the disk is full (by the test)')
    }
    return super.append(batch)
  }

  override async load(document: string): Promise<Stored> {
    this.loads++
    await this.#hold?.promise
    return super.load(document)
  }

  /** Says that it was closed; what it holds can still be looked at. */
  override async close(): Promise<void> {
    this.closed = true
  }
}
