import { afterAll, beforeAll, expect, test } from 'bun:test'
import * as Y from 'yjs'
import { nextAlone } from '../../support/cluster/alone.ts'
import { connectHocuspocus } from '../../support/harness/hocuspocus.ts'
import { connect, synced } from '../../support/harness/provider.ts'
import { startServer, type TestServer } from '../../support/harness/server.ts'
import { until } from '../../support/harness/wait.ts'
import { anonymous } from '../../../src/auth/anonymous.ts'

let server: TestServer

beforeAll(() => {
  server = startServer({}, undefined, { authority: anonymous('admin') })
})
afterAll(() => server.stop())

function ask(method: string, path: string, body?: unknown, on = server): Promise<Response> {
  const headers = { 'content-type': 'application/json' }
  const text = body === undefined ? {} : { body: JSON.stringify(body) }
  return fetch(`${on.http}/api/v1${path}`, { method, headers, ...text })
}

async function code(answer: Response): Promise<readonly [number, string | undefined]> {
  const text = await answer.text()
  return [answer.status, text === '' ? undefined : (JSON.parse(text) as { code?: string }).code]
}

test('API-1: a document is made, told, listed, and never made twice', async () => {
  const made = await ask('POST', '/documents', { name: 'list/a b', content: 'hello', root: 'text' })
  expect(made.status).toBe(201)
  expect(made.headers.get('location')).toBe('/api/v1/documents/list%2Fa%20b')
  const told = await ask('GET', '/documents/list%2Fa%20b')
  expect(told.headers.get('etag')).toBe(made.headers.get('etag'))
  expect(await told.json()).toMatchObject({
    name: 'list/a b',
    sessions: 0,
    created: expect.stringMatching(/^\d{4}-.*Z$/),
    roots: [{ name: 'text', kind: 'text' }],
  })
  expect(await code(await ask('POST', '/documents', { name: 'list/a b' }))).toEqual([
    409,
    'document-exists',
  ])
  for (const name of ['list/c', 'list/b']) await ask('POST', '/documents', { name })
  const names: string[] = []
  let after = ''
  for (let page = 0; page < 3; page++) {
    const answer = await ask('GET', `/documents?prefix=list/&limit=1${after}`)
    const { documents, next } = (await answer.json()) as {
      documents: { name: string }[]
      next: string | null
    }
    names.push(...documents.map(({ name }) => name))
    if (page === 2) expect(next).toBeNull()
    after = `&after=${next}`
  }
  expect(names).toEqual(['list/a b', 'list/b', 'list/c'])
  expect((await ask('GET', '/documents?limit=101')).status).toBe(400)
  const unnamed = (await (await ask('POST', '/documents', {})).json()) as { name: string }
  expect(unnamed.name.length).toBeGreaterThan(20)
  expect((await ask('GET', '/documents/nowhere')).status).toBe(404)
})

test('API-2: a deleted document is shut to both protocols, and comes back as it was', async () => {
  const { url } = server
  const inside = connect(`${url}/ws`, 'gone')
  const other = connectHocuspocus(4, url, 'gone')
  await synced(inside)
  inside.document.getText('t').insert(0, 'kept')
  await until('it is with both', () => other.document.getText('t').toString() === 'kept')
  const closed = new Promise<number>((resolve) => {
    inside.provider.on('connection-close', (event) => resolve(event?.code ?? 0))
  })
  const denied = new Promise<string>((resolve) => {
    other.provider.on('authenticationFailed', ({ reason }: { reason: string }) => resolve(reason))
  })
  expect((await ask('DELETE', '/documents/gone')).status).toBe(204)
  expect(await closed).toBe(4404)
  expect(await denied).toStartWith('deleted')
  expect((await ask('DELETE', '/documents/gone')).status).toBe(204)
  expect(await code(await ask('GET', '/documents/gone'))).toEqual([410, 'document-deleted'])
  expect(await code(await ask('POST', '/documents', { name: 'gone' }))).toEqual([
    409,
    'document-deleted',
  ])
  expect((await ask('PUT', '/documents/gone/content?format=text', 'x')).status).toBe(410)
  const listed = (await (await ask('GET', '/documents?deleted=true')).json()) as {
    documents: { name: string }[]
  }
  expect(listed.documents.map(({ name }) => name)).toEqual(['gone'])
  expect((await ask('DELETE', '/documents/never')).status).toBe(404)
  inside.end()
  other.end()
  const late = connect(`${url}/ws`, 'gone')
  const refused = new Promise<number>((resolve) => {
    late.provider.on('connection-close', (event) => resolve(event?.code ?? 0))
  })
  expect(await refused).toBe(4404)
  late.end()
  expect((await ask('POST', '/documents/gone/undelete')).status).toBe(200)
  const back = connect(`${url}/ws`, 'gone')
  await synced(back)
  expect(back.document.getText('t').toString()).toBe('kept')
  back.end()
  expect(await code(await ask('POST', '/documents/gone/purge'))).toEqual([409, 'document-live'])
})

test('API-3: late clients of a purged document bring nothing back and are told', async () => {
  const { url } = server
  const first = connect(`${url}/ws`, 'purged')
  await synced(first)
  first.document.getText('t').insert(0, 'former life')
  await until('it is stored', async () => {
    const answer = await ask('GET', '/documents/purged/content?format=text')
    return answer.ok && (await answer.text()) === 'former life'
  })
  const former = Y.encodeStateAsUpdate(first.document)
  first.end()
  await ask('DELETE', '/documents/purged')
  expect((await ask('POST', '/documents/purged/purge')).status).toBe(204)
  expect((await ask('GET', '/documents/purged')).status).toBe(404)
  await ask('POST', '/documents', { name: 'purged', content: 'new life', root: 't' })

  const copy = (): Y.Doc => {
    const document = new Y.Doc()
    Y.applyUpdate(document, former)
    return document
  }
  const late = connect(`${url}/ws`, 'purged', copy())
  late.document.getMap('m').set('unanchored', true)
  const closed = new Promise<number>((resolve) => {
    late.provider.on('connection-close', (event) => resolve(event?.code ?? 0))
  })
  const lateToo = connectHocuspocus(4, url, 'purged', { document: copy() })
  lateToo.document.getMap('m').set('unanchored', true)
  const denied = new Promise<string>((resolve) => {
    lateToo.provider.on('authenticationFailed', ({ reason }: { reason: string }) => resolve(reason))
  })
  expect(await closed).toBe(4404)
  expect(await denied).toStartWith('deleted')
  late.end()
  lateToo.end()

  const fresh = connect(`${url}/ws`, 'purged')
  await synced(fresh)
  expect(fresh.document.getText('t').toString()).toBe('new life')
  expect(fresh.document.getMap('m').size).toBe(0)
  fresh.document.getText('t').insert(8, ' goes on')
  await until('it is written', async () => {
    const answer = await ask('GET', '/documents/purged/content?format=text')
    return (await answer.text()) === 'new life goes on'
  })
  fresh.end()
  expect(await code(await ask('PATCH', '/documents/purged/content', { append: '!' }))).toEqual([
    200,
    undefined,
  ])
})

test('API-4: those who are in a document are told, spoken to, and a copy is made', async () => {
  nextAlone('a server tells of its own sessions')
  const own = startServer({}, undefined, { authority: anonymous('admin') })
  const askIt: typeof ask = (method, path, body) => ask(method, path, body, own)
  const person = connectHocuspocus(4, own.url, 'people')
  await until('synced', () => person.provider.synced)
  person.document.getText('t').insert(0, 'copied')
  person.provider.setAwarenessField('user', { name: 'Ann' })
  const heard = new Promise<string>((resolve) => {
    person.provider.on('stateless', ({ payload }: { payload: string }) => resolve(payload))
  })
  await until('she is seen', async () => {
    const { sessions } = (await (await askIt('GET', '/documents/people/sessions')).json()) as {
      sessions: { protocol: string; clients: { state: unknown }[] }[]
    }
    const [one] = sessions
    return (
      one?.protocol === 'hocuspocus' &&
      JSON.stringify(one.clients[0]?.state) === '{"user":{"name":"Ann"}}'
    )
  })
  const told = await askIt('POST', '/documents/people/broadcast', { message: 'hi' })
  expect(await told.json()).toEqual({ sessions: 1 })
  expect(await heard).toBe('hi')
  const cloned = await askIt('POST', '/documents/people/clone', { name: 'people-too' })
  expect(cloned.status).toBe(201)
  const text = await askIt('GET', '/documents/people-too/content?format=text')
  expect(await text.text()).toBe('copied')
  person.end()
  await own.stop()
})
