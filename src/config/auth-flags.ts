import { accessLevels } from '../base/access.ts'
import { type Environment, flag, optional } from './flag.ts'
import { choice, duration, text } from './reader.ts'

const file = text('FILE', 'a file')

/** The flags that say who may do what. A secret is read from a file or the environment only. */
export const authFlags = {
  allowAnonymous: optional(
    choice(...accessLevels),
    'let anybody who shows no token read every document, comment on it, write it, or delete it ' +
      'too; needed to listen beyond this machine without tokens or an endpoint that decide',
  ),
  jwtSecretFile: optional(
    file,
    'the secret with which tokens (JWT, HS256) are signed; or the secret itself in ' +
      'YTOPIC_JWT_SECRET',
  ),
  jwtPublicKeyFile: optional(
    file,
    'the public key with which tokens are checked (RS, PS, ES, EdDSA): PEM, JWK or a set of JWKs',
  ),
  jwtJwksUrl: optional(
    text('URL', 'a URL'),
    'where the public keys are published, as a set of JWKs; they are fetched again when needed',
  ),
  jwtIssuer: optional(text('ISSUER', 'an issuer'), 'the "iss" that tokens must have'),
  jwtAudience: optional(text('AUDIENCE', 'an audience'), 'the "aud" that tokens must have'),
  jwtLeeway: flag(
    duration(0, 600_000),
    '10s',
    "how far the issuer's clock may differ from this server's",
  ),
  jwtDocumentsClaim: flag(
    text('CLAIM', 'the name of a claim'),
    'documents',
    'the claim that names the documents: {"notes": "write", "team/*": "read"}',
  ),
  authWebhookUrl: optional(
    text('URL', 'a URL'),
    'your endpoint that decides about access: each question is one POST',
  ),
  authWebhookSecretFile: optional(
    file,
    'the secret that the endpoint is sent as a bearer token; or the secret itself in ' +
      'YTOPIC_AUTH_WEBHOOK_SECRET',
  ),
  tokenCookie: optional(
    text('NAME', 'the name of a cookie'),
    'the cookie that holds the token, where the client sends none otherwise',
  ),
  enforceIdentity: flag(
    choice('on', 'off'),
    'on',
    'write the id, name and color of the token into the "user" of the presence that the client ' +
      'shows to others, and take away what the token does not say; off: believe the client',
  ),
  adminTokenFile: optional(
    file,
    "the operator's bearer token for /api/v1 and /metrics; or the token itself in " +
      'YTOPIC_ADMIN_TOKEN',
  ),
} as const

/** Secrets that the environment holds; a command line is there for everybody to see. */
export interface Secrets {
  readonly jwtSecret: string | undefined
  readonly authWebhookSecret: string | undefined
  readonly adminToken: string | undefined
}

/** Reads the secrets; an empty one is none. */
export function readSecrets(environment: Environment): Secrets {
  const secret = (name: string): string | undefined => environment[name]?.trim() || undefined
  return {
    jwtSecret: secret('YTOPIC_JWT_SECRET'),
    authWebhookSecret: secret('YTOPIC_AUTH_WEBHOOK_SECRET'),
    adminToken: secret('YTOPIC_ADMIN_TOKEN'),
  }
}
