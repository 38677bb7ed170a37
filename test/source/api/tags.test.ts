import { afterAll, beforeAll, expect, test } from 'bun:test'
import * as Y from 'yjs'
import { createMemoryStore } from '../../../persistence/memory/store.ts'
import { openSqliteStore } from '../../../persistence/sqlite/store.ts'
import { anonymous } from '../../../src/auth/anonymous.ts'
import { connect, synced } from '../../support/harness/provider.ts'
import { startServer, type TestServer } from '../../support/harness/server.ts'
import { until } from '../../support/harness/wait.ts'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const store = createMemoryStore()
let server: TestServer

beforeAll(() => {
  server = startServer({}, store, { authority: anonymous('admin') })
})
afterAll(() => server.stop())

const updateType = 'application/vnd.yjs.update'
type Headers = Readonly<Record<string, string>>

function ask(method: string, path: string, body?: BodyInit, headers: Headers = {}, at = server) {
  return fetch(`${at.http}/api/v1/documents/${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body }),
  })
}

test('API-5: each edit changes the tag, a restart and a fold do not', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'ytopic-tag-'))
  const tagAt = async (at: TestServer): Promise<string> =>
    (await ask('HEAD', 'tagged', undefined, {}, at)).headers.get('etag') ?? ''
  const start = async (limits = {}): Promise<TestServer> =>
    startServer(limits, await openSqliteStore({ directory }), { authority: anonymous('admin') })
  const first = await start()
  const doc = new Y.Doc()
  // Two that set one key at once: one of them is deleted by Yjs itself, in no delete of anybody's.
  const other = new Y.Doc()
  doc.getMap('m').set('key', 1)
  other.getMap('m').set('key', 2)
  const both = [doc, other].map((one) => Y.encodeStateAsUpdate(one) as Uint8Array<ArrayBuffer>)
  for (const update of both) {
    await ask('PUT', 'tagged/content', update, { 'content-type': updateType }, first)
  }
  const text = (value: string) =>
    ask('PUT', 'tagged/content?format=text&root=code', value, {}, first)
  await text('abc')
  const before = await tagAt(first)
  await text('ab')
  const deleted = await tagAt(first)
  expect(deleted).not.toBe(before)
  expect(deleted).toMatch(/^"[\w-]{27}"$/)
  await first.stop()
  const again = await start({ tail_updates_max: 1, room_idle_ms_max: 0 })
  expect(await tagAt(again)).toBe(deleted)
  const client = connect(`${again.url}/ws`, 'tagged')
  await synced(client)
  client.end()
  await until('it is folded', () => again.metrics.compactions > 0)
  await again.stop()
  const third = await start()
  expect(await tagAt(third)).toBe(deleted)
  await third.stop()
  await rm(directory, { recursive: true })
})

test('API-6: conditions are kept: 304, 412, create only', async () => {
  const made = await ask('PUT', 'conditions/content?format=text', 'x', { 'if-none-match': '*' })
  expect(made.status).toBe(201)
  const state = made.headers.get('etag') ?? ''
  const again = await ask('PUT', 'conditions/content?format=text', 'y', { 'if-none-match': '*' })
  expect(again.status).toBe(412)
  const known = await ask('GET', 'conditions', undefined, { 'if-none-match': state })
  expect([known.status, await known.text()]).toEqual([304, ''])
  const weak = await ask('PUT', 'conditions/content?format=text', 'y', { 'if-match': `W/${state}` })
  expect(weak.status).toBe(412)
  const strong = await ask('PUT', 'conditions/content?format=text', 'y', { 'if-match': state })
  expect(strong.status).toBe(200)
})

test('API-7: what the store refuses is confirmed to nobody, its room is gone', async () => {
  await ask('PUT', 'fenced/content?format=text&root=t&kind=text', 'x')
  const client = connect(`${server.url}/ws`, 'fenced')
  await synced(client)
  await store.delete('fenced')
  await store.undelete('fenced')
  let closed = 0
  client.provider.on('connection-close', () => closed++)
  client.document.getText('t').insert(1, 'y')
  await until('it was sent away', () => closed > 0)
  // The stock client comes back to the new room, and brings what was not kept.
  await until('it is kept', async () => {
    const answer = await ask('GET', 'fenced/content?format=text')
    return (await answer.text()) === 'xy'
  })
  client.end()
})
