import { expect, test } from 'bun:test'
import { share } from '../../support/share.ts'
import {
  expectFields,
  expectProblem,
  type Json,
  listIn,
  operator,
  Service,
  strongTag,
  time,
  type Told,
  tokenFor,
} from './service.ts'

const service = await share(Service.start())
const ann = tokenFor({ '*': 'write' })
const by = ann

const fields = ['authors', 'bytes', 'id', 'kind', 'meta', 'name', 'restoredFrom', 'time'] as const

function expectVersion(json: Json, kind: string): void {
  expectFields(json, ...fields)
  expect(json['kind']).toBe(kind)
  expect(json['time']).toMatch(time)
  expect(Number.isInteger(json['bytes'])).toBe(true)
  for (const author of listIn(json, 'authors')) expectFields(author, 'id', 'name', 'color')
}

function put(name: string, body: string, token = ann): Promise<Told> {
  return service.ask('PUT', `/documents/${name}/content?root=t`, {
    by: token,
    body,
    type: 'text/plain',
  })
}

async function keep(name: string, json: object = {}): Promise<Json> {
  const made = await service.ask('POST', `/documents/${name}/versions`, { by, json })
  expect(made.status).toBe(201)
  return made.json
}

test('HISTORY-8: versions are made, listed, told, renamed and dropped', async () => {
  await put('v', 'one')
  const path = '/documents/v/versions'
  const made = await service.ask('POST', path, { by, json: { name: 'First', meta: { a: [1] } } })
  expect(made.status).toBe(201)
  expectVersion(made.json, 'named')
  expect(made.json).toMatchObject({ name: 'First', meta: { a: [1] }, restoredFrom: null })
  expect(made.json['authors']).toEqual([{ id: 'ann', name: 'Ann', color: null }])
  const id = String(made.json['id'])
  expect(made.headers.get('location')).toBe(`/api/v1${path}/${id}`)
  const bare = await keep('v')
  expect(bare).toMatchObject({ kind: 'named', name: null, meta: null })
  expect(String(bare['id']) > id).toBe(true)
  const listed = await service.ask('GET', path, { by })
  expectFields(listed.json, 'versions', 'next')
  expect(listIn(listed.json, 'versions').map((one) => one['id'])).toEqual([bare['id'], id])
  const first = await service.ask('GET', `${path}?limit=1`, { by })
  const next = String(first.json['next'])
  const second = await service.ask('GET', `${path}?limit=1&after=${next}`, { by })
  expect(listIn(second.json, 'versions').map((one) => one['id'])).toEqual([id])
  expect(second.json['next']).toBeNull()
  const named = await service.ask('GET', `${path}?named=true`, { by })
  expect(listIn(named.json, 'versions').map((one) => one['id'])).toContain(id)
  expect((await service.ask('GET', `${path}/${id}`, { by })).json).toEqual(made.json)
  const renamed = await service.ask('PATCH', `${path}/${id}`, { by, json: { name: 'Other' } })
  expect(renamed.json).toEqual({ ...made.json, name: 'Other' })
  const bared = await service.ask('PATCH', `${path}/${id}`, {
    by,
    json: { name: null, meta: null },
  })
  expect(bared.json).toEqual({ ...made.json, name: null, meta: null })
  expectProblem(await service.ask('DELETE', `${path}/${id}`, { by }), 403)
  const dropped = await service.ask('DELETE', `${path}/${id}`, { by: operator })
  expect([dropped.status, dropped.text]).toEqual([204, ''])
  for (const method of ['GET', 'PATCH', 'DELETE']) {
    const json = method === 'PATCH' ? { json: { name: 'x' } } : {}
    expectProblem(await service.ask(method, `${path}/${id}`, { by: operator, ...json }), 404)
  }
  expectProblem(await service.ask('GET', '/documents/nowhere/versions', { by }), 404)
  expectProblem(await service.ask('POST', '/documents/nowhere/versions', { by }), 404)
  expectProblem(await service.ask('GET', `${path}?limit=0`, { by }), 400)
  expectProblem(await service.ask('POST', path, { by, json: { name: '' } }), 400)
})

test('HISTORY-14: the content of a version is as content is, and never changes', async () => {
  await put('c', 'then')
  const id = String((await keep('c'))['id'])
  await put('c', 'now')
  const path = `/documents/c/versions/${id}/content`
  const text = await service.ask('GET', `${path}?format=text`, { by })
  expect([text.status, text.text]).toEqual([200, 'then'])
  expect(text.headers.get('cache-control')).toContain('immutable')
  const tag = text.headers.get('etag') ?? ''
  expect(tag).toMatch(strongTag)
  const known = { 'if-none-match': tag }
  expect((await service.ask('GET', `${path}?format=text`, { by, headers: known })).status).toBe(304)
  const accepted = { accept: 'text/plain' }
  expect((await service.ask('GET', path, { by, headers: accepted })).text).toBe('then')
  const json = await service.ask('GET', `${path}?format=json&root=t`, { by })
  expect(json.json).toEqual({ t: 'then' })
  const bytes = await service.ask('GET', path, { by })
  expect(bytes.headers.get('content-type')).toBe('application/vnd.yjs.update')
  expect(bytes.headers.get('etag')).toMatch(strongTag)
  const strange = { accept: 'image/png' }
  expectProblem(await service.ask('GET', path, { by, headers: strange }), 406)
  expectProblem(await service.ask('GET', `/documents/c/versions/nothing/content`, { by }), 404)
  expectProblem(await service.ask('GET', `${path}?format=text&root=a&kind=map`, { by }), 409)
})

test('HISTORY-9: restoring makes every root what it was, and can be undone', async () => {
  await put('r', 'before')
  const id = String((await keep('r', { name: 'good' }))['id'])
  await put('r', 'after')
  const path = `/documents/r/versions/${id}/restore`
  const wrong = { 'if-match': '"another"' }
  expectProblem(await service.ask('POST', path, { by, headers: wrong }), 412)
  const restored = await service.ask('POST', path, { by })
  expect(restored.status).toBe(200)
  expectFields(restored.json, 'before', 'version')
  const text = async (): Promise<string> =>
    (await service.ask('GET', '/documents/r/content?format=text', { by })).text
  expect(await text()).toBe('before')
  const { before, version } = restored.json
  const made = await service.ask('GET', `/documents/r/versions/${String(version)}`, { by })
  expectVersion(made.json, 'restored')
  expect(made.json['restoredFrom']).toBe(id)
  const kept = await service.ask('GET', `/documents/r/versions/${String(before)}`, { by })
  expectVersion(kept.json, 'before-restore')
  const back = `/documents/r/versions/${String(before)}/restore`
  expect((await service.ask('POST', back, { by })).status).toBe(200)
  expect(await text()).toBe('after')
  expectProblem(await service.ask('POST', '/documents/r/versions/nothing/restore', { by }), 404)
  expectProblem(await service.ask('POST', '/documents/nowhere/versions/x/restore', { by }), 404)
})

test('HISTORY-11: a diff tells both states of each kind of root', async () => {
  await put('d', 'a cat sat')
  const id = String((await keep('d'))['id'])
  const bob = tokenFor({ '*': 'write' }, { sub: 'bob', name: 'Bob' })
  await put('d', 'a dog sat', bob)
  const path = `/documents/d/versions/${id}/diff/now`
  const told = await service.ask('GET', path, { by })
  expect(told.status).toBe(200)
  expectFields(told.json, 'spans')
  const spans = listIn(told.json, 'spans')
  for (const span of spans) {
    expect(['same', 'added', 'removed', 'changed']).toContain(String(span['op']))
    expect(typeof span['text']).toBe('string')
    expect(span).toHaveProperty('by')
  }
  const text = (without: string): string =>
    spans.map((span) => (span['op'] === without ? '' : String(span['text']))).join('')
  expect([text('added'), text('removed')]).toEqual(['a cat sat', 'a dog sat'])
  const added = spans.find(({ op }) => op === 'added')
  const removed = spans.find(({ op }) => op === 'removed')
  expect(added?.['by']).toMatchObject({ id: 'bob', name: 'Bob' })
  expect(removed).toMatchObject({ by: { id: 'ann' }, removedBy: { id: 'bob' } })
  const html = await service.ask('GET', `${path}?format=html`, { by })
  expect(html.headers.get('content-type')).toStartWith('text/html')
  expect(html.text).toContain('<ins')
  const whole = await service.ask('GET', `/documents/d/versions/empty/diff/${id}?root=t`, { by })
  expect(listIn(whole.json, 'spans').map(({ op }) => op)).toEqual(['added'])
  const folded = await service.ask('GET', `${path}?context=1`, { by })
  expect(listIn(folded.json, 'spans').some((span) => 'length' in span)).toBe(true)
  expectProblem(await service.ask('GET', '/documents/d/versions/x/diff/now', { by }), 404)
  expectProblem(await service.ask('GET', `${path}?format=xml`, { by }), 400)

  const json = {
    m: { kept: 1, gone: 2 },
    l: ['a', 'b'],
    x: [{ type: 'paragraph', attributes: {}, children: ['text'] }],
  }
  const all = '/documents/all/content?format=json'
  expect((await service.ask('PUT', all, { by, json })).status).toBe(201)
  const from = String((await keep('all'))['id'])
  const later = { ...json, m: { kept: 3, fresh: 4 }, l: ['a', 'c'] }
  expect((await service.ask('PUT', all, { by, json: later })).status).toBe(200)
  const diff = `/documents/all/versions/${from}/diff/now`
  expectProblem(await service.ask('GET', diff, { by }), 409, 'root-ambiguous')
  const map = await service.ask('GET', `${diff}?root=m`, { by })
  expect(map.json).toMatchObject({
    map: {
      kept: { op: 'changed', was: 1, now: 3 },
      gone: { op: 'removed', was: 2 },
      fresh: { op: 'added', now: 4 },
    },
  })
  const list = await service.ask('GET', `${diff}?root=l`, { by })
  expect(listIn(list.json, 'items').map(({ op, value }) => [op, value])).toContainEqual([
    'added',
    'c',
  ])
  const blocks = await service.ask('GET', `${diff}?root=x`, { by })
  const [block] = listIn(blocks.json, 'blocks')
  expect(block).toMatchObject({ op: 'same', type: 'paragraph', attributes: {} })
  expect(Array.isArray(block?.['children'])).toBe(true)
})

test('HISTORY-12: attribution tells who wrote what is there', async () => {
  await put('who', 'ann')
  const bob = tokenFor({ '*': 'write' }, { sub: 'bob', name: 'Bob' })
  await put('who', 'ann bob', bob)
  const told = await service.ask('GET', '/documents/who/attribution?root=t', { by })
  const spans = listIn(told.json, 'spans')
  for (const span of spans) {
    for (const field of ['from', 'to', 'text', 'by', 'at']) expect(span).toHaveProperty(field)
    expect(span['at']).toMatch(time)
  }
  expect(spans.map(({ text }) => text).join('')).toBe('ann bob')
  expect(spans.at(-1)).toMatchObject({ to: 7, by: { id: 'bob', name: 'Bob' } })
  const xml = { by, body: '# Title\n', type: 'text/markdown' }
  await service.ask('PUT', '/documents/blocks/content', xml)
  const blocks = await service.ask('GET', '/documents/blocks/attribution', { by })
  expectFields(blocks.json, 'blocks')
  expectProblem(await service.ask('GET', '/documents/nowhere/attribution', { by }), 404)
})
