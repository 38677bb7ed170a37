import { SignJWT } from 'jose'
import type { Access } from '../base/access.ts'
import { secretKey } from './jwt-keys.ts'

/** What a token for development says. */
export interface TokenWishes {
  readonly document: string
  readonly access: Access
  /** Milliseconds for which it is good. */
  readonly forMs: number
  readonly id: string | undefined
  readonly name: string | undefined
  readonly issuer: string | undefined
  readonly audience: string | undefined
  /** The claim that names the documents. */
  readonly documentsClaim: string
}

/**
 * Signs a token as `createJwtAuthority` checks it.
 * @param wallNow milliseconds since 1970
 * @throws AuthSetupError when the secret is too short
 */
export async function signToken(
  secret: string,
  wishes: TokenWishes,
  wallNow: number,
): Promise<string> {
  const { access, audience, document, documentsClaim, forMs, id, issuer, name } = wishes
  const key = secretKey(secret)
  const issuedAt = Math.floor(wallNow / 1_000)
  const token = new SignJWT({
    [documentsClaim]: { [document]: access },
    ...(name === undefined ? {} : { name }),
  })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + Math.ceil(forMs / 1_000))
  if (id !== undefined) token.setSubject(id)
  if (issuer !== undefined) token.setIssuer(issuer)
  if (audience !== undefined) token.setAudience(audience)
  return token.sign(key)
}
