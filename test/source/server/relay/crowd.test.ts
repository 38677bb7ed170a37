import { expect, test } from 'bun:test'
import { decodeAwareness, encodeAwareness } from '../../../../src/protocol/awareness.ts'
import { defaultLimits } from '../../../../src/base/limits/limits.ts'
import { RawClient } from '../../../support/harness/raw-client.ts'
import { startServer } from '../../../support/harness/server.ts'
import { until } from '../../../support/harness/wait.ts'

const state = (text: string): Uint8Array => new TextEncoder().encode(JSON.stringify({ text }))

function show(client: RawClient, clientId: number, clock: number): void {
  const entries = [{ clientId, clock, state: state(`at ${clock}`) }]
  client.say({ kind: 'awareness', update: encodeAwareness(entries) })
}

/** What a client has heard: the last clock and whether there is a state, by client id. */
function heardBy(client: RawClient): ReadonlyMap<number, string> {
  const heard = new Map<number, string>()
  for (const frame of client.heard) {
    if (frame.kind !== 'awareness') continue
    const reading = decodeAwareness(frame.update, defaultLimits)
    if (typeof reading === 'string') throw new Error(reading)
    for (const { clientId, clock, state: shown } of reading.entries) {
      heard.set(clientId, `${clock}${shown === undefined ? ' gone' : ''}`)
    }
  }
  return heard
}

const framesOf = (client: RawClient): number =>
  client.heard.filter(({ kind }) => kind === 'awareness').length

async function room(count: number) {
  const server = startServer({ awareness_batch_sessions_min: 5, awareness_batch_ms: 30 })
  const open = async () => (await RawClient.connect(`${server.url}/ws/crowd`)).open()
  const clients = await Promise.all(Array.from({ length: count }, open))
  return { server, clients }
}

test('AWARE-11: in a crowd the changes of a moment go out as one, the latest of each', async () => {
  const { server, clients } = await room(6)
  for (let clock = 1; clock <= 40; clock++) {
    for (const [index, client] of clients.entries()) show(client, index + 1, clock)
  }
  const latest = new Map(clients.map((_, index) => [index + 1, '40']))
  for (const client of clients) {
    await until('everybody is heard of', () => Bun.deepEquals(heardBy(client), latest))
    expect(framesOf(client)).toBeLessThan(20)
  }
  await server.stop()
})

test('AWARE-11: who leaves a crowd is gone for all; no late state brings them back', async () => {
  const { server, clients } = await room(6)
  const [leaver, ...others] = clients
  if (leaver === undefined) throw new Error('nobody came')
  show(leaver, 1, 1)
  for (const other of others) await until('seen', () => heardBy(other).get(1) === '1')
  show(leaver, 1, 2)
  await leaver.settled()
  leaver.close()
  for (const other of others) await until('gone', () => heardBy(other).get(1) === '2 gone')
  await server.stop()
})

test('AWARE-11: among few every change goes out at once', async () => {
  const { server, clients } = await room(4)
  const [ana, bob] = clients
  if (ana === undefined || bob === undefined) throw new Error('nobody came')
  for (let clock = 1; clock <= 40; clock++) show(ana, 1, clock)
  await until('all are heard', () => framesOf(bob) === 40)
  expect(framesOf(ana)).toBe(0)
  await server.stop()
})
