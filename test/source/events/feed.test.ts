import { afterAll, beforeAll, expect, test } from 'bun:test'
import { connect as connectTcp } from 'node:net'
import { anonymous } from '../../../src/auth/anonymous.ts'
import { type Clock, systemClock } from '../../../src/base/clock.ts'
import { createJwtAuthority } from '../../../src/auth/jwt.ts'
import { signToken } from '../../../src/auth/sign.ts'
import { createMemoryStore } from '../../../persistence/memory/store.ts'
import { connect, synced } from '../../support/harness/provider.ts'
import { startServer, type TestServer } from '../../support/harness/server.ts'
import { until } from '../../support/harness/wait.ts'
import { listen } from './listener.ts'

const secret = 'a secret that is long enough to sign with'
const store = createMemoryStore()
/** Waits for nothing longer than a moment. */
const hasty: Clock = {
  ...systemClock,
  after: (ms, task) => systemClock.after(Math.min(ms, 200), task),
}
let server: TestServer
let guarded: TestServer

beforeAll(async () => {
  server = startServer({ event_quiet_ms: 300 }, store, { authority: anonymous('admin') })
  const authority = await createJwtAuthority({ keys: { kind: 'secret', secret }, leewayMs: 0 })
  const options = { authority, adminToken: 'operator', clock: hasty }
  guarded = startServer({ event_streams_max: 1 }, undefined, options)
})
afterAll(async () => {
  await server.stop()
  await guarded.stop()
})

interface Page {
  readonly events: readonly { id: string; type: string; document: string; data: object }[]
  readonly next: string | null
}

async function events(query = ''): Promise<Page> {
  const answer = await fetch(`${server.http}/api/v1/events${query}`)
  expect(answer.status).toBe(200)
  return (await answer.json()) as Page
}

function make(name: string): Promise<Response> {
  const body = JSON.stringify({ name })
  return fetch(`${server.http}/api/v1/documents`, { method: 'POST', body })
}

function token(document: string, access: 'admin' | 'write', forMs = 60_000): Promise<string> {
  const who = { id: 'ann', name: 'Ann', issuer: undefined, audience: undefined }
  const wishes = { document, access, forMs, documentsClaim: 'documents', ...who }
  return signToken(secret, wishes, Date.now())
}

test('EVENT-3: events are told oldest first, by pages, document and type', async () => {
  for (const name of ['page/a', 'page/b', 'page/c']) await make(name)
  await fetch(`${server.http}/api/v1/documents/page%2Fb`, { method: 'DELETE' })
  const lives = 'document.created,document.deleted'
  const ofB = await events(`?document=page%2Fb&types=${lives}`)
  expect(ofB.events.map(({ type }) => type)).toEqual(['document.created', 'document.deleted'])
  expect(ofB.events[0]).toMatchObject({
    id: expect.stringMatching(/^\d{15}$/),
    time: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
    document: 'page/b',
    data: {},
  })
  expect(ofB.next).toBeNull()
  const seen: string[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const page: Page = await events(`?limit=1&types=document.created&after=${cursor}`)
    seen.push(...page.events.map(({ document }) => document))
    cursor = page.next
  }
  expect(seen.filter((name) => name.startsWith('page/'))).toEqual(['page/a', 'page/b', 'page/c'])
  for (const wrong of ['?types=document.made', '?after=12', '?limit=0', '?what=1']) {
    expect((await fetch(`${server.http}/api/v1/events${wrong}`)).status).toBe(400)
  }
  const ahead = await fetch(`${server.http}/api/v1/events?after=${'9'.repeat(15)}`)
  expect([ahead.status, ((await ahead.json()) as { code: string }).code]).toEqual([
    410,
    'events-gone',
  ])
})

test('EVENT-4: who listens hears of what happens, and goes on where they were', async () => {
  const lives = 'document.created,document.deleted,document.undeleted'
  const first = await listen(`${server.http}/api/v1/events?document=live&types=${lives}`)
  await make('live')
  await make('not this one')
  await fetch(`${server.http}/api/v1/documents/live`, { method: 'DELETE' })
  await until('both are heard', () => first.heard.length === 2)
  first.end()
  expect(first.heard.map(({ event }) => event.type)).toEqual([
    'document.created',
    'document.deleted',
  ])
  expect(first.heard.map(({ id }) => id)).toEqual(first.heard.map(({ event }) => event.id))
  await fetch(`${server.http}/api/v1/documents/live/undelete`, { method: 'POST' })
  const after = first.heard[0]?.id ?? ''
  const again = await listen(`${server.http}/api/v1/events?document=live&types=${lives}`, { after })
  await until('the rest is heard', () => again.heard.length === 2)
  expect(again.heard.map(({ event }) => event.type)).toEqual([
    'document.deleted',
    'document.undeleted',
  ])
  again.end()
})

test('EVENT-5: who comes and who goes is told to those who listen, and not stored', async () => {
  const listener = await listen(`${server.http}/api/v1/events?document=visited`)
  const client = connect(`${server.url}/ws`, 'visited')
  await synced(client)
  await until('somebody came', () => listener.heard.length === 1)
  const told = (await (await fetch(`${server.http}/api/v1/documents/visited/sessions`)).json()) as {
    sessions: { id: string; clients: unknown }[]
  }
  const [session] = told.sessions
  const { clients: _, ...view } = session ?? { clients: [] }
  expect(listener.heard[0]?.event).toMatchObject({
    type: 'session.joined',
    data: { session: view },
  })
  expect(listener.heard[0]?.id).toBeUndefined()
  client.end()
  await until('they went', () => listener.heard.length === 2)
  expect(listener.heard[1]?.event).toMatchObject({ type: 'session.left', data: { session: view } })
  expect((await events('?document=visited')).events).toEqual([])
  listener.end()
})

test('EVENT-6: events are told as far as admin grants go, and no further', async () => {
  const ask = async (path: string, by?: string): Promise<Response> =>
    fetch(`${guarded.http}/api/v1${path}`, {
      headers: by === undefined ? {} : { authorization: `Bearer ${by}` },
    })
  for (const name of ['team/a', 'other']) {
    await fetch(`${guarded.http}/api/v1/documents`, {
      method: 'POST',
      headers: { authorization: 'Bearer operator' },
      body: JSON.stringify({ name }),
    })
  }
  const namesFor = async (by: string): Promise<readonly string[]> =>
    ((await (await ask('/events', by)).json()) as Page).events.map(({ document }) => document)
  expect(await namesFor('operator')).toEqual(['team/a', 'other'])
  expect(await namesFor(await token('team/*', 'admin'))).toEqual(['team/a'])
  expect((await ask('/events', await token('team/*', 'write'))).status).toBe(403)
  expect((await ask('/events?document=other', await token('team/*', 'admin'))).status).toBe(404)
  expect((await ask('/events')).status).toBe(401)
})

test('EVENT-8: webhooks are for those who may do everything with all documents', async () => {
  const status = async (by?: string): Promise<number> => {
    const headers: Record<string, string> =
      by === undefined ? {} : { authorization: `Bearer ${by}` }
    return (await fetch(`${guarded.http}/api/v1/webhooks`, { headers })).status
  }
  expect(await status('operator')).toBe(200)
  expect(await status(await token('*', 'admin'))).toBe(200)
  expect(await status(await token('team/*', 'admin'))).toBe(403)
  expect(await status(await token('*', 'write'))).toBe(403)
  expect(await status()).toBe(401)
})

test('EVENT-6: a stream ends with the access of who listens, and streams are bounded', async () => {
  const url = `${guarded.http}/api/v1/events`
  const mine = await listen(url, { token: await token('team/*', 'admin', 2_000) })
  const more = await fetch(url, {
    headers: { accept: 'text/event-stream', authorization: 'Bearer operator' },
  })
  expect([more.status, more.headers.get('retry-after')]).toEqual([503, '2'])
  await mine.ended
  const operator = await listen(url, { token: 'operator' })
  operator.end()
})

test('EVENT-7: a client that has left is not told any more', async () => {
  const { hostname, port } = new URL(server.http)
  const socket = connectTcp(Number(port), hostname)
  const request = ['GET /api/v1/events HTTP/1.1', `Host: ${hostname}`, 'Accept: text/event-stream']
  socket.write(`${request.join('\r\n')}\r\n\r\n`)
  socket.pause()
  await until('it listens', async () => /event_streams 1/.test(await metrics()))
  socket.destroy()
  await until('it is gone', async () => /event_streams 0/.test(await metrics()))
})

async function metrics(): Promise<string> {
  return (await fetch(`${server.http}/metrics`)).text()
}
