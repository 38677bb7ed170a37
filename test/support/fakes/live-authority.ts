import type { Authority, Grant, RequestFacts, Revocation } from '../../../src/auth/authority.ts'
import { denied, type Verdict } from '../../../src/auth/authority.ts'

/** An authority whose mind a test changes while clients are there. */
export class LiveAuthority implements Authority {
  readonly needsToken = true
  readonly asked: string[] = []
  readonly revoked: Revocation[] = []
  readonly #verdicts = new Map<string, Verdict | 'cannot tell' | Promise<Verdict>>()

  grant(token: string, grant: Grant): void {
    this.#verdicts.set(token, { kind: 'granted', grant })
  }

  deny(token: string, expired = false): void {
    this.#verdicts.set(token, { kind: 'denied', reason: 'Not any more.', expired })
  }

  /** Cannot decide about that token from now on. */
  lose(token: string): void {
    this.#verdicts.set(token, 'cannot tell')
  }

  /** Decides when the promise does. */
  wait(token: string, verdict: Promise<Verdict>): void {
    this.#verdicts.set(token, verdict)
  }

  async decide(token: string | undefined, _document: string, _facts: RequestFacts) {
    this.asked.push(token ?? '')
    const verdict = await this.#verdicts.get(token ?? '')
    if (verdict === 'cannot tell') throw new Error('the user directory is away (by the test)')
    return verdict ?? denied('I do not know you.')
  }

  revoke(what: Revocation): void {
    this.revoked.push(what)
  }
}
