/** What is paced takes this part of the time at most. */
const shareMax = 1 / 20

/** The time that it goes by. */
interface Clock {
  now(): number
  after(delayMs: number, run: () => void): void
}

const pageClock: Clock = {
  now: () => performance.now(),
  after: (delayMs, run) => void setTimeout(run, delayMs),
}

/** Does what may take long, as it is asked to, but the longer it takes the more seldom. */
export class Paced {
  readonly #act: () => void
  readonly #clock: Clock
  #isWaiting = false
  #freeAt = Number.NEGATIVE_INFINITY

  constructor(act: () => void, clock = pageClock) {
    this.#act = act
    this.#clock = clock
  }

  /** Does it as soon as it may be done again; however often that is asked for meanwhile, once. */
  ask(): void {
    if (this.#isWaiting) return
    this.#isWaiting = true
    const waitMs = this.#freeAt - this.#clock.now()
    if (waitMs > 0) this.#clock.after(waitMs, () => this.hurry())
    else this.hurry()
  }

  /** Does at once what was asked for and not done yet. */
  hurry(): void {
    if (!this.#isWaiting) return
    this.#isWaiting = false
    const begun = this.#clock.now()
    this.#act()
    const ended = this.#clock.now()
    this.#freeAt = ended + (ended - begun) * (1 / shareMax - 1)
  }
}
