import { afterEach, expect, test } from 'bun:test'
import { refusals } from '../../../../src/base/errors.ts'
import type { Limits } from '../../../../src/base/limits/limits.ts'
import { craftUpdate } from '../../../support/harness/crafted.ts'
import { RawClient } from '../../../support/harness/raw-client.ts'
import { startServer, type TestServer } from '../../../support/harness/server.ts'
import { until } from '../../../support/harness/wait.ts'

const servers: TestServer[] = []

afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop()
})

function serve(limits: Partial<Limits>): TestServer {
  const server = startServer({ deny_delay_ms: 10, ...limits })
  servers.push(server)
  return server
}

const connect = ({ url }: TestServer, document: string) =>
  RawClient.connect(`${url}/ws/${document}`)

let client = 0

async function write(server: TestServer, document: string, bytes: number): Promise<RawClient> {
  const writer = await (await connect(server, document)).open()
  const text = 'x'.repeat(bytes)
  writer.say({ kind: 'update', update: craftUpdate([{ client: ++client, text }]) })
  await writer.settled()
  return writer
}

async function health(server: TestServer): Promise<{ rooms: number; documentBytes: number }> {
  const answer: { rooms: number; documentBytes: number } = await (
    await fetch(`${server.http}/healthz`)
  ).json()
  return answer
}

test('MEMORY-4: beyond the limit the largest document that nobody has open goes', async () => {
  const server = serve({ documents_bytes_max: 100_000 })
  for (const [name, bytes] of [
    ['small', 10_000],
    ['large', 60_000],
  ] as const) {
    ;(await write(server, name, bytes)).close()
  }
  await until('both are idle', () => server.ytopic.metrics.connectionsClosed === 2)
  const writer = await write(server, 'third', 29_000)
  writer.say({ kind: 'update', update: craftUpdate([{ client: 99, text: 'x'.repeat(5_000) }]) })
  expect((await writer.closes()).code).toBe(1013)
  await until('the large one has gone', () => server.ytopic.metrics.roomsEvicted > 0)
  expect((await health(server)).rooms).toBe(2)
  const back = await write(server, 'third', 5_000)
  expect(back.document().getText('t').toString()).toHaveLength(34_000)
  expect(server.ytopic.metrics.roomsEvicted).toBe(1)
  // What was closed is in the store.
  back.close()
  const large = await (await connect(server, 'large')).open()
  expect(large.document().getText('t').toString()).toHaveLength(60_000)
})

test('MEMORY-4: where all documents are in use, one more and more text are refused', async () => {
  const server = serve({ documents_bytes_max: 100_000 })
  const first = await write(server, 'first', 60_000)
  const second = await write(server, 'second', 39_000)
  const wanted = { code: 1013, reason: refusals['memory-full'].sentence }
  second.say({ kind: 'update', update: craftUpdate([{ client: 98, text: 'x'.repeat(9_000) }]) })
  expect(await second.closes()).toEqual(wanted)
  first.say({ kind: 'update', update: craftUpdate([{ client: 97, text: 'x'.repeat(500) }]) })
  await first.settled()
  expect(first.closed).toBeUndefined()
  const again = await (await connect(server, 'second')).open()
  first.say({ kind: 'update', update: craftUpdate([{ client: 96, text: 'x'.repeat(300) }]) })
  await first.settled()
  first.say({ kind: 'update', update: craftUpdate([{ client: 95, text: 'x'.repeat(900) }]) })
  expect(await first.closes()).toEqual(wanted)
  again.close()
})

test('MEMORY-4: one more document is refused in words while those in use take all', async () => {
  const server = serve({ documents_bytes_max: 100_000, room_idle_ms_max: 0 })
  const writer = await write(server, 'a', 90_000)
  ;(await write(server, 'b', 9_000)).close()
  await until('b is closed', async () => (await health(server)).rooms === 1)
  writer.say({ kind: 'update', update: craftUpdate([{ client: 94, text: 'x'.repeat(9_600) }]) })
  await writer.settled()
  // Opening finds room for 0 bytes; what is loaded then is too much for the next one.
  await (await connect(server, 'b')).open()
  expect(await (await connect(server, 'c')).closes()).toEqual({
    code: 1013,
    reason: refusals['memory-full'].sentence,
  })
  writer.close()
  await until('there is room', async () => (await health(server)).documentBytes < 50_000)
  await (await connect(server, 'c')).open()
})
