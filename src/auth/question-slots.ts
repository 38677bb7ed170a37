import type { Clock } from '../base/clock.ts'
import type { RequestFacts } from './authority.ts'

/** How many questions may be under way. */
interface SlotLimits {
  readonly auth_webhook_requests_max: number
  readonly auth_webhook_address_requests_max: number
}

/** Whose question it is. */
type Asker = Pick<RequestFacts, 'inside' | 'network'>

/** Of the slots one in so many is not for those who come, nor for the insiders of one network. */
const reservedOneIn = 4
/** While an insider was turned away of late, who comes waits. Insiders ask again after 2 s. */
const insideFirstMs = 4_000

/**
 * Shares out the questions that may be under way at a time: whoever invents tokens takes only what
 * their network address has, and those who are inside go first.
 */
export class QuestionSlots {
  readonly #limits: SlotLimits
  readonly #clock: Clock
  /** By network address, those who come and those inside apart; what is not there has none. */
  readonly #byNetwork = new Map<string, number>()
  #taken = 0
  #takenByComers = 0
  #insideFirstUntil = -Infinity

  constructor(limits: SlotLimits, clock: Clock) {
    this.#limits = limits
    this.#clock = clock
  }

  /** Takes a slot. @returns the function that gives it back; undefined when there is none */
  take(asker: Asker): (() => void) | undefined {
    if (!this.#isFree(asker)) return undefined
    const inside = asker.inside === true
    this.#count(asker, inside, 1)
    return () => this.#count(asker, inside, -1)
  }

  #isFree({ inside, network }: Asker): boolean {
    const { auth_webhook_address_requests_max: share, auth_webhook_requests_max: all } =
      this.#limits
    const open = all - Math.floor(all / reservedOneIn)
    const its = network === undefined ? 0 : (this.#byNetwork.get(keyOf(network, inside)) ?? 0)
    if (inside !== true) {
      const isTheirTurn = this.#clock.now() >= this.#insideFirstUntil
      return isTheirTurn && this.#taken < all && this.#takenByComers < open && its < share
    }
    const isFree = this.#taken < all && its < open
    if (!isFree) this.#insideFirstUntil = this.#clock.now() + insideFirstMs
    return isFree
  }

  #count({ network }: Asker, inside: boolean, by: 1 | -1): void {
    this.#taken += by
    if (!inside) this.#takenByComers += by
    if (network === undefined) return
    const key = keyOf(network, inside)
    const left = (this.#byNetwork.get(key) ?? 0) + by
    if (left > 0) this.#byNetwork.set(key, left)
    else this.#byNetwork.delete(key)
  }
}

function keyOf(network: string, inside: boolean | undefined): string {
  return inside === true ? `inside ${network}` : network
}
