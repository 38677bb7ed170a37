import { afterAll, expect, test } from 'bun:test'
import * as Y from 'yjs'
import { createLog } from '../../../src/base/log.ts'
import { Origins } from '../../../src/http/origins.ts'
import { addressGroup, TrustedProxies } from '../../../src/http/proxies.ts'
import { RawClient } from '../../support/harness/raw-client.ts'
import { startServer, type TestServer } from '../../support/harness/server.ts'

const page = {
  bytes: new TextEncoder().encode('<!doctype html>'),
  gzipped: Bun.gzipSync('<!doctype html>'),
  type: 'text/html',
  immutable: false,
}
const listed = ['https://app.example.org', 'https://*.example.com']
const server = startServer({ deny_delay_ms: 10 }, undefined, {
  origins: listed,
  loopbackOnly: true,
  pages: new Map([['/', page]]),
})

afterAll(() => server.stop())

async function codeOf(url: string, headers: Record<string, string>): Promise<number> {
  const client = await RawClient.connect(url, headers)
  return (await client.closes()).code
}

async function opens(at: TestServer, headers: Record<string, string>): Promise<void> {
  const client = await (await RawClient.connect(`${at.url}/ws/open`, headers)).open()
  client.close()
}

test('ORIGIN-1: a page of another site is told so, and nothing of the document', async () => {
  const url = `${server.url}/ws/secret`
  const writer = await (await RawClient.connect(url)).open()
  const document = new Y.Doc()
  document.getText('t').insert(0, 'secret')
  writer.say({ kind: 'update', update: Y.encodeStateAsUpdate(document) })
  await writer.settled()
  const stranger = await RawClient.connect(url, { origin: 'https://evil.example' })
  stranger.say({ kind: 'step-1', stateVector: Uint8Array.of(0) })
  expect((await stranger.closes()).code).toBe(4420)
  expect(stranger.heard).toEqual([
    {
      kind: 'denied',
      reason: 'This site may not use this server; the operator can allow it with --origin.',
    },
  ])
  writer.close()
})

const foreign: readonly (readonly [string, Record<string, string>])[] = [
  ['another site', { origin: 'https://evil.example' }],
  ['a sandboxed frame', { origin: 'null' }],
  ['a name that begins like ours', { origin: 'http://127.0.0.1.evil.example' }],
  ['a name that ends like a listed one', { origin: 'https://evilexample.com' }],
  ['a listed domain itself, where what is below it is listed', { origin: 'https://example.com' }],
  ['a listed host by another scheme', { origin: 'http://app.example.org' }],
  ['a listed host on another port', { origin: 'https://app.example.org:8443' }],
  ['a page that hides its origin', { 'sec-fetch-site': 'cross-site' }],
  ['words that are no origin', { origin: 'https://' }],
]

test.each([...foreign])('ORIGIN-1: %s is refused on both protocols', async (_, headers) => {
  expect(await codeOf(`${server.url}/ws/a`, headers)).toBe(4420)
  expect(await codeOf(`${server.url}/hocuspocus`, headers)).toBe(4420)
})

const own: readonly (readonly [string, Record<string, string>])[] = [
  ['a program', {}],
  ['a page of this machine on another port', { origin: 'http://localhost:5173' }],
  ['our own page', { origin: server.http }],
  ['our own page behind a name', { origin: 'https://x.test', 'sec-fetch-site': 'same-origin' }],
  ['a listed site', { origin: 'https://app.example.org', 'sec-fetch-site': 'cross-site' }],
  ['a site below a listed domain', { origin: 'https://a.b.example.com' }],
  ['a listed site in capitals', { origin: 'HTTPS://APP.EXAMPLE.ORG' }],
]

test.each([...own])('ORIGIN-2, ORIGIN-3: %s is let in', async (_, headers) => {
  await opens(server, headers)
})

test('ORIGIN-8: the log says which site, host or address was refused', async () => {
  const lines: string[] = []
  const log = createLog((line) => lines.push(line))
  const limits = { deny_delay_ms: 10, client_address_connections_max: 1 }
  const trustedProxies = ['loopback']
  const strict = startServer(limits, undefined, { log, loopbackOnly: true, trustedProxies })
  const url = `${strict.url}/ws/a`
  await codeOf(url, { origin: 'https://app.example.net' })
  await codeOf(url, { 'x-forwarded-host': 'docs.example.net' })
  const crowd = { 'x-forwarded-for': '198.51.100.7' }
  await RawClient.connect(url, crowd)
  await codeOf(url, crowd)
  await strict.stop()
  const refused = lines.filter((line) => line.startsWith('warn refused')).join('\n')
  expect(refused).toContain('kind="origin-refused" address="127.0.0.1"')
  expect(refused).toContain('origin="https://app.example.net"')
  expect(refused).toContain('host="docs.example.net"')
  expect(refused).toContain('kind="address-full" address="198.51.100.7"')
})

test('ORIGIN-2: a page of this machine is a stranger where a host elsewhere is asked for', () => {
  const origins = new Origins([], false)
  const headers = new Headers({ origin: 'http://localhost:3000' })
  expect(origins.provenance(headers, 'docs.example.org').kind).toBe('foreign')
  const same = new Headers({ origin: 'https://docs.example.org:3000' })
  expect(origins.provenance(same, 'DOCS.example.org').kind).toBe('listed')
})

test('ORIGIN-3: every site is let in by a star alone', async () => {
  const open = startServer({}, undefined, { origins: ['*'] })
  await opens(open, { origin: 'https://evil.example' })
  await opens(open, { origin: 'null' })
  await open.stop()
})

test('ORIGIN-4: a name that leads to this machine is not its name', async () => {
  for (const host of ['evil.example', 'localhost.evil.example:80', 'evil.example:1234']) {
    const answer = await fetch(`${server.http}/`, { headers: { host } })
    expect([host, answer.status]).toEqual([host, 421])
    const headers = { host, origin: `http://${host}` }
    expect(await codeOf(`${server.url}/ws/a`, headers)).toBe(4421)
  }
  for (const host of ['localhost', '127.0.0.1:99', '[::1]:1', '10.0.0.1', 'app.example.org']) {
    const answer = await fetch(`${server.http}/`, { headers: { host } })
    expect([host, answer.status]).toEqual([host, 200])
  }
})

test('ORIGIN-5: only listed sites may read answers', async () => {
  const read = async (origin: string) => {
    const answer = await fetch(`${server.http}/readyz`, { headers: { origin } })
    return [answer.status, answer.headers.get('access-control-allow-origin')]
  }
  expect(await read('https://app.example.org')).toEqual([200, 'https://app.example.org'])
  expect(await read('https://evil.example')).toEqual([200, null])
})

test('ORIGIN-5: a request that is no read is for listed sites only', async () => {
  const send = async (origin: string) => {
    const answer = await fetch(`${server.http}/readyz`, { method: 'POST', headers: { origin } })
    return answer.status
  }
  expect(await send('https://app.example.org')).toBe(405)
  expect(await send('https://evil.example')).toBe(403)
})

test('ORIGIN-5: listed sites are told what they may send', async () => {
  const ask = async (origin: string) => {
    const headers = { origin, 'access-control-request-method': 'POST' }
    const answer = await fetch(`${server.http}/readyz`, { method: 'OPTIONS', headers })
    return [answer.status, answer.headers.get('access-control-allow-headers')]
  }
  const conditions = 'if-match, if-none-match, idempotency-key, last-event-id'
  const allowed = `authorization, content-type, ${conditions}`
  expect(await ask('https://app.example.org')).toEqual([204, allowed])
  expect(await ask('https://evil.example')).toEqual([403, null])
})

test('ORIGIN-6: every answer carries the headers that keep it harmless', async () => {
  for (const path of ['/', '/healthz', '/nothing/here']) {
    const { headers } = await fetch(`${server.http}${path}`)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
  }
})

test('ORIGIN-6: the page is framed by its own and listed sites only', async () => {
  const answer = await fetch(`${server.http}/`)
  const policy = answer.headers.get('content-security-policy') ?? ''
  const parts = policy.split('; ')
  expect(parts).toContain("script-src 'self'")
  expect(parts).toContain(`frame-ancestors 'self' ${listed.join(' ')}`)
})

const chains: readonly (readonly [what: string, peer: string, chain: string, client: string])[] = [
  ['a proxy of ours', '127.0.0.1', '198.51.100.7', '198.51.100.7'],
  ['a stranger', '203.0.113.9', '198.51.100.7', '203.0.113.9'],
  ['two proxies of ours', '::1', '198.51.100.7, 10.1.2.3', '198.51.100.7'],
  ['a client that writes a chain', '127.0.0.1', '10.9.9.9, 198.51.100.7', '198.51.100.7'],
  ['a proxy in IPv6 clothes', '::ffff:10.0.0.1', '[2001:db8::5]:443', '2001:db8::5'],
  ['a proxy that says nothing', '127.0.0.1', '', '127.0.0.1'],
  ['a chain with junk', '127.0.0.1', '198.51.100.7, <script>, 10.0.0.2', '10.0.0.2'],
]

test.each([...chains])('ORIGIN-7: the client is found behind %s', (_, peer, chain, client) => {
  const proxies = new TrustedProxies(['loopback', '10.0.0.0/8'])
  const headers = new Headers({ 'x-forwarded-for': chain })
  expect(proxies.clientOf(headers, peer).address).toBe(client)
})

test('ORIGIN-7: the host that a client asked a trusted proxy for is ours', async () => {
  const behind = startServer({ deny_delay_ms: 10 }, undefined, { trustedProxies: ['loopback'] })
  const headers = { origin: 'https://docs.example.org', 'x-forwarded-host': 'docs.example.org' }
  await opens(behind, headers)
  expect(await codeOf(`${server.url}/ws/a`, headers)).toBe(4420)
  await behind.stop()
})

test('ORIGIN-7: IPv6 clients are told apart by 64 bits, in every spelling', () => {
  const group = '2001:db8:0:1::/64'
  expect(addressGroup('2001:db8:0:1::1')).toBe(group)
  expect(addressGroup('2001:0DB8::1:ffff:0:0:9')).toBe(group)
  expect(addressGroup('2001:db8:0:2::1')).not.toBe(group)
  expect(addressGroup('203.0.113.9')).toBe('203.0.113.9')
})
