import { errors, type JWTPayload, jwtVerify } from 'jose'
import { systemWallClock, type WallClock } from '../base/clock.ts'
import { RefusalError } from '../base/errors.ts'
import { type LimitOptions, limitsFrom } from '../base/limits/limits.ts'
import { type Authority, denied, type Revocation, type Verdict } from './authority.ts'
import { accessIn } from './document-claim.ts'
import { type JwtKeys, type JwtKeySource, type KeyTimes, readJwtKeys } from './jwt-keys.ts'
import { Revocations } from './revocations.ts'

export type { JwtKeySource, KeyTimes }

/** How tokens are checked; only the keys have no default. */
export interface JwtOptions {
  readonly keys: JwtKeySource
  /** `iss` that a token must have, if any. */
  readonly issuer?: string | undefined
  /** `aud` that a token must have, if any. */
  readonly audience?: string | undefined
  /** Milliseconds by which the issuer's clock may differ from this one; 10 s. */
  readonly leewayMs?: number
  /** The claim that names the documents; `documents`. */
  readonly documentsClaim?: string
  readonly wallClock?: WallClock
  readonly keyTimes?: KeyTimes
  /** `revocationsMax` counts here. */
  readonly limits?: LimitOptions | undefined
}

/** Keys of a URL: an unknown one is looked for at most every 5 s, a removed one goes in 10 min. */
const defaultKeyTimes: KeyTimes = { keepMs: 600_000, pauseMs: 5_000, timeoutMs: 5_000 }

/**
 * Decides by signed tokens (JWT, RFC 7519).
 * @throws AuthSetupError when the keys cannot be used
 */
export async function createJwtAuthority(options: JwtOptions): Promise<Authority> {
  const keys = await readJwtKeys(options.keys, options.keyTimes ?? defaultKeyTimes)
  return new JwtAuthority({ ...defaults, ...options }, keys)
}

const defaults = {
  leewayMs: 10_000,
  documentsClaim: 'documents',
  wallClock: systemWallClock,
}

type Settings = JwtOptions & Required<Pick<JwtOptions, keyof typeof defaults>>

class JwtAuthority implements Authority {
  readonly needsToken = true
  readonly #options: Settings
  readonly #keys: JwtKeys
  readonly #revocations: Revocations

  constructor(options: Settings, keys: JwtKeys) {
    this.#options = options
    this.#keys = keys
    this.#revocations = new Revocations(limitsFrom(options.limits))
  }

  async decide(token: string | undefined, document: string): Promise<Verdict> {
    if (token === undefined) return denied('No token was sent.')
    const { audience, documentsClaim, issuer, leewayMs, wallClock } = this.#options
    let claims: JWTPayload
    try {
      const { payload } = await jwtVerify(token, this.#keys.keyFor, {
        algorithms: [...this.#keys.algorithms],
        requiredClaims: ['exp'],
        clockTolerance: leewayMs / 1_000,
        currentDate: new Date(wallClock()),
        ...(issuer === undefined ? {} : { issuer }),
        ...(audience === undefined ? {} : { audience }),
      })
      claims = payload
    } catch (error) {
      return fault(error)
    }
    const access = accessIn(claims[documentsClaim], document)
    if (access === undefined) return uncovered
    const { exp = 0, iat, sub } = claims
    const issuedAt = iat === undefined ? undefined : iat * 1_000
    if (this.#revocations.cover(document, sub, issuedAt)) return revoked
    const who = {
      id: sub,
      name: textIn(claims['name']),
      color: textIn(claims['color']),
      claims,
    }
    return { kind: 'granted', grant: { access, who, until: exp * 1_000 + leewayMs } }
  }

  revoke(what: Revocation, at: number): void {
    this.#revocations.add(what, at)
  }
}

const uncovered: Verdict = {
  kind: 'denied',
  reason: 'The token does not cover this document.',
  known: true,
}

const revoked: Verdict = { kind: 'denied', reason: 'The token was revoked.', expired: true }

/** What a token that does not pass is told. The words never hold the token, nor what is in it. */
function fault(error: unknown): Verdict {
  if (error instanceof RefusalError) throw error
  if (error instanceof errors.JWTExpired) {
    return { kind: 'denied', reason: 'The token has expired.', expired: true }
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    return strange(claimFaults.get(error.claim) ?? 'A claim of the token is not valid.')
  }
  return strange('The token is not valid.')
}

function strange(reason: string): Verdict {
  return { kind: 'denied', reason, known: false }
}

const claimFaults: ReadonlyMap<string, string> = new Map([
  ['iss', 'The token is from somebody who is not trusted here.'],
  ['aud', 'The token is for somebody else.'],
  ['nbf', 'The token is not valid yet.'],
  ['exp', 'The token has no end.'],
])

function textIn(claim: unknown): string | undefined {
  return typeof claim === 'string' && claim !== '' ? claim : undefined
}
