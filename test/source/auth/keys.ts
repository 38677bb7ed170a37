import { exportJWK, exportSPKI, generateKeyPair, type JWK, SignJWT } from 'jose'
import { RefusalError } from '../../../src/base/errors.ts'
import type { Authority, RequestFacts, Verdict } from '../../../src/auth/authority.ts'
import { createJwtAuthority, type JwtOptions } from '../../../src/auth/jwt.ts'
import type { JwtKeySource } from '../../../src/auth/jwt-keys.ts'

/** A moment for tests that do not wait: milliseconds since 1970. */
export const wallNow = 1_800_000_000_000
export const secret = 'a secret that is long enough for it'

/** What a token says; all of it can be replaced. */
export interface Claims {
  readonly [claim: string]: unknown
}

/** Claims that pass: for the document `notes`, good for a minute. */
export const sound: Claims = {
  sub: 'ana',
  name: 'Ana',
  color: '#c0392b',
  documents: { notes: 'write' },
  iat: wallNow / 1_000,
  exp: wallNow / 1_000 + 60,
}

/** A pair of keys with its public half in every form. */
export interface Pair {
  readonly alg: string
  readonly privateKey: CryptoKey
  readonly jwk: JWK
  readonly pem: string
}

export async function pair(alg: string, kid?: string): Promise<Pair> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const jwk = { ...(await exportJWK(publicKey)), ...(kid === undefined ? {} : { kid, alg }) }
  return { alg, privateKey, jwk, pem: await exportSPKI(publicKey) }
}

/** A token by the secret. */
export function signed(claims: Claims = sound, key: string | Uint8Array = secret): Promise<string> {
  const bytes = typeof key === 'string' ? new TextEncoder().encode(key) : key
  return new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(bytes)
}

/** A token by a private key. */
export function signedBy({ alg, jwk, privateKey }: Pair, claims: Claims = sound): Promise<string> {
  const kid = jwk.kid === undefined ? {} : { kid: jwk.kid }
  return new SignJWT(claims).setProtectedHeader({ alg, ...kid }).sign(privateKey)
}

/** An authority at that moment. */
export function authorityFor(
  keys: JwtKeySource,
  options: Partial<JwtOptions> = {},
): Promise<Authority> {
  return createJwtAuthority({
    keys,
    leewayMs: 10_000,
    documentsClaim: 'documents',
    wallClock: () => wallNow,
    ...options,
  })
}

export const nowhere: RequestFacts = { headers: new Map() }

/** What may be done, or why nothing may. */
export function inWords(verdict: Verdict): string {
  return verdict.kind === 'granted' ? verdict.grant.access : verdict.reason
}

/** Asks about the document `notes`. */
export async function ask(
  authority: Authority,
  token: string | undefined,
  from: RequestFacts = nowhere,
): Promise<string> {
  return inWords(await authority.decide(token, 'notes', from))
}

/** What comes of asking, in words; refusals by kind and sentence. */
export async function outcome(asked: Promise<string>): Promise<string> {
  try {
    return await asked
  } catch (error) {
    return error instanceof RefusalError ? `${error.kind}: ${error.message}` : 'a bug'
  }
}
