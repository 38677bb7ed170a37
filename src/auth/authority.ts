import type { Access } from '../base/access.ts'

/** Who a client is, as far as the authority says; what it does not say is the client's own word. */
export interface Who {
  /** Stays the same for one person, whatever they are called. */
  readonly id?: string | undefined
  /** For people to read. */
  readonly name?: string | undefined
  /** As CSS has it. */
  readonly color?: string | undefined
  /** All that the authority knows, for the embedding program. */
  readonly claims?: Readonly<Record<string, unknown>> | undefined
}

/** What a client was given for one document. Times are milliseconds since 1970. */
export interface Grant {
  readonly access: Access
  readonly who?: Who | undefined
  /** When it ends, unless the client shows a new token; without one it holds as the socket does. */
  readonly until?: number | undefined
  /** From when on the authority wants to be asked again about the same token. */
  readonly askAgainAt?: number | undefined
}

/** An authority's answer. */
export type Verdict =
  | { readonly kind: 'granted'; readonly grant: Grant }
  | {
      readonly kind: 'denied'
      /** For the person at the client. It never holds the token. */
      readonly reason: string
      /** Whether it is only the token that is too old: the same client may bring another. */
      readonly expired?: boolean
      /** Whether the token is good, and only not for that document; false of one that is not. */
      readonly known?: boolean
    }

/** Where a client came from. */
export interface RequestFacts {
  /** Its address as the socket has it. */
  readonly ip?: string | undefined
  /**
   * What a limit per network address counts it by: the address, or 64 bits of an IPv6 one;
   * undefined for programs of this machine.
   */
  readonly network?: string | undefined
  /** Whether it is about somebody who is in the document, and is decided about anew. */
  readonly inside?: boolean | undefined
  /** The page that it is on, where a browser says so. */
  readonly origin?: string | undefined
  /** Headers of the upgrade that the authority wants, by name in lower case. */
  readonly headers: ReadonlyMap<string, string>
}

/** Whose access is taken back; what is left out is everybody's, on every document. */
export interface Revocation {
  readonly document?: string | undefined
  /** `id` of a `Who`. */
  readonly id?: string | undefined
}

/** Decides who may do what with which document. */
export interface Authority {
  /** Whether a client that shows no token is decided about; otherwise its token is waited for. */
  readonly needsToken: boolean
  /** Whether it does not ask who anybody is: what clients say of themselves stands then. */
  readonly asksNobody?: boolean
  /** Headers of the upgrade that it wants to see, by name in lower case. */
  readonly headers?: readonly string[]
  /**
   * Decides about one client and one document. A rejection counts as "try again later".
   * @param token as the client sent it; undefined when it sent none
   */
  decide(
    token: string | undefined,
    document: string,
    request: RequestFacts,
  ): Verdict | Promise<Verdict>
  /**
   * Forgets what it has decided about those; it is asked about all of them again.
   * @param at when that was said, in milliseconds since 1970: with a store that keeps revocations
   *   they are told again at each start
   * @throws RefusalError when it cannot take more of that
   */
  revoke?(what: Revocation, at: number): void
}

/** A denial in words for a person. */
export function denied(reason: string): Verdict {
  return { kind: 'denied', reason }
}
