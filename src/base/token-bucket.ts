/**
 * How much may be taken: so much per second, and as much at once as was not taken before. Taking
 * costs a subtraction; the clock is read only when it is filled again.
 */
export class TokenBucket {
  readonly #perMs: number
  readonly #burst: number
  #left: number
  #filledAt: number

  /** A full one. */
  constructor(perSecond: number, burst: number, now: number) {
    this.#perMs = perSecond / 1_000
    this.#burst = burst
    this.#left = burst
    this.#filledAt = now
  }

  /** Whether nothing was taken that has not come back. */
  get full(): boolean {
    return this.#left >= this.#burst
  }

  /** What may be taken; below zero what is owed. */
  get left(): number {
    return this.#left
  }

  /** Gives back what time has brought; `now` in milliseconds. */
  refill(now: number): void {
    this.#left = Math.min(this.#burst, this.#left + (now - this.#filledAt) * this.#perMs)
    this.#filledAt = now
  }

  /** Takes so much. @returns false when that was not there; then it owes it. */
  spend(cost: number): boolean {
    this.#left -= cost
    return this.#left >= 0
  }

  /** Takes so much if it is there. @returns false when it is not; then nothing was taken */
  take(cost: number): boolean {
    if (this.#left < cost) return false
    this.#left -= cost
    return true
  }

  /**
   * Takes so much if anything is left, so that something larger than the whole can be had at all;
   * what comes after it waits the longer. @returns false when nothing was left
   */
  borrow(cost: number): boolean {
    if (this.#left <= 0) return false
    this.#left -= cost
    return true
  }
}
