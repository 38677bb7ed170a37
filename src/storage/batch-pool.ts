import { Batch } from '../../persistence/batch.ts'

/**
 * Batches whose buffers are used again. Dropped after each use, buffers would be collected by both
 * threads long after, and take many times their bytes.
 */
export class BatchPool {
  readonly #bytesMax: number
  readonly #used = new Set<Batch>()
  readonly #spare: Batch[] = []
  /** How many were in use at once since `letGo`. */
  #usedMost = 0

  /** @param bytesMax a batch that holds more is not kept: the buffer of a rare large paste */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** Bytes of all buffers, in use or not. */
  get byteLength(): number {
    return [...this.#used, ...this.#spare].reduce((sum, { capacity }) => sum + capacity, 0)
  }

  /** An empty one. @param capacity bytes of its buffer, where it has to be made */
  take(capacity: number | undefined): Batch {
    const batch = this.#spare.pop() ?? new Batch(capacity)
    this.#usedMost = Math.max(this.#usedMost, this.#used.add(batch).size)
    return batch
  }

  /** Nobody reads that one any more. */
  giveBack(batch: Batch): void {
    this.#used.delete(batch)
    if (batch.byteLength > this.#bytesMax) return
    batch.clear()
    this.#spare.push(batch)
  }

  /** Keeps one, or as many as were in use at once since the last time. */
  letGo(): void {
    this.#spare.length = Math.min(this.#spare.length, Math.max(1, this.#usedMost))
    this.#usedMost = this.#used.size
  }
}
