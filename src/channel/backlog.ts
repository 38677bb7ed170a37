import type { BadFrame, Frame } from '../protocol/frame.ts'
import type { WaitingFrames } from './waiting-frames.ts'

/** So much of it is taken in one turn of the event loop: one and a half milliseconds, about. */
const turnBytes = 256 * 1_024

interface BacklogParts {
  readonly take: (frame: Frame | BadFrame, raw: Uint8Array) => void
  /** Does something in another turn of the event loop. */
  readonly later: (work: () => void) => void
}

/**
 * Frames that have waited for a room, taken in turns of the event loop now that it is open: they
 * may be many megabytes. What comes meanwhile waits behind them.
 */
export class Backlog {
  readonly #frames: WaitingFrames
  readonly #parts: BacklogParts

  /** Begins at once. */
  constructor(frames: WaitingFrames, parts: BacklogParts) {
    this.#frames = frames
    this.#parts = parts
    this.#goOn()
  }

  /** Whether all of it was taken. */
  get isOver(): boolean {
    return this.#frames.isEmpty
  }

  /**
   * Keeps one more frame, behind all others. As much as comes is taken, so that it never grows.
   * @returns false when there is none to wait for any more: then the frame is not kept
   */
  keep(frame: Frame | BadFrame, raw: Uint8Array): boolean {
    this.#take(this.#frames.costOf(raw))
    return !this.isOver && this.#frames.add(frame, raw)
  }

  /** Puts what was not taken behind other frames of the same budget. */
  moveTo(frames: WaitingFrames): void {
    for (let next = this.#frames.shift(); next !== undefined; next = this.#frames.shift()) {
      frames.add(next.frame, next.raw)
    }
  }

  /** Forgets what was not taken. */
  drop(): void {
    this.#frames.drain()
  }

  #take(bytesMax: number): void {
    for (let left = bytesMax; left > 0;) {
      const next = this.#frames.shift()
      if (next === undefined) return
      left -= this.#frames.costOf(next.raw)
      this.#parts.take(next.frame, next.raw)
    }
  }

  #goOn(): void {
    this.#take(turnBytes)
    if (!this.isOver) this.#parts.later(() => this.#goOn())
  }
}
