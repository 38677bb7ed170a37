import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import * as Y from 'yjs'
import { quickRounds } from '../../../support/fakes/clock.ts'
import { LiveAuthority } from '../../../support/fakes/live-authority.ts'
import { connectHocuspocus, versions } from '../../../support/harness/hocuspocus.ts'
import { RawHocuspocus } from '../../../support/harness/hocuspocus-raw.ts'
import { connect, synced } from '../../../support/harness/provider.ts'
import { RawClient } from '../../../support/harness/raw-client.ts'
import { startServer, type TestServer } from '../../../support/harness/server.ts'
import { until } from '../../../support/harness/wait.ts'

const minute = 60_000
let wall = 1_000_000
let authority: LiveAuthority
let server: TestServer
let names = 0
let name = ''

beforeAll(() => {
  authority = new LiveAuthority()
  const limits = { deny_delay_ms: 20, grant_grace_ms_max: 5 * minute }
  const clocks = { clock: quickRounds, wallClock: () => wall }
  server = startServer(limits, undefined, { authority, ...clocks })
})
beforeEach(() => {
  name = `end-${names++}`
})
afterAll(() => server.stop())

const write = (ms: number): { access: 'write'; until: number } => ({
  access: 'write',
  until: wall + ms,
})

function typed(text: string): Uint8Array {
  const document = new Y.Doc()
  document.getText('t').insert(0, text)
  return Y.encodeStateAsUpdate(document)
}

test('AUTH-13: when its grant ends a y-websocket client is told, and stays away', async () => {
  authority.grant('short', write(minute))
  const client = connect(`${server.url}/ws`, name, new Y.Doc(), { token: 'short' })
  const closed = Promise.withResolvers<{ readonly code: number; readonly reason: string }>()
  client.provider.on('connection-close', (event) =>
    closed.resolve(event ?? { code: 0, reason: '' }),
  )
  await synced(client)
  wall += minute
  const { code, reason } = await closed.promise
  expect([code, reason]).toEqual([4401, 'Your access has ended; connect again with a new token.'])
  expect(client.provider.shouldConnect).toBe(false)
  client.end()
})

test('AUTH-13: a y-websocket client begins again with a new token, as the page says', async () => {
  authority.grant('short', write(minute))
  const client = connect(`${server.url}/ws`, name, new Y.Doc(), { token: 'short' })
  const { provider } = client
  let ends = 0
  provider.on('closed', ({ code }) => {
    if (code !== 4401) return
    ends++
    provider.params = {}
    provider.protocols = ['ytopic', 'token.fresh']
    provider.connect()
  })
  await synced(client)
  authority.grant('fresh', write(60 * minute))
  wall += minute
  await until('it has ended', () => ends === 1)
  await synced(client)
  client.document.getText('t').insert(0, 'on it goes')
  const other = await (await RawClient.connect(`${server.url}/ws/${name}?token=fresh`)).open()
  await until('it is seen', () => other.document().getText('t').toString() === 'on it goes')
  client.end()
})

test('AUTH-14: a Hocuspocus client is asked in its own words before its grant ends', async () => {
  authority.grant('short', write(minute))
  const client = await (await RawHocuspocus.connect(server.url)).open(name, 'short')
  wall += minute - 15_000
  await client.hears(name, 'token-wanted')
  const last = client.heard.findLast(({ frame }) => frame.kind === 'token-wanted')
  expect(last?.raw.subarray(-2)).toEqual(Uint8Array.of(2, 0))
  authority.grant('next', write(minute))
  client.say(name, { kind: 'auth', token: 'next', version: undefined })
  await until('it was decided', () => authority.asked.at(-1) === 'next')
  wall += 30_000
  client.say(name, { kind: 'update', update: typed('x') })
  await until('it is saved', () => client.statuses(name).saved === 1)
  expect(client.count(name, 'authenticated')).toBe(1)
  expect(client.count(name, 'token-wanted')).toBe(1)
})

test('AUTH-14: a Hocuspocus client that shows none is closed with a code to return', async () => {
  authority.grant('short', write(minute))
  const client = await (await RawHocuspocus.connect(server.url)).open(name, 'short')
  wall += minute
  expect((await client.closes()).code).toBe(4300)
  // With the old token it is denied on its address, and the socket stays.
  authority.deny('short', true)
  const back = await RawHocuspocus.connect(server.url)
  back.knock(name, 'short')
  await back.hears(name, 'denied')
  expect(back.closed).toBeUndefined()
})

for (const version of versions) {
  test(`AUTH-14: version ${version} goes on by its token function`, async () => {
    authority.grant('first', write(minute))
    authority.grant('second', write(60 * minute))
    const tokens = ['first', 'second']
    const token = (): Promise<string> => Promise.resolve(tokens.shift() ?? 'none left')
    const client = connectHocuspocus(version, server.url, name, { token })
    const { provider, socket } = client
    await until('it is synced', () => provider.synced)
    const before = socket.webSocket
    let asked = false
    socket.webSocket?.addEventListener('message', ({ data }) => {
      const [end, kind] = new Uint8Array(data as ArrayBuffer).toReversed()
      if (kind === 2 && end === 0) asked = true
    })
    wall += minute - 15_000
    await until('it is asked', () => asked)
    // Version 2 has no ear for the question, and comes back when its access has ended.
    if (version === 2) wall += 15_000
    await until('the second token was shown', () => authority.asked.at(-1) === 'second')
    wall += minute
    client.document.getText('t').insert(0, 'still here')
    await until('it is on disk', () => provider.synced && !provider.hasUnsyncedChanges)
    expect(socket.webSocket === before).toBe(version !== 2)
    const other = connectHocuspocus(4, server.url, name, { token: 'second' })
    await until('others see it', () => other.document.getText('t').toString() === 'still here')
    client.end()
    other.end()
  })
}

test('AUTH-15: who is here is decided about again, and goes when it is denied', async () => {
  const grant = { access: 'write', askAgainAt: wall + minute } as const
  for (const token of ['stays', 'goes', 'goes, too']) authority.grant(token, grant)
  const stays = await (await RawClient.connect(`${server.url}/ws/${name}?token=stays`)).open()
  const goes = await (await RawClient.connect(`${server.url}/ws/${name}?token=goes`)).open()
  const many = await (await RawHocuspocus.connect(server.url)).open(name, 'goes, too')
  const asked = authority.asked.length
  authority.grant('stays', { access: 'write', askAgainAt: wall + 3 * minute })
  authority.deny('goes')
  authority.deny('goes, too')
  wall += minute
  expect((await goes.closes()).code).toBe(4403)
  await many.hears(name, 'denied')
  await stays.settled()
  expect(stays.closed).toBeUndefined()
  expect(authority.asked.slice(asked).toSorted()).toEqual(['goes', 'goes, too', 'stays'])
})

test('AUTH-15: access stands for a while when nobody can decide, not for ever', async () => {
  const grant = { access: 'write', askAgainAt: wall + minute } as const
  authority.grant('tired', grant)
  const client = await (await RawClient.connect(`${server.url}/ws/${name}?token=tired`)).open()
  authority.lose('tired')
  const asked = (): number => authority.asked.filter((token) => token === 'tired').length
  wall += minute
  await until('it was asked in vain', () => asked() === 2)
  await client.settled()
  wall += 4 * minute
  await until('it was asked again', () => asked() === 3)
  await client.settled()
  expect(client.closed).toBeUndefined()
  wall += minute
  expect((await client.closes()).code).toBe(1013)
})

test('AUTH-15: an authority that can decide again takes nothing away', async () => {
  authority.grant('tired', { access: 'write', askAgainAt: wall + minute })
  const client = await (await RawClient.connect(`${server.url}/ws/${name}?token=tired`)).open()
  authority.lose('tired')
  const before = authority.asked.length
  wall += minute
  await until('it was asked in vain', () => authority.asked.length > before)
  authority.grant('tired', { access: 'write' })
  const between = authority.asked.length
  wall += minute
  await until('it was asked again', () => authority.asked.length > between)
  wall += 60 * minute
  await client.settled()
  expect(client.closed).toBeUndefined()
})

test('AUTH-19: a y-websocket writer who may only read is sent away to return so', async () => {
  authority.grant('demoted', { access: 'write', askAgainAt: wall + minute })
  const client = connect(`${server.url}/ws`, name, new Y.Doc(), { token: 'demoted' })
  const codes: number[] = []
  client.provider.on('connection-close', (event) => codes.push(event?.code ?? 0))
  await synced(client)
  authority.grant('demoted', { access: 'read' })
  wall += minute
  await until('it was sent away', () => codes.length === 1)
  await until('it is back', () => client.provider.synced)
  expect(codes).toEqual([4300])
  client.document.getText('t').insert(0, 'in vain')
  const reader = await (await RawClient.connect(`${server.url}/ws/${name}?token=demoted`)).open()
  await reader.settled()
  expect(reader.document().getText('t').toString()).toBe('')
  expect(client.provider.wsconnected).toBe(true)
  client.end()
})

for (const version of versions) {
  test(`AUTH-19: version ${version} hears that it may read only, then write again`, async () => {
    authority.grant('changing', { access: 'write', askAgainAt: wall + minute })
    const client = connectHocuspocus(version, server.url, name, { token: 'changing' })
    await until('it may write', () => client.provider.authorizedScope === 'read-write')
    const before = client.socket.webSocket
    authority.grant('changing', { access: 'read', askAgainAt: wall + 2 * minute })
    wall += minute
    await until('it may read', () => client.provider.authorizedScope === 'readonly')
    client.document.getText('t').insert(0, 'typed in between')
    const other = await (await RawHocuspocus.connect(server.url)).open(name, 'changing')
    await other.settled(name)
    expect(other.document(name).getText('t').toString()).toBe('')
    authority.grant('changing', { access: 'write' })
    wall += minute
    // What was refused comes up by itself.
    const seen = () => other.document(name).getText('t').toString() === 'typed in between'
    await until('others see it', seen)
    await until('all is saved', () => client.provider.unsyncedChanges === 0)
    client.document.getText('t').insert(0, 'and ')
    await until('more is seen', () => other.document(name).getText('t').toString().length === 20)
    await other.settled(name)
    await until('all is saved again', () => client.provider.unsyncedChanges === 0)
    expect(client.socket.webSocket).toBe(before)
    client.end()
  })
}

test('AUTH-19: a y-websocket reader who may write is heard, with what was refused', async () => {
  authority.grant('promoted', { access: 'read', askAgainAt: wall + minute })
  const client = connect(`${server.url}/ws`, name, new Y.Doc(), { token: 'promoted' })
  await synced(client)
  client.document.getText('t').insert(0, 'too early')
  authority.grant('promoted', { access: 'write' })
  wall += minute
  const other = await (await RawClient.connect(`${server.url}/ws/${name}?token=promoted`)).open()
  await until('it came up', () => other.document().getText('t').toString() === 'too early')
  client.end()
})
