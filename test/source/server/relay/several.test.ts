import { afterAll, beforeAll, expect, spyOn, test } from 'bun:test'
import * as Y from 'yjs'
import type { Frame } from '../../../../src/protocol/frame.ts'
import { yWebsocket } from '../../../../src/protocol/y-websocket.ts'
import { connect, synced } from '../../../support/harness/provider.ts'
import { RawClient } from '../../../support/harness/raw-client.ts'
import { startServer, type TestServer } from '../../../support/harness/server.ts'
import { until } from '../../../support/harness/wait.ts'

let server: TestServer
let names = 0

beforeAll(() => {
  server = startServer({ deny_delay_ms: 20 })
})

afterAll(() => server.stop())

const fresh = (): string => `${server.url}/ws/several-${names++}`

/** Several messages as the bytes of one WebSocket message. */
function together(...frames: readonly Frame[]): Uint8Array {
  return Uint8Array.from(frames.flatMap((frame) => [...(yWebsocket.encode(frame) ?? [])]))
}

/** What one person writes, an update for each word. */
function written(...words: readonly string[]): readonly Frame[] {
  const document = new Y.Doc()
  const frames: Frame[] = []
  document.on('update', (update: Uint8Array) => frames.push({ kind: 'update', update }))
  for (const word of words) document.getText('t').insert(document.getText('t').length, word)
  return frames
}

function textOf(client: RawClient): string {
  return client.document().getText('t').toString()
}

test('RELAY-12: the greeting of yrs is step 1 and presence in one message', async () => {
  const url = fresh()
  const bob = await (await RawClient.connect(url)).open()
  const ana = await RawClient.connect(url)
  ana.sayBytes(Uint8Array.fromHex('0000010001150181ac9dd90a020d7b2275736572223a227232227d'))
  await ana.hears('step-2')
  await bob.hears('awareness')
  const last = bob.heard.findLast(({ kind }) => kind === 'awareness')
  const said = last?.kind === 'awareness' ? new TextDecoder().decode(last.update) : ''
  expect(said).toContain('{"user":"r2"}')
  expect(ana.closed).toBeUndefined()
})

test('RELAY-12: updates in one message are relayed, stored and confirmed one by one', async () => {
  const url = fresh()
  const bob = await (await RawClient.connect(url)).open()
  const ana = await (await RawClient.connect(`${url}?saved=1&echo=1`)).open()
  const frames = written('one ', 'two ', 'three')
  ana.sayBytes(together(...frames))
  await until('all are saved', () => ana.savedCount === 3)
  await until('all came back', () => ana.heard.filter(({ kind }) => kind === 'update').length === 3)
  expect(ana.heard.filter(({ kind }) => kind === 'update')).toEqual([...frames])
  await until('all arrived', () => textOf(bob) === 'one two three')
  // A stock client reads one message of each WebSocket message.
  for (const raw of bob.raw) expect(yWebsocket.decode(raw).kind).not.toBe('bad-frame')
  expect(textOf(await (await RawClient.connect(url)).open())).toBe('one two three')
})

test('RELAY-12: stock clients have what came in one message', async () => {
  const url = fresh()
  const [, name = ''] = /([^/]*)$/.exec(url) ?? []
  const stock = connect(`${server.url}/ws`, name)
  await synced(stock)
  const ana = await RawClient.connect(url)
  ana.sayBytes(together({ kind: 'step-1', stateVector: Uint8Array.of(0) }, ...written('a', 'b')))
  await until('it is there', () => stock.document.getText('t').toString() === 'ab')
  stock.end()
})

test('RELAY-12: where one message is cut short nothing of them is acted on', async () => {
  const url = fresh()
  const bob = await (await RawClient.connect(url)).open()
  const whole = together(...written('one ', 'two ', 'three'))
  for (const bytes of [whole.subarray(0, whole.length - 1), Uint8Array.of(...whole, 42)]) {
    const ana = await RawClient.connect(`${url}?saved=1`)
    ana.sayBytes(bytes)
    expect((await ana.closes()).code).toBe(4400)
    expect(ana.savedCount).toBeLessThan(1)
  }
  await bob.settled()
  expect(textOf(bob)).toBe('')
})

test('RELAY-12: where the content of one is refused those before it stand', async () => {
  const url = fresh()
  const bob = await (await RawClient.connect(url)).open()
  const ana = await (await RawClient.connect(`${url}?saved=1`)).open()
  const [one, two, three] = written('one ', 'two ', 'three')
  if (one === undefined || two === undefined || three === undefined) throw new Error('too few')
  ana.sayBytes(together(one, two, { kind: 'update', update: Uint8Array.of(1, 1, 1) }, three))
  expect((await ana.closes()).code).toBe(4400)
  await bob.settled()
  expect(textOf(bob)).toBe('one two ')
  expect(ana.savedCount).toBeLessThan(3)
})

test('RELAY-12: a step 1 without a state vector is answered whole', async () => {
  const url = fresh()
  const bob = await (await RawClient.connect(url)).open()
  for (const frame of written('hello')) bob.say(frame)
  await bob.settled()
  const ana = await RawClient.connect(url)
  ana.sayBytes(Uint8Array.of(0, 0))
  await ana.hears('step-2')
  expect(textOf(ana)).toBe('hello')
})

test('LIMIT-1, RELAY-12: each message of several counts', async () => {
  const limits = { connection_updates_burst_max: 10, connection_updates_per_second_max: 1 }
  const strict = startServer({ ...limits, deny_delay_ms: 20 })
  const ana = await (await RawClient.connect(`${strict.url}/ws/a?saved=1`)).open()
  ana.sayBytes(together(...written(...'abcdefghijklmnop'.split(''))))
  expect((await ana.closes()).code).toBe(1013)
  expect(ana.savedCount).toBeLessThan(11)
  await strict.stop()
})

test('HOUSE-20: what a stock client prints of a denial is not among the results', async () => {
  const printed = spyOn(console, 'warn')
  const stock = connect(server.url, '')
  await until('it is denied', () => !stock.provider.shouldConnect)
  expect(printed).not.toHaveBeenCalled()
  printed.mockRestore()
  stock.end()
})

test('HOCUS-21: a y-websocket client without a name is refused in its own words', async () => {
  const faults: unknown[] = []
  const stock = connect(server.url, '')
  stock.provider.on('connection-error', (event: unknown) => faults.push(event))
  const closes: (CloseEvent | null)[] = []
  stock.provider.on('connection-close', (event) => closes.push(event))
  await until('it is closed', () => closes.length > 0)
  expect([closes[0]?.code, faults]).toEqual([4400, []])
  stock.end()
  for (const greeting of ['00000100', '0000', '000003010507', '0000010001150181ac9dd90a020d7b22']) {
    const raw = await RawClient.connect(`${server.url}/`)
    raw.sayBytes(Uint8Array.fromHex(greeting))
    expect((await raw.closes()).code).toBe(4400)
    const [heard, ...more] = raw.heard
    expect(heard?.kind === 'denied' ? heard.reason : '').toContain('The document name is empty.')
    expect(more).toEqual([])
  }
})
