import { afterAll, beforeAll, expect, test } from 'bun:test'
import * as Y from 'yjs'
import { unsoundness } from '../../../../src/document/soundness.ts'
import { yWebsocket } from '../../../../src/protocol/y-websocket.ts'
import { RawHocuspocus } from '../../../support/harness/hocuspocus-raw.ts'
import { connect, synced } from '../../../support/harness/provider.ts'
import { RawClient } from '../../../support/harness/raw-client.ts'
import { startServer, type TestServer } from '../../../support/harness/server.ts'
import { until } from '../../../support/harness/wait.ts'

let server: TestServer
let names = 0

beforeAll(() => {
  server = startServer({ deny_delay_ms: 20, document_bytes_max: 100_000 })
})

afterAll(() => server.stop())

/** Two clients on a fresh document. */
async function pair(): Promise<{ ana: RawClient; bob: RawClient; url: string }> {
  const url = `${server.url}/ws/relay-${names++}`
  const ana = await (await RawClient.connect(url)).open()
  const bob = await (await RawClient.connect(url)).open()
  return { ana, bob, url }
}

/** One update per call, all of one client. */
function author(clientId?: number): { type(text: string): Uint8Array; document: Y.Doc } {
  const document = new Y.Doc()
  if (clientId !== undefined) document.clientID = clientId
  const text = document.getText('t')
  return {
    document,
    type(added) {
      const before = Y.encodeStateVector(document)
      text.insert(text.length, added)
      return Y.encodeStateAsUpdate(document, before)
    },
  }
}

function textOf(client: RawClient): string {
  return client.document().getText('t').toString()
}

test('RELAY-1: an update reaches the others byte for byte and not its sender', async () => {
  const { ana, bob } = await pair()
  const update = author().type('hello')
  const frame = yWebsocket.encode({ kind: 'update', update }) ?? Uint8Array.of()
  ana.sayBytes(frame)
  await bob.hears('update')
  expect(bob.raw.at(-1)).toEqual(frame)
  await ana.settled()
  expect(ana.heard.filter(({ kind }) => kind === 'update')).toHaveLength(0)
})

test('RELAY-2: an update cut short changes nothing and ends its sender', async () => {
  const { ana, bob, url } = await pair()
  const whole = author().type('hello')
  ana.say({ kind: 'update', update: whole.subarray(0, whole.length - 3) })
  await ana.hears('denied')
  expect((await ana.closes()).code).toBe(4400)
  await bob.settled()
  expect(bob.updates().every((update) => update.length === 2)).toBe(true)
  const later = await (await RawClient.connect(url)).open()
  expect(textOf(later)).toBe('')
})

test('RELAY-2: one bad update among good ones is the only one that is missing', async () => {
  const { ana, bob } = await pair()
  const { type } = author()
  bob.say({ kind: 'update', update: type('one ') })
  ana.say({ kind: 'update', update: Uint8Array.of(1, 1, 1, 0, 4, 1, 1, 0x74, 1, 0xff, 0) })
  bob.say({ kind: 'update', update: type('two') })
  await ana.closes()
  await bob.settled()
  expect(textOf(bob)).toBe('one two')
})

test('RELAY-3: what is known already is neither relayed nor counted as stored', async () => {
  const { ana, bob } = await pair()
  const update = author().type('hello')
  ana.say({ kind: 'update', update })
  await bob.hears('update')
  const stored = server.ytopic.metrics.updatesRelayed
  ana.say({ kind: 'update', update })
  ana.say({ kind: 'step-2', update })
  bob.say({ kind: 'update', update })
  await ana.settled()
  await bob.settled()
  expect(bob.heard.filter(({ kind }) => kind === 'update')).toHaveLength(1)
  expect(ana.heard.filter(({ kind }) => kind === 'update')).toHaveLength(0)
  expect(server.ytopic.metrics.updatesRelayed).toBe(stored)
})

test('RELAY-3: deletes that are known make nothing new', async () => {
  const { ana, bob } = await pair()
  const { type, document } = author()
  ana.say({ kind: 'update', update: type('hello') })
  const before = Y.encodeStateVector(document)
  document.getText('t').delete(0, 2)
  ana.say({ kind: 'update', update: Y.encodeStateAsUpdate(document, before) })
  await bob.hears('update', 2)
  ana.say({ kind: 'step-2', update: Y.encodeStateAsUpdate(document) })
  await ana.settled()
  await bob.settled()
  expect(bob.heard.filter(({ kind }) => kind === 'update')).toHaveLength(2)
  expect(textOf(bob)).toBe('llo')
})

test('RELAY-4: a step 2 goes on as an update with only what is new', async () => {
  const { ana, bob } = await pair()
  const { type, document } = author()
  ana.say({ kind: 'update', update: type('x'.repeat(5_000)) })
  await bob.hears('update')
  // In front, so that the client's library does not make one struct of both.
  document.getText('t').insert(0, 'y')
  ana.say({ kind: 'step-2', update: Y.encodeStateAsUpdate(document) })
  await bob.hears('update', 2)
  expect(bob.updates().at(-1)?.length).toBeLessThan(60)
  expect(textOf(bob)).toBe(`y${'x'.repeat(5_000)}`)
})

test('RELAY-5: an update without its past is kept, and the past asked for', async () => {
  const { ana, bob, url } = await pair()
  const { type, document } = author()
  const past = type('one ')
  ana.say({ kind: 'update', update: type('two') })
  await bob.hears('update')
  await ana.hears('step-1', 2)
  expect(textOf(bob)).toBe('')
  ana.say({ kind: 'step-2', update: past })
  await bob.hears('update', 2)
  expect(textOf(bob)).toBe('one two')
  const later = await (await RawClient.connect(url)).open()
  expect(textOf(later)).toBe(document.getText('t').toString())
})

test('RELAY-5: a past of another client that is missing is asked for too', async () => {
  const { ana, bob } = await pair()
  const first = author(1)
  const base = first.type('base')
  const second = author(2)
  Y.applyUpdate(second.document, base)
  ana.say({ kind: 'update', update: second.type(' more') })
  await ana.hears('step-1', 2)
  ana.say({ kind: 'step-2', update: Y.encodeStateAsUpdate(second.document) })
  await bob.hears('update', 2)
  expect(textOf(bob)).toBe('base more')
})

test('RELAY-6: a text frame or a foreign frame costs its sender the connection', async () => {
  const { ana, bob, url } = await pair()
  ana.sayText('{"type":"hello"}')
  await ana.hears('denied')
  expect((await ana.closes()).code).toBe(4400)
  const eve = await RawClient.connect(url)
  eve.sayBytes(Uint8Array.of(42, 1, 2, 3))
  expect((await eve.closes()).code).toBe(4400)
  await bob.settled()
  expect(bob.closed).toBeUndefined()
})

test('RELAY-7: a delete far beyond what its client wrote is refused', async () => {
  const { ana, bob } = await pair()
  ana.say({ kind: 'update', update: author(7).type('hello') })
  await bob.hears('update')
  // No structs; one client, 7, with one range from 5, 2^35 long.
  const erase = Uint8Array.of(0, 1, 7, 1, 5, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01)
  ana.say({ kind: 'update', update: erase })
  expect((await ana.closes()).code).toBe(4400)
  await bob.settled()
  expect(bob.heard.filter(({ kind }) => kind === 'update')).toHaveLength(1)
})

test('RELAY-8: a full document refuses more and keeps what it has', async () => {
  const { ana, bob, url } = await pair()
  const { type } = author()
  ana.say({ kind: 'update', update: type('x'.repeat(60_000)) })
  await bob.hears('update')
  ana.say({ kind: 'update', update: type('y'.repeat(60_000)) })
  expect((await ana.closes()).code).toBe(4413)
  const later = await (await RawClient.connect(url)).open()
  expect(textOf(later)).toBe('x'.repeat(60_000))
})

/** Text that yrs wrote with an empty item in it (`insert_with_attributes` until 2024). */
const fromYrs =
  'AQUHAAQBBHRleHQFaGVsbG+EBwQGIHdvcmxkxgcEBwUEYm9sZAR0cnVlxAcLBwUAxgcLBwUEYm9sZARudWxsAA=='
/** One struct in two sections of one client. */
const clientTwice = 'AgH+////DwAHAQVhcnJheQIB/v///w8ABwEFYXJyYXkCAA=='

test.each([
  [fromYrs, 'update'],
  [fromYrs, 'step-2'],
  [clientTwice, 'update'],
  [clientTwice, 'step-2'],
] as const)('RELAY-10: %s is put in order, as %s', async (irregular, kind) => {
  const url = `${server.url}/ws/relay-${names++}`
  const bob = await (await RawClient.connect(url)).open()
  const ana = await (await RawClient.connect(`${url}?saved=1&echo=1`)).open()
  const update = Uint8Array.fromBase64(irregular)
  ana.say({ kind, update })
  await bob.hears('update')
  await until('it is saved', () => ana.savedCount === 1)
  const later = await (await RawClient.connect(url)).open()
  const expected = new Y.Doc()
  Y.applyUpdate(expected, update)
  for (const client of [ana, bob, later]) {
    for (const heard of client.updates()) expect(unsoundness(heard)).toBeUndefined()
    const document = client.document()
    expect(Y.encodeStateVector(document)).toEqual(Y.encodeStateVector(expected))
    expect(document.getText('text').toDelta()).toEqual(expected.getText('text').toDelta())
    expect(document.getText('array').toJSON()).toEqual(expected.getText('array').toJSON())
  }
  // Its author says it again with every step 2.
  ana.say({ kind: 'step-2', update })
  await until('it is known', () => ana.savedCount === 2)
  expect(bob.heard.filter((frame) => frame.kind === 'update')).toHaveLength(1)
})

test('NAME-3: names that look like properties or paths are documents of their own', async () => {
  const paths = ['__proto__', 'constructor', '..%2Fx', 'x', 'a/b/c', '%F0%9F%8C%B1', 'a%20b', 'ws']
  for (const [index, path] of paths.entries()) {
    const client = await (await RawClient.connect(`${server.url}/ws/${path}`)).open()
    client.say({ kind: 'update', update: author().type(`in ${index}`) })
    await client.settled()
  }
  for (const [index, path] of paths.entries()) {
    const client = await (await RawClient.connect(`${server.url}/ws/${path}`)).open()
    expect(textOf(client)).toBe(`in ${index}`)
  }
})

test('NAME-2: clients of both protocols meet in a document with a % in its name', async () => {
  for (const name of ['50% off', 'a%', '%', '100%', '%%', 'x%zz/y']) {
    const ana = connect(`${server.url}/ws`, name)
    const bob = connect(server.url, name)
    const carl = await (await RawHocuspocus.connect(`${server.url}/hocuspocus`)).open(name)
    await synced(ana, bob)
    ana.document.getText('t').insert(0, name)
    await until('bob has it', () => bob.document.getText('t').toString() === name)
    await carl.hears(name, 'update')
    ana.end()
    bob.end()
    carl.close()
  }
})

test('NAME-4: /ws/<document> and /<document> are one, whatever the query', async () => {
  const ana = await (await RawClient.connect(`${server.url}/ws/same/one?a=1`)).open()
  const bob = await (await RawClient.connect(`${server.url}/same/one?b=2`)).open()
  ana.say({ kind: 'update', update: author().type('hello') })
  await until('the update', () => textOf(bob) === 'hello')
})

test('NAME-1: an empty name is refused over the socket, in words', async () => {
  const client = await RawClient.connect(`${server.url}/ws/`)
  await client.hears('denied')
  const denied = client.heard.find((frame) => frame.kind === 'denied')
  expect(denied?.kind === 'denied' ? denied.reason : '').toContain('The document name is empty.')
  expect((await client.closes()).code).toBe(4400)
})
