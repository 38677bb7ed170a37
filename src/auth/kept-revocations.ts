import type { Clock, WallClock } from '../base/clock.ts'
import { RefusalError } from '../base/errors.ts'
import { describeError, type Log } from '../base/log.ts'
import { setNewest } from '../base/newest.ts'
import type {
  Revocations,
  RevocationsPlace,
  StoredRevocation,
} from '../../persistence/revocations.ts'
import { firstPlace, revocationKey } from '../../persistence/revocations.ts'
import type { Revocation } from './authority.ts'

/** What revocations are kept and heard by. */
export interface KeptRevocationsParts {
  /** Where this server and others keep them; without it each knows its own, until it ends. */
  readonly store: {
    readonly revocations?: Revocations | undefined
    readonly isShared?: boolean
  }
  /** The other servers, where they are heard. */
  readonly cluster?: { sayToAll(what: Told & { readonly kind: 'revoked' }): void } | undefined
  readonly clock: Clock
  readonly wallClock: WallClock
  readonly log: Log
  readonly limits: {
    readonly heads_check_ms: number
    readonly revocation_ms_max: number
    readonly revocations_max: number
    readonly revocations_unread_ms_max: number
  }
  /**
   * Takes access back on this server alone.
   * @param at milliseconds since 1970
   * @returns how many sessions are decided about anew
   */
  readonly apply: (what: Revocation, at: number) => number
}

/** What another server says; one of before says no time. */
interface Told extends Revocation {
  readonly at?: number | undefined
}

/**
 * Access that was taken back, here and on the other servers of a store. What is said over the bus
 * holds at once; what a server did not hear of it reads from the store, and at its start all of it.
 */
export class KeptRevocations {
  readonly #parts: KeptRevocationsParts
  /**
   * When each that holds here was said, by document and person; the oldest first. One that is
   * forgotten is taken again where it is read again.
   */
  readonly #heldSince = new Map<string, number>()
  #place: RevocationsPlace = firstPlace
  /** By the server's clock; undefined before the first time. */
  #readAt: number | undefined
  #reading: Promise<void> | undefined

  constructor(parts: KeptRevocationsParts) {
    this.#parts = parts
  }

  /**
   * Takes access back, here and elsewhere. Resolves when it is stored, to how many sessions of
   * this server are decided about anew.
   * @throws RefusalError when the authority cannot take more of that
   * @throws StoreError when it holds here and wherever the bus has told it, and is not stored
   */
  async add({ document, id }: Revocation): Promise<number> {
    const { cluster, limits, store, wallClock } = this.#parts
    // Also where this clock is behind, so that it is told from what it was before.
    const at = Math.max(wallClock(), this.#held({ document, id }) + 1)
    const sessions = this.#hold({ document, id }, at)
    // Nothing rests on what is said here: it may be told before it is stored.
    cluster?.sayToAll({ kind: 'revoked', document, id, at })
    const kept = { count: limits.revocations_max, ms: limits.revocation_ms_max }
    await store.revocations?.add({ document, id, at }, kept)
    return sessions
  }

  /**
   * Takes what another server says, once for each time that it was said: where clocks differ what
   * is said later may bear an earlier time, and the later of the two times holds.
   */
  heard({ at = this.#parts.wallClock(), document, id }: Told): void {
    const what = { document, id }
    const held = this.#held(what)
    if (held === at) return
    try {
      this.#hold(what, Math.max(at, held))
    } catch (error) {
      this.#parts.log.error('revocation-failed', { document, reason: describeError(error) })
    }
  }

  /** Reads what was said since the last time. */
  look(): void {
    this.#read().catch((error: unknown) => {
      this.#parts.log.warn('revocations-unknown', { reason: describeError(error) })
    })
  }

  /**
   * What a decision about access has to wait for; undefined where all is known that was taken
   * back. Rejects with `authority-unavailable` where it is not.
   */
  get unknown(): Promise<void> | undefined {
    const { clock, limits, store } = this.#parts
    if (store.revocations === undefined) return undefined
    if (this.#readAt === undefined) return this.#read().catch(refuse)
    if (store.isShared !== true) return undefined
    const unreadMsMax = Math.max(limits.revocations_unread_ms_max, 2 * limits.heads_check_ms)
    if (clock.now() - this.#readAt <= unreadMsMax) return undefined
    this.look()
    return Promise.resolve().then(refuse)
  }

  async #read(): Promise<void> {
    const { store } = this.#parts
    if (store.revocations === undefined) return
    this.#reading ??= this.#readOn(store.revocations).finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }

  async #readOn(revocations: Revocations): Promise<void> {
    const askedAt = this.#parts.clock.now()
    const since = await revocations.since(this.#place)
    for (const what of since.revocations) this.heard(what)
    this.#place = since.place
    this.#readAt = askedAt
  }

  #held(what: Omit<StoredRevocation, 'at'>): number {
    return this.#heldSince.get(revocationKey(what)) ?? Number.NEGATIVE_INFINITY
  }

  #hold(what: Omit<StoredRevocation, 'at'>, at: number): number {
    const sessions = this.#parts.apply(what, at)
    setNewest(this.#heldSince, revocationKey(what), at, this.#parts.limits.revocations_max)
    return sessions
  }
}

function refuse(): never {
  throw new RefusalError('authority-unavailable', 'The revocations could not be read.')
}
