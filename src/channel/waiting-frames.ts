import type { Frame } from '../protocol/frame.ts'

/** A frame and the bytes in which it came. */
export interface Received {
  readonly frame: Frame
  readonly raw: Uint8Array
}

/** Bytes that may wait for one socket, whatever the number of its documents. */
export class WaitingBudget {
  #left: number

  constructor(bytesMax: number) {
    this.#left = bytesMax
  }

  /** Takes so many bytes; false when they do not fit, then nothing is taken. */
  take(bytes: number): boolean {
    if (bytes > this.#left) return false
    this.#left -= bytes
    return true
  }

  give(bytes: number): void {
    this.#left += bytes
  }
}

/** Frames that wait until their client is let in, in order. */
export class WaitingFrames {
  readonly #budget: WaitingBudget
  #frames: Received[] = []
  #bytes = 0

  constructor(budget: WaitingBudget) {
    this.#budget = budget
  }

  /** @returns false when the bound is passed; then the frame is not kept. */
  add(frame: Frame, raw: Uint8Array): boolean {
    // Many empty frames must not cost more than they count.
    const bytes = raw.length + frameBytes
    if (!this.#budget.take(bytes)) return false
    this.#bytes += bytes
    this.#frames.push({ frame, raw })
    return true
  }

  /** Hands out all that waits and forgets it. */
  drain(): readonly Received[] {
    const frames = this.#frames
    this.#budget.give(this.#bytes)
    this.#frames = []
    this.#bytes = 0
    return frames
  }
}

/** What a queued frame costs beside its bytes, about. */
const frameBytes = 128
