import { afterEach, beforeEach, expect, test } from 'bun:test'
import { join, resolve } from 'node:path'
import { Endpoint } from '../auth/endpoint.ts'
import { pair, signedBy } from '../auth/keys.ts'
import { freshDirectory, type ServerProcess, startProcess } from '../../support/harness/process.ts'
import { RawClient } from '../../support/harness/raw-client.ts'
import { until } from '../../support/harness/wait.ts'

const main = resolve(import.meta.dir, '../../../src/main.ts')
let directory: Awaited<ReturnType<typeof freshDirectory>>
let server: ServerProcess | undefined

beforeEach(async () => {
  directory = await freshDirectory()
})
afterEach(async () => {
  await server?.end('SIGTERM')
  server = undefined
  await directory.remove()
})

async function file(name: string, text: string): Promise<string> {
  const path = join(directory.path, name)
  await Bun.write(path, text)
  return path
}

async function start(values: Readonly<Record<string, string>>): Promise<ServerProcess> {
  const flags = Object.entries(values).flatMap(([name, value]) => [`--${name}`, value])
  server = await startProcess(join(directory.path, 'data'), 0, [...flags, '--deny-delay-ms', '20'])
  return server
}

test('AUTH-5: a server asks the endpoint, by cookie too, and takes access back', async () => {
  const endpoint = new Endpoint()
  endpoint.answer = () => Response.json({ access: 'write', id: 'ana', seconds: 3_600 })
  const flags = {
    'auth-webhook-url': endpoint.url,
    'auth-webhook-secret-file': await file('shared', 'between us\n'),
    'token-cookie': 'session',
    'admin-token-file': await file('admin', 'sixteen or more characters\n'),
  }
  const { http, output, url } = await start(flags)
  expect(output()).toContain('; access is decided by your endpoint\n')
  const cookie = { cookie: 'session=of-ana' }
  const ana = await (await RawClient.connect(`${url}/ws/notes`, cookie)).open()
  expect(endpoint.asked[0]).toMatchObject({
    authorization: 'Bearer between us',
    body: { token: 'of-ana', document: 'notes', ip: '127.0.0.1' },
  })
  endpoint.answer = () => Response.json({ access: 'none' })
  const revoked = await fetch(`${http}/api/v1/revoke`, {
    method: 'POST',
    headers: { authorization: 'Bearer sixteen or more characters' },
    body: JSON.stringify({ id: 'ana' }),
  })
  expect(await revoked.json()).toEqual({ sessions: 1 })
  expect((await ana.closes()).code).toBe(4403)
  await endpoint.stop()
}, 60_000)

test('AUTH-1: a server with a key set, issuer, audience and claim; others read', async () => {
  const key = await pair('ES256', 'one')
  const published = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: () => Response.json({ keys: [key.jwk] }),
  })
  const { http, output, url } = await start({
    'jwt-jwks-url': published.url.href,
    'jwt-issuer': 'me',
    'jwt-audience': 'docs',
    'jwt-documents-claim': 'rooms',
    'jwt-leeway': '0',
    'allow-anonymous': 'read',
    'enforce-identity': 'off',
  })
  expect(output()).toContain(
    '; access is decided by tokens, and clients without a token may read\n',
  )
  const now = Math.ceil(Date.now() / 1_000)
  const claims = { iss: 'me', aud: 'docs', rooms: { notes: 'write' }, sub: 'ana' }
  const token = await signedBy(key, { ...claims, exp: now + 2 })
  const status = async (shown: string): Promise<number> =>
    (await fetch(`${http}/ws/notes${shown}`)).status
  expect([await status(`?token=${token}`), await status(''), await status('?token=x')]).toEqual([
    426, 426, 403,
  ])
  const writer = await (await RawClient.connect(`${url}/ws/notes?token=${token}`)).open()
  const reader = await (await RawClient.connect(`${url}/ws/notes`)).open()
  reader.say({ kind: 'update', update: Uint8Array.of(0, 0) })
  await reader.hears('denied')
  // Its access ends by the clock of the machine.
  await until('its token has ended', () => writer.closed !== undefined, 6_000)
  expect((await writer.closes()).code).toBe(4401)
  await reader.settled()
  await published.stop(true)
}, 60_000)

const unusable: readonly (readonly [flag: string, text: string, words: string])[] = [
  ['--jwt-secret-file', 'too short to keep a secret', 'use at least 32'],
  ['--jwt-public-key-file', 'a key that opens nothing', 'neither PEM nor a JWK'],
  ['--admin-token-file', 'guess me', 'use at least 16'],
]

for (const [flag, text, words] of unusable) {
  test(`CLI-2: ${flag} with what cannot be used ends with 2, and one line without it`, async () => {
    for (const path of [await file('unfit', text), join(directory.path, 'missing')]) {
      const args = ['serve', '--data', join(directory.path, 'data'), '--port', '0', flag, path]
      const child = Bun.spawn([process.execPath, main, ...args], { stdout: 'pipe', stderr: 'pipe' })
      const err = await new Response(child.stderr).text()
      expect(await child.exited).toBe(2)
      expect(err.trim().split('\n')).toHaveLength(1)
      expect(err).toContain(path.endsWith('missing') ? 'missing' : words)
      expect(err).not.toContain(text)
    }
  }, 60_000)
}
