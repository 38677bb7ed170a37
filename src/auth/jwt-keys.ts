import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  errors,
  exportJWK,
  importJWK,
  importSPKI,
  importX509,
  type CryptoKey,
  type JWK,
  type JWTVerifyGetKey,
} from 'jose'
import { RefusalError } from '../base/errors.ts'
import { AuthSetupError } from './auth-setup-error.ts'

/** With what tokens are checked. */
export type JwtKeySource =
  /** A shared secret, for HS256. */
  | { readonly kind: 'secret'; readonly secret: string }
  /** A public key: PEM (SPKI or a certificate), a JWK, or a set of JWKs, as text. */
  | { readonly kind: 'public'; readonly text: string }
  /** Where a set of public JWKs is published. */
  | { readonly kind: 'url'; readonly url: string }

/** How the keys of a URL are kept. */
export interface KeyTimes {
  /** Keys are fetched again after this time. */
  readonly keepMs: number
  /** An unknown key makes them be fetched again, but not more often than this. */
  readonly pauseMs: number
  readonly timeoutMs: number
}

/** A key for each token, and the only algorithms with which it may be used. */
export interface JwtKeys {
  readonly algorithms: readonly string[]
  /** Rejects with a RefusalError where the key cannot be known now. */
  readonly keyFor: JWTVerifyGetKey
}

/** Least length of a secret in bytes: that of HS256's hash (RFC 7518, section 3.2). */
const secretBytesMin = 32

/** Never HS256 beside these: a public key would do for a secret. */
// prettier-ignore
const publicAlgorithms = [
  'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512',
  'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519',
]

/**
 * Reads keys. Those of a URL are fetched when the first token comes.
 * @throws AuthSetupError when they cannot be used
 */
export async function readJwtKeys(source: JwtKeySource, times: KeyTimes): Promise<JwtKeys> {
  switch (source.kind) {
    case 'secret': {
      const secret = secretKey(source.secret)
      return { algorithms: ['HS256'], keyFor: () => Promise.resolve(secret) }
    }
    case 'public':
      return { algorithms: publicAlgorithms, keyFor: await readPublic(source.text.trim()) }
    case 'url':
      return { algorithms: publicAlgorithms, keyFor: remoteKeys(readUrl(source.url), times) }
  }
}

/** A secret's bytes. @throws AuthSetupError when it is too short to be one */
export function secretKey(secret: string): Uint8Array {
  const bytes = new TextEncoder().encode(secret.trim())
  if (bytes.length >= secretBytesMin) return bytes
  const least = `use at least ${secretBytesMin}`
  throw new AuthSetupError(`The secret for tokens has ${bytes.length} bytes; ${least}.`)
}

async function readPublic(text: string): Promise<JWTVerifyGetKey> {
  if (text.includes('PRIVATE KEY')) {
    throw new AuthSetupError('The key for tokens is a private key; give the public one.')
  }
  const parsed = text.startsWith('{') ? parseJson(text) : undefined
  if (parsed === undefined) return only(await readPem(text))
  if (!('keys' in parsed)) return only(checkPublic(parsed))
  const keys: unknown = parsed['keys']
  if (!Array.isArray(keys) || keys.length === 0) {
    throw new AuthSetupError('The key set for tokens is empty; give it a public key.')
  }
  return createLocalJWKSet({ keys: keys.map((key: JWK) => checkPublic(key)) })
}

/** One key for all tokens, whatever key they name. */
async function only(key: JWK): Promise<JWTVerifyGetKey> {
  // Imported once, so that a bad one is told now; for RSA the token's algorithm decides again.
  await importJWK(key, algorithmOf(key)).catch(() => {
    throw new AuthSetupError(
      'The public key for tokens cannot be used; give a PEM or a JWK of RSA, EC or Ed25519.',
    )
  })
  return () => Promise.resolve(key)
}

function algorithmOf({ alg, crv, kty }: JWK): string {
  if (alg !== undefined) return alg
  if (kty === 'RSA') return 'RS256'
  if (crv === 'P-256') return 'ES256'
  if (crv === 'P-384') return 'ES384'
  return crv === 'P-521' ? 'ES512' : 'EdDSA'
}

function checkPublic(key: JWK): JWK {
  if (key.kty === 'oct' || key.d !== undefined) {
    throw new AuthSetupError('A key for tokens is secret; give the public one.')
  }
  return key
}

/** Reads a PEM of whatever kind of key; which it is stands inside. */
async function readPem(pem: string): Promise<JWK> {
  const read = pem.includes('CERTIFICATE') ? importX509 : importSPKI
  for (const algorithm of ['RS256', 'ES256', 'ES384', 'ES512', 'Ed25519']) {
    const key = await read(pem, algorithm, { extractable: true }).catch(() => undefined)
    if (key !== undefined) return withoutAlgorithm(key)
  }
  throw new AuthSetupError('The public key for tokens is neither PEM nor a JWK; give one of these.')
}

async function withoutAlgorithm(key: CryptoKey): Promise<JWK> {
  const { alg: _, ...jwk } = await exportJWK(key)
  return jwk
}

function remoteKeys(url: URL, times: KeyTimes): JWTVerifyGetKey {
  let fetched = 0
  const keys = createRemoteJWKSet(url, {
    cacheMaxAge: times.keepMs,
    cooldownDuration: times.pauseMs,
    timeoutDuration: times.timeoutMs,
    [customFetch]: async (where, options) => {
      const response = await fetch(where, options)
      fetched++
      return response
    },
  })
  return async (header, token) => {
    const before = fetched
    try {
      return await keys(header, token)
    } catch (error) {
      if (error instanceof errors.JWKSMultipleMatchingKeys) throw error
      const isUnknown = error instanceof errors.JWKSNoMatchingKey
      // The key may have come since they were fetched; so soon they are not fetched again.
      if (isUnknown && fetched !== before) throw error
      const why = isUnknown
        ? 'The key of the token may be a new one.'
        : 'The key set for tokens cannot be fetched.'
      throw new RefusalError('authority-unavailable', why)
    }
  }
}

function readUrl(url: string): URL {
  const parsed = URL.parse(url)
  if (parsed !== null && /^https?:$/.test(parsed.protocol)) return parsed
  throw new AuthSetupError('The URL of the key set does not begin with http or https; correct it.')
}

function parseJson(text: string): JWK | undefined {
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined
  } catch {
    return undefined
  }
}
