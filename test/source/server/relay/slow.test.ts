import { afterAll, beforeAll, expect, test } from 'bun:test'
import * as Y from 'yjs'
import { yWebsocket } from '../../../../src/protocol/y-websocket.ts'
import { RawClient } from '../../../support/harness/raw-client.ts'
import { startServer, type TestServer } from '../../../support/harness/server.ts'
import { StuckClient } from '../../../support/harness/stuck-client.ts'
import { until } from '../../../support/harness/wait.ts'

const kib = 1024
const softBytes = 256 * kib
const hardBytes = 16_000 * kib
let server: TestServer

beforeAll(() => {
  server = startServer({
    backpressure_soft_bytes: softBytes,
    backpressure_hard_bytes: hardBytes,
    // These writers ask every few updates, to wait for the answer.
    session_answer_bytes_burst_max: 2 ** 40,
  })
})

afterAll(() => server.stop())

const step1 = Uint8Array.of(0, 0, 1, 0)
/** Longer than the server lets pass between two looks for who is behind. */
const lookMs = 25

function portOf(url: string): number {
  return Number(new URL(url).port)
}

/** A writer that pushes items of `size` characters, one update each. */
async function startWriter(url: string, size: number) {
  const client = await (await RawClient.connect(url)).open()
  const document = new Y.Doc()
  const items = document.getArray<string>('a')
  let written = 0
  return {
    client,
    items,
    settled: () => client.settled(document),
    push() {
      const before = Y.encodeStateVector(document)
      items.push([`${written++}:`.padEnd(size, 'x')])
      client.say({ kind: 'update', update: Y.encodeStateAsUpdate(document, before) })
    },
  }
}

function contentOf(client: StuckClient): Y.Doc {
  const document = new Y.Doc()
  for (const message of client.messages()) {
    const frame = yWebsocket.decode(message)
    if (frame.kind === 'update' || frame.kind === 'step-2') Y.applyUpdate(document, frame.update)
  }
  return document
}

test('SLOW-1: a client that stopped reading lacks nothing once it reads again', async () => {
  const url = `${server.url}/ws/slow`
  const writer = await startWriter(url, 20 * kib)
  const reader = await (await RawClient.connect(url)).open()
  const slow = await StuckClient.connect(portOf(server.url), '/ws/slow')
  slow.say(step1)
  await until('the slow one is open', () => slow.messages().length >= 2)
  slow.stopReading()
  const before = server.ytopic.metrics.clientsDetached
  for (let index = 0; index < 3_000; index++) {
    writer.push()
    if (index % 20 === 0) await writer.settled()
    if (server.ytopic.metrics.clientsDetached > before && index > 600) break
  }
  expect(server.ytopic.metrics.clientsDetached).toBe(before + 1)
  await until('the reader has all', () => {
    return reader.document().getArray('a').length === writer.items.length
  })
  slow.goOnReading()
  await until('the slow one has all', () => {
    return contentOf(slow).getArray('a').length === writer.items.length
  })
  expect(slow.closed).toBe(false)
  writer.push()
  await until('the slow one is live again', () => {
    return contentOf(slow).getArray('a').length === writer.items.length
  })
  expect(contentOf(slow).getArray('a').toArray()).toEqual(writer.items.toArray())
  slow.end()
}, 120_000)

test('SLOW-3: what a stuck client costs stays near the soft limit while others go on', async () => {
  const url = `${server.url}/ws/stuck`
  const writer = await startWriter(url, 20 * kib)
  const reader = await (await RawClient.connect(url)).open()
  const stuck = await StuckClient.connect(portOf(server.url), '/ws/stuck')
  stuck.say(step1)
  await until('the stuck one is open', () => stuck.messages().length >= 2)
  stuck.stopReading()
  const before = server.ytopic.metrics.clientsDetached
  for (let index = 0; index < 1_500; index++) {
    writer.push()
    if (index % 20 > 0) continue
    // What comes between two looks is on top of the limit: a burst of 20, not what a machine can.
    await writer.settled()
    await Bun.sleep(lookMs)
  }
  await until('it is off the topic', () => server.ytopic.metrics.clientsDetached > before)
  await until('the reader has all', () => {
    return reader.heard.filter(({ kind }) => kind === 'update').length === 1_500
  })
  const health: { unsentBytes: number } = await (await fetch(`${server.http}/healthz`)).json()
  expect(health.unsentBytes).toBeLessThan(softBytes + 40 * 20 * kib)
  expect(health.unsentBytes).toBeGreaterThan(softBytes)
  stuck.end()
}, 120_000)

test('SLOW-2: a client over the hard limit is disconnected, the others are not', async () => {
  const small = startServer({
    backpressure_soft_bytes: 64 * kib * kib,
    backpressure_hard_bytes: 1_000 * kib,
    session_answer_bytes_burst_max: 2 ** 40,
  })
  const url = `${small.url}/ws/hard`
  const writer = await startWriter(url, 20 * kib)
  const reader = await (await RawClient.connect(url)).open()
  const stuck = await StuckClient.connect(portOf(small.url), '/ws/hard')
  stuck.say(step1)
  await until('the stuck one is open', () => stuck.messages().length >= 2)
  stuck.stopReading()
  const closed = () => small.ytopic.metrics.connectionsClosed > 0
  for (let index = 0; index < 3_000 && !closed(); index++) {
    writer.push()
    if (index % 10 === 0) await writer.settled()
  }
  await until('the server let go of it', closed)
  await until('the reader has all', () => {
    return reader.document().getArray('a').length === writer.items.length
  })
  stuck.end()
  await small.stop()
}, 120_000)
