import { expect, test } from 'bun:test'
import { share } from '../../support/share.ts'
import {
  expectFields,
  expectProblem,
  type Json,
  jsonType,
  listIn,
  open,
  operator,
  Service,
  strongTag,
  time,
  tokenFor,
} from './service.ts'

const service = await share(Service.start())

const by = operator
const documentFields = [
  'bytes',
  'changed',
  'created',
  'historyBytes',
  'name',
  'roots',
  'sessions',
  'versions',
] as const

function expectDocument(value: unknown, name: string): void {
  expectFields(value, ...documentFields)
  const document = value as Json
  expect(document['name']).toBe(name)
  for (const field of ['bytes', 'historyBytes', 'sessions', 'versions']) {
    expect(Number.isInteger(document[field])).toBe(true)
  }
  for (const field of ['created', 'changed']) expect(document[field]).toMatch(time)
  for (const root of listIn(document, 'roots')) expectFields(root, 'name', 'kind')
}

test('API-1: a document is made, told and listed by pages', async () => {
  const json = { name: 'list/ä', content: 'hello', format: 'text', root: 'body' }
  const made = await service.ask('POST', '/documents', { by, json })
  expect(made.status).toBe(201)
  expect(made.headers.get('content-type')).toBe(jsonType)
  expect(made.headers.get('location')).toBe('/api/v1/documents/list%2F%C3%A4')
  expect(made.headers.get('etag')).toMatch(strongTag)
  expectDocument(made.json, 'list/ä')
  expect(made.json['roots']).toEqual([{ name: 'body', kind: 'text' }])
  const told = await service.ask('GET', '/documents/list%2F%C3%A4', { by })
  expect(told.json).toEqual(made.json)
  expect(told.headers.get('etag')).toBe(made.headers.get('etag'))
  const again = await service.ask('POST', '/documents', { by, json: { name: 'list/ä' } })
  expectProblem(again, 409, 'document-exists')
  const unnamed = await service.ask('POST', '/documents', { by })
  expect(unnamed.status).toBe(201)
  expect(String(unnamed.json['name']).length).toBeGreaterThan(15)

  for (const name of ['list/b', 'list/a', 'list/Z', 'list/\u{1f600}']) await service.make(name)
  const names: unknown[] = []
  let after = ''
  for (let page = 0; page < 6; page++) {
    const path = `/documents?prefix=list/&limit=1${after}`
    const { json: answer, status } = await service.ask('GET', path, { by })
    expect(status).toBe(200)
    expectFields(answer, 'documents', 'next')
    const [only] = listIn(answer, 'documents')
    names.push(only?.['name'])
    expectDocument(only, String(only?.['name']))
    if (answer['next'] === null) break
    expect(typeof answer['next']).toBe('string')
    after = `&after=${encodeURIComponent(String(answer['next']))}`
  }
  // By the bytes of the names.
  expect(names).toEqual(['list/Z', 'list/a', 'list/b', 'list/ä', 'list/\u{1f600}'])
  for (const bad of ['limit=0', 'limit=101', 'limit=x', 'limit=1.5', 'limit=', 'deleted=maybe']) {
    expectProblem(await service.ask('GET', `/documents?${bad}`, { by }), 400, 'bad-request')
  }
  for (const strange of ['%20', '!!!', 'a']) {
    const wrong = await service.ask('GET', `/documents?after=${strange}`, { by })
    expectProblem(wrong, 400, 'bad-request')
  }
  for (let more = 0; more < 21; more++) await service.make(`twenty/${more}`)
  const page = await service.ask('GET', '/documents?prefix=twenty/', { by })
  expect(listIn(page.json, 'documents')).toHaveLength(20)
})

test('API-2: deleting, bringing back and purging answer as they should', async () => {
  const path = '/documents/gone'
  await service.make('gone', 'kept')
  const token = tokenFor({ gone: 'write' })
  const client = await open(`${service.socket}/ws/gone?token=${token}`)
  const deleted = await service.ask('DELETE', path, { by })
  expect([deleted.status, deleted.text]).toEqual([204, ''])
  expect(await client.closed).toBe(4404)
  expect((await service.ask('DELETE', path, { by })).status).toBe(204)
  expectProblem(await service.ask('DELETE', '/documents/never-was', { by }), 404)
  // To admin it was deleted, to others it is not there.
  const below = ['', '/content', '/sessions', '/versions', '/attribution', '/chat', '/versions/x']
  for (const one of below) {
    const told = await service.ask('GET', `${path}${one}`, { by })
    expect({ one, status: told.status }).toEqual({ one, status: 410 })
    expectProblem(told, 410, 'document-deleted')
    expectProblem(await service.ask('GET', `${path}${one}`, { by: token }), 404, 'not-found')
  }
  expectProblem(await service.ask('POST', `${path}/versions`, { by }), 410, 'document-deleted')
  expectProblem(
    await service.ask('POST', '/documents', { by, json: { name: 'gone' } }),
    409,
    'document-deleted',
  )
  const put = { by, body: 'x', type: 'text/plain' }
  expectProblem(await service.ask('PUT', `${path}/content`, put), 410, 'document-deleted')
  expectProblem(await service.ask('PATCH', `${path}/content`, { by, json: { append: 'x' } }), 410)
  expect(await (await open(`${service.socket}/ws/gone?token=${token}`)).closed).toBe(4404)
  const listed = await service.ask('GET', '/documents?deleted=true', { by })
  expect(listIn(listed.json, 'documents').map(({ name }) => name)).toEqual(['gone'])
  const living = await service.ask('GET', '/documents?prefix=gone', { by })
  expect(listIn(living.json, 'documents')).toEqual([])

  const back = await service.ask('POST', `${path}/undelete`, { by })
  expect(back.status).toBe(200)
  expectDocument(back.json, 'gone')
  expect((await service.ask('GET', `${path}/content?format=text`, { by })).text).toBe('kept')
  expectProblem(await service.ask('POST', '/documents/never-was/undelete', { by }), 404)
  expectProblem(await service.ask('POST', `${path}/purge`, { by }), 409, 'document-live')
  expectProblem(await service.ask('POST', '/documents/never-was/purge', { by }), 404)
  await service.ask('DELETE', path, { by })
  const purged = await service.ask('POST', `${path}/purge`, { by })
  expect([purged.status, purged.text]).toEqual([204, ''])
  expectProblem(await service.ask('GET', path, { by }), 404)
  const anew = await service.ask('POST', '/documents', { by, json: { name: 'gone' } })
  expect(anew.status).toBe(201)
  expect(anew.json).toMatchObject({ versions: 0, historyBytes: 0 })
})

test('API-6: a document is deleted only in the state that If-Match names', async () => {
  await service.make('guarded', 'text')
  const headers = { 'if-match': '"another"' }
  expectProblem(await service.ask('DELETE', '/documents/guarded', { by, headers }), 412)
  const { headers: told } = await service.ask('GET', '/documents/guarded', { by })
  const same = { 'if-match': told.get('etag') ?? '' }
  expect((await service.ask('DELETE', '/documents/guarded', { by, headers: same })).status).toBe(
    204,
  )
})

test('API-4: a clone has the content without the history', async () => {
  await service.make('original', 'content')
  await service.ask('POST', '/documents/original/versions', { by, json: { name: 'v' } })
  const copy = await service.ask('POST', '/documents/original/clone', {
    by,
    json: { name: 'copy' },
  })
  expect(copy.status).toBe(201)
  expect(copy.headers.get('location')).toBe('/api/v1/documents/copy')
  expect(copy.headers.get('etag')).toMatch(strongTag)
  expectDocument(copy.json, 'copy')
  expect(copy.json).toMatchObject({ versions: 0 })
  expect((await service.ask('GET', '/documents/copy/content?format=text', { by })).text).toBe(
    'content',
  )
  const named = { by, json: { name: 'copy' } }
  expectProblem(
    await service.ask('POST', '/documents/original/clone', named),
    409,
    'document-exists',
  )
  expectProblem(await service.ask('POST', '/documents/never-was/clone', { by }), 404)
  expect((await service.ask('POST', '/documents/original/clone', { by })).status).toBe(201)
  // Read there, write on the new one.
  const token = tokenFor({ original: 'read', 'mine/*': 'write' })
  const mine = { by: token, json: { name: 'mine/1' } }
  expect((await service.ask('POST', '/documents/original/clone', mine)).status).toBe(201)
  const theirs = { by: token, json: { name: 'theirs' } }
  expectProblem(await service.ask('POST', '/documents/original/clone', theirs), 403)
})

test('API-5: the tag names the content: each edit changes it, a delete too', async () => {
  await service.make('tagged', 'abc')
  const path = '/documents/tagged'
  const tag = async (): Promise<string> =>
    (await service.ask('GET', path, { by })).headers.get('etag') ?? ''
  const [first, same] = [await tag(), await tag()]
  expect(first).toMatch(strongTag)
  expect(same).toBe(first)
  const headers = { 'if-match': first }
  const json = { edits: [{ at: 0, delete: 1 }] }
  const edited = await service.ask('PATCH', `${path}/content`, { by, json, headers })
  expect(edited.json).toEqual({ changed: true })
  expect(await tag()).not.toBe(first)
  expect(edited.headers.get('etag')).toBe(await tag())
  const known = { 'if-none-match': await tag() }
  const unchanged = await service.ask('GET', path, { by, headers: known })
  expect([unchanged.status, unchanged.text]).toEqual([304, ''])
})
