import { afterEach, beforeEach, expect, test } from 'bun:test'
import {
  type ChatPerson,
  ChatRoom,
  type HocuspocusChatProvider,
  overHocuspocus,
  overWebsocket,
  type WebsocketChatProvider,
} from '../../../src/client/chat.ts'
import { connectHocuspocus } from '../../support/harness/hocuspocus.ts'
import { freshDirectory, startProcess } from '../../support/harness/process.ts'
import { connect, type Client } from '../../support/harness/provider.ts'
import { startServer, type TestServer } from '../../support/harness/server.ts'
import { until } from '../../support/harness/wait.ts'

const ada = { name: 'Ada', color: '#123456' }
const bob = { name: 'Bob', color: '#654321' }
const adaShown: ChatPerson = { id: null, ...ada }
const roomOver = (provider: WebsocketChatProvider): ChatRoom =>
  new ChatRoom(overWebsocket(provider), { user: ada })

let server: TestServer

beforeEach(() => {
  server = startServer()
})
afterEach(() => server.stop())

function asking(url: string): Client {
  return connect(`${url}/ws`, 'doc', undefined, { chat: '1' })
}

const textsOf = (room: ChatRoom): readonly string[] => room.messages.map(({ text }) => text)

test('CHAT-11: stock clients of both protocols talk in one room', async () => {
  const first = asking(server.url)
  const second = connectHocuspocus(4, `${server.url}/hocuspocus`, 'doc')
  const one = roomOver(first.provider)
  const provider = second.provider as unknown as HocuspocusChatProvider
  const two = new ChatRoom(overHocuspocus(provider), { user: bob })
  await until('both in', () => one.count === 2 && two.count === 2)
  await one.post('hello')
  await until('told', () => two.unread === 1)
  expect(two.messages[0]).toMatchObject({ seq: 1, text: 'hello', by: adaShown })
  expect(one).toMatchObject({ unread: 0, pending: [] })
  two.type()
  await until('typing', () => one.typing[0]?.user.name === 'Bob')
  await two.post('hi')
  await until('said', () => textsOf(one).length === 2 && one.typing.length === 0)
  two.markRead()
  expect(two.unread).toBe(0)
  await expect(one.post('x'.repeat(2_001))).rejects.toThrow('2000 characters')
  expect(one.lastError).toContain('too long')
  two.leave()
  await until('alone', () => one.count === 1)
  first.end()
  second.end()
})

test('CHAT-11: what one says is waiting or there, and never both', async () => {
  const client = asking(server.url)
  const room = roomOver(client.provider)
  await until('in', () => room.joined)
  const seen: number[] = []
  room.watch(() => seen.push(room.pending.length + room.messages.length))
  await room.post('once')
  await until('there', () => room.messages.length === 1)
  expect(new Set(seen)).toEqual(new Set([1]))
  client.end()
})

test('CHAT-12: what was confirmed is there after kill -9, and the rest comes again', async () => {
  const data = await freshDirectory()
  let child = await startProcess(data.path)
  const client = asking(child.url)
  const room = roomOver(client.provider)
  await until('in', () => room.joined)
  let confirmed = 0
  const posts = Array.from({ length: 60 }, (_, number) =>
    room.post(`message ${number}`).then(
      () => confirmed++,
      () => undefined,
    ),
  )
  // Of a burst too many are refused: those count as answered.
  await until('some on disk', () => confirmed > 3)
  await child.end('SIGKILL')
  const known = confirmed
  const waiting = room.pending.length
  child = await startProcess(data.path, child.port)
  await Promise.all(posts)
  expect(room.pending).toEqual([])
  const answer = await fetch(`${child.http}/api/v1/documents/doc/chat?limit=100`)
  const { messages } = (await answer.json()) as { messages: { text: string; seq: number }[] }
  expect(messages.length).toBeGreaterThanOrEqual(known)
  expect(messages.length).toBeLessThanOrEqual(known + waiting)
  expect(new Set(messages.map(({ text }) => text)).size).toBe(messages.length)
  expect(messages.map(({ seq }) => seq)).toEqual(messages.map((_, at) => messages.length - at))
  client.end()
  await child.end('SIGTERM')
  await data.remove()
}, 120_000)

test('CHAT-13: who was away gets what they missed, and can read back to the start', async () => {
  const client = asking(server.url)
  const room = roomOver(client.provider)
  await until('in', () => room.joined)
  await room.post('first')
  client.provider.disconnect()
  const say = (text: string) =>
    fetch(`${server.http}/api/v1/documents/doc/chat`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text }),
    })
  for (let number = 2; number <= 60; number++) await say(`${number}`)
  client.provider.connect()
  await until('back', () => room.messages.at(-1)?.seq === 60)
  expect(room.messages[0]?.seq).toBe(11)
  expect(room.hasOlder).toBe(true)
  room.older()
  await until('all', () => room.messages.length === 60)
  expect(room.hasOlder).toBe(false)
  expect(textsOf(room)[0]).toBe('first')
  client.end()
})

test('CHAT-16: while its connection is lost it is in no room, over both protocols', async () => {
  const first = asking(server.url)
  const second = connectHocuspocus(4, `${server.url}/hocuspocus`, 'doc')
  const provider = second.provider as unknown as HocuspocusChatProvider
  const rooms = [roomOver(first.provider), new ChatRoom(overHocuspocus(provider), { user: bob })]
  await until('both in', () => rooms.every(({ count }) => count === 2))
  await server.stop()
  await until('both out', () => rooms.every(({ count, joined }) => !joined && count === 0))
  first.end()
  second.end()
})
