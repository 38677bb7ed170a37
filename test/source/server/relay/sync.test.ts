import { afterAll, beforeAll, expect, test } from 'bun:test'
import * as Y from 'yjs'
import { FaultyStore } from '../../../support/fakes/store.ts'
import { RawClient } from '../../../support/harness/raw-client.ts'
import { startServer, type TestServer } from '../../../support/harness/server.ts'
import { until } from '../../../support/harness/wait.ts'

let server: TestServer
let store: FaultyStore
let names = 0

beforeAll(() => {
  store = new FaultyStore()
  const limits = {
    deny_delay_ms: 20,
    opening_queue_bytes_max: 100_000,
    whole_step2_bytes_max: 64 * 1024,
    piece_bytes_min: 16 * 1024,
  }
  server = startServer(limits, store)
})

afterAll(() => server.stop())

function freshUrl(): string {
  return `${server.url}/ws/sync-${names++}`
}

function written(content: string): Y.Doc {
  const document = new Y.Doc()
  document.getText('t').insert(0, content)
  return document
}

async function hasStored(content: string, url: string): Promise<RawClient> {
  const client = await (await RawClient.connect(url)).open()
  client.say({ kind: 'update', update: Y.encodeStateAsUpdate(written(content)) })
  await client.settled()
  return client
}

test('SYNC-1: step 1 is answered with step 2, step 1 and awareness, in this order', async () => {
  const url = freshUrl()
  const ana = await hasStored('hello', url)
  ana.say({ kind: 'awareness', update: Uint8Array.of(1, 5, 1, 2, 0x7b, 0x7d) })
  await ana.settled()
  const bob = await (await RawClient.connect(url)).open()
  await bob.hears('awareness')
  expect(bob.heard.map(({ kind }) => kind)).toEqual(['step-2', 'step-1', 'awareness'])
  expect(bob.document().getText('t').toString()).toBe('hello')
})

test('SYNC-1: a client that has some of it gets the rest and no more', async () => {
  const url = freshUrl()
  const document = written('x'.repeat(10_000))
  const ana = await (await RawClient.connect(url)).open()
  ana.say({ kind: 'update', update: Y.encodeStateAsUpdate(document) })
  const before = Y.encodeStateVector(document)
  document.getText('t').insert(10_000, 'the rest')
  ana.say({ kind: 'update', update: Y.encodeStateAsUpdate(document, before) })
  await ana.settled()
  const bob = await RawClient.connect(url)
  bob.say({ kind: 'step-1', stateVector: before })
  await bob.hears('step-2')
  expect(bob.updates()[0]?.length).toBeLessThan(60)
})

test('SYNC-2: a document is loaded once, and told only when loaded', async () => {
  const url = freshUrl()
  const loads = store.loads
  store.hold()
  const clients = await Promise.all(Array.from({ length: 10 }, () => RawClient.connect(url)))
  for (const client of clients) client.say({ kind: 'step-1', stateVector: Uint8Array.of(0) })
  clients[0]?.say({ kind: 'update', update: Y.encodeStateAsUpdate(written('early')) })
  await until('the load was asked for', () => store.loads > loads)
  await Bun.sleep(30)
  expect(clients.every((client) => client.heard.length === 0)).toBe(true)
  store.release()
  for (const client of clients) await client.settled()
  expect(store.loads).toBe(loads + 1)
  for (const client of clients) {
    expect(client === clients[0] || client.document().getText('t').toString()).not.toBe('')
  }
})

test('SYNC-3: nothing is lost between opening and being on the topic', async () => {
  const url = freshUrl()
  const writer = await (await RawClient.connect(url)).open()
  const document = new Y.Doc()
  const content = document.getText('t')
  const readers: RawClient[] = []
  for (let index = 0; index < 60; index++) {
    const before = Y.encodeStateVector(document)
    content.insert(content.length, `${index} `)
    writer.say({ kind: 'update', update: Y.encodeStateAsUpdate(document, before) })
    if (index % 3 === 0) {
      const reader = await RawClient.connect(url)
      reader.say({ kind: 'step-1', stateVector: Uint8Array.of(0) })
      readers.push(reader)
    }
  }
  for (const reader of readers) {
    await until('all of it', () => {
      return reader.document().getText('t').toString() === content.toString()
    })
  }
})

test('SYNC-4: an empty client gets the stored bytes themselves', async () => {
  const url = freshUrl()
  const update = Y.encodeStateAsUpdate(written('stored once'))
  const writer = await (await RawClient.connect(url)).open()
  writer.say({ kind: 'update', update })
  await writer.settled()
  const reader = await (await RawClient.connect(url)).open()
  expect(reader.updates()).toEqual([update])
})

test('SYNC-5: a large difference comes in pieces, updates first and a step 2 last', async () => {
  const url = freshUrl()
  const document = new Y.Doc()
  const writer = await (await RawClient.connect(url)).open()
  for (let index = 0; index < 40; index++) {
    const before = Y.encodeStateVector(document)
    document.getArray('a').push([String(index).repeat(5_000)])
    writer.say({ kind: 'update', update: Y.encodeStateAsUpdate(document, before) })
  }
  await writer.settled()
  const reader = await (await RawClient.connect(url)).open()
  const kinds = reader.heard.map(({ kind }) => kind)
  expect(kinds.filter((kind) => kind === 'step-2')).toHaveLength(1)
  expect(kinds.indexOf('step-2')).toBeGreaterThan(kinds.lastIndexOf('update'))
  const sizes = reader.updates().map((update) => update.length)
  expect(sizes.length).toBeGreaterThan(3)
  expect(Math.max(...sizes)).toBeLessThan(64 * 1024)
  // The last piece is what remained, and the step 2 holds what came meanwhile.
  expect(sizes.slice(0, -2).filter((size) => size < 16 * 1024)).toHaveLength(0)
  expect(reader.document().getArray('a').toArray()).toEqual(document.getArray('a').toArray())
  const live = Y.encodeStateVector(document)
  document.getArray('a').push(['after'])
  writer.say({ kind: 'update', update: Y.encodeStateAsUpdate(document, live) })
  await until('live', () => reader.document().getArray('a').length === 41)
})

test('SYNC-7: too much before the document is open is refused', async () => {
  store.hold()
  const client = await RawClient.connect(freshUrl())
  for (let index = 0; index < 3; index++) {
    client.say({ kind: 'update', update: new Uint8Array(40_000) })
  }
  expect((await client.closes()).code).toBe(1013)
  store.release()
})

test('SYNC-8: a state vector that does not decode whole is refused', async () => {
  for (const stateVector of [Uint8Array.of(1), Uint8Array.of(1, 1), Uint8Array.of(0, 0)]) {
    const client = await RawClient.connect(freshUrl())
    client.say({ kind: 'step-1', stateVector })
    expect((await client.closes()).code).toBe(4400)
  }
})
