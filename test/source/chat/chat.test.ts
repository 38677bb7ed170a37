import { afterEach, beforeEach, expect, test } from 'bun:test'
import { createMemoryStore } from '../../../persistence/memory/store.ts'
import { nextAlone } from '../../support/cluster/alone.ts'
import { quickRounds, shownClock } from '../../support/fakes/clock.ts'
import { DelegatingStore } from '../../support/fakes/delegating-store.ts'
import { RawClient } from '../../support/harness/raw-client.ts'
import { startServer } from '../../support/harness/server.ts'
import { until } from '../../support/harness/wait.ts'
import { type ChatStage, chatStage, type Talker } from './stage.ts'

let stage: ChatStage

beforeEach(async () => {
  stage = await chatStage()
})
afterEach(() => stage.server.stop())

async function joined(talker: Talker): Promise<Talker> {
  talker.say({ type: 'join' })
  await talker.hears('joined')
  return talker
}

test('CHAT-1: a message goes to all in the room over both protocols, with its author', async () => {
  const ada = await joined(await stage.talker('ada', 'write'))
  const bob = await joined(await stage.hocuspocus('bob', 'comment'))
  ada.say({ type: 'post', text: 'hello', nonce: 'n1' })
  const sent = await ada.hears('sent')
  expect(sent).toEqual({ type: 'sent', nonce: 'n1', seq: 1 })
  const user = { id: 'ada', name: 'ADA', color: null }
  expect(await bob.hears('message')).toMatchObject({ message: { seq: 1, text: 'hello', by: user } })
  expect(ada.told('message')).toHaveLength(1)
  bob.say({ type: 'post', text: 'hi' })
  expect(await ada.hears('message', 2)).toMatchObject({ message: { seq: 2, by: { id: 'bob' } } })
})

test('CHAT-1: a connection that does not ask hears nothing and may not speak', async () => {
  const ada = await joined(await stage.talker('ada', 'write'))
  const query = `?token=${await stage.token('eve', 'write')}`
  const eve = await (await RawClient.connect(`${stage.server.url}/ws/doc${query}`)).open()
  ada.say({ type: 'post', text: 'hello' })
  await ada.hears('sent')
  await eve.settled()
  expect(eve.heard.some(({ kind }) => kind === 'chat')).toBe(false)
  eve.say({ kind: 'chat', text: JSON.stringify({ type: 'join' }) })
  expect(await eve.closes()).toMatchObject({ code: 4400 })
})

test('CHAT-2: who posts the same again after a lost receipt gets the first one', async () => {
  const ada = await joined(await stage.talker('ada', 'write'))
  ada.say({ type: 'post', text: 'once', nonce: 'n' })
  await ada.hears('sent')
  ada.end()
  const again = await joined(await stage.talker('ada', 'write'))
  again.say({ type: 'post', text: 'once', nonce: 'n' })
  expect(await again.hears('sent')).toMatchObject({ seq: 1 })
  const { body } = await stage.ask('ada', 'read', 'GET', 'doc/chat')
  expect(body['messages']).toHaveLength(1)
})

test('CHAT-3: a newcomer gets the newest messages, and older ones in pages', async () => {
  for (let number = 1; number <= 7; number++) {
    await stage.ask('ada', 'comment', 'POST', 'doc/chat', { text: `${number}` })
  }
  const bob = await stage.talker('bob', 'read')
  bob.say({ type: 'join', limit: 3 })
  const texts = (told: unknown): readonly string[] =>
    (told as { messages: { text: string }[] }).messages.map(({ text }) => text)
  const first = await bob.hears('joined')
  expect(texts(first)).toEqual(['7', '6', '5'])
  bob.say({ type: 'older', before: first['next'], limit: 3 })
  const second = await bob.hears('page')
  expect(texts(second)).toEqual(['4', '3', '2'])
  bob.say({ type: 'older', before: second['next'], limit: 3 })
  const third = await bob.hears('page', 2)
  expect(texts(third)).toEqual(['1'])
  expect(third['next']).toBeUndefined()
})

test('CHAT-4: who comes, goes and types is told; leaving ends the typing', async () => {
  await stage.server.stop()
  nextAlone('somebody in a room has another number on each server')
  stage = await chatStage()
  const ada = await joined(await stage.talker('ada', 'write'))
  const bob = await joined(await stage.hocuspocus('bob', 'write'))
  const { member } = { member: bob.told('joined')[0]?.['you'] }
  await until('two members', () => ada.told('members').at(-1)?.['count'] === 2)
  // Those who come at a time are told of together.
  const joiners = ada.told('members').flatMap((told) => told['joined'])
  expect(joiners).toContainEqual({ member, user: { id: 'bob', name: 'BOB', color: null } })
  bob.say({ type: 'typing', on: true })
  bob.say({ type: 'typing', on: true })
  expect(await ada.hears('typing')).toMatchObject({ member, on: true, user: { id: 'bob' } })
  bob.end()
  expect(await ada.hears('typing', 2)).toMatchObject({ member, on: false })
  await until('one member', () => ada.told('members').at(-1)?.['count'] === 1)
  expect(ada.told('members').at(-1)).toMatchObject({ left: [member] })
  expect(ada.told('typing')).toHaveLength(2)
})

test('CHAT-4: typing ends by itself, and with the message', async () => {
  await stage.server.stop()
  stage = await chatStage({ chat_typing_ms: 20 })
  const ada = await joined(await stage.talker('ada', 'write'))
  const bob = await joined(await stage.talker('bob', 'write'))
  bob.say({ type: 'typing', on: true })
  expect(await ada.hears('typing', 2)).toMatchObject({ on: false })
  bob.say({ type: 'typing', on: true })
  bob.say({ type: 'post', text: 'done' })
  await ada.hears('message')
  await until('typing over', () => ada.told('typing').at(-1)?.['on'] === false)
})

test('CHAT-5: what is refused is told to its sender alone, who stays', async () => {
  await stage.server.stop()
  const limits = { chat_text_characters_max: 5, chat_posts_burst_max: 5 }
  stage = await chatStage(limits, createMemoryStore(), undefined, shownClock())
  const ada = await joined(await stage.talker('ada', 'write'))
  const bob = await joined(await stage.talker('bob', 'read'))
  const error = async (count: number) => (await ada.hears('error', count))['kind']
  ada.say({ type: 'post', text: '\u{1f600}'.repeat(5), nonce: 'fits' })
  await ada.hears('sent')
  ada.say({ type: 'post', text: 'longer', nonce: 'n' })
  expect(await ada.hears('error')).toMatchObject({ nonce: 'n', kind: 'message-too-long' })
  ada.say({ type: 'post', text: '  ' })
  expect(await error(2)).toBe('bad-message')
  ada.say({ type: 'edit', seq: 9, text: 'x' })
  expect(await error(3)).toBe('no-such-message')
  ada.say({ type: 'post', text: 'x' })
  expect(await error(4)).toBe('messages-too-fast')
  for (const text of ['', '{', '[]', 'null', '{"type":1}', '{"type":"post"}', '"\\ud800"']) {
    ada.sayText(text)
  }
  ada.sayText(JSON.stringify({ type: 'post', text: 'x'.repeat(5_000) }))
  expect(await error(12)).toBe('message-too-long')
  bob.say({ type: 'post', text: 'x' })
  expect(await bob.hears('error')).toMatchObject({ kind: 'messages-read-only' })
  bob.say({ type: 'typing', on: true })
  await bob.hears('error', 2)
  expect(bob.told('message')).toHaveLength(1)
  expect(bob.told('error')).toHaveLength(2)
  expect([ada.isClosed, bob.isClosed]).toEqual([false, false])
  const eve = await stage.talker('eve', 'write')
  eve.say({ type: 'post', text: 'x' })
  expect(await eve.hears('error')).toMatchObject({ kind: 'not-in-room' })
})

test('CHAT-6: a message is changed by its author, and deleted, or with admin access', async () => {
  const ada = await joined(await stage.talker('ada', 'comment'))
  const bob = await joined(await stage.hocuspocus('bob', 'write'))
  ada.say({ type: 'post', text: 'one' })
  ada.say({ type: 'post', text: 'two' })
  await bob.hears('message', 2)
  bob.say({ type: 'edit', seq: 1, text: 'mine' })
  bob.say({ type: 'delete', seq: 1 })
  expect(await bob.hears('error', 2)).toMatchObject({ kind: 'not-your-message' })
  ada.say({ type: 'edit', seq: 1, text: 'uno' })
  expect(await bob.hears('changed')).toMatchObject({ message: { seq: 1, text: 'uno' } })
  ada.say({ type: 'delete', seq: 1 })
  const gone = await bob.hears('changed', 2)
  expect(gone).toMatchObject({ message: { seq: 1, text: '' } })
  expect((gone['message'] as { deleted: string }).deleted).toMatch(/^\d{4}-.*Z$/)
  expect((await stage.ask('bob', 'write', 'DELETE', 'doc/chat/2')).status).toBe(403)
  expect((await stage.ask('eve', 'admin', 'PATCH', 'doc/chat/2', { text: 'x' })).status).toBe(403)
  expect((await stage.ask('eve', 'admin', 'DELETE', 'doc/chat/2')).status).toBe(200)
  expect((await stage.ask('ada', 'comment', 'DELETE', 'doc/chat/2')).status).toBe(404)
  expect((await stage.ask('ada', 'comment', 'DELETE', 'doc/chat/x')).status).toBe(404)
})

test('CHAT-7: unread is counted by person, and read on one device is read on all', async () => {
  const ada = await joined(await stage.talker('ada', 'write'))
  ada.say({ type: 'post', text: 'one' })
  ada.say({ type: 'post', text: 'two' })
  await ada.hears('sent', 2)
  const bob = await joined(await stage.talker('bob', 'read'))
  expect(bob.told('joined')[0]).toMatchObject({ last: 2, read: 0, unread: 2 })
  bob.say({ type: 'read', seq: 1 })
  expect(await bob.hears('reading')).toMatchObject({ read: 1, unread: 1 })
  const other = await stage.ask('bob', 'read', 'GET', 'doc/chat/reading')
  expect(other.body).toEqual({ last: 2, read: 1, unread: 1 })
  const all = await stage.ask('bob', 'read', 'PUT', 'doc/chat/reading', { seq: 2 })
  expect(all.body).toEqual({ last: 2, read: 2, unread: 0 })
})

test('CHAT-8: over HTTP messages are read in pages, posted, and told in the room', async () => {
  const ada = await joined(await stage.talker('ada', 'write'))
  const posted = await stage.ask('bob', 'comment', 'POST', 'doc/chat', { text: 'hi', nonce: 'n' })
  expect(posted).toMatchObject({
    status: 201,
    body: { seq: 1, text: 'hi', nonce: 'n', by: { id: 'bob' } },
  })
  expect(await ada.hears('message')).toMatchObject({ nonce: 'n', message: { seq: 1 } })
  await stage.ask('bob', 'comment', 'POST', 'doc/chat', { text: 'ho' })
  const first = await stage.ask('bob', 'read', 'GET', 'doc/chat?limit=1')
  expect(first.body).toMatchObject({ messages: [{ seq: 2, text: 'ho' }], next: '2' })
  const second = await stage.ask('bob', 'read', 'GET', 'doc/chat?limit=1&before=2')
  expect(second.body).toMatchObject({ messages: [{ seq: 1 }], next: null })
  expect((await stage.ask('bob', 'read', 'POST', 'doc/chat', { text: 'no' })).status).toBe(403)
  const long = await stage.ask('bob', 'comment', 'POST', 'doc/chat', { text: 'x'.repeat(2_001) })
  expect(long).toMatchObject({ status: 413, body: { code: 'message-too-long' } })
})

test('CHAT-9: a room needs no document, and goes with a purged one', async () => {
  const posted = await stage.ask('ada', 'comment', 'POST', 'lounge/chat', { text: 'a' })
  expect(posted.status).toBe(201)
  expect((await stage.ask('operator', 'admin', 'GET', 'lounge')).status).toBe(404)
  await stage.ask('operator', 'admin', 'PUT', 'doc/content?format=json', { t: 'x' })
  await stage.ask('ada', 'comment', 'POST', 'doc/chat', { text: 'one' })
  await stage.ask('operator', 'admin', 'DELETE', 'doc')
  expect((await stage.ask('ada', 'read', 'GET', 'doc/chat')).status).toBe(404)
  await stage.ask('operator', 'admin', 'POST', 'doc/undelete', {})
  const back = await stage.ask('ada', 'read', 'GET', 'doc/chat')
  expect(back.body['messages']).toHaveLength(1)
  await stage.ask('operator', 'admin', 'DELETE', 'doc')
  await stage.ask('operator', 'admin', 'POST', 'doc/purge', {})
  expect((await stage.ask('ada', 'read', 'GET', 'doc/chat')).body['messages']).toEqual([])
  expect((await stage.ask('ada', 'read', 'GET', 'lounge/chat')).body['messages']).toHaveLength(1)
})

test('CHAT-10: messages are counted, and so are rooms with somebody in them', async () => {
  await stage.server.stop()
  nextAlone('a server counts for itself')
  stage = await chatStage()
  const ada = await joined(await stage.talker('ada', 'write'))
  ada.say({ type: 'post', text: 'one' })
  await ada.hears('sent')
  const answer = await fetch(`${stage.server.http}/metrics`, {
    headers: { authorization: 'Bearer the operator' },
  })
  const text = await answer.text()
  expect(text).toContain('ytopic_messages_posted_total 1')
  expect(text).toContain('ytopic_chat_rooms 1')
})

test('CHAT-14: what is too old goes, though nobody posts', async () => {
  let now = 0
  const store = createMemoryStore(() => now)
  const limits = { chat_kept_ms_max: 60_000 }
  const server = startServer(limits, store, { clock: quickRounds })
  const texts = async (): Promise<readonly string[]> =>
    ((await store.messages?.page('doc', 9, 9)) ?? []).map(({ text }) => text)
  for (const text of ['old', 'new']) {
    await store.messages?.post([{ room: 'doc', by: {}, text }], { count: 9, ms: 60_000 })
    now += 40_000
  }
  await until('the old one is gone', async () => (await texts()).length < 2)
  expect(await texts()).toEqual(['new'])
  await server.stop()
})

test('CHAT-15: a server whose store keeps no messages says so', async () => {
  await stage.server.stop()
  stage = await chatStage({}, new DelegatingStore(createMemoryStore()))
  const ada = await stage.talker('ada', 'write')
  ada.say({ type: 'join' })
  expect(await ada.hears('error')).toMatchObject({ kind: 'no-messages' })
  const posted = await stage.ask('ada', 'write', 'POST', 'doc/chat', { text: 'lost?' })
  expect(posted.status).toBe(404)
})
