import { expect, test } from 'bun:test'
import { refusals } from '../../../../src/base/errors.ts'
import { encodeAwareness } from '../../../../src/protocol/awareness.ts'
import type { StatelessHandler } from '../../../../src/room/stateless.ts'
import * as Y from 'yjs'
import { FaultyStore } from '../../../support/fakes/store.ts'
import { addressOf, encodeAt, RawHocuspocus } from '../../../support/harness/hocuspocus-raw.ts'
import { RawClient } from '../../../support/harness/raw-client.ts'
import { startServer, type TestServer } from '../../../support/harness/server.ts'
import { until } from '../../../support/harness/wait.ts'
import { hocuspocus } from '../../../../src/protocol/hocuspocus.ts'

const fast = { deny_delay_ms: 20, keep_alive_ms: 300, drain_spread_ms: 100 }
const socket = (server: TestServer): Promise<RawHocuspocus> => RawHocuspocus.connect(server.url)

function typed(text: string): Uint8Array {
  const document = new Y.Doc()
  document.getText('t').insert(0, text)
  return Y.encodeStateAsUpdate(document)
}

function presence(clientId: number, clock: number, name: string | undefined): Uint8Array {
  const json = name === undefined ? undefined : new TextEncoder().encode(JSON.stringify({ name }))
  return encodeAwareness([{ clientId, clock, state: json }])
}

test('HOCUS-13: a quiet socket is kept awake in words that its client knows', async () => {
  const server = startServer(fast)
  const old = await (await socket(server)).open('doc', 't')
  const recent = await (await socket(server)).open('doc', 't', '4.8.0')
  const empty = encodeAt('doc', { kind: 'awareness', update: Uint8Array.of(0) })
  const kept = () => old.heard.filter(({ raw }) => Bun.deepEquals(raw, empty)).length
  const pinged = () => recent.heard.filter(({ frame }) => frame.kind === 'ping').length
  await until('both are kept awake twice', () => kept() >= 2 && pinged() >= 2)
  expect(old.heard.filter(({ frame }) => frame.kind === 'ping')).toEqual([])
  recent.sayBytes(Uint8Array.of(10))
  recent.sayBytes(Uint8Array.of(9))
  await recent.settled('doc')
  await server.stop()
})

test('HOCUS-14: a close ends one address and its presence at once, not the socket', async () => {
  const server = startServer(fast)
  const ana = await (await socket(server)).open('one')
  await ana.open('two')
  const bob = await (await socket(server)).open('one')
  ana.say('one', { kind: 'awareness', update: presence(7, 3, 'Ana') })
  await bob.hears('one', 'awareness')
  ana.say('one', { kind: 'close' })
  const left = encodeAt('one', { kind: 'awareness', update: presence(7, 3, undefined) })
  await until('Ana is gone', () => bob.heard.some(({ raw }) => Bun.deepEquals(raw, left)))
  bob.say('one', { kind: 'update', update: typed('x') })
  await until('it is saved', () => bob.statuses('one').saved === 1)
  await ana.settled('two')
  expect(ana.count('one', 'update')).toBe(0)
  await server.stop()
})

test('HOCUS-14: what was written before a close is kept, even while opening', async () => {
  const store = new FaultyStore()
  const server = startServer(fast, store)
  const client = await socket(server)
  store.hold()
  client.knock('doc')
  client.say('doc', { kind: 'update', update: typed('kept') })
  client.say('doc', { kind: 'close' })
  await until('it is being loaded', () => store.loads === 1)
  store.release()
  const reader = await (await socket(server)).open('doc')
  await until('it is stored', () => server.ytopic.metrics.updatesStored === 1)
  await reader.settled('doc')
  expect(reader.document('doc').getText('t').toString()).toBe('kept')
  await server.stop()
})

test('HOCUS-14: a close directly followed by a new Auth works every time', async () => {
  const server = startServer(fast)
  const writer = await (await socket(server)).open('doc')
  const client = await socket(server)
  for (let round = 1; round <= 100; round++) {
    client.knock('doc')
    client.say('doc', { kind: 'close' })
    client.knock('doc')
    await client.hears('doc', 'step-2', 2 * round)
    writer.say('doc', { kind: 'update', update: typed('x') })
    await client.hears('doc', 'update', round)
    client.say('doc', { kind: 'close' })
  }
  expect(client.count('doc', 'authenticated')).toBe(200)
  expect(client.closed).toBeUndefined()
  await server.stop()
})

test('HOCUS-14: who came back is not told what is saved of before', async () => {
  const store = new FaultyStore()
  const server = startServer(fast, store)
  const client = await (await socket(server)).open('doc')
  store.hold()
  client.say('doc', { kind: 'update', update: typed('x') })
  await until('it is on its way', () => store.appends === 1)
  client.say('doc', { kind: 'close' })
  await client.open('doc')
  store.release()
  await until('it is stored', () => server.ytopic.metrics.updatesStored === 1)
  await client.settled('doc')
  expect(client.statuses('doc')).toEqual({ saved: 0, refused: 0 })
  await server.stop()
})

test('HOCUS-15: starting anew closes the socket and sends no close frame', async () => {
  const store = new FaultyStore()
  const server = startServer({ ...fast, journal_bytes_max: 200 }, store)
  const client = await (await socket(server)).open('doc')
  store.hold()
  // The first one waits for the store; then there is no room.
  client.say('doc', { kind: 'update', update: typed('x'.repeat(100)) })
  client.say('doc', { kind: 'update', update: typed('y'.repeat(100)) })
  expect((await client.closes()).code).toBe(1013)
  expect(client.count('doc', 'server-close')).toBe(0)
  expect(client.statuses('doc')).toEqual({ saved: 0, refused: 0 })
  store.release()
  await server.stop()
})

test('HOCUS-15: a server that leaves closes with 1012 and says nothing more', async () => {
  const server = startServer(fast)
  const client = await (await socket(server)).open('doc')
  await client.settled('doc')
  const heard = client.heard.length
  await server.stop()
  expect(await client.closes()).toEqual({ code: 1012, reason: refusals.draining.sentence })
  const empty = hocuspocus.keepAwake(undefined, addressOf('doc'))
  const said = client.heard.slice(heard).filter(({ raw }) => !Bun.deepEquals(raw, empty))
  expect(said).toEqual([])
})

test('HOCUS-15: what is no frame ends the address or the socket, no other', async () => {
  const server = startServer({ ...fast, frame_bytes_max: 1_000 })
  const bob = await (await socket(server)).open('doc')
  const ana = await (await socket(server)).open('other')
  await ana.open('doc')
  ana.sayBytes(Uint8Array.of(3, 0x64, 0x6f, 0x63, 4))
  await ana.hears('doc', 'denied')
  await ana.open('doc')
  ana.say('doc', { kind: 'stateless', text: 'x'.repeat(1_001) })
  await ana.hears('doc', 'denied', 2)
  await ana.settled('other')
  ana.sayText('{}')
  expect((await ana.closes()).code).toBe(4400)
  await bob.settled('doc')
  await server.stop()
})

test('HOCUS-15: no close code of the table makes version 2 stay away for good', () => {
  const {
    'permission-denied': denied,
    'read-only': reader,
    'grant-ended': ended,
    // A page of another site is to stay away.
    'origin-refused': _foreign,
    ...others
  } = refusals
  const codes: number[] = Object.values(others).map(({ closeCode }) => closeCode)
  for (const fatal of [1009, 4401, 4403]) expect(codes).not.toContain(fatal)
  // These are said on the address; the socket stays.
  expect([denied, reader, ended].map(({ retry }) => retry)).toEqual([false, false, false])
})

test('HOCUS-17: a message reaches the handler, which answers and tells the document', async () => {
  const onStateless: StatelessHandler = ({ document, text, reply, broadcast }) => {
    reply(`${document} heard ${text}`)
    broadcast(`${text} for all`)
  }
  const server = startServer(fast, undefined, { onStateless })
  const ana = await (await socket(server)).open('doc')
  const bob = await (await socket(server)).open('doc')
  const eve = await (await socket(server)).open('doc\0session')
  const yan = await (await RawClient.connect(`${server.url}/ws/doc`)).open()
  ana.say('doc', { kind: 'stateless', text: 'hi' })
  await Promise.all([
    ana.hears('doc', 'stateless', 2),
    bob.hears('doc', 'stateless'),
    eve.hears('doc\0session', 'stateless'),
  ])
  expect(ana.of('doc', 'stateless').map(({ text }) => text)).toEqual(['doc heard hi', 'hi for all'])
  expect(bob.of('doc', 'stateless').map(({ text }) => text)).toEqual(['hi for all'])
  await yan.settled()
  expect(new Set(yan.heard.map(({ kind }) => kind))).toEqual(new Set(['step-1', 'step-2']))
  await server.stop()
})

test('HOCUS-17: the application speaks to a document by its own accord', async () => {
  const server = startServer(fast)
  const ana = await (await socket(server)).open('doc')
  expect(server.ytopic.broadcastStateless('doc', 'news')).toBe(true)
  await ana.hears('doc', 'stateless')
  expect(server.ytopic.broadcastStateless('nobody is here', 'news')).toBe(false)
  await server.stop()
})

test('HOCUS-17: a handler that throws or rejects, or none, hurts nobody', async () => {
  let calls = 0
  const onStateless: StatelessHandler = async ({ text }) => {
    calls++
    if (text === 'reject') await Promise.reject(new Error('rejected (by the test)'))
    if (text === 'throw') throw new Error('thrown (by the test)')
  }
  const throwing: StatelessHandler = () => {
    calls++
    throw new Error('thrown at once (by the test)')
  }
  for (const handler of [onStateless, throwing, undefined]) {
    const options = handler === undefined ? {} : { onStateless: handler }
    const server = startServer(fast, undefined, options)
    const client = await (await socket(server)).open('doc')
    for (const text of ['throw', 'reject']) client.say('doc', { kind: 'stateless', text })
    client.say('doc', { kind: 'update', update: typed('x') })
    await until('it is saved', () => client.statuses('doc').saved === 1)
    await server.stop()
  }
  expect(calls).toBe(4)
})
