import { isLoopback } from '../base/loopback.ts'
import type { Limits } from '../base/limits.ts'
import { TokenBucket } from '../base/token-bucket.ts'
import { addressGroup } from '../http/proxies.ts'

type CrowdLimits = Pick<
  Limits,
  | 'client_address_connections_max'
  | 'client_address_opens_per_second_max'
  | 'client_address_opens_burst_max'
  | 'client_address_documents_per_second_max'
  | 'client_address_documents_burst_max'
>

interface Guest {
  open: number
  readonly opens: TokenBucket
  readonly documents: TokenBucket
}

/**
 * How many connections each network address has, and how quickly it makes new ones and opens
 * documents. Programs of this machine are not counted: a proxy that nobody has listed would be one
 * guest for all.
 */
export class Crowd {
  readonly #guests = new Map<string, Guest>()
  readonly #limits: CrowdLimits

  constructor(limits: CrowdLimits) {
    this.#limits = limits
  }

  /** Whether one more may come now; asking counts. */
  mayCome(address: string, now: number): boolean {
    if (isUncounted(address)) return true
    const limits = this.#limits
    const guest = this.#guest(address, now)
    guest.opens.refill(now)
    return guest.opens.take(1) && guest.open < limits.client_address_connections_max
  }

  /** Whether one of them may open one more document now; asking counts. */
  mayOpenDocument(address: string, now: number): boolean {
    if (isUncounted(address)) return true
    const { documents } = this.#guest(address, now)
    documents.refill(now)
    return documents.take(1)
  }

  /** One has come, whatever was said to it. */
  came(address: string): void {
    if (!isUncounted(address)) this.#guest(address, 0).open++
  }

  /** One has gone. */
  left(address: string): void {
    const guest = isUncounted(address) ? undefined : this.#guests.get(addressGroup(address))
    if (guest !== undefined) guest.open--
  }

  #guest(address: string, now: number): Guest {
    const group = addressGroup(address)
    let guest = this.#guests.get(group)
    if (guest === undefined) {
      const limits = this.#limits
      const opens = new TokenBucket(
        limits.client_address_opens_per_second_max,
        limits.client_address_opens_burst_max,
        now,
      )
      const documents = new TokenBucket(
        limits.client_address_documents_per_second_max,
        limits.client_address_documents_burst_max,
        now,
      )
      guest = { open: 0, opens, documents }
      this.#guests.set(group, guest)
    }
    return guest
  }

  /** Forgets who is gone and has nothing to wait for. */
  *sweep(now: number): Generator<number> {
    for (const [group, guest] of this.#guests) {
      yield guestSteps
      guest.opens.refill(now)
      guest.documents.refill(now)
      if (guest.open === 0 && guest.opens.full && guest.documents.full) this.#guests.delete(group)
    }
  }
}

/** What looking at one of them takes, in steps of a round. */
const guestSteps = 0.1

function isUncounted(address: string): boolean {
  return address === '' || isLoopback(address)
}
