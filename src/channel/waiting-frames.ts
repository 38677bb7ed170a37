import type { BadFrame, Frame } from '../protocol/frame.ts'

/** A frame and the bytes in which it came. */
interface Received {
  readonly frame: Frame | BadFrame
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
  /** The place of the first that was not handed out. */
  #first = 0

  constructor(budget: WaitingBudget) {
    this.#budget = budget
  }

  get isEmpty(): boolean {
    return this.#first === this.#frames.length
  }

  /** What a frame of these bytes counts: many empty ones must not cost more than they count. */
  costOf(raw: Uint8Array): number {
    return raw.length + frameBytes
  }

  /** @returns false when the bound is passed; then the frame is not kept. */
  add(frame: Frame | BadFrame, raw: Uint8Array): boolean {
    if (!this.#budget.take(this.costOf(raw))) return false
    this.#frames.push({ frame, raw })
    return true
  }

  /** Hands out the first and forgets it. */
  shift(): Received | undefined {
    const first = this.#frames[this.#first]
    if (first === undefined) return undefined
    this.#budget.give(this.costOf(first.raw))
    if (++this.#first >= handedOutMax || this.isEmpty) {
      this.#frames = this.#frames.slice(this.#first)
      this.#first = 0
    }
    return first
  }

  /** Forgets all that waits. */
  drain(): void {
    while (!this.isEmpty) this.shift()
  }
}

/** What a queued frame costs beside its bytes, about. */
const frameBytes = 128
/** So many that were handed out are kept until their places are given up. */
const handedOutMax = 8_192
