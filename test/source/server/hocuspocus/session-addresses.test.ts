import { afterEach, expect, test } from 'bun:test'
import { refusals } from '../../../../src/base/errors.ts'
import type { Limits } from '../../../../src/base/limits/limits.ts'
import { craftUpdate } from '../../../support/harness/crafted.ts'
import { allSaved, connectHocuspocus, openSocket } from '../../../support/harness/hocuspocus.ts'
import { RawHocuspocus } from '../../../support/harness/hocuspocus-raw.ts'
import { RawClient } from '../../../support/harness/raw-client.ts'
import { startServer, type TestServer } from '../../../support/harness/server.ts'

const servers: TestServer[] = []

afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop()
})

function serve(limits: Partial<Limits>): TestServer {
  const server = startServer({ deny_delay_ms: 10, ...limits })
  servers.push(server)
  return server
}

const socketTo = ({ url }: TestServer) => RawHocuspocus.connect(`${url}/hocuspocus`)
const { sentence } = refusals['too-many-session-addresses']

test('LIMIT-15: one connection opens a document by so many addresses and no more', async () => {
  const server = serve({ connection_document_sessions_max: 2 })
  const socket = await socketTo(server)
  await socket.open('d\0one')
  await socket.open('d\0two')
  socket.knock('d\0three')
  await socket.hears('d\0three', 'denied')
  expect(socket.of('d\0three', 'denied')[0]?.reason).toBe(sentence)
  await socket.open('another')
  socket.say('d\0one', { kind: 'close' })
  await socket.open('d\0four')
  expect(socket.closed).toBeUndefined()
})

test('LIMIT-15: a document is open by so many addresses; plain ones have their place', async () => {
  const server = serve({ document_session_addresses_max: 3, connection_document_sessions_max: 2 })
  const [one, two] = [await socketTo(server), await socketTo(server)]
  await one.open('d\0one')
  await one.open('d\0two')
  await two.open('d\0three')
  two.knock('d\0four')
  await two.hears('d\0four', 'denied')
  const plain = await (await socketTo(server)).open('d')
  const other = await (await RawClient.connect(`${server.url}/ws/d`)).open()
  other.say({ kind: 'update', update: craftUpdate([{ client: 1 }]) })
  await plain.hears('d', 'update')
  await two.hears('d\0three', 'update')
  expect(two.count('d\0four', 'update')).toBe(0)
})

test('LIMIT-15: who is too many comes in when somebody has left', async () => {
  const server = serve({ document_session_addresses_max: 1 })
  const [one, two] = [await socketTo(server), await socketTo(server)]
  await one.open('d\0one')
  two.knock('d\0two')
  await two.hears('d\0two', 'denied')
  one.say('d\0one', { kind: 'close' })
  await one.open('other')
  await two.open('d\0two')
})

test('LIMIT-15: stock clients that are told apart by sessions share a document', async () => {
  const server = serve({})
  const socket = openSocket(4, server.url)
  const clients = Array.from({ length: 8 }, () =>
    connectHocuspocus(4, server.url, 'd', { socket, sessionAwareness: true }),
  )
  await allSaved(...clients)
  for (const client of clients) client.end()
  socket.destroy()
})
