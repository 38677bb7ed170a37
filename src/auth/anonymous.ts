import type { Access } from '../base/access.ts'
import type { Authority, Verdict } from './authority.ts'

/** No authentication: everybody who reaches the server may do that with every document. */
export function anonymous(access: Access): Authority {
  const everybody: Verdict = { kind: 'granted', grant: { access } }
  return { needsToken: false, asksNobody: true, decide: () => everybody }
}

/** Who shows no token may do that much; who shows one is decided about. */
export function withAnonymous(authority: Authority, access: Access): Authority {
  const stranger: Verdict = { kind: 'granted', grant: { access } }
  return {
    needsToken: false,
    ...(authority.headers === undefined ? {} : { headers: authority.headers }),
    // A bad token is not passed over: its owner would wonder why their edits are refused.
    decide: (token, document, request) =>
      token === undefined ? stranger : authority.decide(token, document, request),
    revoke: (what, at) => authority.revoke?.(what, at),
  }
}
