import { expect, test } from 'bun:test'
import { createConfiguredAuthority } from '../../../src/auth/configured.ts'
import type { Access } from '../../../src/base/access.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { defaultLimits } from '../../../src/base/limits/limits.ts'
import { readCommand } from '../../../src/config.ts'
import { ask, secret, signed, sound, wallNow } from './keys.ts'

const keys = { kind: 'secret', secret } as const
const jwt = {
  kind: 'jwt',
  keys,
  issuer: undefined,
  audience: undefined,
  leewayMs: 0,
  documentsClaim: 'documents',
} as const
const rest = { clock: systemClock, wallClock: () => wallNow, limits: defaultLimits }

function line(args: readonly string[], environment: Record<string, string> = {}): string {
  const command = readCommand(args, environment)
  return command.kind === 'mistake' ? command.line : command.kind
}

test('AUTH-8: where nothing decides everybody does everything, or what was said', async () => {
  const answers: string[] = []
  for (const anonymous of [undefined, 'read', 'write'] as const) {
    const authority = await createConfiguredAuthority({
      decider: { kind: 'nobody' },
      anonymous,
      ...rest,
    })
    expect(authority.needsToken).toBe(false)
    answers.push(await ask(authority, undefined), await ask(authority, 'whatever'))
  }
  expect(answers).toEqual(['admin', 'admin', 'read', 'read', 'write', 'write'])
})

test('AUTH-8: beside tokens, who shows none reads; a bad token is no none', async () => {
  const decider = (anonymous: Access | undefined) =>
    createConfiguredAuthority({ decider: jwt, anonymous, ...rest })
  const open = await decider('read')
  expect(open.needsToken).toBe(false)
  expect(await ask(open, undefined)).toBe('read')
  expect(await ask(open, await signed())).toBe('write')
  expect(await ask(open, await signed({ ...sound, exp: 1 }))).toBe('The token has expired.')
  const closed = await decider(undefined)
  expect(closed.needsToken).toBe(true)
  expect(await ask(closed, undefined)).toBe('No token was sent.')
})

test('AUTH-8: the start beyond loopback without an authority says the flags', () => {
  for (const host of ['0.0.0.0', '::', '192.0.2.7', 'example.org']) {
    const said = line(['--host', host])
    for (const flag of ['--allow-anonymous read', '--jwt-secret-file', '--auth-webhook-url']) {
      expect(said).toContain(flag)
    }
    expect(said.split('\n')).toHaveLength(1)
  }
  const words: readonly (readonly string[])[] = [
    ['--allow-anonymous', 'read'],
    ['--jwt-secret-file', 'secret'],
    ['--jwt-public-key-file', 'key.pem'],
    ['--jwt-jwks-url', 'https://example.org/keys'],
    ['--auth-webhook-url', 'https://example.org/decide'],
  ]
  for (const flags of words) expect(line(['--host', '0.0.0.0', ...flags])).toBe('serve')
  expect(line(['--host', '0.0.0.0'], { YTOPIC_JWT_SECRET: secret })).toBe('serve')
  expect(line(['--host', '0.0.0.0'], { YTOPIC_JWT_SECRET: '' })).toContain('--allow-anonymous')
})

test('AUTH-8: behind a proxy that is believed it is the same', () => {
  const said = line(['--trust-proxy', 'loopback'])
  expect(said).toContain('behind a proxy anybody could read and write everything')
  expect(line(['--trust-proxy', 'loopback', '--allow-anonymous', 'read'])).toBe('serve')
  expect(line(['--trust-proxy', 'loopback', '--jwt-secret-file', 'secret'])).toBe('serve')
})

const conflicts: readonly (readonly [readonly string[], Record<string, string>, string])[] = [
  [['--jwt-secret-file', 'a', '--jwt-public-key-file', 'b'], {}, 'are both given; keep one'],
  [
    ['--jwt-jwks-url', 'https://a', '--auth-webhook-url', 'https://b'],
    {},
    'are both given; keep one',
  ],
  [['--jwt-public-key-file', 'b'], { YTOPIC_JWT_SECRET: secret }, 'are both given; keep one'],
  [['--jwt-secret-file', 'a'], { YTOPIC_JWT_SECRET: secret }, 'keep one'],
  [['--auth-webhook-secret-file', 'a'], { YTOPIC_AUTH_WEBHOOK_SECRET: secret }, 'keep one'],
  [['--jwt-issuer', 'a'], {}, 'need a key'],
  [['--jwt-audience', 'a', '--auth-webhook-url', 'https://b'], {}, 'need a key'],
  [['--jwt-leeway', 'long'], {}, '--jwt-leeway takes'],
]

for (const [args, environment, words] of conflicts) {
  const shown = [...args, ...Object.keys(environment)].join(' ')
  test(`CLI-2: ${shown} is answered with one line without the secret`, () => {
    const said = line(args, environment)
    expect(said).toContain(words)
    expect(said).not.toContain(secret)
    expect(said.split('\n')).toHaveLength(1)
  })
}
