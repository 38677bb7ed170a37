import { afterAll, beforeAll, expect, test } from 'bun:test'
import * as Y from 'yjs'
import { anonymous } from '../../../src/auth/anonymous.ts'
import { connectHocuspocus } from '../../support/harness/hocuspocus.ts'
import { connect, synced } from '../../support/harness/provider.ts'
import { startServer, type TestServer } from '../../support/harness/server.ts'
import { until } from '../../support/harness/wait.ts'

let server: TestServer

beforeAll(() => {
  server = startServer({ event_quiet_ms: 200 }, undefined, { authority: anonymous('admin') })
})
afterAll(() => server.stop())

async function ask(method: string, path: string, body?: string): Promise<number> {
  const answer = await fetch(`${server.http}/api/v1${path}`, {
    method,
    ...(body === undefined ? {} : { body }),
  })
  return answer.status
}

async function read<Body>(path: string): Promise<Body> {
  const answer = await fetch(`${server.http}/api/v1${path}`)
  expect(answer.status).toBe(200)
  return (await answer.json()) as Body
}

async function textOf(name: string): Promise<string> {
  const path = `${server.http}/api/v1/documents/${encodeURIComponent(name)}/content`
  return (await fetch(`${path}?format=text&root=t`)).text()
}

function put(name: string, text: string): Promise<number> {
  return ask('PUT', `/documents/${encodeURIComponent(name)}/content?format=text&root=t`, text)
}

test('API-2: late clients of a deleted document bring nothing back, and are told', async () => {
  const { url } = server
  const first = connect(`${url}/ws`, 'late')
  await synced(first)
  first.document.getText('t').insert(0, 'kept')
  await until('it is stored', async () => (await textOf('late')) === 'kept')
  const copy = (): Y.Doc => {
    const document = new Y.Doc()
    Y.applyUpdate(document, Y.encodeStateAsUpdate(first.document))
    document.getText('t').insert(4, ' and written offline')
    return document
  }
  const [mine, theirs] = [copy(), copy()]
  first.end()
  expect(await ask('DELETE', '/documents/late')).toBe(204)

  const late = connect(`${url}/ws`, 'late', mine)
  const closed = new Promise<number>((resolve) => {
    late.provider.on('connection-close', (event) => resolve(event?.code ?? 0))
  })
  const lateToo = connectHocuspocus(4, url, 'late', { document: theirs })
  const denied = new Promise<string>((resolve) => {
    lateToo.provider.on('authenticationFailed', ({ reason }: { reason: string }) => resolve(reason))
  })
  expect(await closed).toBe(4404)
  expect(await denied).toStartWith('deleted')
  late.end()
  lateToo.end()
  expect(await ask('GET', '/documents/late')).toBe(410)
  const { documents } = await read<{ documents: unknown[] }>('/documents?prefix=late')
  expect(documents).toEqual([])
  expect(await ask('POST', '/documents/late/undelete')).toBe(200)
  expect(await textOf('late')).toBe('kept')
})

test('API-10: what is beside a document is deleted, brought back and purged with it', async () => {
  for (const name of ['doc', 'doc::notes', 'doc::chat/1', 'doc:other', 'docs']) {
    expect(await put(name, `of ${name}`)).toBe(201)
  }
  const live = async (): Promise<readonly string[]> => {
    const { documents } = await read<{ documents: { name: string }[] }>('/documents?prefix=doc')
    return documents.map(({ name }) => name)
  }
  const inside = connect(`${server.url}/ws`, 'doc::notes')
  await synced(inside)
  const closed = new Promise<number>((resolve) => {
    inside.provider.on('connection-close', (event) => resolve(event?.code ?? 0))
  })
  expect(await ask('DELETE', '/documents/doc')).toBe(204)
  expect(await closed).toBe(4404)
  inside.end()
  expect(await live()).toEqual(['doc:other', 'docs'])
  expect(await ask('POST', '/documents/doc/undelete')).toBe(200)
  expect(await live()).toEqual(['doc', 'doc:other', 'doc::chat/1', 'doc::notes', 'docs'].toSorted())
  expect(await textOf('doc::notes')).toBe('of doc::notes')
  await ask('DELETE', '/documents/doc')
  expect(await ask('POST', '/documents/doc/purge')).toBe(204)
  expect(await ask('GET', '/documents/doc%3A%3Anotes')).toBe(404)
  expect(await put('doc::notes', 'a new life')).toBe(201)
  expect(await textOf('doc::notes')).toBe('a new life')
  expect(await live()).toEqual(['doc:other', 'doc::notes', 'docs'].toSorted())
})

test('API-3: purging leaves no version, and of events only that they were', async () => {
  const events = (): Promise<{ events: { type: string; data: object }[] }> =>
    read('/events?document=erased')
  await put('erased', 'a secret')
  expect(await ask('POST', '/documents/erased/versions', '{"name": "a secret"}')).toBe(201)
  await until('it is told', async () =>
    (await events()).events.some(({ type }) => type === 'document.changed'),
  )
  await ask('DELETE', '/documents/erased')
  expect(await ask('POST', '/documents/erased/purge')).toBe(204)
  expect(await ask('GET', '/documents/erased/versions')).toBe(404)
  const left = (await events()).events
  expect(left.map(({ type }) => type)).toContain('version.created')
  expect(left.map(({ data }) => data)).toEqual(left.map(() => ({})))
  await put('erased', 'a new life')
  const { versions } = await read<{ versions: unknown[] }>('/documents/erased/versions')
  expect(versions).toEqual([])
})
