import { expect, test } from 'bun:test'
import * as Y from 'yjs'
import { FaultyStore } from '../../../support/fakes/store.ts'
import { RawClient } from '../../../support/harness/raw-client.ts'
import { startServer } from '../../../support/harness/server.ts'
import { until } from '../../../support/harness/wait.ts'

function author() {
  const document = new Y.Doc()
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

function start(limits = {}) {
  const store = new FaultyStore()
  const fast = { store_retry_ms_min: 5, store_retry_ms_max: 10, deny_delay_ms: 20 }
  return { store, server: startServer({ ...fast, ...limits }, store) }
}

test('SAVED-1: a client that asks is told how many of its frames are on disk', async () => {
  const { server } = start()
  const client = await (await RawClient.connect(`${server.url}/ws/a?saved=1`)).open()
  expect(client.savedCount).toBe(0)
  const { type } = author()
  client.say({ kind: 'update', update: type('one') })
  await until('one is saved', () => client.savedCount === 1)
  const before = client.heard.length
  for (let index = 0; index < 500; index++) client.say({ kind: 'update', update: type('x') })
  await until('all are saved', () => client.savedCount === 501)
  expect(client.heard.length - before).toBeLessThan(250)
  client.say({ kind: 'step-2', update: type('y') })
  await until('a step 2 counts', () => client.savedCount === 502)
  await server.stop()
})

test('SAVED-2: a client that asks gets its own updates back, in order', async () => {
  const { server } = start()
  const client = await (await RawClient.connect(`${server.url}/ws/a?echo=1`)).open()
  const { type } = author()
  const updates = Array.from({ length: 50 }, (_, index) => type(`${index},`))
  for (const update of updates) client.say({ kind: 'update', update })
  await client.hears('update', 50)
  const heard = client.heard.flatMap((frame) => (frame.kind === 'update' ? [frame.update] : []))
  expect(heard).toEqual(updates)
  await server.stop()
})

test('SAVED-3: nothing is confirmed while the store fails, everything after', async () => {
  const { store, server } = start()
  const client = await (await RawClient.connect(`${server.url}/ws/a?saved=1&echo=1`)).open()
  const reader = await (await RawClient.connect(`${server.url}/ws/a`)).open()
  store.failAppends = Number.POSITIVE_INFINITY
  const { type } = author()
  for (let index = 0; index < 20; index++) {
    client.say({ kind: 'update', update: type('x') })
    await reader.hears('update', index + 1)
  }
  await until('some failures', () => server.ytopic.metrics.commitFailures > 5)
  expect(client.savedCount).toBe(0)
  expect(client.heard.filter(({ kind }) => kind === 'update')).toHaveLength(0)
  store.failAppends = 0
  await until('all are saved', () => client.savedCount === 20)
  expect(client.closed).toBeUndefined()
  expect((await store.load('a')).log).toHaveLength(20)
  await server.stop()
})

test('SAVED-4: a repeated update waits for the one that it repeats', async () => {
  const { store, server } = start()
  const ana = await (await RawClient.connect(`${server.url}/ws/a`)).open()
  const bob = await (await RawClient.connect(`${server.url}/ws/a?saved=1`)).open()
  const update = author().type('hello')
  store.hold()
  ana.say({ kind: 'update', update })
  await bob.hears('update')
  bob.say({ kind: 'update', update })
  await bob.settled()
  expect(bob.savedCount).toBe(0)
  store.release()
  await until('confirmed', () => bob.savedCount === 1)
  bob.say({ kind: 'update', update })
  await until('confirmed at once', () => bob.savedCount === 2)
  expect((await store.load('a')).log).toHaveLength(1)
  await server.stop()
})

test('SAVED-5: a refused update is never confirmed', async () => {
  const { server } = start()
  const client = await (await RawClient.connect(`${server.url}/ws/a?saved=1&echo=1`)).open()
  const { type } = author()
  client.say({ kind: 'update', update: type('good') })
  await until('the good one is saved', () => client.savedCount === 1)
  const bad = type('bad')
  client.say({ kind: 'update', update: bad.subarray(0, bad.length - 2) })
  await client.closes()
  expect(client.savedCount).toBe(1)
  await server.stop()
})

test('SAVED-6: a client that did not ask hears neither receipts nor its own updates', async () => {
  const { server } = start()
  const client = await (await RawClient.connect(`${server.url}/ws/a`)).open()
  client.say({ kind: 'update', update: author().type('hello') })
  await until('it is stored', () => server.ytopic.metrics.updatesStored === 1)
  await client.settled()
  const kinds = new Set(client.heard.map(({ kind }) => kind))
  expect([...kinds].toSorted()).toEqual(['step-1', 'step-2'])
  await server.stop()
})
