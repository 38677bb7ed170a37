import { TokenBucket } from '../base/token-bucket.ts'
import type { Limits } from '../base/limits.ts'
import type { Frame } from '../protocol/frame.ts'

type AllowanceLimits = Pick<
  Limits,
  | 'connection_updates_per_second_max'
  | 'connection_updates_burst_max'
  | 'connection_signals_per_second_max'
  | 'connection_signals_burst_max'
  | 'connection_bytes_per_second_max'
  | 'connection_bytes_burst_max'
>

/**
 * What one connection may send. It is filled again by the once-a-second round, so that a frame
 * costs two subtractions and no look at the clock.
 */
export class Allowance {
  readonly #updates: TokenBucket
  /** Everything that is no update: presence, questions, tokens, messages, pings. */
  readonly #signals: TokenBucket
  readonly #bytes: TokenBucket

  constructor(limits: AllowanceLimits, now: number) {
    this.#updates = new TokenBucket(
      limits.connection_updates_per_second_max,
      limits.connection_updates_burst_max,
      now,
    )
    this.#signals = new TokenBucket(
      limits.connection_signals_per_second_max,
      limits.connection_signals_burst_max,
      now,
    )
    this.#bytes = new TokenBucket(
      limits.connection_bytes_per_second_max,
      limits.connection_bytes_burst_max,
      now,
    )
  }

  /** Takes one frame. @returns false when it is one too many */
  takes(kind: Frame['kind'] | 'bad-frame' | 'control', bytes: number): boolean {
    const bucket = kind === 'update' || kind === 'step-2' ? this.#updates : this.#signals
    const counted = bucket.spend(1)
    return this.#bytes.spend(bytes) && counted
  }

  /** Gives back what time has brought. */
  refill(now: number): void {
    this.#updates.refill(now)
    this.#signals.refill(now)
    this.#bytes.refill(now)
  }
}
