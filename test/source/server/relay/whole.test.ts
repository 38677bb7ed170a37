import { expect, test } from 'bun:test'
import * as Y from 'yjs'
import { hocuspocus } from '../../../../src/protocol/hocuspocus.ts'
import { yWebsocket } from '../../../../src/protocol/y-websocket.ts'
import { RawClient } from '../../../support/harness/raw-client.ts'
import { startServer } from '../../../support/harness/server.ts'
import { StuckClient } from '../../../support/harness/stuck-client.ts'
import { until } from '../../../support/harness/wait.ts'

const mib = 1_048_576
const step1 = Uint8Array.of(0, 0, 1, 0)

/** Paragraphs with marks, about that many bytes of them. */
function richDocument(bytes: number): Y.Doc {
  const document = new Y.Doc()
  const paragraphs = Array.from({ length: Math.ceil(bytes / 1_100) }, (_, index) => {
    const text = new Y.XmlText()
    text.insert(0, `${index} ${'words of a paragraph '.repeat(50)}`)
    text.format(0, 4, { bold: true })
    const paragraph = new Y.XmlElement('paragraph')
    paragraph.insert(0, [text])
    return paragraph
  })
  document.getXmlFragment('prosemirror').insert(0, paragraphs)
  return document
}

/** Writes a document, in updates that a frame holds. */
async function written(url: string, document: Y.Doc): Promise<RawClient> {
  const writer = await (await RawClient.connect(url)).open()
  writer.say({ kind: 'update', update: Y.encodeStateAsUpdate(document) })
  await writer.settled()
  return writer
}

/** One edit in a paragraph; what it sent. */
function edited(document: Y.Doc): Uint8Array {
  const before = Y.encodeStateVector(document)
  const paragraph = new Y.XmlElement('paragraph')
  paragraph.insert(0, [new Y.XmlText('one more')])
  document.getXmlFragment('prosemirror').push([paragraph])
  return Y.encodeStateAsUpdate(document, before)
}

function updatesIn(messages: readonly Uint8Array[]): readonly Uint8Array[] {
  return messages.flatMap((message) => {
    const frame = yWebsocket.decode(message)
    return frame.kind === 'update' || frame.kind === 'step-2' ? [frame.update] : []
  })
}

test('SYNC-10: a large document with structure comes as one update, then a step 2', async () => {
  const server = startServer()
  const document = richDocument(3 * mib)
  const url = `${server.url}/ws/whole`
  const writer = await written(url, document)
  // Snapshot and tail, or several updates: it is one all the same.
  for (let edit = 0; edit < 5; edit++) writer.say({ kind: 'update', update: edited(document) })
  await writer.settled()
  const reader = await (await RawClient.connect(url)).open()
  const [whole, rest, ...more] = reader.updates()
  expect(more).toEqual([])
  const told = new Y.Doc()
  Y.applyUpdate(told, whole ?? Uint8Array.of(0, 0))
  expect(Y.encodeStateAsUpdate(told)).toEqual(Y.encodeStateAsUpdate(document))
  expect(rest).toEqual(Uint8Array.of(0, 0))
  await server.stop()
}, 120_000)

test('SYNC-10: a large difference comes as one update', async () => {
  const server = startServer()
  const document = richDocument(mib)
  const url = `${server.url}/ws/difference`
  const writer = await written(url, document)
  const early = new Y.Doc()
  Y.applyUpdate(early, Y.encodeStateAsUpdate(document))
  const more = richDocument(2 * mib)
  Y.applyUpdate(document, Y.encodeStateAsUpdate(more))
  writer.say({ kind: 'update', update: Y.encodeStateAsUpdate(more) })
  await writer.settled()
  const reader = await (await RawClient.connect(url)).open(early)
  expect(reader.updates().length).toBe(2)
  Y.applyUpdate(early, reader.updates()[0] ?? Uint8Array.of(0, 0))
  expect(Y.encodeStateAsUpdate(early)).toEqual(Y.encodeStateAsUpdate(document))
  await server.stop()
}, 120_000)

test('SLOW-6: a document far above the hard limit opens over a slow line', async () => {
  const server = startServer({ backpressure_hard_bytes: 2 * mib })
  const document = richDocument(12 * mib)
  const writer = await written(`${server.url}/ws/slow-line`, document)
  const reader = await StuckClient.connect(Number(new URL(server.url).port), '/ws/slow-line')
  reader.say(step1)
  reader.stopReading()
  await until('it is on its way', () => unsentBytes(server.http, 4 * mib))
  // What is written meanwhile, and presence, come on top of it.
  writer.say({ kind: 'update', update: edited(document) })
  await writer.settled()
  while (updatesIn(reader.messages()).length < 2 && !reader.closed) {
    reader.goOnReading()
    await Bun.sleep(1)
    reader.stopReading()
    await Bun.sleep(2)
  }
  expect(reader.closed).toBe(false)
  const told = new Y.Doc()
  for (const update of updatesIn(reader.messages())) Y.applyUpdate(told, update)
  expect(Y.encodeStateAsUpdate(told)).toEqual(Y.encodeStateAsUpdate(document))
  reader.end()
  await server.stop()
}, 120_000)

test('SLOW-4, SLOW-5: readers that stop do not keep others from opening', async () => {
  const server = startServer({ descriptions_bytes_max: 10 * mib, description_pause_ms_max: 4_000 })
  const document = richDocument(12 * mib)
  const url = `${server.url}/ws/turns`
  await written(url, document)
  const stuck = await StuckClient.connect(Number(new URL(server.url).port), '/ws/turns')
  stuck.say(step1)
  stuck.stopReading()
  await until('it is on its way', () => unsentBytes(server.http, mib))
  const next = await RawClient.connect(url)
  next.say({ kind: 'step-1', stateVector: Uint8Array.of(0) })
  await next.hears('step-1')
  expect(next.updates()).toEqual([])
  // The stuck one is sent away; then it is the next one's turn.
  await next.hears('step-2')
  expect(server.ytopic.metrics['refused.too-slow']).toBe(1)
  expect(Y.encodeStateAsUpdate(next.document())).toEqual(Y.encodeStateAsUpdate(document))
  stuck.end()
  await server.stop()
}, 120_000)

test('SLOW-7: the message of a large description is what the codecs write', () => {
  const update = new Uint8Array(100_000).fill(7)
  const address = hocuspocus.sessionAddressOf(Uint8Array.of(3, 0x64, 0x6f, 0x63, 3))
  if (address.kind !== 'address') throw new Error('no address')
  for (const codec of [yWebsocket, hocuspocus.codec(address)]) {
    const whole = codec.encode({ kind: 'update', update }) ?? update
    expect([...codec.updateHead(update.length), ...update]).toEqual([...whole])
  }
})

async function unsentBytes(http: string, least: number): Promise<boolean> {
  const health: { unsentBytes: number } = await (await fetch(`${http}/healthz`)).json()
  return health.unsentBytes >= least
}
