import type { Grant } from '../auth/authority.ts'

/** The grant on which a session stays. Times are milliseconds since 1970. */
export interface LeaseState {
  readonly grant: Grant
  /** For which token it was granted; undefined when none was shown over the protocol. */
  readonly token: string | undefined
  readonly since: number
  /** Whether the client has been asked for its next token. */
  readonly clientAsked: boolean
  /** Since when the authority is unavailable; undefined while it answers. */
  readonly undecidedSince: number | undefined
  /** When the authority is asked again; undefined while it is, and where it does not want to be. */
  readonly askAuthorityAt: number | undefined
}

/** What is to be done about a lease. */
export type Due = 'nothing' | 'ask-client' | 'ask-authority' | 'end'

/** An authority that could not decide is asked again after this. */
export const undecidedPauseMs = 2_000

/** A lease that begins with that grant. */
export function leaseStateOf(grant: Grant, token: string | undefined, now: number): LeaseState {
  const lasting = token === undefined && grant.until === undefined && grant.askAgainAt === undefined
  const known = lasting ? lastingStates.get(grant) : undefined
  if (known !== undefined) return known
  const state: LeaseState = {
    grant,
    token,
    since: now,
    clientAsked: false,
    undecidedSince: undefined,
    askAuthorityAt: grant.askAgainAt,
  }
  if (lasting) lastingStates.set(grant, state)
  return state
}

/** Where one grant is everybody's and has no end, so is what follows from it. */
const lastingStates = new WeakMap<Grant, LeaseState>()

/**
 * What is to be done about a lease now. The client is asked before its access ends, so that it
 * goes on without a break: by the whole time that it may take, or half of what a short grant gives.
 */
export function dueOf(
  { askAuthorityAt, clientAsked, grant, since }: LeaseState,
  now: number,
  limits: { readonly token_wait_ms_max: number },
): Due {
  const { until } = grant
  if (until !== undefined && now >= until) return 'end'
  if (askAuthorityAt !== undefined && now >= askAuthorityAt) return 'ask-authority'
  if (until === undefined || clientAsked) return 'nothing'
  const lead = Math.min(limits.token_wait_ms_max, (until - since) / 2)
  return now >= until - lead ? 'ask-client' : 'nothing'
}
