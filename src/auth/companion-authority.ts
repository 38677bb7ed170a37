import { covers } from '../base/access.ts'
import { commentedIn } from '../../persistence/companion.ts'
import type { KeptRevocations } from './kept-revocations.ts'
import type { Authority, RequestFacts, Revocation, Verdict } from './authority.ts'

/**
 * Decides about the comments beside a document as about the document itself: who may read that
 * reads them, and nobody writes them but the server. Where an authority has to forget what is taken
 * back, it is asked only while all of that is known.
 */
export class CompanionAuthority implements Authority {
  readonly #inner: Authority
  readonly #revocations: Pick<KeptRevocations, 'unknown'>

  constructor(inner: Authority, revocations: Pick<KeptRevocations, 'unknown'>) {
    this.#inner = inner
    this.#revocations = revocations
  }

  get needsToken(): boolean {
    return this.#inner.needsToken
  }

  get asksNobody(): boolean {
    return this.#inner.asksNobody ?? false
  }

  get headers(): readonly string[] {
    return this.#inner.headers ?? []
  }

  decide(
    token: string | undefined,
    document: string,
    request: RequestFacts,
  ): Verdict | Promise<Verdict> {
    const unknown = this.#inner.revoke && this.#revocations.unknown
    if (unknown === undefined) return this.#decide(token, document, request)
    return unknown.then(() => this.#decide(token, document, request))
  }

  revoke({ document, id }: Revocation, at: number): void {
    const owner = document === undefined ? undefined : (commentedIn(document) ?? document)
    this.#inner.revoke?.({ document: owner, id }, at)
  }

  #decide(...[token, document, request]: Parameters<Authority['decide']>) {
    const owner = commentedIn(document)
    if (owner === undefined) return this.#inner.decide(token, document, request)
    return this.#readOnly(token, owner, request)
  }

  async #readOnly(
    token: string | undefined,
    owner: string,
    request: RequestFacts,
  ): Promise<Verdict> {
    const verdict = await this.#inner.decide(token, owner, request)
    if (verdict.kind === 'denied' || !covers(verdict.grant.access, 'comment')) return verdict
    return { kind: 'granted', grant: { ...verdict.grant, access: 'read' } }
  }
}
