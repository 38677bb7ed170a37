import type { Clock } from '../../base/clock.ts'
import { UpdateBurst } from '../../update/burst.ts'
import type { Writer } from './writer.ts'

/** What is held of a burst, and who is to let it go. */
interface Held {
  readonly writer: Writer
  readonly release: () => void
  /** Updates in it. */
  count: number
  /** The messages in which they came, for a client that wants them back. */
  readonly frames: Uint8Array[]
}

/**
 * What one client writes in one turn of the event loop. The first update leaves at once, as it
 * came; those right behind it are held until the turn ends, or until anybody else has something to
 * say, and leave as one: fewer frames for everybody, and a lone keystroke never waits. One for all
 * rooms of a server: there is at most one client's burst at a time.
 */
export class Coalescer {
  /** What is held, as one update in the making. */
  readonly update = new UpdateBurst()
  readonly #clock: Clock
  #writer: Writer | undefined
  #turnBegun = false
  #held: Held | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Notes who writes now. @returns whether the same session was the last one to, in this turn */
  follows(writer: Writer): boolean {
    if (!this.#turnBegun) {
      this.#turnBegun = true
      this.#clock.soon(this.#endTurn)
    }
    if (this.#writer === writer) return true
    this.#writer = writer
    return false
  }

  /** Whether something of this session is held. */
  holds(writer: Writer): boolean {
    return this.#held?.writer === writer
  }

  /**
   * Counts one update that was added to `update`.
   * @param release called once, when it has to leave
   */
  hold(writer: Writer, frame: Uint8Array | undefined, release: () => void): void {
    const held = (this.#held ??= { writer, release, count: 0, frames: [] })
    held.count++
    if (frame !== undefined) held.frames.push(frame)
  }

  /** Has what is held leave, whosever it is. */
  release(): void {
    this.#held?.release()
  }

  /** Hands out what is held; nothing is afterwards. */
  take(): Held | undefined {
    const held = this.#held
    this.#held = undefined
    return held
  }

  readonly #endTurn = (): void => {
    this.#turnBegun = false
    this.#writer = undefined
    this.release()
  }
}
