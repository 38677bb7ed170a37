import type { Access } from '../base/access.ts'

/** What a client was given for one document. */
export interface Grant {
  readonly access: Access
}

/** An authority's answer. */
export type Verdict =
  | { readonly kind: 'granted'; readonly grant: Grant }
  /** `reason` is for the person at the client. */
  | { readonly kind: 'denied'; readonly reason: string }

/** Decides who may do what with which document. */
export interface Authority {
  /** Whether a client that shows no token is decided about; otherwise its token is waited for. */
  readonly needsToken: boolean
  /**
   * Decides about one client and one document. A rejection counts as "try again later".
   * @param token as the client sent it; undefined when it sent none
   */
  decide(token: string | undefined, document: string): Verdict | Promise<Verdict>
}

const everybodyWrites: Verdict = { kind: 'granted', grant: { access: 'write' } }

/** No authentication: everybody who reaches the server reads and writes every document. */
export const openAuthority: Authority = {
  needsToken: false,
  decide: () => everybodyWrites,
}
