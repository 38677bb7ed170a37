import { RefusalError } from '../base/errors.ts'
import type { Revocation } from './authority.ts'

interface RevocationLimits {
  readonly revocation_ms_max: number
  readonly revocations_max: number
}

/**
 * Whose tokens count no longer: those issued up to the moment of the revocation. Nobody says how
 * long the tokens live: what is kept for less than `revocation_ms_max` is not forgotten.
 */
export class Revocations {
  readonly #limits: RevocationLimits
  /** Milliseconds since 1970, by document and id; either may be everybody's. */
  readonly #revokedAt = new Map<string, number>()

  constructor(limits: RevocationLimits) {
    this.#limits = limits
  }

  /** @throws RefusalError `too-many-revocations` rather than forgetting one. */
  add(what: Revocation, at: number): void {
    const key = keyOf(what.document, what.id)
    const { revocation_ms_max, revocations_max } = this.#limits
    if (this.#revokedAt.size >= revocations_max && !this.#revokedAt.has(key)) {
      for (const [old, earlier] of this.#revokedAt) {
        if (earlier < at - revocation_ms_max) this.#revokedAt.delete(old)
      }
      if (this.#revokedAt.size >= revocations_max) throw new RefusalError('too-many-revocations')
    }
    this.#revokedAt.set(key, at)
  }

  /**
   * Whether a token is one of those.
   * @param issuedAt undefined when it does not say; then it counts as an old one
   */
  cover(document: string, id: string | undefined, issuedAt: number | undefined): boolean {
    if (this.#revokedAt.size === 0) return false
    const keys = [keyOf(undefined, undefined), keyOf(document, undefined)]
    if (id !== undefined) keys.push(keyOf(undefined, id), keyOf(document, id))
    return keys.some((key) => (issuedAt ?? 0) <= (this.#revokedAt.get(key) ?? -1))
  }
}

function keyOf(document: string | undefined, id: string | undefined): string {
  return JSON.stringify([document ?? null, id ?? null])
}
