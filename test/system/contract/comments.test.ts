import { beforeEach, expect, test } from 'bun:test'
import { share } from '../../support/share.ts'
import {
  expectFields,
  expectProblem,
  type Json,
  listIn,
  operator,
  Service,
  time,
  tokenFor,
} from './service.ts'

const often = ['--chat-posts-per-second-max', '1000', '--chat-posts-burst-max', '1000']
const service = await share(Service.start(often))
let documents = 0
let name = ''
let path = ''
beforeEach(async () => {
  name = await service.make(`commented/${++documents}`, 'the words')
  path = `/documents/${encodeURIComponent(name)}/comments`
})

const annPerson = { id: 'ann', name: 'Ann', color: '#c0392b' }
const benPerson = { id: 'ben', name: 'Ben', color: null }
const anchor = { root: 't', quote: 'words', prefix: 'the ', suffix: '' }

const ann = (access = 'comment'): string => tokenFor({ [name]: access })
const ben = (access = 'comment'): string =>
  tokenFor({ [name]: access }, { sub: 'ben', name: 'Ben' })

async function begin(text = 'Which?'): Promise<Json> {
  const told = await service.ask('POST', path, { by: ann(), json: { anchor, text } })
  expect(told.status).toBe(201)
  return told.json
}

async function threads(query = ''): Promise<readonly Json[]> {
  const told = await service.ask('GET', `${path}${query}`, { by: ann('read') })
  expect(told.status).toBe(200)
  expectFields(told.json, 'threads')
  return listIn(told.json, 'threads')
}

function idOf(value: unknown): string {
  const { id } = value as Json
  if (typeof id !== 'string' || id === '') throw new Error('It has no id.')
  return id
}

function firstOf(thread: Json): string {
  return `${path}/${idOf(thread)}/${idOf(listIn(thread, 'comments')[0])}`
}

test('COMMENT-2: a thread is begun on words, and told with its fields', async () => {
  const thread = await begin()
  expectFields(thread, 'id', 'anchor', 'by', 'at', 'resolved', 'comments')
  expect(thread).toMatchObject({ anchor, by: annPerson, resolved: null })
  expect(thread['at']).toMatch(time)
  const [comment = {}, ...more] = listIn(thread, 'comments')
  expect(more).toEqual([])
  expectFields(comment, 'id', 'by', 'at', 'text', 'mentions', 'reactions')
  expect(comment).toMatchObject({ by: annPerson, text: 'Which?', mentions: [], reactions: [] })
  expect(comment['at']).toMatch(time)
  expect(await threads()).toEqual([thread])
})

test('COMMENT-2: a thread is answered, with whom the answer mentions', async () => {
  const thread = await begin()
  const json = { text: 'These.', mentions: ['ann'] }
  const told = await service.ask('POST', `${path}/${idOf(thread)}`, { by: ben(), json })
  expect(told.status).toBe(201)
  expectFields(told.json, 'id', 'by', 'at', 'text', 'mentions', 'reactions')
  expect(told.json).toMatchObject({ ...json, by: benPerson })
  const [read = {}] = await threads()
  expect(listIn(read, 'comments').map(({ text }) => text)).toEqual(['Which?', 'These.'])
})

test('COMMENT-2: a thread is resolved and opened again, and listed by that', async () => {
  const thread = await begin()
  const at = `${path}/${idOf(thread)}`
  const done = await service.ask('PATCH', at, { by: ben('write'), json: { resolved: true } })
  expect(done.status).toBe(200)
  const { resolved } = done.json as { resolved: Json }
  expectFields(resolved, 'by', 'at')
  expect(resolved['by']).toEqual(benPerson)
  expect(resolved['at']).toMatch(time)
  expect(await threads('?resolved=true')).toHaveLength(1)
  expect(await threads('?resolved=false')).toEqual([])
  const open = await service.ask('PATCH', at, { by: ann(), json: { resolved: false } })
  expect(open.json['resolved']).toBeNull()
  expect(await threads('?resolved=false')).toHaveLength(1)
  expectProblem(await service.ask('GET', `${path}?resolved=maybe`, { by: ann() }), 400)
})

test('COMMENT-4: a comment is changed by its author, and deleted by admins too', async () => {
  const thread = await begin()
  const first = firstOf(thread)
  const json = { text: 'Which one?' }
  const changed = await service.ask('PATCH', first, { by: ann(), json })
  expect(changed.status).toBe(200)
  expect(changed.json).toMatchObject(json)
  expect(changed.json['edited']).toMatch(time)
  for (const by of [ben(), ben('admin')]) {
    expectProblem(await service.ask('PATCH', first, { by, json }), 403, 'not-your-comment')
  }
  expectProblem(await service.ask('DELETE', first, { by: ben('write') }), 403, 'not-your-comment')
  const gone = await service.ask('DELETE', first, { by: ben('admin') })
  expect([gone.status, gone.text]).toEqual([204, ''])
  expect(await threads()).toEqual([])
  expectProblem(await service.ask('DELETE', first, { by: ann() }), 404, 'no-such-comment')
})

test('COMMENT-5: a deleted comment with answers is told without its words', async () => {
  const thread = await begin()
  const answer = { by: ben(), json: { text: 'These.' } }
  await service.ask('POST', `${path}/${idOf(thread)}`, answer)
  expect((await service.ask('DELETE', firstOf(thread), { by: ann() })).status).toBe(204)
  const [read = {}] = await threads()
  expect(listIn(read, 'comments')).toMatchObject([
    { deleted: true, text: '', mentions: [], reactions: [] },
    { text: 'These.' },
  ])
})

test('COMMENT-2: a reaction is one emoji of one person, and taken back', async () => {
  const at = `${firstOf(await begin())}/reactions/${encodeURIComponent('👍🏽')}`
  for (const by of [ann(), ben(), ben()]) {
    expect((await service.ask('PUT', at, { by })).status).toBe(200)
  }
  const told = await service.ask('PUT', at, { by: ben() })
  expect(told.json['reactions']).toEqual([{ emoji: '👍🏽', by: [annPerson, benPerson] }])
  const back = await service.ask('DELETE', at, { by: ben() })
  expect(back.status).toBe(200)
  expect(back.json['reactions']).toEqual([{ emoji: '👍🏽', by: [annPerson] }])
  const word = at.replace(/[^/]*$/, 'thumb')
  expectProblem(await service.ask('PUT', word, { by: ann() }), 400, 'bad-request')
})

test('COMMENT-3: who writes is the token’s person, never the request’s word', async () => {
  const json = { anchor, text: 'x', by: { id: 'eve' } }
  const told = await service.ask('POST', path, { by: ann(), json })
  expectProblem(told, 400, 'bad-request')
  expect(told.json['detail']).toContain('"by"')
  expect(await threads()).toEqual([])
})

test('COMMENT-4: reading needs read access, and the rest comment', async () => {
  const thread = await begin()
  const [first, at] = [firstOf(thread), `${path}/${idOf(thread)}`]
  const stranger = tokenFor({ 'elsewhere/*': 'admin' })
  const asked: readonly (readonly [string, string, object | undefined])[] = [
    ['POST', path, { anchor, text: 'x' }],
    ['POST', at, { text: 'x' }],
    ['PATCH', at, { resolved: true }],
    ['PATCH', first, { text: 'x' }],
    ['DELETE', first, undefined],
    ['PUT', `${first}/reactions/${encodeURIComponent('👍')}`, undefined],
    ['DELETE', `${first}/reactions/${encodeURIComponent('👍')}`, undefined],
  ]
  for (const [method, where, json] of asked) {
    for (const by of [ann('read'), stranger]) {
      const told = await service.ask(method, where, { by, ...(json === undefined ? {} : { json }) })
      expectProblem(told, 403, 'permission-denied')
    }
    expectProblem(await service.ask(method, where), 401, 'token-needed')
  }
  expectProblem(await service.ask('GET', path, { by: stranger }), 404, 'not-found')
  expectProblem(await service.ask('GET', path), 401, 'token-needed')
  expect(await threads()).toEqual([thread])
})

test('COMMENT-7: what is not there, unknown or not well-formed is refused in words', async () => {
  const thread = await begin()
  const by = ann()
  const nowhere = tokenFor({ nowhere: 'comment' })
  const elsewhere = { by: nowhere, json: { anchor, text: 'x' } }
  expectProblem(await service.ask('POST', '/documents/nowhere/comments', elsewhere), 404)
  expectProblem(await service.ask('GET', '/documents/nowhere/comments', { by: nowhere }), 404)
  const missing = await service.ask('POST', `${path}/none`, { by, json: { text: 'x' } })
  expectProblem(missing, 404, 'no-such-comment')
  for (const json of [
    { anchor, text: '' },
    { anchor, text: '\ud800' },
    { anchor, text: 'x', mentions: ['\ud800'] },
    { anchor: { ...anchor, strange: 1 }, text: 'x' },
    { anchor, text: 'x', strange: 1 },
    { anchor: { quote: 'words' }, text: 'x' },
    { text: 'x' },
    { anchor, text: 1 },
    {},
  ]) {
    expectProblem(await service.ask('POST', path, { by, json }), 400)
  }
  const long = { by, json: { anchor, text: 'x'.repeat(10_001) } }
  expectProblem(await service.ask('POST', path, long), 413)
  const type = { by, body: 'x', type: 'text/plain' }
  expectProblem(await service.ask('POST', path, type), 415, 'unsupported-type')
  expect(await threads()).toEqual([thread])
})

test('API-11: a comment that comes again with its key is written once', async () => {
  const asking = { by: ann(), json: { anchor, text: 'x' }, headers: { 'idempotency-key': 'k' } }
  const [first, again] = [
    await service.ask('POST', path, asking),
    await service.ask('POST', path, asking),
  ]
  expect([first.status, again.status]).toEqual([201, 201])
  expect(again.json).toEqual(first.json)
  expect(await threads()).toHaveLength(1)
  const other = { ...asking, json: { anchor, text: 'y' } }
  expectProblem(await service.ask('POST', path, other), 422, 'key-reused')
})

test('COMMENT-6: comments are deleted, brought back and purged with their document', async () => {
  await begin()
  const by = operator
  const at = `/documents/${encodeURIComponent(name)}`
  await service.ask('DELETE', at, { by })
  expectProblem(await service.ask('GET', path, { by: ann('read') }), 404, 'not-found')
  expectProblem(await service.ask('GET', path, { by }), 410, 'document-deleted')
  await service.ask('POST', `${at}/undelete`, { by, json: {} })
  expect(await threads()).toHaveLength(1)
  await service.ask('DELETE', at, { by })
  await service.ask('POST', `${at}/purge`, { by, json: {} })
  await service.make(name, 'the words')
  expect(await threads()).toEqual([])
})
