import type { Authority, Verdict } from '../../../src/auth/authority.ts'

/** An authority that knows a few tokens, and decides when the test lets it. */
export class FakeAuthority implements Authority {
  readonly needsToken = true
  readonly asked: (string | undefined)[] = []
  #hold: PromiseWithResolvers<void> | undefined

  /** Decisions wait from now on. */
  hold(): void {
    this.#hold ??= Promise.withResolvers()
  }

  /** What waits goes on. */
  release(): void {
    this.#hold?.resolve()
    this.#hold = undefined
  }

  /**
   * `reader…` may read, `writer…` may write, `broken` cannot be decided, `old` has ended, others
   * are denied.
   */
  async decide(token: string | undefined): Promise<Verdict> {
    this.asked.push(token)
    await this.#hold?.promise
    if (token === 'old') return { kind: 'denied', reason: 'That is old.', expired: true }
    if (token === 'broken') throw new Error('the user directory is away (by the test)')
    if (token?.startsWith('reader') === true) return { kind: 'granted', grant: { access: 'read' } }
    if (token?.startsWith('writer') === true) return { kind: 'granted', grant: { access: 'write' } }
    return { kind: 'denied', reason: 'I do not know you.' }
  }
}
