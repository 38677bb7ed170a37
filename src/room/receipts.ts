import type { Journal } from '../storage/journal.ts'

/** What was accepted while one batch was gathering. */
interface Waiting {
  readonly barrier: number
  /** Accepted frames from the session's start, up to and with this batch. */
  count: number
  /** The frames themselves, where they are to be sent back. */
  readonly frames: Uint8Array[]
}

/** What a session says once frames are on disk. */
export interface Receipt {
  /** Accepted frames from the session's start that are on disk. */
  readonly count: number
  /** How many of them this receipt adds. */
  readonly added: number
  /** The added frames, for sessions that keep them. */
  readonly frames: readonly Uint8Array[]
}

/**
 * Tells a session when what it wrote is on disk: one receipt for all that one commit covers, never
 * before the store has said so. Without a journal's word nothing is ever confirmed.
 */
export class Receipts {
  readonly #journal: Journal
  readonly #confirm: (receipt: Receipt) => void
  readonly #keepFrames: boolean
  readonly #waiting: Waiting[] = []
  #accepted = 0
  #confirmed = 0

  /**
   * @param confirm gets each receipt, in order
   * @param keepFrames whether receipts carry the frames themselves
   */
  constructor(journal: Journal, keepFrames: boolean, confirm: (receipt: Receipt) => void) {
    this.#journal = journal
    this.#keepFrames = keepFrames
    this.#confirm = confirm
  }

  /** Whether something that was accepted is not confirmed yet. */
  get isWaiting(): boolean {
    return this.#waiting.length > 0
  }

  /** Whether it needs the accepted frames themselves. */
  get keepsFrames(): boolean {
    return this.#keepFrames
  }

  /**
   * Frames of the session were accepted and, unless they held nothing new, given to the journal.
   * @param frames the frames, where they are kept
   */
  accepted(count: number, frames: readonly Uint8Array[]): void {
    this.#accepted += count
    const { barrier } = this.#journal
    const last = this.#waiting.at(-1)
    if (last?.barrier === barrier) {
      last.count = this.#accepted
      if (this.#keepFrames) last.frames.push(...frames)
      return
    }
    const kept = this.#keepFrames ? [...frames] : []
    this.#waiting.push({ barrier, count: this.#accepted, frames: kept })
    this.#journal.afterAppended(() => this.#written(barrier))
  }

  #written(barrier: number): void {
    // Barriers are reached in order, and 0 at once.
    while (this.#waiting.length > 0) {
      const [first] = this.#waiting
      if (first === undefined || first.barrier > barrier) return
      this.#waiting.shift()
      const added = first.count - this.#confirmed
      this.#confirmed = first.count
      this.#confirm({ count: first.count, added, frames: first.frames })
    }
  }
}
