import { afterEach, expect, test } from 'bun:test'
import * as Y from 'yjs'
import type { Limits } from '../../../../src/base/limits/limits.ts'
import type { YtopicOptions } from '../../../../src/ytopic.ts'
import { type RefusalKind, refusals } from '../../../../src/base/errors.ts'
import { computedMs } from '../../../support/computed.ts'
import { craftDeletes, craftGaps, craftUpdate } from '../../../support/harness/crafted.ts'
import { connect as stock, converged, synced } from '../../../support/harness/provider.ts'
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

function connect(server: TestServer, document = 'd', headers = {}): Promise<RawClient> {
  return RawClient.connect(`${server.url}/ws/${document}`, headers)
}

async function open(server: TestServer, document = 'd'): Promise<RawClient> {
  return (await connect(server, document)).open()
}

/** An update of a client of its own, that needs nothing. */
function update(client: number, root = 't'): { kind: 'update'; update: Uint8Array } {
  return { kind: 'update', update: craftUpdate([{ client, root }]) }
}

function refused(server: TestServer, kind: RefusalKind): number | undefined {
  return server.ytopic.metrics[`refused.${kind}`]
}

test('LIMIT-1: who sends more updates than allowed is sent away to come back', async () => {
  const server = serve({ connection_updates_burst_max: 20, connection_updates_per_second_max: 1 })
  const [fast, calm] = [await open(server), await open(server)]
  for (let client = 1; client <= 30; client++) fast.say(update(client))
  expect((await fast.closes()).code).toBe(1013)
  expect(refused(server, 'too-fast')).toBe(1)
  expect(calm.heard.filter(({ kind }) => kind === 'update')).toHaveLength(20)
  calm.say(update(99))
  await calm.settled()
  expect(calm.closed).toBeUndefined()
})

test('LIMIT-1: a stock client that was sent away comes back, and nothing is lost', async () => {
  const server = serve({ connection_updates_burst_max: 20, connection_updates_per_second_max: 1 })
  const [fast, other] = [stock(`${server.url}/ws`, 'back'), stock(`${server.url}/ws`, 'back')]
  await synced(fast, other)
  for (let count = 0; count < 100; count++) fast.document.getText('t').insert(count, 'x')
  await until('it was too fast', () => (refused(server, 'too-fast') ?? 0) > 0)
  await converged(fast.document, other.document)
  expect(other.document.getText('t').toString()).toHaveLength(100)
  fast.end()
  other.end()
})

test('LIMIT-1: presence and questions have an allowance of their own', async () => {
  const server = serve({ connection_signals_burst_max: 20, connection_signals_per_second_max: 1 })
  const [chatty, writer] = [await open(server), await open(server)]
  for (let count = 0; count < 30; count++) {
    chatty.say({ kind: 'query-awareness' })
    writer.say(update(count + 1))
  }
  expect((await chatty.closes()).code).toBe(1013)
  await writer.settled()
  expect(writer.closed).toBeUndefined()
})

test('LIMIT-1: bytes are counted as well', async () => {
  const server = serve({ connection_bytes_burst_max: 50_000, connection_bytes_per_second_max: 1 })
  const client = await open(server)
  const frame = {
    kind: 'update' as const,
    update: craftUpdate([{ client: 1, text: 'x'.repeat(30_000) }]),
  }
  client.say(frame)
  await client.settled()
  client.say(frame)
  expect((await client.closes()).code).toBe(1013)
})

test('LIMIT-1: a flood of pings ends the connection', async () => {
  const server = serve({ connection_signals_burst_max: 50, connection_signals_per_second_max: 1 })
  const socket = new WebSocket(`${server.url}/ws/d`)
  const { promise, resolve } = Promise.withResolvers<number>()
  socket.addEventListener('close', ({ code }) => resolve(code))
  socket.addEventListener('open', () => {
    const pinging = socket as unknown as { ping(): void }
    for (let count = 0; count < 100; count++) pinging.ping()
  })
  expect(await promise).toBe(1013)
})

test('LIMIT-3: questions cost what is read for them; the first is always answered', async () => {
  const server = serve({
    session_answer_bytes_burst_max: 40_000,
    session_answer_bytes_per_second_max: 1,
  })
  const writer = await open(server)
  writer.say({ kind: 'update', update: craftUpdate([{ client: 1, text: 'x'.repeat(50_000) }]) })
  await writer.settled()
  writer.say({ kind: 'step-1', stateVector: Uint8Array.of(0) })
  expect((await writer.closes()).code).toBe(1013)
  await open(server)
})

const behindProxy = { trustedProxies: ['loopback'] }
const from = (address: string) => ({ 'x-forwarded-for': address })

test('LIMIT-4: connections from one network address are bounded', async () => {
  const server = serve({ client_address_connections_max: 2 }, behindProxy)
  const first = await connect(server, 'd', from('198.51.100.1'))
  await connect(server, 'd', from('198.51.100.1'))
  const third = await connect(server, 'd', from('198.51.100.1'))
  expect((await third.closes()).code).toBe(1013)
  await (await connect(server, 'd', from('198.51.100.2'))).open()
  await (await connect(server, 'd')).open()
  expect(refused(server, 'address-full')).toBe(1)
  first.close()
  await until('a place', () => server.ytopic.metrics.connectionsClosed === 2)
  await (await connect(server, 'd', from('198.51.100.1'))).open()
})

test('LIMIT-4: the addresses of one IPv6 customer count as one', async () => {
  const server = serve({ client_address_connections_max: 1 }, behindProxy)
  await connect(server, 'd', from('2001:db8::1'))
  const second = await connect(server, 'd', from('2001:db8::2'))
  expect((await second.closes()).code).toBe(1013)
  await (await connect(server, 'd', from('2001:db8:0:1::1'))).open()
})

test('LIMIT-4: new connections from one address are bounded in number per second', async () => {
  const server = serve(
    { client_address_opens_burst_max: 3, client_address_opens_per_second_max: 1 },
    behindProxy,
  )
  for (let count = 0; count < 3; count++) {
    ;(await connect(server, 'd', from('198.51.100.1'))).close()
  }
  const fourth = await connect(server, 'd', from('198.51.100.1'))
  expect((await fourth.closes()).code).toBe(1013)
  await (await connect(server, 'd', from('198.51.100.2'))).open()
})

test('LIMIT-4: documents opened from one address over shared sockets are bounded too', async () => {
  const server = serve(
    { client_address_documents_burst_max: 3, client_address_documents_per_second_max: 1 },
    behindProxy,
  )
  const url = `${server.url}/hocuspocus`
  const here = await RawHocuspocus.connect(url, from('198.51.100.1'))
  for (const document of ['a', 'b', 'c']) await here.open(document)
  here.knock('d')
  await until('it is sent away', () => here.closed !== undefined)
  expect(here.closed?.code).toBe(1013)
  const elsewhere = await RawHocuspocus.connect(url, from('198.51.100.2'))
  await elsewhere.open('d')
})

test('LIMIT-1: frames on addresses that cannot be opened are counted as well', async () => {
  const server = serve({ connection_signals_burst_max: 20, connection_signals_per_second_max: 1 })
  const client = await RawHocuspocus.connect(`${server.url}/hocuspocus`)
  for (let count = 0; count < 30; count++) client.knock('\u0007')
  await until('it is sent away', () => client.closed !== undefined)
  expect(client.closed?.code).toBe(1013)
})

test('LIMIT-5: who says nothing in time is sent away; who spoke may be quiet', async () => {
  const server = serve({ first_frame_ms_max: 200 })
  const speaker = await open(server)
  const silent = await connect(server)
  expect((await silent.closes()).code).toBe(1013)
  expect(refused(server, 'silent')).toBe(1)
  expect(speaker.closed).toBeUndefined()
})

test('LIMIT-5: connections that have said nothing yet are bounded', async () => {
  const server = serve({ silent_connections_max: 2 })
  const [first] = [await connect(server), await connect(server)]
  expect((await (await connect(server)).closes()).code).toBe(1013)
  await first?.open()
  await open(server)
})

test('LIMIT-6: a token that is too long is not even looked at', async () => {
  let looked = 0
  const authority = {
    needsToken: true,
    decide: () => {
      looked++
      return { kind: 'denied' as const, reason: 'looked at' }
    },
  }
  const server = serve({ token_bytes_max: 100 }, { authority })
  const client = await RawClient.connect(`${server.url}/ws/d?token=${'x'.repeat(101)}`)
  expect((await client.closes()).code).toBe(4403)
  expect(client.heard).toContainEqual({
    kind: 'denied',
    reason: `${refusals['permission-denied'].sentence} The token is too long.`,
  })
  expect(looked).toBe(0)
})

test('LIMIT-7: the client ids that one session brings are bounded', async () => {
  const server = serve({ session_new_clients_max: 5 })
  const [busy, other] = [await open(server), await open(server)]
  for (let client = 1; client <= 5; client++) busy.say(update(client))
  busy.say({ kind: 'update', update: craftUpdate([{ client: 5, clock: 1 }]) })
  await busy.settled()
  busy.say(update(6))
  expect((await busy.closes()).code).toBe(4429)
  expect(refused(server, 'too-many-clients')).toBe(1)
  other.say(update(7))
  await other.settled()
  expect(other.document().getText('t').toString()).toHaveLength(7)
})

test('LIMIT-7: the root types that one session names are bounded', async () => {
  const server = serve({ session_root_names_max: 3 })
  const client = await open(server)
  for (let index = 1; index <= 9; index++) client.say(update(index, `root ${index % 3}`))
  await client.settled()
  client.say(update(10, 'root 3'))
  expect((await client.closes()).code).toBe(4429)
})

test('LIMIT-8: updates that wait for what never comes are bounded; healing is not', async () => {
  const server = serve({ document_waiting_updates_max: 10 })
  const flood = await open(server)
  const healthy = await open(server)
  for (let client = 1; client <= 11; client++) {
    flood.say({ kind: 'update', update: craftUpdate([{ client, origin: [1_000 + client, 0] }]) })
  }
  expect((await flood.closes()).code).toBe(1013)
  expect(refused(server, 'too-many-gaps')).toBe(1)
  const copy = new Y.Doc()
  for (const bytes of healthy.updates()) Y.applyUpdate(copy, bytes)
  // It has what waits in its own copy, and sends that along with what it wrote offline.
  copy.getText('t').insert(0, 'mine')
  healthy.say({ kind: 'step-2', update: Y.encodeStateAsUpdate(copy) })
  await healthy.settled()
  expect(healthy.closed).toBeUndefined()
  expect((await open(server)).document().getText('t').toString()).toBe('mine')
  const past = Array.from({ length: 10 }, (_, index) => ({ client: 1_001 + index }))
  healthy.say({ kind: 'update', update: craftUpdate(past) })
  healthy.say({ kind: 'update', update: craftUpdate([{ client: 12, origin: [2_000, 0] }]) })
  await healthy.settled()
  expect(healthy.closed).toBeUndefined()
  expect((await open(server)).document().getText('t').toString()).toHaveLength(24)
})

test('LIMIT-8: an update of very many gaps is refused at once', async () => {
  const server = serve({})
  const client = await open(server)
  client.say({ kind: 'update', update: craftGaps(1, 500_000) })
  const before = computedMs()
  expect((await client.closes()).code).toBe(1013)
  expect(computedMs() - before).toBeLessThan(5_000)
})

test('LIMIT-8: deleted ranges are bounded, and known ones are not counted again', async () => {
  const server = serve({ document_delete_ranges_max: 100 })
  const client = await open(server)
  const known = craftDeletes(1, 100)
  for (let count = 0; count < 3; count++) client.say({ kind: 'step-2', update: known })
  await client.settled()
  expect(client.closed).toBeUndefined()
  client.say({ kind: 'update', update: craftDeletes(1, 1, 1_000) })
  expect((await client.closes()).code).toBe(4413)
})

test('LIMIT-9: the documents that are open at a time are bounded', async () => {
  const server = serve({ rooms_max: 2 })
  await open(server, 'a')
  await open(server, 'b')
  await open(server, 'a')
  expect((await (await connect(server, 'c')).closes()).code).toBe(1013)
})

test('LIMIT-11: refusals are counted by kind, whoever hears of them', async () => {
  const server = serve({ frame_bytes_max: 1_000 })
  const client = await open(server)
  client.sayBytes(Uint8Array.of(99))
  expect((await client.closes()).code).toBe(4400)
  expect((await (await connect(server, '%00')).closes()).code).toBe(4400)
  const health: { metrics: object } = await (await fetch(`${server.http}/healthz`)).json()
  expect(health.metrics).toMatchObject({ 'refused.bad-frame': 1, 'refused.bad-name': 1 })
})
