import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { SignJWT } from 'jose'
import type { Authority } from '../../../../src/auth/authority.ts'
import { createLog } from '../../../../src/base/log.ts'
import { FaultyStore } from '../../../support/fakes/store.ts'
import { upgradeHead } from '../../../support/harness/handshake.ts'
import { RawHocuspocus } from '../../../support/harness/hocuspocus-raw.ts'
import { freshDirectory, startProcess } from '../../../support/harness/process.ts'
import { RawClient } from '../../../support/harness/raw-client.ts'
import { startServer } from '../../../support/harness/server.ts'
import { until } from '../../../support/harness/wait.ts'

/** Everything that one visitor with that token is told, over every way in, good or bad. */
async function knockEverywhere(
  server: { readonly url: string; readonly http: string },
  token: string,
): Promise<string> {
  const told: string[] = []
  const page = async (answer: Promise<Response>): Promise<void> => {
    const { headers, status } = await answer
    told.push(`${status} ${JSON.stringify([...headers])} ${await (await answer).text()}`)
  }
  const query = `?token=${encodeURIComponent(token)}`
  const bearer = { headers: { authorization: `Bearer ${token}` } }
  for (const path of [
    '/ws/doc',
    '/ws/%ff',
    '/healthz',
    '/readyz',
    '/nothing',
    '/',
    '/hocuspocus',
  ]) {
    await page(fetch(server.http + path + query))
    await page(fetch(server.http + path, bearer))
    await page(fetch(server.http + path + query, { method: 'POST', ...bearer }))
  }
  for (const path of ['/ws/doc', '/ws/%ff', '/ws/', `/ws/${'x'.repeat(600)}`]) {
    const client = await RawClient.connect(server.url + path + query)
    client.sayBytes(Uint8Array.of(99))
    const { code, reason } = await client.closes()
    told.push(`${code} ${reason} ${JSON.stringify(client.heard)}`)
  }
  const many = await RawHocuspocus.connect(server.url)
  many.knock('doc', token)
  many.sayBytes(Uint8Array.of(3, 100, 111, 99, 2, 0, 200))
  await until('an answer', () => many.heard.length > 0 || many.closed !== undefined)
  told.push(JSON.stringify([many.heard, many.closed]))
  many.close()
  const offered = { 'Sec-WebSocket-Protocol': `token.${token}` }
  told.push((await upgradeHead(server, '/ws/doc', offered)).text)
  return told.join('\n')
}

test('AUTH-11: no token is logged or told, whatever goes wrong with it', async () => {
  const directory = await freshDirectory()
  const file = join(directory.path, 'secret')
  const secret = 'the secret of the one who signs tokens'
  await Bun.write(file, `${secret}\n`)
  const flags = ['--jwt-secret-file', file, '--deny-delay-ms', '20']
  const server = await startProcess(join(directory.path, 'data'), 0, flags)
  const signed = (claims: object, key = secret): Promise<string> =>
    new SignJWT({ sub: 'a-secret-person', ...claims })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(new TextEncoder().encode(key))
  const inAnHour = Date.now() / 1_000 + 3_600
  const tokens = [
    await signed({ exp: inAnHour, documents: { doc: 'write' } }),
    await signed({ exp: inAnHour, documents: { other: 'write' } }),
    await signed({ exp: 1, documents: { doc: 'write' } }),
    await signed({ exp: inAnHour }, 'the secret of somebody else, just as long'),
    'rubbish-one.rubbish-two',
  ]
  for (const token of tokens) {
    const told = await knockEverywhere(server, token)
    const leaked = [...token.split('.'), 'a-secret-person'].filter((part) => told.includes(part))
    expect(leaked).toEqual([])
  }
  expect(await server.end('SIGTERM')).toBe(0)
  const output = server.output()
  const parts = [secret, ...tokens.flatMap((token) => token.split('.'))]
  expect(parts.filter((part) => output.includes(part))).toEqual([])
  await directory.remove()
}, 60_000)

test('AUTH-11: an authority or a store that quotes the token does not get it logged', async () => {
  const lines: string[] = []
  const token = 'a "secret" token/ä'
  const authority: Authority = {
    needsToken: true,
    decide(shown) {
      throw new Error(`who is ${shown}, in a URL ${encodeURIComponent(shown ?? '')}?`)
    },
  }
  const store = new FaultyStore()
  const log = createLog((line) => lines.push(line))
  const server = startServer({ deny_delay_ms: 20 }, store, { authority, log })
  const query = `?token=${encodeURIComponent(token)}`
  const client = await RawClient.connect(`${server.url}/ws/doc${query}`)
  expect((await client.closes()).code).toBe(1013)
  const many = await RawHocuspocus.connect(server.url)
  many.knock('doc', token)
  expect((await many.closes()).code).toBe(1013)
  expect((await fetch(`${server.http}/ws/doc${query}`)).status).toBe(503)
  await server.stop()
  expect(lines.filter((line) => line.startsWith('error authority-failed'))).toHaveLength(3)
  for (const line of lines) {
    expect(line).toContain('[token]')
    expect(line).not.toContain('secret')
  }
})
