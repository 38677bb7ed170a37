import { expect, test } from 'bun:test'
import * as Y from 'yjs'
import { anonymous } from '../../../src/auth/anonymous.ts'
import { silentLog } from '../../../src/base/log.ts'
import { createYtopic } from '../../../src/ytopic.ts'
import { createMemoryStore } from '../../../persistence/memory/store.ts'
import { FaultyStore } from '../../support/fakes/store.ts'
import { RawClient } from '../../support/harness/raw-client.ts'
import { startServer } from '../../support/harness/server.ts'
import { until } from '../../support/harness/wait.ts'

function update(content: string): Uint8Array {
  const document = new Y.Doc()
  document.getText('t').insert(0, content)
  return Y.encodeStateAsUpdate(document)
}

test('SERVER-1: a refusal for good is said, then closed a little later with its code', async () => {
  const server = startServer({ deny_delay_ms: 300 })
  const client = await RawClient.connect(`${server.url}/ws/%00`)
  await client.hears('denied')
  expect(client.closed).toBeUndefined()
  const { code, reason } = await client.closes()
  expect([code, reason]).toEqual([4400, 'The document name is not valid; choose another one.'])
  await server.stop()
})

test('SERVER-2, EMBED-6: a leaving server closes with 1012 and has written all', async () => {
  const store = new FaultyStore()
  const server = startServer({ drain_spread_ms: 100 }, store)
  const clients = await Promise.all(
    Array.from({ length: 20 }, () => RawClient.connect(`${server.url}/ws/leaving`)),
  )
  for (const client of clients) await client.open()
  clients[0]?.say({ kind: 'update', update: update('last words') })
  await clients[1]?.hears('update')
  const stopped = server.ytopic.stop()
  await expect(RawClient.connect(`${server.url}/ws/leaving`)).rejects.toThrow('no connection')
  expect(await stopped).toEqual({ written: true, pendingUpdates: 0, pendingBytes: 0 })
  for (const client of clients) expect((await client.closes()).code).toBe(1012)
  expect(store.closed).toBe(true)
  expect((await store.load('leaving')).log).toHaveLength(1)
  await server.stop()
})

test('SERVER-2, EMBED-6: a store that takes nothing does not keep the server', async () => {
  const store = new FaultyStore()
  const server = startServer({ drain_spread_ms: 50, drain_ms_max: 300 }, store)
  const client = await (await RawClient.connect(`${server.url}/ws/stuck`)).open()
  store.failAppends = 1_000
  client.say({ kind: 'update', update: update('never written') })
  await client.settled()
  const stopped = await server.ytopic.stop()
  expect(stopped).toMatchObject({ written: false, pendingUpdates: 1 })
  expect(stopped.pendingBytes).toBeGreaterThan(0)
  await server.stop()
})

test('SERVER-4: /healthz answers; /readyz turns red while the store takes no writes', async () => {
  const store = new FaultyStore()
  const server = startServer({ store_retry_ms_min: 5, store_retry_ms_max: 5 }, store)
  const ready = () => fetch(`${server.http}/readyz`)
  expect((await ready()).status).toBe(200)
  store.failAppends = Number.POSITIVE_INFINITY
  const client = await (await RawClient.connect(`${server.url}/ws/red`)).open()
  client.say({ kind: 'update', update: update('x') })
  await until('red', async () => (await ready()).status === 503)
  const said: { reason: string } = await (await ready()).json()
  expect(said.reason).toContain('the disk is full')
  expect((await fetch(`${server.http}/healthz`)).status).toBe(200)
  expect(client.closed).toBeUndefined()
  store.failAppends = 0
  await until('green', async () => (await ready()).status === 200)
  expect((await store.load('red')).log).toHaveLength(1)
  await server.stop()
})

test('SERVER-5: a frame above the limit is refused in words', async () => {
  const server = startServer({ frame_bytes_max: 1_000, deny_delay_ms: 10 })
  const client = await (await RawClient.connect(`${server.url}/ws/big`)).open()
  client.say({ kind: 'update', update: update('x'.repeat(1_200)) })
  await client.hears('denied')
  expect((await client.closes()).code).toBe(4413)
  await server.stop()
})

test('SERVER-5: the number of connections is bounded', async () => {
  const server = startServer({ connections_max: 3 })
  const clients = []
  for (let index = 0; index < 3; index++) {
    clients.push(await (await RawClient.connect(`${server.url}/ws/full`)).open())
  }
  const fourth = await RawClient.connect(`${server.url}/ws/full`)
  expect((await fourth.closes()).code).toBe(1013)
  clients[0]?.close()
  await until('a place', () => server.ytopic.metrics.connectionsClosed === 2)
  await (await RawClient.connect(`${server.url}/ws/full`)).open()
  await server.stop()
})

test('SERVER-6: the handlers work in a server that has routes of its own', async () => {
  const ytopic = createYtopic({
    store: createMemoryStore(),
    authority: anonymous('write'),
    log: silentLog,
  })
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    routes: { '/mine': new Response('mine') },
    fetch: ytopic.fetch,
    websocket: ytopic.websocket,
  })
  expect(await (await fetch(new URL('/mine', server.url))).text()).toBe('mine')
  expect((await fetch(new URL('/nothing', server.url))).status).toBe(404)
  const post = await fetch(new URL('/healthz', server.url), { method: 'POST' })
  expect(post.status).toBe(405)
  const client = await (await RawClient.connect(`ws://127.0.0.1:${server.port}/ws/mine`)).open()
  client.say({ kind: 'update', update: update('hello') })
  await client.settled()
  expect(client.document().getText('t').toString()).toBe('hello')
  client.close()
  await ytopic.stop()
  await server.stop(true)
})

test('SERVER-6: a program may listen twice; a document is one on both', async () => {
  const ytopic = createYtopic({
    store: createMemoryStore(),
    authority: anonymous('write'),
    log: silentLog,
  })
  const listen = () => {
    const { fetch: answer, websocket } = ytopic
    return Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: answer, websocket })
  }
  const servers = [listen(), listen()]
  const open = async ({ port }: { port: number | undefined }, path: string) =>
    (await RawClient.connect(`ws://127.0.0.1:${port}${path}`)).open()
  const [ana, bob, carl] = await Promise.all(
    [...servers, ...servers].map((at) => open(at, '/ws/both')),
  )
  ana?.say({ kind: 'update', update: update('hello') })
  await Promise.all([bob?.hears('update'), carl?.hears('update')])
  await ana?.settled()
  expect(ana?.heard.filter(({ kind }) => kind === 'update')).toEqual([])
  await ytopic.stop()
  for (const server of servers) await server.stop(true)
})

test('JOURNAL-4: past the bound on what waits a writer is sent away to try again', async () => {
  const store = new FaultyStore()
  const server = startServer({ journal_bytes_max: 10_000 }, store)
  const client = await (await RawClient.connect(`${server.url}/ws/queue`)).open()
  store.failAppends = Number.POSITIVE_INFINITY
  const reader = await (await RawClient.connect(`${server.url}/ws/queue`)).open()
  for (let index = 0; index < 4; index++) {
    client.say({ kind: 'update', update: update('x'.repeat(3_000)) })
  }
  expect((await client.closes()).code).toBe(1013)
  await reader.hears('update', 3)
  expect(reader.closed).toBeUndefined()
  store.failAppends = 0
  await until('written', () => server.ytopic.metrics.updatesStored === 3)
  await server.stop()
})
