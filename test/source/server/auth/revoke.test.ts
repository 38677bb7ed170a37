import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import type { Verdict } from '../../../../src/auth/authority.ts'
import { createJwtAuthority } from '../../../../src/auth/jwt.ts'
import { createWebhookAuthority } from '../../../../src/auth/webhook.ts'
import { systemClock, systemWallClock } from '../../../../src/base/clock.ts'
import { Endpoint } from '../../auth/endpoint.ts'
import { secret, signed, sound } from '../../auth/keys.ts'
import { quickRounds } from '../../../support/fakes/clock.ts'
import { LiveAuthority } from '../../../support/fakes/live-authority.ts'
import { RawHocuspocus } from '../../../support/harness/hocuspocus-raw.ts'
import { RawClient } from '../../../support/harness/raw-client.ts'
import { startServer, type TestServer } from '../../../support/harness/server.ts'
import { until } from '../../../support/harness/wait.ts'

const adminToken = 'the token of the one who runs this'
const limits = { deny_delay_ms: 20 }
let authority: LiveAuthority
let server: TestServer
let names = 0
let name = ''

beforeAll(() => {
  authority = new LiveAuthority()
  server = startServer(limits, undefined, { authority, adminToken })
})
beforeEach(() => {
  name = `revoke-${names++}`
})
afterAll(() => server.stop())

async function revoke(on: TestServer, path: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(`${on.http}/api/v1/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminToken}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  expect(answer.status).toBe(200)
  return answer.json()
}

const enter = async (document: string, token: string): Promise<RawClient> =>
  (await RawClient.connect(`${server.url}/ws/${document}?token=${token}`)).open()

for (const [what, path, body] of [
  ['by document', 'documents/NAME%2Fx/revoke', undefined],
  ['by document in the body', 'revoke', { document: 'NAME/x' }],
  ['by document and person', 'documents/NAME/x/revoke', { id: 'eve' }],
  ['by person', 'revoke', { id: 'eve' }],
] as const) {
  test(`AUTH-16: revoked ${what}, who is meant goes and the others stay`, async () => {
    authority.grant('eve', { access: 'write', who: { id: 'eve' } })
    authority.grant('ana', { access: 'write', who: { id: 'ana' } })
    const eve = await enter(`${name}/x`, 'eve')
    const many = await (await RawHocuspocus.connect(server.url)).open(`${name}/x`, 'eve')
    await many.open(`${name}/y`, 'ana')
    const ana = await enter(`${name}/y`, 'ana')
    authority.deny('eve')
    const filled: unknown = JSON.parse(JSON.stringify(body ?? null).replace('NAME', name))
    const answer = await revoke(server, path.replace('NAME', name), filled ?? undefined)
    expect(answer).toEqual({ sessions: 2 })
    expect((await eve.closes()).code).toBe(4403)
    await many.hears(`${name}/x`, 'denied')
    await many.settled(`${name}/y`)
    await ana.settled()
    expect([many.closed, ana.closed]).toEqual([undefined, undefined])
    await many.open(`${name}/x`, 'ana')
  })
}

test('AUTH-16: who is granted again notices nothing', async () => {
  authority.grant('ben', { access: 'write', who: { id: 'ben' } })
  const ben = await enter(name, 'ben')
  const asked = authority.asked.length
  expect(await server.ytopic.revoke({ id: 'ben' })).toBe(1)
  await until('it was asked', () => authority.asked.length > asked)
  await ben.settled()
  expect(ben.heard.filter(({ kind }) => kind === 'denied')).toEqual([])
  expect(authority.revoked.at(-1)).toEqual({ id: 'ben' })
})

test('AUTH-16: who cannot be decided about at that moment goes, to return', async () => {
  authority.grant('ana', { access: 'write', who: { id: 'ana' } })
  const ana = await enter(name, 'ana')
  authority.lose('ana')
  await server.ytopic.revoke({ document: name })
  expect((await ana.closes()).code).toBe(1013)
})

test('AUTH-16: a decision that was under way when access was taken back is made anew', async () => {
  const old = Promise.withResolvers<Verdict>()
  authority.wait('eve', old.promise)
  const eve = await RawClient.connect(`${server.url}/ws/${name}?token=eve`)
  eve.say({ kind: 'step-1', stateVector: Uint8Array.of(0) })
  await until('it is being decided', () => authority.asked.at(-1) === 'eve')
  authority.deny('eve')
  expect(await server.ytopic.revoke({ id: 'eve' })).toBe(1)
  old.resolve({ kind: 'granted', grant: { access: 'write', who: { id: 'eve' } } })
  expect((await eve.closes()).code).toBe(4403)
  expect(eve.heard.map(({ kind }) => kind)).toEqual(['denied'])
})

test('AUTH-16: an endpoint that has changed its mind is heard at once', async () => {
  const endpoint = new Endpoint()
  endpoint.answer = () => Response.json({ access: 'write', id: 'eve', seconds: 3_600 })
  const clocks = { clock: systemClock, wallClock: systemWallClock }
  const asking = createWebhookAuthority({ url: endpoint.url, ...clocks })
  const other = startServer(limits, undefined, { authority: asking, adminToken })
  const url = `${other.url}/ws/notes?token=eve`
  const eve = await (await RawClient.connect(url)).open()
  await (await RawClient.connect(url)).open()
  expect(endpoint.asked).toHaveLength(1)
  endpoint.answer = () => Response.json({ access: 'none' })
  expect(await revoke(other, 'revoke', { id: 'eve' })).toEqual({ sessions: 2 })
  expect((await eve.closes()).code).toBe(4403)
  expect((await (await RawClient.connect(url)).closes()).code).toBe(4403)
  await other.stop()
  await endpoint.stop()
})

test('AUTH-15: a changed answer of the endpoint reaches those who are here', async () => {
  const endpoint = new Endpoint()
  endpoint.answer = () => Response.json({ access: 'write', seconds: 60 })
  let shift = 0
  const wallClock = (): number => systemWallClock() + shift
  const clock = { ...quickRounds, now: () => systemClock.now() + shift }
  const asking = createWebhookAuthority({
    url: endpoint.url,
    clock,
    wallClock,
  })
  const other = startServer(limits, undefined, { authority: asking, clock: quickRounds, wallClock })
  const eve = await (await RawClient.connect(`${other.url}/ws/notes?token=eve`)).open()
  endpoint.answer = () => new Response('', { status: 401 })
  await eve.settled()
  shift = 60_000
  expect((await eve.closes()).code).toBe(4401)
  await other.stop()
  await endpoint.stop()
})

test('AUTH-17: a token from before a revocation is refused, a newer one taken', async () => {
  let wall = systemWallClock()
  const tokens = await createJwtAuthority({
    keys: { kind: 'secret', secret },
    leewayMs: 0,
    documentsClaim: 'documents',
    wallClock: () => wall,
  })
  const issue = (sub: string | undefined, iat: number | undefined): Promise<string> => {
    const exp = Math.floor(wall / 1_000) + 3_600
    return signed({ ...sound, sub, iat, exp, documents: { '*': 'write' } })
  }
  const now = (): number => Math.floor(wall / 1_000)
  const wallClock = (): number => wall
  const other = startServer(limits, undefined, { authority: tokens, adminToken, wallClock })
  const status = async (token: string, document = 'notes'): Promise<number> =>
    (await fetch(`${other.http}/ws/${document}?token=${token}`)).status
  const [eve, ana] = [await issue('eve', now()), await issue('ana', now())]
  const here = await (await RawClient.connect(`${other.url}/ws/notes?token=${eve}`)).open()
  expect(await revoke(other, 'revoke', { id: 'eve' })).toEqual({ sessions: 1 })
  expect((await here.closes()).code).toBe(4401)
  wall += 2_000
  const without = await issue('eve', undefined)
  const statuses = [await status(eve), await status(without), await status(ana)]
  expect(statuses).toEqual([401, 401, 426])
  expect(await status(await issue('eve', now()))).toBe(426)
  await revoke(other, 'documents/notes/revoke')
  expect([await status(ana), await status(ana, 'other')]).toEqual([401, 426])
  wall += 2_000
  await revoke(other, 'documents/notes/revoke', { id: 'ben' })
  const [ben, nobody] = [await issue('ben', now() - 1), await issue(undefined, now())]
  expect([await status(ben), await status(ben, 'other'), await status(nobody)]).toEqual([
    401, 426, 426,
  ])
  await revoke(other, 'revoke', { all: true })
  expect([await status(nobody), await status(ana, 'other')]).toEqual([401, 401])
  await other.stop()
})

test('AUTH-17: no revocation is forgotten for another', async () => {
  const tokens = await createJwtAuthority({
    keys: { kind: 'secret', secret },
    leewayMs: 0,
    documentsClaim: 'documents',
    wallClock: systemWallClock,
    limits: { revocationsMax: 2 },
  })
  const other = startServer(limits, undefined, { authority: tokens, adminToken })
  const ask = async (id: string): Promise<number> => {
    const headers = { authorization: `Bearer ${adminToken}` }
    const init = { method: 'POST', headers, body: JSON.stringify({ id }) }
    return (await fetch(`${other.http}/api/v1/revoke`, init)).status
  }
  expect([await ask('a'), await ask('b'), await ask('c'), await ask('a')]).toEqual([
    200, 200, 429, 200,
  ])
  await other.stop()
})

test('AUTH-18: without its token, or with another, nothing is revoked', async () => {
  authority.grant('ana', { access: 'write', who: { id: 'ana' } })
  const ana = await enter(name, 'ana')
  authority.deny('ana')
  const post = async (authorization?: string): Promise<number> => {
    const headers = authorization === undefined ? {} : { authorization }
    const init = { method: 'POST', headers, body: JSON.stringify({ id: 'ana' }) }
    return (await fetch(`${server.http}/api/v1/revoke`, init)).status
  }
  const wrong = ['Bearer', `Bearer ${adminToken}x`, `Bearer ${adminToken.slice(1)}`, adminToken]
  const statuses = await Promise.all([post(), ...wrong.map((shown) => post(shown))])
  expect(new Set(statuses)).toEqual(new Set([401]))
  const none = startServer(limits, undefined, { authority })
  const answer = await fetch(`${none.http}/api/v1/revoke`, { method: 'POST' })
  expect(answer.status).toBe(401)
  await none.stop()
  authority.grant('editor', { access: 'write' })
  expect(await post('Bearer editor')).toBe(403)
  await ana.settled()
  expect(ana.closed).toBeUndefined()
})

const askings: readonly (readonly [what: string, path: string, init: RequestInit, number])[] = [
  ['no JSON', 'revoke', { body: 'everybody' }, 400],
  ['an array', 'revoke', { body: '[]' }, 400],
  ['nobody in particular', 'revoke', { body: '{}' }, 400],
  ['an id that is no text', 'revoke', { body: '{"id":7}' }, 400],
  ['a document that is no text', 'revoke', { body: '{"document":7}' }, 400],
  ['a name that is none', 'documents/%ff/revoke', {}, 400],
  ['an empty name', 'documents//revoke', {}, 404],
  ['too much', 'revoke', { body: JSON.stringify({ id: 'x'.repeat(70_000) }) }, 413],
  ['GET', 'revoke', { method: 'GET' }, 405],
  ['another path', 'everything', {}, 404],
]

for (const [what, path, init, status] of askings) {
  test(`AUTH-18: ${what} is answered with ${status}`, async () => {
    const headers = { authorization: `Bearer ${adminToken}` }
    const url = `${server.http}/api/v1/${path}`
    const answer = await fetch(url, { method: 'POST', headers, ...init })
    expect(answer.status).toBe(status)
  })
}

test('AUTH-16: a token shown just before access is taken back is decided about anew', async () => {
  authority.grant('ana', { access: 'write', who: { id: 'ana' } })
  const client = await (await RawHocuspocus.connect(server.url)).open(name, 'ana')
  const old = Promise.withResolvers<Verdict>()
  authority.wait('eve', old.promise)
  client.say(name, { kind: 'auth', token: 'eve', version: undefined })
  await until('it is being decided', () => authority.asked.at(-1) === 'eve')
  authority.deny('eve')
  await server.ytopic.revoke({ id: 'eve' })
  old.resolve({ kind: 'granted', grant: { access: 'write', who: { id: 'eve' } } })
  await client.hears(name, 'denied')
})
