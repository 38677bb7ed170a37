import { afterEach, expect, test } from 'bun:test'
import { WebsocketProvider } from 'y-websocket'
import { WebsocketProvider as OldProvider } from 'y-websocket-3-0'
import * as Y from 'yjs'
import { refusals } from '../../../../src/base/errors.ts'
import { createLog } from '../../../../src/base/log.ts'
import { RefusedUploads } from '../../../../src/channel/refused-uploads.ts'
import { FakeClock } from '../../../support/fakes/clock.ts'
import { connectHocuspocus, openSocket } from '../../../support/harness/hocuspocus.ts'
import { anonymous } from '../../../../src/auth/anonymous.ts'
import { RawClient } from '../../../support/harness/raw-client.ts'
import { connect, converged, synced } from '../../../support/harness/provider.ts'
import { startServer } from '../../../support/harness/server.ts'
import { until } from '../../../support/harness/wait.ts'

const ends: (() => unknown)[] = []

afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
})

const frameBytes = 20_000

function serve() {
  const lines: string[] = []
  const log = createLog((line) => lines.push(line))
  const server = startServer({ frame_bytes_max: frameBytes, deny_delay_ms: 10 }, undefined, { log })
  ends.push(() => server.stop())
  return { server, lines }
}

/** Counts the connections of a client, and what it uploads over them. */
function countingSocket() {
  const counts = { connections: 0, uploads: 0, closeCodes: [] as number[] }
  class Counting extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols)
      counts.connections++
      this.addEventListener('close', ({ code }) => counts.closeCodes.push(code))
    }

    override send(data: string | BufferSource): void {
      if (typeof data !== 'string' && data.byteLength > frameBytes) counts.uploads++
      super.send(data)
    }
  }
  return { counts, Counting }
}

function documentOf(bytes: number): Y.Doc {
  const document = new Y.Doc()
  document.getText('t').insert(0, 'x'.repeat(bytes))
  return document
}

test('LIMIT-19: who was cut off over a frame is told why before it comes again', async () => {
  const { server, lines } = serve()
  const { counts, Counting } = countingSocket()
  const options = { WebSocketPolyfill: Counting, disableBc: true }
  const url = `${server.url}/ws`
  const provider = new WebsocketProvider(url, 'd', documentOf(60_000), options)
  ends.push(() => provider.destroy())
  await until('it is told', () => counts.closeCodes.includes(4413))
  expect(counts.uploads).toBe(1)
  expect(counts.closeCodes).toEqual([1009, 4413])
  expect(lines.filter((line) => line.includes('frame-too-large'))).toHaveLength(2)
}, 120_000)

test('LIMIT-19: an old client that returns for ever uploads once', async () => {
  const { server, lines } = serve()
  const { counts, Counting } = countingSocket()
  const options = { WebSocketPolyfill: Counting, disableBc: true }
  const provider = new OldProvider(`${server.url}/ws`, 'd', documentOf(30_000), options)
  ends.push(() => provider.destroy())
  await until('it has come three times', () => counts.connections >= 3)
  expect(counts.uploads).toBe(1)
  expect(lines.filter((line) => line.includes('upload-refused'))).toHaveLength(1)
  // Nobody else of that network address is meant.
  const [ana, bob] = [
    connect(`${server.url}/ws`, 'd', documentOf(100)),
    connect(`${server.url}/ws`, 'd'),
  ]
  ends.push(ana.end, bob.end)
  await synced(ana, bob)
  await converged(ana.document, bob.document)
  expect(bob.document.getText('t').length).toBe(100)
}, 60_000)

test('LIMIT-19: a Hocuspocus client is told on its address, and its socket goes on', async () => {
  const { server } = serve()
  const { counts, Counting } = countingSocket()
  const socket = openSocket(4, server.url, Counting)
  ends.push(() => socket.destroy())
  const client = connectHocuspocus(4, server.url, 'd', { socket, document: documentOf(60_000) })
  const reasons: string[] = []
  client.provider.on('authenticationFailed', ({ reason }: { reason: string }) => {
    reasons.push(reason)
  })
  ends.push(client.end)
  await until('it is told', () => reasons.length > 0)
  expect(reasons[0]).toStartWith(refusals['frame-too-large'].sentence)
  expect(counts.uploads).toBe(1)
  const other = connectHocuspocus(4, server.url, 'other', { socket })
  ends.push(other.end)
  await until('another document opens', () => other.provider.synced)
}, 120_000)

test('LIMIT-19: a document deleted under a client is not held against it', async () => {
  const server = startServer({}, undefined, { authority: anonymous('admin') })
  ends.push(() => server.stop())
  const api = `${server.http}/api/v1/documents/d`
  await fetch(`${api}/content?format=text&root=t`, { method: 'PUT', body: 'kept' })
  const mine = documentOf(100)
  const come = async (): Promise<RawClient> => {
    const client = await RawClient.connect(`${server.url}/ws/d`)
    client.say({ kind: 'step-1', stateVector: Y.encodeStateVector(mine) })
    return client
  }
  const first = await come()
  ends.push(() => first.close())
  await until('it is asked for what it has', () =>
    first.heard.some(({ kind }) => kind === 'step-1'),
  )
  await fetch(api, { method: 'DELETE' })
  expect(await first.closes()).toMatchObject({ code: 4404 })
  await fetch(`${api}/undelete`, { method: 'POST' })
  const again = await come()
  ends.push(() => again.close())
  await until('it is asked again', () => again.heard.some(({ kind }) => kind === 'step-1'))
  again.say({ kind: 'step-2', update: Y.encodeStateAsUpdate(mine) })
  await until('it is kept', async () =>
    (await (await fetch(`${api}/content?format=text&root=t`)).text()).includes('xxx'),
  )
}, 120_000)

test('LIMIT-19: what was refused is known by its content, for a time, and waits double', () => {
  const clock = new FakeClock()
  const lines: string[] = []
  const uploads = new RefusedUploads(
    clock,
    createLog((line) => lines.push(line)),
  )
  const origin = { address: '198.51.100.1', document: 'd' }
  const vector = (document: Y.Doc) => Y.encodeStateVector(document)
  const [large, empty] = [documentOf(10), new Y.Doc()]
  for (let count = 0; count < 3; count++) {
    uploads.note(origin, 'frame-too-large', vector(large), vector(empty))
  }
  expect(lines).toHaveLength(1)
  const find = (from = origin, has = large, held = empty) =>
    uploads.find(from, vector(has), vector(held))
  expect([find()?.waitMs, find()?.waitMs, find()?.waitMs]).toEqual([2_000, 4_000, 8_000])
  large.getText('t').insert(0, 'more')
  for (let count = 0; count < 20; count++) find()
  expect(find()).toEqual({ kind: 'frame-too-large', waitMs: 25_000 })
  expect(find({ ...origin, address: '198.51.100.2' })).toBeUndefined()
  expect(find({ ...origin, document: 'e' })).toBeUndefined()
  expect(find(origin, documentOf(10))).toBeUndefined()
  expect(find(origin, large, large)).toBeUndefined()
  for (let count = 0; count < 12_000; count++) {
    const other = { ...origin, document: `${count}` }
    uploads.note(other, 'document-full', vector(large), vector(empty))
  }
  expect(find()).toBeUndefined()
})
