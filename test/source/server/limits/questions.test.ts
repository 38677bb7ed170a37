import { afterEach, expect, test } from 'bun:test'
import * as Y from 'yjs'
import type { Limits } from '../../../../src/base/limits/limits.ts'
import { SharedFrames } from '../../../../src/room/delivery/shared-frames.ts'
import { yWebsocket } from '../../../../src/protocol/y-websocket.ts'
import type { YtopicOptions } from '../../../../src/ytopic.ts'
import { craftUpdate } from '../../../support/harness/crafted.ts'
import { allSaved, connectHocuspocus, openSocket } from '../../../support/harness/hocuspocus.ts'
import { RawHocuspocus } from '../../../support/harness/hocuspocus-raw.ts'
import { RawClient } from '../../../support/harness/raw-client.ts'
import { startServer, type TestServer } from '../../../support/harness/server.ts'
import { until } from '../../../support/harness/wait.ts'

const servers: TestServer[] = []

afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop()
})

function serve(limits: Partial<Limits>, options: Partial<YtopicOptions> = {}): TestServer {
  const server = startServer({ deny_delay_ms: 10, ...limits }, undefined, options)
  servers.push(server)
  return server
}

const behindProxy = { trustedProxies: ['loopback'] }
const from = (address: string) => ({ 'x-forwarded-for': address })
/** One who has the first letter of client 1. */
const stateVector = Uint8Array.of(1, 1, 1)

/** Somebody writes so many letters in two updates, of which an asker has the first letter. */
async function fill(server: TestServer, document: string, letters: number): Promise<RawClient> {
  const writer = await (await RawClient.connect(`${server.url}/ws/${document}`)).open()
  writer.say({ kind: 'update', update: craftUpdate([{ client: 1 }]) })
  const text = 'x'.repeat(letters)
  writer.say({ kind: 'update', update: craftUpdate([{ client: 1, clock: 1, text }]) })
  await writer.settled()
  return writer
}

const asks = { kind: 'step-1', stateVector } as const

test('LIMIT-16: what is read for the questions of a connection is charged to it', async () => {
  const server = serve({
    connection_answer_bytes_burst_max: 30_000,
    connection_answer_bytes_per_second_max: 1_000_000,
  })
  await fill(server, 'd', 40_000)
  const asker = await RawHocuspocus.connect(`${server.url}/hocuspocus`)
  for (let session = 0; session < 6; session++) asker.say(`d\0${session}`, asks)
  // One borrows what is there; the others come when time has paid for it, and none is refused.
  for (let session = 0; session < 6; session++) await asker.hears(`d\0${session}`, 'step-2')
  expect(asker.closed).toBeUndefined()
})

test('LIMIT-16: what is owed is waited for, in the order of the questions', async () => {
  const server = serve({
    connection_answer_bytes_burst_max: 30_000,
    connection_answer_bytes_per_second_max: 1,
  })
  await fill(server, 'd', 40_000)
  const asker = await RawHocuspocus.connect(`${server.url}/hocuspocus`)
  await asker.open('small')
  for (let session = 0; session < 4; session++) asker.say(`d\0${session}`, asks)
  await asker.hears(['d', 0].join('\0'), 'step-2')
  await asker.settled('small')
  const answered = [0, 1, 2, 3].filter((session) => asker.count(`d\0${session}`, 'step-2') > 0)
  expect(answered).toEqual([0])
  expect(asker.closed).toBeUndefined()
})

test('LIMIT-16: connections of one network address share what is read for them', async () => {
  const server = serve(
    {
      client_address_answer_bytes_burst_max: 30_000,
      client_address_answer_bytes_per_second_max: 1,
    },
    behindProxy,
  )
  await fill(server, 'd', 40_000)
  const connect = (address: string) => RawClient.connect(`${server.url}/ws/d`, from(address))
  const first = await connect('198.51.100.1')
  first.say(asks)
  await first.hears('step-2')
  const second = await connect('198.51.100.1')
  second.say(asks)
  const elsewhere = await connect('198.51.100.2')
  elsewhere.say(asks)
  await elsewhere.hears('step-2')
  // Who has nothing costs nothing right after somebody else, and does not wait.
  await (await connect('198.51.100.1')).open()
  expect(second.heard.filter(({ kind }) => kind === 'step-2')).toHaveLength(0)
})

test('LIMIT-16: a page comes back with a hundred documents at once', async () => {
  const server = serve({})
  const names = Array.from({ length: 100 }, (_, index) => `document ${index}`)
  for (const name of names) (await fill(server, name, 2_000)).close()
  const socket = openSocket(4, server.url)
  const clients = names.map((name) => {
    const document = new Y.Doc()
    Y.applyUpdate(document, craftUpdate([{ client: 1 }]))
    document.getText('mine').insert(0, 'written offline')
    return connectHocuspocus(4, server.url, name, { socket, document })
  })
  await allSaved(...clients)
  for (const { document } of clients) {
    expect(document.getText('t').toString()).toHaveLength(2_001)
  }
  for (const client of clients) client.end()
  socket.destroy()
})

test('LIMIT-16: questions that wait are bounded', async () => {
  const server = serve({
    connection_answer_bytes_burst_max: 1,
    connection_answer_bytes_per_second_max: 1,
    opening_queue_bytes_max: 2_000,
  })
  await fill(server, 'd', 40_000)
  const asker = await (await RawClient.connect(`${server.url}/ws/d`)).open()
  for (let question = 0; question < 20; question++) asker.say(asks)
  expect((await asker.closes()).code).toBe(1013)
})

test('LIMIT-17: the frames that are kept for who joins next are bounded in bytes', () => {
  const frames = new SharedFrames(100_000)
  const audience = { codec: yWebsocket, topic: 'y:d' }
  const updates = Array.from({ length: 8 }, () => new Uint8Array(20_000))
  for (const update of updates) {
    const frame = frames.encode(audience, 'update', update)
    expect(frames.encode(audience, 'update', update)).toBe(frame as Uint8Array)
    expect(frames.byteLength).toBeLessThanOrEqual(100_000)
  }
  frames.encode(audience, 'update', new Uint8Array(200_000))
  expect(frames.byteLength).toBeLessThanOrEqual(100_000)
  frames.clear()
  expect(frames.byteLength).toBe(0)
})

test('LIMIT-18: HTTP requests from one network address are bounded per second', async () => {
  const server = serve(
    { client_address_requests_burst_max: 3, client_address_requests_per_second_max: 1 },
    behindProxy,
  )
  const ask = (address: string) => fetch(`${server.http}/healthz`, { headers: from(address) })
  for (let count = 0; count < 3; count++) expect((await ask('198.51.100.1')).status).toBe(200)
  const refused = await ask('198.51.100.1')
  expect(refused.status).toBe(429)
  expect(await refused.text()).toContain('Too many requests')
  expect((await ask('198.51.100.2')).status).toBe(200)
  await until('time has paid', async () => (await ask('198.51.100.1')).status === 200)
})
