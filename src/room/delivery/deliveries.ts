import type { Clock } from '../../base/clock.ts'

/** Bringing one client what it lacks, when that is much. */
export interface Delivery {
  /** Does a part of the work, a few milliseconds of it. @returns whether there is more */
  work(): boolean
  /** Bytes of the client's socket that it has not taken. */
  unsentBytes(): number
  /** The client takes too little of what is on its way. */
  tooSlow(): void
  /** A fault in our own code came up. */
  failed(error: unknown): void
}

interface Place {
  readonly bytes: number
  /** What was unsent when the client had last taken enough, and when that was. */
  unsent: number | undefined
  since: number
}

interface DeliveryLimits {
  readonly descriptions_bytes_max: number
  readonly description_pause_ms_max: number
}

/** What a client has to take of a description in the time that it has for that. */
const progressBytes = 1_048_576

/**
 * The large descriptions of all documents: they are worked on in turns of the event loop of their
 * own, one after the other, and what is on its way at one time is bounded. Whoever comes beyond
 * that waits, first come first served.
 */
export class Deliveries {
  readonly #limits: DeliveryLimits
  readonly #clock: Clock
  readonly #working = new Set<Delivery>()
  /** With the bytes that they ask for. */
  readonly #waiting = new Map<Delivery, number>()
  readonly #places = new Map<Delivery, Place>()
  #bytesOnTheWay = 0
  #turnIsDue = false

  constructor(limits: DeliveryLimits, clock: Clock) {
    this.#limits = limits
    this.#clock = clock
  }

  /** Bytes of descriptions on their way. */
  get bytesOnTheWay(): number {
    return this.#bytesOnTheWay
  }

  /** How many wait for a place. */
  get waitingCount(): number {
    return this.#waiting.size
  }

  /** Has a delivery worked on, from the next turn on. */
  start(delivery: Delivery): void {
    this.#working.add(delivery)
    if (this.#turnIsDue) return
    this.#turnIsDue = true
    this.#clock.soon(() => this.#turn())
  }

  /** Asks for a place for so many bytes; the delivery is worked on again when it has it. */
  waitForPlace(delivery: Delivery, bytes: number): void {
    this.#waiting.set(delivery, bytes)
    this.#admit()
  }

  /** Whether it has a place. */
  hasPlace(delivery: Delivery): boolean {
    return this.#places.has(delivery)
  }

  /** It is done, or not wanted any more. */
  leave(delivery: Delivery): void {
    this.#working.delete(delivery)
    this.#waiting.delete(delivery)
    const place = this.#places.get(delivery)
    if (place !== undefined) this.#bytesOnTheWay -= place.bytes
    this.#places.delete(delivery)
    this.#admit()
  }

  /** The once-a-second round: who takes nothing gives its place up. */
  sweep(now: number): void {
    for (const [delivery, place] of this.#places) {
      const unsent = delivery.unsentBytes()
      const isEnough = place.unsent === undefined || unsent <= place.unsent - progressBytes
      if (isEnough || unsent === 0) {
        place.unsent = unsent === 0 ? undefined : unsent
        place.since = now
      } else if (now - place.since > this.#limits.description_pause_ms_max) {
        delivery.tooSlow()
      }
    }
  }

  #admit(): void {
    for (const [delivery, bytes] of this.#waiting) {
      const after = this.#bytesOnTheWay + bytes
      // One that is larger than all may be goes alone.
      if (this.#bytesOnTheWay > 0 && after > this.#limits.descriptions_bytes_max) return
      this.#waiting.delete(delivery)
      this.#places.set(delivery, { bytes, unsent: undefined, since: this.#clock.now() })
      this.#bytesOnTheWay = after
      this.start(delivery)
    }
  }

  #turn(): void {
    this.#turnIsDue = false
    const [delivery] = this.#working
    if (delivery === undefined) return
    // Behind the others, if there is more to do.
    this.#working.delete(delivery)
    try {
      if (delivery.work()) this.#working.add(delivery)
    } catch (error) {
      this.leave(delivery)
      delivery.failed(error)
    }
    for (const next of this.#working) return this.start(next)
  }
}
