import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import * as Y from 'yjs'
import type { RequestFacts, Verdict } from '../../../../src/auth/authority.ts'
import { FakeAuthority } from '../../../support/fakes/authority.ts'
import { upgradeHead } from '../../../support/harness/handshake.ts'
import { RawHocuspocus } from '../../../support/harness/hocuspocus-raw.ts'
import { connect, quietProvider, synced } from '../../../support/harness/provider.ts'
import { RawClient } from '../../../support/harness/raw-client.ts'
import { startServer, type TestServer } from '../../../support/harness/server.ts'
import { until } from '../../../support/harness/wait.ts'

/** Remembers where the asking came from. */
class FactAuthority extends FakeAuthority {
  readonly headers = ['x-tenant']
  readonly facts: RequestFacts[] = []

  override decide(
    token: string | undefined,
    _document?: string,
    facts?: RequestFacts,
  ): Promise<Verdict> {
    if (facts !== undefined) this.facts.push(facts)
    return super.decide(token)
  }
}

const authority = new FactAuthority()
let server: TestServer
let names = 0
let name = ''

beforeAll(() => {
  const limits = { deny_delay_ms: 20, token_wait_ms_max: 1_500 }
  server = startServer(limits, undefined, { authority, tokenCookie: 'session' })
})
beforeEach(() => {
  name = `auth-${names++}`
})
afterAll(() => server.stop())

interface Way {
  readonly what: string
  readonly query?: string
  readonly headers?: Readonly<Record<string, string>>
}

const base64 = Buffer.from('writer: ä/b').toString('base64url')
const ways: readonly (Way & { readonly token: string })[] = [
  { what: 'the query', query: '?token=writer%20q', token: 'writer q' },
  { what: 'Authorization', headers: { authorization: 'Bearer writer-b' }, token: 'writer-b' },
  { what: 'a cookie', headers: { cookie: 'a=b; session=writer%20c; d=e' }, token: 'writer c' },
  { what: 'a quoted cookie', headers: { cookie: 'session="writer-c"' }, token: 'writer-c' },
  {
    what: 'a subprotocol',
    headers: { 'sec-websocket-protocol': 'ytopic, token.writer.p' },
    token: 'writer.p',
  },
  {
    what: 'a subprotocol in base64url',
    headers: { 'sec-websocket-protocol': `ytopic, token.base64url.${base64}` },
    token: 'writer: ä/b',
  },
]

for (const { headers, query = '', token, what } of ways) {
  test(`AUTH-9: the token comes in ${what}, to both protocols`, async () => {
    const one = await RawClient.connect(`${server.url}/ws/${name}${query}`, headers)
    await one.open()
    expect(authority.asked.at(-1)).toBe(token)
    const many = await RawHocuspocus.connect(`${server.url}/hocuspocus${query}`, headers)
    // An empty token in the protocol is none: that of the request counts.
    await many.open(name, '')
    expect(authority.asked.at(-1)).toBe(token)
    await many.open(`${name}-2`, 'writer by protocol')
    expect(authority.asked.at(-1)).toBe('writer by protocol')
  })
}

test('AUTH-9: what a page sets goes before what its browser adds', async () => {
  const all = [
    ['sec-websocket-protocol', 'ytopic, token.writer-1'],
    ['authorization', 'Bearer writer-2'],
    ['query', '?token=writer-3'],
    ['cookie', 'session=writer-4'],
  ] as const
  const order: (string | undefined)[] = []
  for (let left = 0; left < all.length; left++) {
    const { query = '', ...headers } = Object.fromEntries(all.slice(left))
    await (await RawClient.connect(`${server.url}/ws/${name}${query}`, headers)).open()
    order.push(authority.asked.at(-1))
  }
  expect(order).toEqual(['writer-1', 'writer-2', 'writer-3', 'writer-4'])
})

test('AUTH-9: a Hocuspocus client of version 2 that has only a cookie is let in', async () => {
  const client = await RawHocuspocus.connect(server.url, { cookie: 'session=writer-c' })
  // It sends no Auth without a token; its first frame counts as one.
  client.say(name, { kind: 'step-1', stateVector: Uint8Array.of(0) })
  await client.hears(name, 'step-2')
})

test('AUTH-9: the authority sees address, page and the headers that it wants', async () => {
  const headers = {
    'x-tenant': 'acme',
    'x-other': 'unseen',
    authorization: 'Bearer writer',
    origin: server.http,
  }
  await (await RawClient.connect(`${server.url}/ws/${name}`, headers)).open()
  const facts = authority.facts.at(-1)
  expect([facts?.ip, facts?.origin]).toEqual(['127.0.0.1', server.http])
  expect([...(facts?.headers ?? [])]).toEqual([['x-tenant', 'acme']])
})

test('AUTH-9: a stock y-websocket client shows its token as a subprotocol', async () => {
  const document = new Y.Doc()
  const protocols = ['ytopic', 'token.writer-stock']
  const provider = quietProvider(`${server.url}/ws`, name, document, {
    protocols,
    disableBc: true,
  })
  await until('it is synced', () => provider.synced)
  expect(authority.asked.at(-1)).toBe('writer-stock')
  expect(provider.ws?.protocol).toBe('ytopic')
  provider.destroy()
})

const offers: readonly (readonly [offer: string, answer: string | undefined])[] = [
  ['ytopic, token.writer', 'ytopic'],
  ['token.writer, ytopic', 'ytopic'],
  ['token.writer, other', 'other'],
  ['other, token.writer, ytopic', 'ytopic'],
  ['token.writer', undefined],
  ['token.writer, token.other', undefined],
  ['other', 'other'],
]

for (const [offer, answer] of offers) {
  test(`AUTH-10: the offer "${offer}" is answered with ${answer ?? 'none'}`, async () => {
    const head = await upgradeHead(server, `/ws/${name}`, { 'Sec-WebSocket-Protocol': offer })
    expect(head.status).toBe(101)
    expect(head.headers.get('sec-websocket-protocol') ?? undefined).toBe(answer)
    expect(head.text).not.toContain('writer')
  })
}

test('AUTH-22: a program without an upgrade hears whether its token is good', async () => {
  const get = (query: string, init?: RequestInit): Promise<Response> =>
    fetch(`${server.http}/ws/${name}${query}`, init)
  const answers = await Promise.all([
    get(''),
    get('?token=stranger'),
    get('?token=reader'),
    get('', { headers: { authorization: 'Bearer writer' } }),
    get('', { method: 'HEAD', headers: { authorization: 'Bearer writer' } }),
    get('?token=broken'),
    get('?token=old'),
    fetch(`${server.http}/ws/%ff`),
  ])
  expect(answers.map(({ status }) => status)).toEqual([401, 403, 426, 426, 426, 503, 401, 400])
  const [needed, forbidden, upgrade] = answers
  expect(needed?.headers.get('www-authenticate')).toBe('Bearer')
  const detail =
    'Access to this document is denied; ask for it, or show another token. I do not know you.'
  expect(await forbidden?.json()).toMatchObject({ detail })
  expect(upgrade?.headers.get('upgrade')).toBe('websocket')
})

test('AUTH-13: a y-websocket client with an old token is told so and stays away', async () => {
  const client = connect(`${server.url}/ws`, name, new Y.Doc(), { token: 'old' })
  const closed = Promise.withResolvers<{ readonly code: number; readonly reason: string }>()
  client.provider.on('connection-close', (event) =>
    closed.resolve(event ?? { code: 0, reason: '' }),
  )
  const { code, reason } = await closed.promise
  expect([code, reason]).toEqual([4401, 'Your access has ended; connect again with a new token.'])
  expect(client.provider.shouldConnect).toBe(false)
  client.end()
})

test('AUTH-9: clients with different tokens meet in one document', async () => {
  const writer = connect(`${server.url}/ws`, name, new Y.Doc(), { token: 'writer' })
  const reader = connect(`${server.url}/ws`, name, new Y.Doc(), { token: 'reader' })
  await synced(writer, reader)
  writer.document.getText('t').insert(0, 'seen')
  await until('the reader sees it', () => reader.document.getText('t').toString() === 'seen')
  writer.end()
  reader.end()
})
