import type { Grant, Revocation, Verdict } from '../auth/authority.ts'
import type { WallClock } from '../base/clock.ts'
import type { RefusalKind } from '../base/errors.ts'
import type { Room } from '../room/room.ts'
import type { Session } from '../session/session.ts'
import { dueOf, type LeaseState, leaseStateOf, undecidedPauseMs } from './lease-state.ts'

/** What a lease is made of. */
export interface LeaseParts {
  readonly documentAccess: {
    /** Decides about the client, as `DocumentAccess` does. */
    decide(token: string | undefined, inside: boolean): Verdict | Promise<Verdict>
    /** Told of a fault in our own code that came up outside of a call. */
    failed(error: unknown): void
  }
  readonly wallClock: WallClock
  /** Whether the client has asked to be told what it is granted. */
  readonly wantsGrant?: boolean
  readonly limits: { readonly token_wait_ms_max: number; readonly grant_grace_ms_max: number }
}

/** What a denial is for somebody who shows a token for the first time, or another one. */
export function kindOf({ expired }: Extract<Verdict, { readonly kind: 'denied' }>): RefusalKind {
  return expired === true ? 'grant-ended' : 'permission-denied'
}

/** A session and the grant on which it stays: it ends, changes, is taken back. */
export class Lease {
  readonly session: Session
  readonly #parts: LeaseParts
  readonly #room: Room
  #state: LeaseState
  /** Decisions are numbered: one that comes after a later one counts for nothing. */
  #asked = 0
  #applied = 0
  /** Decisions up to this one may rest on what was taken back since. */
  #outdated = 0

  constructor(
    parts: LeaseParts,
    session: Session,
    room: Room,
    grant: Grant,
    token: string | undefined,
  ) {
    this.session = session
    this.#parts = parts
    this.#room = room
    this.#state = leaseStateOf(grant, token, parts.wallClock())
    this.#tell(grant)
  }

  /** The client shows a new token: nothing is said unless it changes something. */
  shown(token: string): void {
    this.#decide(
      token,
      (verdict) => {
        if (verdict.kind === 'granted') this.#grant(verdict.grant, token)
        else this.session.refuse(kindOf(verdict), verdict.reason)
      },
      // The authority is unavailable: what was granted stands.
      () => undefined,
    )
  }

  /** The once-a-second round. */
  sweep(): void {
    const now = this.#parts.wallClock()
    switch (dueOf(this.#state, now, this.#parts.limits)) {
      case 'ask-client':
        this.#state = { ...this.#state, clientAsked: true }
        return this.session.send({ kind: 'token-wanted' })
      case 'ask-authority':
        return this.#askAgain(this.#parts.limits.grant_grace_ms_max)
      case 'end':
        return this.session.refuse(this.#endKind())
      case 'nothing':
    }
  }

  /** Has it decided anew if it is one of those. @returns whether it is */
  revoke({ id }: Revocation): boolean {
    this.#outdated = this.#asked
    if (id !== undefined && this.#state.grant.who?.id !== id) return false
    // A client about which nothing can be decided has no grant to stay on.
    this.#askAgain(0)
    return true
  }

  #askAgain(graceMs: number): void {
    const { token } = this.#state
    this.#state = { ...this.#state, askAuthorityAt: undefined }
    this.#decide(
      token,
      (verdict) => {
        if (verdict.kind === 'granted') return this.#grant(verdict.grant, token)
        const kind = verdict.expired === true ? this.#endKind() : 'permission-denied'
        this.session.refuse(kind, verdict.reason)
      },
      () => this.#undecided(graceMs),
    )
  }

  #undecided(graceMs: number): void {
    const now = this.#parts.wallClock()
    const undecidedSince = this.#state.undecidedSince ?? now
    if (now - undecidedSince >= graceMs) return this.session.refuse('authority-unavailable')
    const askAuthorityAt = now + undecidedPauseMs
    this.#state = { ...this.#state, undecidedSince, askAuthorityAt }
  }

  #grant(grant: Grant, token: string | undefined): void {
    this.#state = leaseStateOf(grant, token, this.#parts.wallClock())
    this.session.allow(grant)
    this.#tell(grant)
  }

  #tell({ access, who }: Grant): void {
    if (this.#parts.wantsGrant !== true || this.session.ended) return
    const shown = this.#room.presence.shownAs(who)
    const user = shown && { id: shown.id, name: shown.name, color: shown.color }
    const incarnation = this.#room.document.life.incarnation || undefined
    this.session.send({ kind: 'granted', access, user, incarnation })
  }

  #decide(
    token: string | undefined,
    decided: (verdict: Verdict) => void,
    undecided: () => void,
  ): void {
    const turn = ++this.#asked
    const isVoid = (): boolean => this.session.ended || turn < this.#applied
    // Another token may be invented: with it the client is as one who comes.
    const inside = token === this.#state.token
    const decide = async (): Promise<Verdict> => this.#parts.documentAccess.decide(token, inside)
    decide()
      .then(
        (verdict) => {
          if (isVoid()) return
          if (turn <= this.#outdated) return this.#decide(token, decided, undecided)
          this.#applied = turn
          decided(verdict)
        },
        () => {
          if (!isVoid()) undecided()
        },
      )
      .catch((error: unknown) => this.#parts.documentAccess.failed(error))
  }

  /** Where the client can be asked for a token it returns with the next one by itself. */
  #endKind(): RefusalKind {
    const asks = this.session.codec.encode({ kind: 'token-wanted' }) !== undefined
    return asks ? 'token-wanted' : 'grant-ended'
  }
}
