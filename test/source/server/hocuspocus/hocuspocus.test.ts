import { afterAll, beforeAll, expect, test } from 'bun:test'
import * as Y from 'yjs'
import { RawClient } from '../../../support/harness/raw-client.ts'
import { encodeAt, RawHocuspocus } from '../../../support/harness/hocuspocus-raw.ts'
import { startServer, type TestServer } from '../../../support/harness/server.ts'
import { until } from '../../../support/harness/wait.ts'
import { FaultyStore } from '../../../support/fakes/store.ts'

let server: TestServer
let names = 0
const fast = { store_retry_ms_min: 5, store_retry_ms_max: 10, deny_delay_ms: 20 }

beforeAll(() => {
  server = startServer({ ...fast, connection_sessions_max: 20 })
})

afterAll(() => server.stop())

const fresh = (): string => `hocuspocus-${names++}`
const socket = (to = server): Promise<RawHocuspocus> =>
  RawHocuspocus.connect(`${to.url}/hocuspocus`)

function author(clientId?: number) {
  const document = new Y.Doc()
  if (clientId !== undefined) document.clientID = clientId
  const text = document.getText('t')
  return {
    document,
    type(added: string): Uint8Array {
      const before = Y.encodeStateVector(document)
      text.insert(text.length, added)
      return Y.encodeStateAsUpdate(document, before)
    },
  }
}

test('HOCUS-1: upgrades on /hocuspocus and / speak it, every other path does not', async () => {
  for (const path of ['', '/', '/hocuspocus', '/hocuspocus/', '/hocuspocus?token=1', '/?a=1']) {
    const client = await RawHocuspocus.connect(`${server.url}${path}`)
    await client.open('doc')
    client.close()
  }
  const other = await (await RawClient.connect(`${server.url}/hocuspocus/doc`)).open()
  await other.settled()
  other.close()
})

test('HOCUS-3: an update reaches y-websocket and every form of address', async () => {
  const name = fresh()
  const aware = `${name}\0session`
  const ana = await (await socket()).open(name)
  const bob = await (await socket()).open(name)
  const eve = await (await socket()).open(aware)
  const yan = await (await RawClient.connect(`${server.url}/ws/${name}`)).open()
  const update = author().type('hello')
  ana.say(name, { kind: 'update', update })
  await Promise.all([bob.hears(name, 'update'), eve.hears(aware, 'update'), yan.hears('update')])
  expect(bob.heard.at(-1)?.raw).toEqual(encodeAt(name, { kind: 'update', update }))
  expect(eve.heard.at(-1)?.raw).toEqual(encodeAt(aware, { kind: 'update', update }))
  yan.say({ kind: 'update', update: author().type('and back') })
  await Promise.all([ana.hears(name, 'update'), eve.hears(aware, 'update', 2)])
  expect(ana.document(name).getText('t').toString()).toContain('and back')
})

test('HOCUS-3: plain and session-aware share a socket in either order', async () => {
  for (const order of [0, 1]) {
    const name = fresh()
    const both = [name, `${name}\0one`, `${name}\0two`]
    const [first = '', ...others] = order === 0 ? both : both.toReversed()
    const client = await (await socket()).open(first)
    for (const other of others) await client.open(other)
    client.say(first, { kind: 'update', update: author().type('x') })
    for (const other of others) await client.hears(other, 'update')
    await client.settled(first)
    expect(client.count(first, 'update')).toBe(0)
    client.say(first, { kind: 'close' })
    const [second = '', third = ''] = others
    client.say(third, { kind: 'update', update: author().type('y') })
    await client.hears(second, 'update', 2)
    expect(client.count(first, 'update')).toBe(0)
  }
})

test('HOCUS-4: every step 1 is answered with step 1 and step 2, on its own address', async () => {
  const name = fresh()
  const client = await (await socket()).open(name)
  for (let round = 2; round <= 4; round++) {
    client.say(name, { kind: 'step-1', stateVector: Uint8Array.of(0) })
    await client.hears(name, 'step-2', round)
    await client.hears(name, 'step-1', round)
  }
  expect(new Set(client.heard.map(({ address }) => address))).toEqual(new Set([name]))
})

test('HOCUS-5: one status for each step 2 and update, once it is on disk', async () => {
  const store = new FaultyStore()
  const own = startServer(fast, store)
  const client = await (await socket(own)).open('doc')
  const { type } = author()
  const update = type('x')
  store.hold()
  client.say('doc', { kind: 'update', update })
  client.say('doc', { kind: 'update', update })
  client.say('doc', { kind: 'step-2', update })
  for (let count = 0; count < 97; count++) client.say('doc', { kind: 'update', update: type('y') })
  await until('the store is asked', () => store.appends > 0)
  await client.settled('doc')
  expect(client.statuses('doc')).toEqual({ saved: 0, refused: 0 })
  store.release()
  await until('all are saved', () => client.statuses('doc').saved >= 100)
  client.say('doc', { kind: 'step-2', update: Uint8Array.of(0, 0) })
  await until('a step 2 with nothing counts', () => client.statuses('doc').saved >= 101)
  await client.settled('doc')
  expect(client.statuses('doc')).toEqual({ saved: 101, refused: 0 })
  await own.stop()
})

test('HOCUS-5: while the store fails nothing is called saved; then all is', async () => {
  const store = new FaultyStore()
  const own = startServer(fast, store)
  const client = await (await socket(own)).open('doc')
  store.failAppends = Number.POSITIVE_INFINITY
  client.say('doc', { kind: 'update', update: author().type('x') })
  await until('some failures', () => own.ytopic.metrics.commitFailures > 3)
  expect(client.statuses('doc').saved).toBe(0)
  store.failAppends = 0
  await until('it is saved', () => client.statuses('doc').saved === 1)
  await own.stop()
})

test('HOCUS-5: the answer to a question beside the handshake is not counted', async () => {
  const name = fresh()
  const client = await (await socket()).open(name)
  const { type, document } = author()
  type('past ')
  client.say(name, { kind: 'update', update: type('present') })
  await client.hears(name, 'step-1', 2)
  client.say(name, { kind: 'step-2', update: Y.encodeStateAsUpdate(document) })
  await until('the past is here', () => server.ytopic.metrics.updatesWaiting > 0)
  await client.settled(name)
  client.say(name, { kind: 'update', update: type('!') })
  await until('both updates are saved', () => client.statuses(name).saved === 2)
  await client.settled(name)
  expect(client.statuses(name).saved).toBe(2)
  const later = await (await socket()).open(name)
  expect(later.document(name).getText('t').toString()).toBe('past present!')
})

test('HOCUS-6: an update that does not decode gets 0 and reaches nobody', async () => {
  const name = fresh()
  const ana = await (await socket()).open(name)
  const bob = await (await socket()).open(name)
  const whole = author().type('hello')
  const garbage = [
    whole.subarray(0, whole.length - 3),
    Uint8Array.of(...whole, 0),
    Uint8Array.of(9),
  ]
  for (const update of garbage) {
    ana.say(name, { kind: 'update', update })
    ana.say(name, { kind: 'step-2', update })
  }
  await until('six refusals', () => ana.statuses(name).refused === 6)
  ana.say(name, { kind: 'update', update: author().type('good') })
  await bob.hears(name, 'update')
  expect(bob.document(name).getText('t').toString()).toBe('good')
  expect(bob.count(name, 'update')).toBe(1)
  await until('the good one is saved', () => ana.statuses(name).saved === 1)
  expect(ana.closed).toBeUndefined()
})

test('HOCUS-7: frames before Auth and while opening are handled in order', async () => {
  const store = new FaultyStore()
  const own = startServer(fast, store)
  const client = await socket(own)
  store.hold()
  const { type, document } = author()
  client.say('doc', { kind: 'update', update: type('a') })
  client.say('doc', { kind: 'auth', token: 't', version: '4.8.0' })
  client.say('doc', { kind: 'update', update: type('b') })
  client.knock('doc')
  client.say('doc', { kind: 'update', update: type('c') })
  await until('it is being loaded', () => store.loads === 1)
  store.release()
  await until('three are saved', () => client.statuses('doc').saved === 3)
  const reader = await (await socket(own)).open('doc')
  expect(reader.document('doc').getText('t').toString()).toBe(document.getText('t').toString())
  await own.stop()
})

test('HOCUS-7: what waits on one socket is bounded, over all its documents', async () => {
  const store = new FaultyStore()
  const own = startServer({ ...fast, opening_queue_bytes_max: 10_000 }, store)
  const client = await socket(own)
  store.hold()
  client.knock('a')
  client.knock('b')
  for (let count = 0; count < 4; count++) {
    for (const name of ['a', 'b']) {
      client.say(name, { kind: 'stateless', text: 'x'.repeat(1_500) })
    }
  }
  expect((await client.closes()).code).toBe(1013)
  store.release()
  await own.stop()
})

test('HOCUS-8: without authentication a client that sends no Auth is served', async () => {
  const name = fresh()
  const client = await socket()
  client.say(name, { kind: 'step-1', stateVector: Uint8Array.of(0) })
  await client.hears(name, 'step-2')
  client.say(name, { kind: 'auth', token: 'late', version: '4.8.0' })
  await client.settled(name)
  expect(client.count(name, 'authenticated')).toBe(1)
})

test('HOCUS-8: the presence that version 2 sends behind its close opens nothing', async () => {
  const name = fresh()
  const client = await (await socket()).open(name)
  client.say(name, { kind: 'close' })
  client.say(name, { kind: 'awareness', update: Uint8Array.of(1, 100, 3, 4, 110, 117, 108, 108) })
  const other = fresh()
  await client.open(other)
  await client.settled(other)
  expect(client.count(name, 'authenticated')).toBe(1)
})

test('HOCUS-16: names such as __proto__ and of 9 and 10 bytes are data', async () => {
  const all = ['__proto__', 'constructor', 'toString', 'nine long', 'ten chars.', '../up', '😀']
  const ana = await socket()
  const bob = await socket()
  for (const name of all) await Promise.all([ana.open(name), bob.open(name)])
  for (const name of all) ana.say(name, { kind: 'update', update: author().type(name) })
  for (const name of all) {
    await bob.hears(name, 'update')
    expect(bob.document(name).getText('t').toString()).toBe(name)
  }
})

test('HOCUS-16: empty and unfit names are denied on their address', async () => {
  const name = fresh()
  const client = await (await socket()).open(name)
  for (const bad of ['', '\0session', 'a\nb', 'x'.repeat(600)]) {
    client.knock(bad)
    await client.hears(bad, 'denied')
    expect(client.count(bad, 'step-2')).toBe(0)
  }
  await client.settled(name)
  expect(client.closed).toBeUndefined()
})

test('HOCUS-16: the documents of one socket are bounded; closed ones do not count', async () => {
  const client = await socket()
  for (let count = 0; count < 30; count++) {
    await client.open(`bounded-${count}`)
    if (count < 15) client.say(`bounded-${count}`, { kind: 'close' })
  }
  for (let count = 30; count < 35; count++) await client.open(`bounded-${count}`)
  client.knock('bounded-35')
  await client.hears('bounded-35', 'denied')
  await client.settled('bounded-34')
})
