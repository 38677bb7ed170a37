import { afterAll, beforeAll, expect, test } from 'bun:test'
import { Awareness, applyAwarenessUpdate } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { decodeAwareness, encodeAwareness } from '../../../../src/protocol/awareness.ts'
import { defaultLimits } from '../../../../src/base/limits/limits.ts'
import { connect, synced } from '../../../support/harness/provider.ts'
import { RawClient } from '../../../support/harness/raw-client.ts'
import { startServer, type TestServer } from '../../../support/harness/server.ts'
import { until } from '../../../support/harness/wait.ts'

let server: TestServer
let names = 0
const text = new TextEncoder()

beforeAll(() => {
  server = startServer({ deny_delay_ms: 20, keep_alive_ms: 300, awareness_entries_max: 50 })
})

afterAll(() => server.stop())

function freshUrl(): string {
  return `${server.url}/ws/presence-${names++}`
}

function state(clientId: number, clock: number, name: string | undefined): Uint8Array {
  const json = name === undefined ? undefined : text.encode(JSON.stringify({ name }))
  return encodeAwareness([{ clientId, clock, state: json }])
}

/** Who a client has been told is here, as the client library would see it. */
function seenBy(client: RawClient): string[] {
  const awareness = new Awareness(new Y.Doc())
  awareness.setLocalState(null)
  for (const frame of client.heard) {
    if (frame.kind === 'awareness') applyAwarenessUpdate(awareness, frame.update, 'test')
  }
  const seen = [...awareness.getStates().values()].map((each) => String(each['name']))
  awareness.destroy()
  return seen.toSorted()
}

test('AWARE-1: a state reaches the others as it came, and those who come later', async () => {
  const url = freshUrl()
  const ana = await (await RawClient.connect(url)).open()
  const bob = await (await RawClient.connect(url)).open()
  ana.say({ kind: 'awareness', update: state(1, 1, 'Ana') })
  await until('bob sees Ana', () => seenBy(bob).includes('Ana'))
  const later = await (await RawClient.connect(url)).open()
  await until('the late one sees Ana', () => seenBy(later).includes('Ana'))
  await ana.settled()
  expect(seenBy(ana)).toEqual([])
})

test('AWARE-2: who closes the socket is removed for the others at once', async () => {
  const url = freshUrl()
  const ana = await (await RawClient.connect(url)).open()
  const bob = await (await RawClient.connect(url)).open()
  ana.say({ kind: 'awareness', update: state(1, 3, 'Ana') })
  await until('bob sees Ana', () => seenBy(bob).includes('Ana'))
  ana.close()
  await until('Ana is gone', () => seenBy(bob).length === 0, 900)
})

test('AWARE-3: presence survives the old socket and goes with the new one', async () => {
  const url = freshUrl()
  const bob = await (await RawClient.connect(url)).open()
  const old = await (await RawClient.connect(url)).open()
  old.say({ kind: 'awareness', update: state(1, 3, 'Ana') })
  await until('bob sees Ana', () => seenBy(bob).includes('Ana'))
  const fresh = await RawClient.connect(url)
  fresh.say({ kind: 'step-1', stateVector: Uint8Array.of(0) })
  fresh.say({ kind: 'awareness', update: state(1, 3, 'Ana') })
  await fresh.settled()
  old.close()
  await until('the server saw the close', () => server.ytopic.metrics.connectionsClosed > 0)
  await bob.settled()
  expect(seenBy(bob)).toEqual(['Ana'])
  fresh.close()
  await until('Ana is gone', () => seenBy(bob).length === 0, 900)
})

test('AWARE-4: a stock client that was cut off is seen again at once when it is back', async () => {
  const name = `presence-${names++}`
  const ana = connect(`${server.url}/ws`, name)
  const bob = connect(`${server.url}/ws`, name)
  await synced(ana, bob)
  ana.provider.awareness.setLocalStateField('user', { name: 'Ana' })
  const anaSeen = () => bob.provider.awareness.getStates().has(ana.document.clientID)
  await until('bob sees Ana', anaSeen)
  ana.provider.ws?.close()
  await until('Ana is gone', () => !anaSeen())
  await until('Ana is back', anaSeen, 2_000)
  ana.end()
  bob.end()
})

test('AWARE-6: a peer that thinks somebody gone does not make them so', async () => {
  const url = freshUrl()
  const ana = await (await RawClient.connect(url)).open()
  const bob = await (await RawClient.connect(url)).open()
  const eve = await (await RawClient.connect(url)).open()
  ana.say({ kind: 'awareness', update: state(1, 3, 'Ana') })
  await until('all see Ana', () => seenBy(bob).length === 1 && seenBy(eve).length === 1)
  eve.say({ kind: 'awareness', update: state(1, 3, undefined) })
  await eve.settled()
  await bob.settled()
  expect(seenBy(bob)).toEqual(['Ana'])
})

test('AWARE-8: an awareness update past its bounds reaches nobody and ends nothing', async () => {
  const url = freshUrl()
  const bob = await (await RawClient.connect(url)).open()
  const many = Array.from({ length: 51 }, (_, index) => ({
    clientId: index + 1,
    clock: 1,
    state: text.encode('{}'),
  }))
  const ana = await (await RawClient.connect(url)).open()
  ana.say({ kind: 'awareness', update: encodeAwareness(many) })
  await ana.settled()
  await bob.settled()
  expect(bob.heard.filter(({ kind }) => kind === 'awareness')).toHaveLength(0)
  ana.say({ kind: 'awareness', update: state(1, 2, 'Ana') })
  await until('bob sees Ana', () => seenBy(bob).includes('Ana'))
})

test('AWARE-8: an awareness update that does not decode is refused', async () => {
  const ana = await (await RawClient.connect(freshUrl())).open()
  ana.say({ kind: 'awareness', update: Uint8Array.of(1, 1, 1, 3, 0x7b) })
  expect(await ana.closes()).toMatchObject({ code: 4400 })
})

test('AWARE-9: query awareness is answered with everybody present', async () => {
  const url = freshUrl()
  const ana = await (await RawClient.connect(url)).open()
  ana.say({ kind: 'awareness', update: state(1, 1, 'Ana') })
  ana.say({ kind: 'query-awareness' })
  await ana.hears('awareness')
  const answer = ana.heard.find((frame) => frame.kind === 'awareness')
  if (answer?.kind !== 'awareness') throw new Error('no awareness')
  const reading = decodeAwareness(answer.update, defaultLimits)
  if (typeof reading === 'string') throw new Error(reading)
  expect(reading.entries.map((entry) => entry.clientId)).toEqual([1])
})

test('AWARE-10: a client that shows nothing and hears nothing is kept awake', async () => {
  const client = await (await RawClient.connect(freshUrl())).open()
  const empty = Uint8Array.of(1, 1, 0)
  const kept = () => client.raw.filter((bytes) => Bun.deepEquals(bytes, empty)).length
  await until('two keep-alives', () => kept() >= 2)
})
