import type { Clock } from '../base/clock.ts'
import { isLoopback } from '../base/loopback.ts'
import type { Limits } from '../base/limits/limits.ts'
import { TokenBucket } from '../base/token-bucket.ts'
import { addressGroup } from '../http/proxies.ts'
import type { AddressShare } from '../room/delivery/questions.ts'

/** What is counted per second: new connections, documents, requests, bytes read for answers. */
const rates = ['opens', 'documents', 'requests', 'answer_bytes'] as const

type Rate = (typeof rates)[number]

type AddressLimits = Pick<
  Limits,
  | 'client_address_connections_max'
  | `client_address_${Rate}_per_second_max`
  | `client_address_${Rate}_burst_max`
>

interface Counts {
  open: number
  readonly buckets: Readonly<Record<Rate, TokenBucket>>
}

const noBound: AddressShare = { hasLeft: () => true, take: () => undefined }

/**
 * How many connections each network address has, how quickly it makes new ones, opens documents
 * and makes requests, and what is read to answer it. Programs of this machine are not counted: a
 * proxy that nobody has listed would be one counts for all.
 */
export class AddressCounts {
  readonly #counts = new Map<string, Counts>()
  readonly #limits: AddressLimits

  constructor(limits: AddressLimits) {
    this.#limits = limits
  }

  /** Whether one more may come now; asking counts. */
  mayCome(address: string, now: number): boolean {
    if (!this.#takes('opens', address, now)) return false
    const open = this.#counts.get(addressGroup(address))?.open ?? 0
    return isUncounted(address) || open < this.#limits.client_address_connections_max
  }

  /** Whether one of them may open one more document now; asking counts. */
  mayOpenDocument(address: string, now: number): boolean {
    return this.#takes('documents', address, now)
  }

  /** Whether a request that is no upgrade may be answered now; asking counts. */
  mayRequest(address: string, now: number): boolean {
    return this.#takes('requests', address, now)
  }

  /** What may be read to answer its connections. */
  answersFor(address: string, clock: Clock): AddressShare {
    if (isUncounted(address)) return noBound
    const bucket = (): TokenBucket => {
      const { answer_bytes: answers } = this.#countsOf(address, clock.now()).buckets
      answers.refill(clock.now())
      return answers
    }
    return { hasLeft: () => bucket().left > 0, take: (bytes) => void bucket().spend(bytes) }
  }

  /** One has come, whatever was said to it. */
  came(address: string): void {
    if (!isUncounted(address)) this.#countsOf(address, 0).open++
  }

  /** One has gone. */
  left(address: string): void {
    const counts = isUncounted(address) ? undefined : this.#counts.get(addressGroup(address))
    if (counts !== undefined) counts.open--
  }

  #takes(rate: Rate, address: string, now: number): boolean {
    if (isUncounted(address)) return true
    const bucket = this.#countsOf(address, now).buckets[rate]
    bucket.refill(now)
    return bucket.take(1)
  }

  #countsOf(address: string, now: number): Counts {
    const group = addressGroup(address)
    let counts = this.#counts.get(group)
    if (counts === undefined) {
      counts = {
        open: 0,
        buckets: {
          opens: this.#full('opens', now),
          documents: this.#full('documents', now),
          requests: this.#full('requests', now),
          answer_bytes: this.#full('answer_bytes', now),
        },
      }
      this.#counts.set(group, counts)
    }
    return counts
  }

  #full(rate: Rate, now: number): TokenBucket {
    const perSecond = this.#limits[`client_address_${rate}_per_second_max`]
    return new TokenBucket(perSecond, this.#limits[`client_address_${rate}_burst_max`], now)
  }

  /** Forgets who is gone and has nothing to wait for. */
  *sweep(now: number): Generator<number> {
    for (const [group, counts] of this.#counts) {
      yield countsSteps
      for (const rate of rates) counts.buckets[rate].refill(now)
      const isQuiet = rates.every((rate) => counts.buckets[rate].full)
      if (counts.open === 0 && isQuiet) this.#counts.delete(group)
    }
  }
}

/** What looking at one of them takes, in steps of a round. */
const countsSteps = 0.1

function isUncounted(address: string): boolean {
  return address === '' || isLoopback(address)
}
