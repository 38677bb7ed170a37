import { beforeAll, expect, test } from 'bun:test'
import * as Y from 'yjs'
import { share } from '../../support/share.ts'
import {
  expectFields,
  expectProblem,
  jsonType,
  operator,
  Service,
  strongTag,
  type Told,
} from './service.ts'

const service = await share(Service.start(['--conversion-ms-max', '2s']))
const by = operator
const many = '/documents/many/content'
const updateType = 'application/vnd.yjs.update'

/** One root of each kind. */
function everything(): Uint8Array<ArrayBuffer> {
  const document = new Y.Doc()
  const text = document.getText('quill')
  text.insert(0, 'bold plain')
  text.format(0, 4, { bold: true })
  document.getArray('list').insert(0, [1, 'two', { three: 3 }])
  document.getMap('data').set('key', [true, null])
  const paragraph = new Y.XmlElement('paragraph')
  paragraph.insert(0, [new Y.XmlText('in a block')])
  const custom = new Y.XmlElement('gadget')
  custom.setAttribute('size', 'large')
  document.getXmlFragment('default').insert(0, [paragraph, custom])
  return new Uint8Array(Y.encodeStateAsUpdate(document))
}

beforeAll(async () => {
  const put = { by, body: everything(), type: updateType }
  const made = await service.ask('PUT', many, put)
  expect(made.status).toBe(201)
  expect(made.headers.get('etag')).toMatch(strongTag)
})

const get = (path: string, headers: Readonly<Record<string, string>> = {}): Promise<Told> =>
  service.ask('GET', path, { by, headers })

test('CONTENT-1: content is told in each form, with its type and tag', async () => {
  const answer = await fetch(`${service.http}/api/v1${many}`, {
    headers: { authorization: `Bearer ${by}` },
  })
  expect(answer.headers.get('content-type')).toBe(updateType)
  expect(answer.headers.get('etag')).toMatch(strongTag)
  const read = new Y.Doc()
  Y.applyUpdate(read, new Uint8Array(await answer.arrayBuffer()))
  expect(read.getText('quill').toString()).toBe('bold plain')

  const json = await get(`${many}?format=json`)
  expect(json.headers.get('content-type')).toBe(jsonType)
  expect(json.json).toEqual({
    data: { key: [true, null] },
    default: [
      { type: 'paragraph', attributes: {}, children: ['in a block'] },
      { type: 'gadget', attributes: { size: 'large' }, children: [] },
    ],
    list: [1, 'two', { three: 3 }],
    quill: 'bold plain',
  })
  expect((await get(`${many}?format=json&root=list`)).json).toEqual({
    list: [1, 'two', { three: 3 }],
  })
  const text = await get(`${many}?format=text&root=default`)
  expect(text.headers.get('content-type')).toStartWith('text/plain')
  expect(text.text).toStartWith('in a block')
  const delta = await get(`${many}?format=delta`)
  expect(delta.headers.get('content-type')).toBe(jsonType)
  expect(JSON.parse(delta.text)).toEqual([
    { insert: 'bold', attributes: { bold: true } },
    { insert: ' plain' },
  ])
  const prosemirror = await get(`${many}?format=prosemirror`)
  expect(prosemirror.json).toEqual({
    type: 'doc',
    content: [
      { type: 'paragraph', content: [{ type: 'text', text: 'in a block' }] },
      { type: 'gadget', attrs: { size: 'large' } },
    ],
  })
  const markdown = await get(`${many}?format=markdown`)
  expect(markdown.headers.get('content-type')).toStartWith('text/markdown')
  expect(markdown.text).toStartWith('in a block\n')
  const html = await get(`${many}?format=html`)
  expect(html.headers.get('content-type')).toStartWith('text/html')
  expect(html.text).toContain('<p>in a block</p>')
  for (const told of [json, text, delta, prosemirror, markdown, html]) {
    expect(told.headers.get('etag')).toMatch(strongTag)
  }
})

test('CONTENT-2: Accept chooses a form, and a root is asked for where several fit', async () => {
  const chosen: readonly (readonly [string, string])[] = [
    ['*/*', updateType],
    [updateType, updateType],
    ['text/markdown', 'text/markdown'],
    ['text/html, application/json;q=0.5', 'text/html'],
    ['application/json', 'application/json'],
    ['image/png, text/markdown;q=0.1', 'text/markdown'],
  ]
  for (const [accept, type] of chosen) {
    const told = await get(many, { accept })
    expect({ accept, status: told.status }).toEqual({ accept, status: 200 })
    expect(told.headers.get('content-type')).toStartWith(type)
    expect(told.headers.get('vary')?.toLowerCase()).toContain('accept')
  }
  expectProblem(await get(many, { accept: 'image/png' }), 406, 'not-acceptable')
  const over = await get(`${many}?format=markdown`, { accept: 'application/json' })
  expect(over.headers.get('content-type')).toStartWith('text/markdown')
  await service.make('two', 'first')
  const second = { by, body: 'second', type: 'text/plain' }
  await service.ask('PUT', '/documents/two/content?root=u', second)
  const several = await get('/documents/two/content?format=text')
  expectProblem(several, 409, 'root-ambiguous')
  expect(several.json['detail']).toContain('"t"')
  expect(several.json['detail']).toContain('"u"')
  expectProblem(await get(`${many}?format=rtf`), 400)
  expectProblem(await get(`${many}?kind=tree`), 400)
  const kind = await get('/documents/two/content?format=json&kind=text')
  expect(kind.json).toEqual({ t: 'first', u: 'second' })
  expectProblem(await get('/documents/nowhere/content'), 404, 'not-found')
})

test('CONTENT-3: what GET gives for a root PUT takes, and changes nothing', async () => {
  const forms = [
    ['json', ''],
    ['json', '&root=list'],
    ['json', '&root=default'],
    ['text', '&root=quill'],
    ['delta', ''],
    ['prosemirror', ''],
    ['markdown', ''],
    ['html', ''],
  ] as const
  for (const [format, root] of forms) {
    const path = `${many}?format=${format}${root}`
    const told = await get(path)
    const type = told.headers.get('content-type') ?? ''
    const put = await service.ask('PUT', path, { by, body: told.text, type })
    expect({ format, root, status: put.status, told: put.json }).toEqual({
      format,
      root,
      status: 200,
      told: { changed: false },
    })
  }
  const update = { by, body: everything(), type: updateType }
  expect((await service.ask('PUT', many, update)).status).toBe(200)
})

test('API-6: conditions on content are kept', async () => {
  const path = '/documents/conditional/content'
  const text = (body: string, headers: Readonly<Record<string, string>> = {}): Promise<Told> =>
    service.ask('PUT', `${path}?root=t`, { by, body, type: 'text/plain', headers })
  expectProblem(await text('x', { 'if-match': '*' }), 412, 'precondition-failed')
  const made = await text('one', { 'if-none-match': '*' })
  expect(made.status).toBe(201)
  expect(made.json).toEqual({ changed: true })
  expectProblem(await text('two', { 'if-none-match': '*' }), 412, 'precondition-failed')
  const first = made.headers.get('etag') ?? ''
  const changed = await text('two', { 'if-match': first })
  expect(changed.status).toBe(200)
  expectFields(changed.json, 'changed', 'version')
  expect(changed.json['changed']).toBe(true)
  const version = String(changed.json['version'])
  const kept = await get(`/documents/conditional/versions/${version}/content?format=text`)
  expect(kept.text).toBe('one')
  expectProblem(await text('three', { 'if-match': first }), 412)
  const now = changed.headers.get('etag') ?? ''
  expectProblem(await text('three', { 'if-match': `W/${now}` }), 412)
  const forms = ['', '?format=json', '?format=text', '?format=delta']
  for (const form of forms) {
    const told = await get(`${path}${form}`)
    const tag = told.headers.get('etag') ?? ''
    const known = await get(`${path}${form}`, { 'if-none-match': tag })
    expect([known.status, known.text, known.headers.get('etag')]).toEqual([304, '', tag])
    // The tag of any form names the state.
    expect((await text('two', { 'if-match': tag })).json).toEqual({ changed: false })
  }
})

test('CONTENT-6: PATCH appends, prepends, replaces, merges, and edits by place', async () => {
  const path = '/documents/patched/content'
  await service.make('patched', 'middle')
  const patch = (json: object, headers: Readonly<Record<string, string>> = {}): Promise<Told> =>
    service.ask('PATCH', path, { by, json, headers })
  for (const json of [{ append: ' end' }, { prepend: 'begin ' }]) {
    const told = await patch({ ...json, root: 't' })
    expect([told.status, told.json['changed']]).toEqual([200, true])
    expect(told.headers.get('etag')).toMatch(strongTag)
  }
  const text = async (): Promise<string> => (await get(`${path}?format=text`)).text
  expect(await text()).toBe('begin middle end')
  const edits = [
    { at: 0, delete: 6 },
    { at: 6, insert: 'the ' },
    { at: 16, insert: '!', attributes: { bold: true } },
  ]
  expectProblem(await patch({ edits }), 428, 'precondition-needed')
  const { headers } = await get(path)
  const tag = headers.get('etag') ?? ''
  expect((await patch({ edits, root: 't' }, { 'if-match': tag })).status).toBe(200)
  expect(await text()).toBe('the middle end!')
  expectProblem(await patch({ edits }, { 'if-match': tag }), 412)
  expect((await patch({ edits: [{ at: 0, insert: '' }] }, { 'if-match': '*' })).status).toBe(200)
  expectProblem(await patch({ edits: [{ at: 99, insert: 'x' }] }, { 'if-match': '*' }), 422)
  expect((await patch({ replace: 'new', format: 'text' })).json['changed']).toBe(true)
  expect(await text()).toBe('new')
  const other = new Y.Doc()
  other.getMap('m').set('k', 1)
  const body = new Uint8Array(Y.encodeStateAsUpdate(other))
  const merged = await service.ask('PATCH', path, { by, body, type: updateType })
  expect(merged.json['changed']).toBe(true)
  expectProblem(await service.ask('PATCH', path, { by, body: 'x', type: 'text/plain' }), 415)
  expectProblem(await patch({}), 400)
  expectProblem(await patch({ append: 'x', prepend: 'y' }), 400)
  const nowhere = { by, json: { append: 'x' } }
  expectProblem(await service.ask('PATCH', '/documents/nowhere/content', nowhere), 404)

  const blocks = '/documents/blocks/content'
  const markdown = { by, body: '# Title\n', type: 'text/markdown' }
  expect((await service.ask('PUT', blocks, markdown)).status).toBe(201)
  const paragraph = { type: 'paragraph', content: [{ type: 'text', text: 'node' }] }
  const appended: readonly object[] = [
    { append: [paragraph] },
    { append: { type: 'doc', content: [paragraph] } },
    { append: '* item\n', format: 'markdown' },
    { prepend: [paragraph], format: 'prosemirror' },
  ]
  for (const json of appended) {
    expect((await service.ask('PATCH', blocks, { by, json })).status).toBe(200)
  }
  expect((await get(`${blocks}?format=markdown`)).text).toBe(
    'node\n\n# Title\n\nnode\n\nnode\n\n- item\n',
  )
})

test('HTTP-7: content that cannot be taken is refused with the limit and its flag', async () => {
  const put = (type: string, body: string): Promise<Told> =>
    service.ask('PUT', '/documents/never/content', { by, body, type })
  const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)
  for (const [type, body] of [
    ['text/html', `${'<blockquote>'.repeat(20_000)}x`],
    ['text/html', `${'<ul><li>'.repeat(300)}x`],
    ['text/markdown', `${'> '.repeat(500)}x`],
    ['application/json', `{"a":${nested(5_000)}}`],
  ] as const) {
    const told = await put(type, body)
    expectProblem(told, 422, 'bad-content')
    expect({ type, detail: told.json['detail'] }).toEqual({
      type,
      detail: expect.stringMatching(/\d+ .*--conversion-[a-z-]+-max/),
    })
  }
  expectProblem(await put('application/json', '{'), 422, 'bad-content')
  expectProblem(await put('image/png', 'x'), 415, 'unsupported-type')
  expectProblem(await put(updateType, 'no update'), 400)
  expectProblem(await get('/documents/never'), 404)
})
