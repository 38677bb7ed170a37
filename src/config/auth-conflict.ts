import type { Access } from '../base/access.ts'
import { isLoopback } from '../base/loopback.ts'
import type { authFlags, Secrets } from './auth-flags.ts'
import type { ValuesOf } from './flag.ts'

/** What was said of authentication. */
type AuthValues = ValuesOf<typeof authFlags> & Secrets

/** What decides who may what, as flags; at most one of them is to be given. */
const deciders = '--jwt-secret-file, --jwt-public-key-file, --jwt-jwks-url or --auth-webhook-url'

/**
 * What does not go together; undefined when all does.
 * @param behindProxy whether a proxy brings others than those of this machine
 */
export function authConflict(
  values: AuthValues,
  host: string,
  behindProxy: boolean,
): string | undefined {
  const { allowAnonymous, jwtAudience, jwtIssuer, jwtSecret, jwtSecretFile } = values
  if (jwtSecret !== undefined && jwtSecretFile !== undefined) {
    return 'YTOPIC_JWT_SECRET and --jwt-secret-file are both given; keep one'
  }
  if (values.authWebhookSecret !== undefined && values.authWebhookSecretFile !== undefined) {
    return 'YTOPIC_AUTH_WEBHOOK_SECRET and --auth-webhook-secret-file are both given; keep one'
  }
  if (values.adminToken !== undefined && values.adminTokenFile !== undefined) {
    return 'YTOPIC_ADMIN_TOKEN and --admin-token-file are both given; keep one'
  }
  const [first, second] = chosen(values)
  if (second !== undefined) return `${first} and ${second} are both given; keep one`
  if ((jwtIssuer ?? jwtAudience) !== undefined && !(first ?? '').includes('jwt')) {
    return '--jwt-issuer and --jwt-audience need a key for the tokens beside them'
  }
  const open = behindProxy || !isLoopback(host)
  if (first === undefined && allowAnonymous === undefined && open) {
    const where = isLoopback(host) ? 'behind a proxy' : `on ${host}`
    const allow = 'say --allow-anonymous read or --allow-anonymous write to allow that'
    return `${where} anybody could read and write everything; ${allow}, or give ${deciders}`
  }
  return undefined
}

/**
 * What those may do who show no token; undefined is nothing. On this machine alone, with nothing
 * that decides, everything: where an admin token is kept, deleting is its owner's.
 */
export function anonymousAccess(values: AuthValues): Access | undefined {
  if (values.allowAnonymous !== undefined || chosen(values).length > 0) {
    return values.allowAnonymous
  }
  return (values.adminToken ?? values.adminTokenFile) === undefined ? 'admin' : 'write'
}

/** Who may what, for the line at the start. */
export function whoMayWhat(values: AuthValues): string {
  const [decider] = chosen(values)
  const open = anonymousAccess(values)
  const others = `may ${open === undefined ? '' : deeds[open]}`
  if (decider === undefined) return `anybody ${others}`
  const by = decider.includes('webhook') ? 'your endpoint' : 'tokens'
  const ruled = `access is decided by ${by}`
  return open === undefined ? ruled : `${ruled}, and clients without a token ${others}`
}

/** In words, what a level lets people do. */
const deeds: Readonly<Record<Access, string>> = {
  read: 'read',
  comment: 'read and comment',
  write: 'read and write',
  admin: 'read, write and delete',
}

function chosen(values: AuthValues): readonly string[] {
  const { authWebhookUrl, jwtJwksUrl, jwtPublicKeyFile, jwtSecret, jwtSecretFile } = values
  const given: readonly (readonly [string, string | undefined])[] = [
    [
      jwtSecretFile === undefined ? 'the jwt secret' : '--jwt-secret-file',
      jwtSecretFile ?? jwtSecret,
    ],
    ['--jwt-public-key-file', jwtPublicKeyFile],
    ['--jwt-jwks-url', jwtJwksUrl],
    ['--auth-webhook-url', authWebhookUrl],
  ]
  return given.flatMap(([name, value]) => (value === undefined ? [] : [name]))
}
