import type { Clock } from '../../base/clock.ts'
import { RefusalError } from '../../base/errors.ts'
import { TokenBucket } from '../../base/token-bucket.ts'
import type { Arrival, Route } from '../../http/route.ts'

/** What allowances work with. */
export interface AllowanceParts {
  readonly clock: Clock
  readonly limits: {
    readonly chat_posts_per_second_max: number
    readonly chat_posts_burst_max: number
  }
}

/** So many people are counted; of more, who was heard of the longest ago begins anew. */
const peopleMax = 10_000

/** What one person may say over HTTP; of somebody whom nobody knows, what their network may. */
export class Allowances {
  readonly #parts: AllowanceParts
  readonly #buckets = new Map<string, TokenBucket>()

  constructor(parts: AllowanceParts) {
    this.#parts = parts
  }

  /**
   * Counts one thing said. The operator, and programs of this machine, are not counted.
   * @throws RefusalError `messages-too-fast`
   */
  charge({ context, grant }: Pick<Arrival, 'context' | 'grant'>): void {
    const key = keyOf({ context, grant })
    if (key === undefined) return
    const { clock, limits } = this.#parts
    const { chat_posts_burst_max: burst, chat_posts_per_second_max: perSecond } = limits
    const now = clock.now()
    const bucket = this.#buckets.get(key) ?? new TokenBucket(perSecond, burst, now)
    this.#buckets.delete(key)
    this.#buckets.set(key, bucket)
    const [oldest] = this.#buckets.keys()
    if (this.#buckets.size > peopleMax && oldest !== undefined) this.#buckets.delete(oldest)
    bucket.refill(now)
    if (!bucket.take(1)) throw new RefusalError('messages-too-fast')
  }
}

function keyOf({ context, grant }: Pick<Arrival, 'context' | 'grant'>): string | undefined {
  const id = grant.who?.id
  if (id !== undefined) return `person ${id}`
  const { network } = context.credentials.facts
  return network === undefined || grant.access === 'admin' ? undefined : `network ${network}`
}

/** What a route that writes beside documents costs those who ask it: who is too quick waits. */
export function charged(route: Route, allowances: Allowances): Route {
  if (route.access !== 'comment') return route
  return {
    ...route,
    answer(arrival, body) {
      allowances.charge(arrival)
      return route.answer(arrival, body)
    },
  }
}
