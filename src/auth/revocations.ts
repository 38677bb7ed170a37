import { RefusalError } from '../base/errors.ts'
import type { Revocation } from './authority.ts'

/**
 * Whose tokens count no longer: those issued up to the moment of the revocation. Kept until the
 * process ends, as nobody says how long the tokens live.
 */
export class Revocations {
  readonly #max: number
  /** Milliseconds since 1970, by document and id; either may be everybody's. */
  readonly #revokedAt = new Map<string, number>()

  constructor(limits: { readonly revocations_max: number }) {
    this.#max = limits.revocations_max
  }

  /** @throws RefusalError `too-many-revocations` rather than forgetting one. */
  add(what: Revocation, now: number): void {
    const key = keyOf(what.document, what.id)
    if (this.#revokedAt.size >= this.#max && !this.#revokedAt.has(key)) {
      throw new RefusalError('too-many-revocations')
    }
    this.#revokedAt.set(key, now)
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
