import { expect, test } from 'bun:test'
import * as Y from 'yjs'
import { anonymous } from '../../../../src/auth/anonymous.ts'
import { type Clock, systemClock } from '../../../../src/base/clock.ts'
import { silentLog } from '../../../../src/base/log.ts'
import { createYtopic } from '../../../../src/ytopic.ts'
import { Batch } from '../../../../persistence/batch.ts'
import { FaultyStore } from '../../../support/fakes/store.ts'
import { RawClient } from '../../../support/harness/raw-client.ts'
import { startServer } from '../../../support/harness/server.ts'
import { until } from '../../../support/harness/wait.ts'

/** A client that writes one small update per call. */
async function startWriter(url: string) {
  const client = await (await RawClient.connect(url)).open()
  const document = new Y.Doc()
  const text = document.getText('t')
  return {
    client,
    text,
    write(added: string) {
      const before = Y.encodeStateVector(document)
      text.insert(text.length, added)
      client.say({ kind: 'update', update: Y.encodeStateAsUpdate(document, before) })
    },
  }
}

async function contentAt(url: string): Promise<string> {
  const client = await (await RawClient.connect(url)).open()
  const text = client.document().getText('t').toString()
  client.close()
  return text
}

test('COMPACT-3, COMPACT-4: a growing document is compacted and loses nothing', async () => {
  const store = new FaultyStore()
  const server = startServer({ tail_updates_max: 50 }, store)
  const url = `${server.url}/ws/growing`
  const { client, text, write } = await startWriter(url)
  const reader = await (await RawClient.connect(url)).open()
  let written = 0
  while (server.ytopic.metrics.compactions < 2 && written < 20_000) {
    write(`${written++},`)
    if (written % 20 === 0) await Bun.sleep(20)
  }
  expect(server.ytopic.metrics.compactions).toBeGreaterThanOrEqual(2)
  await client.settled()
  expect(await contentAt(url)).toBe(text.toString())
  await until('the reader has it', () => {
    return reader.document().getText('t').toString() === text.toString()
  })
  await server.stop()
  const stored = await store.load('growing')
  const document = new Y.Doc()
  if (stored.snapshot !== undefined) Y.applyUpdate(document, stored.snapshot)
  for (const { bytes } of stored.log) Y.applyUpdate(document, bytes)
  expect(stored.snapshot).toBeDefined()
  expect(document.getText('t').toString()).toBe(text.toString())
}, 120_000)

test('COMPACT-2: a document that does not fold is served from its log', async () => {
  const store = new FaultyStore()
  const server = startServer({ tail_updates_max: 50 }, store)
  store.compact = () => Promise.reject(new Error('by the test'))
  const url = `${server.url}/ws/unfolded`
  const { client, text, write } = await startWriter(url)
  for (let index = 0; index < 100; index++) {
    write(`${index},`)
    // Each by itself: what is written in one go is one entry of the log.
    await client.settled()
  }
  await until('given up', () => server.ytopic.metrics.compactionFailures > 0)
  expect(await contentAt(url)).toBe(text.toString())
  write('and on')
  await client.settled()
  expect(await contentAt(url)).toBe(text.toString())
  await server.stop()
}, 60_000)

test('ROOM-1, COMPACT-4: an idle room is closed when all is on disk, folded into one', async () => {
  const store = new FaultyStore()
  const server = startServer({ room_idle_ms_max: 50 }, store)
  const url = `${server.url}/ws/idle`
  const { client, text, write } = await startWriter(url)
  for (let index = 0; index < 30; index++) write(`${index},`)
  await client.settled()
  client.close()
  await until('evicted', () => server.ytopic.metrics.roomsEvicted === 1)
  await until('folded', () => server.ytopic.metrics.compactions === 1)
  const stored = await store.load('idle')
  expect([stored.snapshot !== undefined, stored.log.length]).toEqual([true, 0])
  expect(await contentAt(url)).toBe(text.toString())
  await server.stop()
}, 60_000)

test('COMPACT-7: rooms are closed while a document takes its time to fold', async () => {
  const fold = (): Promise<never> => new Promise(() => undefined)
  const server = startServer({ room_idle_ms_max: 10 }, undefined, { fold })
  for (const name of ['slow', 'other']) {
    const { client, write } = await startWriter(`${server.url}/ws/${name}`)
    write('kept')
    await client.settled()
    client.close()
  }
  await until('both are closed', () => server.ytopic.metrics.roomsEvicted === 2)
  expect(await contentAt(`${server.url}/ws/slow`)).toBe('kept')
  await server.stop()
}, 60_000)

test('ROOM-1: a room whose updates are not on disk stays open', async () => {
  const store = new FaultyStore()
  const server = startServer({ room_idle_ms_max: 10, store_retry_ms_max: 50 }, store)
  const url = `${server.url}/ws/unwritten`
  const { client, text, write } = await startWriter(url)
  store.failAppends = Number.POSITIVE_INFINITY
  write('not on disk')
  await client.settled()
  client.close()
  await until('two rounds of failures', () => server.ytopic.metrics.commitFailures > 30)
  expect(server.ytopic.metrics.roomsEvicted).toBe(0)
  expect(await contentAt(url)).toBe(text.toString())
  store.failAppends = 0
  await until('evicted', () => server.ytopic.metrics.roomsEvicted === 1)
  await server.stop()
}, 60_000)

test('ROOM-2: a document opened while its room is being closed loses nothing', async () => {
  const store = new FaultyStore()
  const server = startServer({ room_idle_ms_max: 10 }, store)
  const url = `${server.url}/ws/closing`
  const first = await startWriter(url)
  first.write('before ')
  await first.client.settled()
  first.client.close()
  const { loads } = store
  store.hold()
  await until('what was closed is being folded', () => store.loads > loads)
  const second = await RawClient.connect(url)
  const opened = second.open(new Y.Doc())
  await until('the document is read again', () => store.loads > loads + 1)
  store.release()
  await opened
  const document = second.document()
  const before = Y.encodeStateVector(document)
  document.getText('t').insert(7, 'after')
  second.say({ kind: 'update', update: Y.encodeStateAsUpdate(document, before) })
  await second.settled()
  expect(await contentAt(url)).toBe('before after')
  second.close()
  await until('evicted', () => server.ytopic.metrics.roomsEvicted >= 2)
  expect(await contentAt(url)).toBe('before after')
  await server.stop()
}, 60_000)

test('ROOM-3: a fault in one room sends its clients away and leaves the others alone', async () => {
  let faults = 0
  const clock: Clock = {
    ...systemClock,
    now() {
      if (faults > 0) {
        faults--
        throw new Error('a bug, by the test')
      }
      return systemClock.now()
    },
  }
  const store = new FaultyStore()
  const ytopic = createYtopic({ store, authority: anonymous('write'), clock, log: silentLog })
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: ytopic.fetch,
    websocket: ytopic.websocket,
  })
  const url = `ws://127.0.0.1:${server.port}/ws`
  const { client, text, write } = await startWriter(`${url}/faulty`)
  const other = await startWriter(`${url}/other`)
  write('kept')
  await client.settled()
  await until('written', () => ytopic.metrics.updatesStored === 1)
  faults = 1
  client.say({ kind: 'awareness', update: Uint8Array.of(1, 5, 1, 2, 0x7b, 0x7d) })
  expect((await client.closes()).code).toBe(1011)
  expect(ytopic.metrics.roomsFailed).toBe(1)
  expect(await contentAt(`${url}/faulty`)).toBe(text.toString())
  other.write('goes on')
  await other.client.settled()
  expect(other.client.closed).toBeUndefined()
  await ytopic.stop()
  await server.stop(true)
}, 60_000)

test('ROOM-4: damaged bytes are refused in words, and other documents are served', async () => {
  const store = new FaultyStore()
  const batch = new Batch()
  batch.add('damaged', Uint8Array.of(1, 2, 3))
  await store.append(batch)
  const server = startServer({ deny_delay_ms: 20 }, store)
  const client = await RawClient.connect(`${server.url}/ws/damaged`)
  client.say({ kind: 'step-1', stateVector: Uint8Array.of(0) })
  await client.hears('denied')
  expect((await client.closes()).code).toBe(4500)
  expect(client.heard.map(({ kind }) => kind)).toEqual(['denied'])
  const sound = await startWriter(`${server.url}/ws/sound`)
  sound.write('fine')
  await sound.client.settled()
  expect(await contentAt(`${server.url}/ws/sound`)).toBe('fine')
  await server.stop()
})
