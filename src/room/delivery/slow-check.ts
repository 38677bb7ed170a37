import type { Clock } from '../../base/clock.ts'
import type { RoomSession } from '../room-session.ts'

/** How much a client may leave unsent. */
interface SlowLimits {
  readonly backpressure_soft_bytes: number
  readonly backpressure_hard_bytes: number
}

/** Who is behind is not looked for more often than this. */
const slowCheckMs = 20

/** Takes clients of a room that are behind off their topic. */
export class SlowCheck {
  readonly #clock: Clock
  readonly #limits: SlowLimits
  readonly #sessions: Iterable<RoomSession>
  #checking = false
  #checkedAt = Number.NEGATIVE_INFINITY

  constructor(clock: Clock, limits: SlowLimits, sessions: Iterable<RoomSession>) {
    this.#clock = clock
    this.#limits = limits
    this.#sessions = sessions
  }

  /**
   * Somebody is behind. Who it is, is looked at when the turn's frames have left, and only now and
   * then: one client that stands still must not make everybody's keystroke dearer.
   */
  soon(): void {
    if (this.#checking) return
    this.#checking = true
    const check = (): void => {
      this.#checking = false
      this.#checkedAt = this.#clock.now()
      for (const session of this.#sessions) this.look(session)
    }
    const wait = this.#checkedAt + slowCheckMs - this.#clock.now()
    if (wait > 0) this.#clock.after(wait, check)
    else this.#clock.soon(check)
  }

  look(session: RoomSession): void {
    const { backpressure_hard_bytes: hardBytes, backpressure_soft_bytes: softBytes } = this.#limits
    if (!session.live) return
    const unsent = session.peer.bufferedBytes()
    if (unsent > softBytes) session.detach()
    if (unsent > hardBytes) session.peer.checkUnsent()
  }
}
