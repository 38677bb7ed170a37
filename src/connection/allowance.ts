import { TokenBucket } from '../base/token-bucket.ts'
import type { Limits } from '../base/limits/limits.ts'
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
  readonly #limits: AllowanceLimits
  #updates: TokenBucket | undefined
  /** Everything that is no update: presence, questions, tokens, messages, pings. */
  #signals: TokenBucket | undefined
  #bytes: TokenBucket | undefined
  /** When it was last filled: a bucket that is not there was full then. */
  #filledAt: number

  constructor(limits: AllowanceLimits, now: number) {
    this.#limits = limits
    this.#filledAt = now
  }

  /** Takes one frame. @returns false when it is one too many */
  takes(kind: Frame['kind'] | 'bad-frame' | 'control', bytes: number): boolean {
    const isUpdate = kind === 'update' || kind === 'step-2'
    const bucket = isUpdate
      ? (this.#updates ??= this.#full('updates'))
      : (this.#signals ??= this.#full('signals'))
    const counted = bucket.spend(1)
    return (this.#bytes ??= this.#full('bytes')).spend(bytes) && counted
  }

  /** Whether nothing was taken that has not come back. */
  get full(): boolean {
    return (this.#updates ?? this.#signals ?? this.#bytes) === undefined
  }

  /** Gives back what time has brought. */
  refill(now: number): void {
    this.#filledAt = now
    this.#updates = unlessFull(this.#updates, now)
    this.#signals = unlessFull(this.#signals, now)
    this.#bytes = unlessFull(this.#bytes, now)
  }

  #full(what: 'updates' | 'signals' | 'bytes'): TokenBucket {
    const limits = this.#limits
    return new TokenBucket(
      limits[`connection_${what}_per_second_max`],
      limits[`connection_${what}_burst_max`],
      this.#filledAt,
    )
  }
}

/** Filled again; one that is full by then is let go, as most connections are quiet. */
function unlessFull(bucket: TokenBucket | undefined, now: number): TokenBucket | undefined {
  bucket?.refill(now)
  return bucket?.full === true ? undefined : bucket
}
