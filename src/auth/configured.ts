import type { Access } from '../base/access.ts'
import type { Clock, WallClock } from '../base/clock.ts'
import { limitOptionsOf, type Limits } from '../base/limits/limits.ts'
import { anonymous as everybody, withAnonymous } from './anonymous.ts'
import type { Authority } from './authority.ts'
import { createJwtAuthority } from './jwt.ts'
import type { JwtKeySource } from './jwt-keys.ts'
import { createWebhookAuthority } from './webhook.ts'

/** What decides who may what. */
export interface AuthSetup {
  /** By tokens, by an endpoint of the owner's, or by nothing. */
  readonly decider:
    | {
        readonly kind: 'jwt'
        readonly keys: JwtKeySource
        readonly issuer: string | undefined
        readonly audience: string | undefined
        readonly leewayMs: number
        readonly documentsClaim: string
      }
    | { readonly kind: 'webhook'; readonly url: string; readonly secret: string | undefined }
    | { readonly kind: 'nobody' }
  /** What those may do who show no token; undefined is nothing. */
  readonly anonymous: Access | undefined
  readonly clock: Clock
  readonly wallClock: WallClock
  readonly limits: Limits
}

/**
 * The authority that was configured.
 * @throws AuthSetupError when its keys or its address cannot be used
 */
export async function createConfiguredAuthority(setup: AuthSetup): Promise<Authority> {
  const { anonymous, clock, decider, wallClock } = setup
  const given = { clock, wallClock, limits: limitOptionsOf(setup.limits) }
  switch (decider.kind) {
    case 'nobody':
      return everybody(anonymous ?? 'admin')
    case 'jwt':
      return open(await createJwtAuthority({ ...given, ...decider }), anonymous)
    case 'webhook':
      return open(createWebhookAuthority({ ...given, ...decider }), anonymous)
  }
}

function open(authority: Authority, anonymous: Access | undefined): Authority {
  return anonymous === undefined ? authority : withAnonymous(authority, anonymous)
}
