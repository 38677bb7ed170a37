import type { Clock } from '../base/clock.ts'
import { RefusalError } from '../base/errors.ts'
import { setNewest } from '../base/newest.ts'
import { TokenBucket } from '../base/token-bucket.ts'

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

/** What one person may say beside documents, in rooms and in comments, however they say it. */
export class Allowances {
  readonly #parts: AllowanceParts
  readonly #buckets = new Map<string, TokenBucket>()

  constructor(parts: AllowanceParts) {
    this.#parts = parts
  }

  /**
   * Counts one thing said.
   * @param whose such as `person ID`
   * @throws RefusalError `messages-too-fast`
   */
  charge(whose: string): void {
    const bucket = this.#buckets.get(whose) ?? newAllowance(this.#parts)
    setNewest(this.#buckets, whose, bucket, peopleMax)
    chargeTo(bucket, this.#parts.clock)
  }
}

/** What one person, or one connection, may say, with nothing said yet. */
export function newAllowance({ clock, limits }: AllowanceParts): TokenBucket {
  const { chat_posts_burst_max: burst, chat_posts_per_second_max: perSecond } = limits
  return new TokenBucket(perSecond, burst, clock.now())
}

/** Counts one thing said. @throws RefusalError `messages-too-fast` */
export function chargeTo(bucket: TokenBucket, clock: Clock): void {
  bucket.refill(clock.now())
  if (!bucket.take(1)) throw new RefusalError('messages-too-fast')
}

/** Whose allowance it is that somebody known speaks on. */
export function allowanceOf(id: string): string {
  return `person ${id}`
}
