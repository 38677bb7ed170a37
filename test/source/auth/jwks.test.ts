import { afterEach, expect, test } from 'bun:test'
import type { JWK } from 'jose'
import type { Authority } from '../../../src/auth/authority.ts'
import type { KeyTimes } from '../../../src/auth/jwt-keys.ts'
import { RefusalError } from '../../../src/base/errors.ts'
import { ask, authorityFor, type Pair, pair, signed, signedBy } from './keys.ts'

/** A place where keys are published, as an issuer does it. */
class KeyServer {
  keys: readonly JWK[] = []
  fetches = 0
  status = 200
  hangs = false
  readonly #server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: () => {
      this.fetches++
      if (this.hangs) return new Promise<Response>(() => undefined)
      return Response.json({ keys: this.keys }, { status: this.status })
    },
  })

  get url(): string {
    return `http://127.0.0.1:${this.#server.port}/keys`
  }

  publish(...pairs: readonly Pair[]): void {
    this.keys = pairs.map(({ jwk }) => jwk)
  }

  stop(): Promise<void> {
    return this.#server.stop(true)
  }
}

const servers: KeyServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop()
})

async function stage(
  times: Partial<KeyTimes> = {},
): Promise<{ readonly server: KeyServer; readonly authority: Authority }> {
  const server = new KeyServer()
  servers.push(server)
  const keyTimes = { keepMs: 600_000, pauseMs: 0, timeoutMs: 300, ...times }
  const authority = await authorityFor({ kind: 'url', url: server.url }, { keyTimes })
  return { server, authority }
}

/** What asking came to: an answer, or the kind of the refusal. */
async function outcome(authority: Authority, token: string): Promise<string> {
  try {
    return await ask(authority, token)
  } catch (error) {
    return error instanceof RefusalError ? error.kind : 'a bug'
  }
}

test('AUTH-3: the keys are fetched when they are needed, once for many', async () => {
  const { authority, server } = await stage()
  const key = await pair('RS256', 'one')
  server.publish(key)
  expect(server.fetches).toBe(0)
  const token = await signedBy(key)
  const answers = await Promise.all([1, 2, 3].map(() => ask(authority, token)))
  expect(answers).toEqual(['write', 'write', 'write'])
  expect(await ask(authority, token)).toBe('write')
  expect(server.fetches).toBe(1)
})

test('AUTH-3: after a rotation the new key is found and the old one goes', async () => {
  const { authority, server } = await stage()
  const [old, fresh] = [await pair('ES256', 'old'), await pair('ES256', 'fresh')]
  server.publish(old)
  const oldToken = await signedBy(old)
  expect(await ask(authority, oldToken)).toBe('write')
  server.publish(old, fresh)
  expect(await ask(authority, await signedBy(fresh))).toBe('write')
  expect(await ask(authority, oldToken)).toBe('write')
  server.publish(fresh)
  expect(await ask(authority, await signedBy(await pair('ES256', 'unknown')))).toContain(
    'not valid',
  )
  expect(await ask(authority, oldToken)).toBe('The token is not valid.')
})

test('AUTH-3: keys are looked up again when they have been kept long enough', async () => {
  const { authority, server } = await stage({ keepMs: 0 })
  const key = await pair('ES256', 'one')
  server.publish(key)
  const token = await signedBy(key)
  expect(await ask(authority, token)).toBe('write')
  server.publish(await pair('ES256', 'two'))
  expect(await ask(authority, token)).toBe('The token is not valid.')
})

test('AUTH-3: unknown keys do not make it fetch without a pause', async () => {
  const { authority, server } = await stage({ pauseMs: 60_000 })
  const key = await pair('ES256', 'one')
  server.publish(key)
  expect(await ask(authority, await signedBy(key))).toBe('write')
  const unknown = await signedBy(await pair('ES256', 'two'))
  // It may have been published in the meantime: nobody is sent away for good.
  const outcomes = [await outcome(authority, unknown), await outcome(authority, unknown)]
  expect(outcomes).toEqual(['authority-unavailable', 'authority-unavailable'])
  expect(server.fetches).toBe(1)
})

const troubles: readonly (readonly [what: string, cause: (server: KeyServer) => unknown])[] = [
  ['are answered with 500', (server) => (server.status = 500)],
  ['do not come', (server) => (server.hangs = true)],
  ['are away', (server) => server.stop()],
]

for (const [what, cause] of troubles) {
  test(`AUTH-3: while the keys ${what} nobody is denied, and all is well after`, async () => {
    const { authority, server } = await stage()
    const key = await pair('ES256', 'one')
    server.publish(key)
    const token = await signedBy(key)
    await cause(server)
    expect(await outcome(authority, token)).toBe('authority-unavailable')
    if (what === 'are away') return
    server.status = 200
    server.hangs = false
    expect(await outcome(authority, token)).toBe('write')
  })
}

test('AUTH-2: a key set on the net takes no secret either', async () => {
  const { authority, server } = await stage()
  const text = new TextEncoder().encode('a secret that is long enough for it')
  server.keys = [{ kty: 'oct', kid: 'one', k: Buffer.from(text).toString('base64url') }]
  expect(await ask(authority, await signed())).toBe('The token is not valid.')
})
