import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import * as Y from 'yjs'
import { encodeAwareness } from '../../../../src/protocol/awareness.ts'
import { FakeAuthority } from '../../../support/fakes/authority.ts'
import { encodeAt, RawHocuspocus } from '../../../support/harness/hocuspocus-raw.ts'
import { RawClient } from '../../../support/harness/raw-client.ts'
import { startServer, type TestServer } from '../../../support/harness/server.ts'
import { until } from '../../../support/harness/wait.ts'

const authority = new FakeAuthority()
let server: TestServer
let names = 0
let name = ''

beforeAll(() => {
  const limits = { deny_delay_ms: 20, token_wait_ms_max: 1_500 }
  server = startServer(limits, undefined, { authority })
})

beforeEach(() => {
  name = `access-${names++}`
})

afterAll(() => server.stop())

const socket = (): Promise<RawHocuspocus> => RawHocuspocus.connect(server.url)

function typed(text: string): Uint8Array {
  const document = new Y.Doc()
  document.getText('t').insert(0, text)
  return Y.encodeStateAsUpdate(document)
}

test('HOCUS-7: frames wait for the token and for the decision, then go in order', async () => {
  const client = await socket()
  authority.hold()
  client.say(name, { kind: 'step-1', stateVector: Uint8Array.of(0) })
  client.say(name, { kind: 'update', update: typed('before') })
  client.say(name, { kind: 'auth', token: 'writer', version: undefined })
  client.say(name, { kind: 'update', update: typed('during') })
  const asked = () => authority.asked.at(-1) === 'writer'
  await until('it is being decided', asked)
  expect(client.heard).toEqual([])
  authority.release()
  await until('both are saved', () => client.statuses(name).saved === 2)
  expect(client.heard[0]?.frame).toEqual({ kind: 'authenticated', access: 'write' })
})

test('HOCUS-8: who shows no token is told so, and may still show one', async () => {
  const client = await socket()
  client.say(name, { kind: 'step-1', stateVector: Uint8Array.of(0) })
  await client.hears(name, 'denied')
  expect(client.of(name, 'denied')[0]?.reason).toContain('token')
  await client.open(name, 'writer')
})

test('HOCUS-9: a denial is heard on its address; the others go on', async () => {
  const other = `${name}-other`
  const client = await (await socket()).open(other, 'writer')
  const bob = await (await socket()).open(name, 'writer')
  client.knock(name, 'stranger')
  await client.hears(name, 'denied')
  expect(client.of(name, 'denied')[0]?.reason).toContain('I do not know you.')
  // What a denied client goes on saying is passed over.
  client.say(name, { kind: 'update', update: typed('sneaked in') })
  client.say(name, { kind: 'stateless', text: 'hello?' })
  client.say(name, { kind: 'step-1', stateVector: Uint8Array.of(0) })
  await client.settled(other)
  await bob.settled(name)
  expect(bob.document(name).getText('t').toString()).toBe('')
  expect(client.of(name, 'step-2')).toEqual([])
  expect(client.count(name, 'denied')).toBe(1)
  expect(client.closed).toBeUndefined()
})

test('HOCUS-9: a new token on a denied address is a new attempt', async () => {
  const client = await socket()
  client.knock(name, 'stranger')
  await client.hears(name, 'denied')
  await client.open(name, 'writer')
  client.say(name, { kind: 'update', update: typed('x') })
  await until('it is saved', () => client.statuses(name).saved === 1)
})

test('HOCUS-9: a decision about an earlier token counts for nothing', async () => {
  const client = await socket()
  authority.hold()
  client.knock(name, 'writer')
  await until('it is being decided', () => authority.asked.at(-1) === 'writer')
  // Unknown type: the address is denied while the first token is still being decided.
  client.sayBytes(Uint8Array.of(...encodeAt(name, { kind: 'close' }).subarray(0, -1), 4))
  client.knock(name, 'stranger')
  await until('the other is, too', () => authority.asked.at(-1) === 'stranger')
  authority.release()
  await client.hears(name, 'denied', 2)
  expect(client.count(name, 'authenticated')).toBe(0)
})

test('HOCUS-9: when it cannot be decided the socket closes, to return', async () => {
  const client = await socket()
  client.knock(name, 'broken')
  expect((await client.closes()).code).toBe(1013)
})

test('HOCUS-10: a new token is answered only if it changes the scope', async () => {
  const client = await (await socket()).open(name, 'writer 1')
  client.say(name, { kind: 'auth', token: 'writer 2', version: undefined })
  await until('it was decided', () => authority.asked.at(-1) === 'writer 2')
  await client.settled(name)
  expect(client.count(name, 'authenticated')).toBe(1)
  client.say(name, { kind: 'auth', token: 'reader', version: undefined })
  await client.hears(name, 'authenticated', 2)
  client.say(name, { kind: 'update', update: typed('x') })
  await until('it is refused', () => client.statuses(name).refused === 1)
  client.say(name, { kind: 'auth', token: 'writer 3', version: undefined })
  await client.hears(name, 'authenticated', 3)
  client.say(name, { kind: 'update', update: typed('y') })
  await until('it is saved', () => client.statuses(name).saved === 1)
})

test('HOCUS-10: an undecided token takes nothing away; a bad one does', async () => {
  const client = await (await socket()).open(name, 'writer')
  client.say(name, { kind: 'auth', token: 'broken', version: undefined })
  await until('it was tried', () => authority.asked.at(-1) === 'broken')
  await client.settled(name)
  client.say(name, { kind: 'update', update: typed('x') })
  await until('it is saved', () => client.statuses(name).saved === 1)
  client.say(name, { kind: 'auth', token: 'stranger', version: undefined })
  await client.hears(name, 'denied')
  expect(client.closed).toBeUndefined()
})

test('HOCUS-11: a reader gets 0 for an update or news, 1 for an empty step 2', async () => {
  const writer = await (await socket()).open(name, 'writer')
  const known = typed('known')
  writer.say(name, { kind: 'update', update: known })
  await until('it is saved', () => writer.statuses(name).saved === 1)
  const reader = await (await socket()).open(name, 'reader')
  expect(reader.of(name, 'authenticated')).toEqual([{ kind: 'authenticated', access: 'read' }])
  reader.say(name, { kind: 'update', update: known })
  reader.say(name, { kind: 'update', update: typed('news') })
  reader.say(name, { kind: 'step-2', update: typed('news') })
  reader.say(name, { kind: 'step-2', update: Uint8Array.of(0) })
  await until('four refusals', () => reader.statuses(name).refused === 4)
  reader.say(name, { kind: 'step-2', update: known })
  reader.say(name, { kind: 'step-2', update: Uint8Array.of(0, 0) })
  await until('two are saved', () => reader.statuses(name).saved === 2)
  await writer.settled(name)
  expect(writer.document(name).getText('t').toString()).toBe('known')
})

test('HOCUS-11: a reader shows presence', async () => {
  const writer = await (await socket()).open(name, 'writer')
  const reader = await (await socket()).open(name, 'reader')
  const state = new TextEncoder().encode('{"name":"Rea"}')
  const update = encodeAwareness([{ clientId: 7, clock: 1, state }])
  reader.say(name, { kind: 'awareness', update })
  await writer.hears(name, 'awareness')
})

test('HOCUS-12: a y-websocket reader is told with each edit and reads on', async () => {
  const writer = await (await socket()).open(name, 'writer')
  const reader = await (await RawClient.connect(`${server.url}/ws/${name}?token=reader`)).open()
  reader.say({ kind: 'step-2', update: Uint8Array.of(0, 0) })
  await reader.settled()
  expect(reader.heard.filter(({ kind }) => kind === 'denied')).toEqual([])
  reader.say({ kind: 'update', update: typed('mine') })
  await reader.hears('denied')
  reader.say({ kind: 'step-2', update: typed('mine') })
  await reader.hears('denied', 2)
  writer.say(name, { kind: 'update', update: typed('theirs') })
  await reader.hears('update')
  await writer.settled(name)
  expect(writer.document(name).getText('t').toString()).toBe('theirs')
  expect(reader.document().getText('t').toString()).toBe('theirs')
  expect(reader.closed).toBeUndefined()
})

test('HOCUS-12: a y-websocket client shows its token in the query', async () => {
  for (const query of ['', '?token=stranger']) {
    const client = await RawClient.connect(`${server.url}/ws/${name}${query}`)
    expect((await client.closes()).code).toBe(4403)
    expect(client.heard.map(({ kind }) => kind)).toEqual(['denied'])
  }
  const writer = await (await RawClient.connect(`${server.url}/ws/${name}?token=writer`)).open()
  await writer.settled()
})
