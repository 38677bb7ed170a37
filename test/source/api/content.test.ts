import { afterAll, beforeAll, expect, test } from 'bun:test'
import * as Y from 'yjs'
import { anonymous } from '../../../src/auth/anonymous.ts'
import { connect, synced } from '../../support/harness/provider.ts'
import { startServer, type TestServer } from '../../support/harness/server.ts'
import { until } from '../../support/harness/wait.ts'

let server: TestServer

beforeAll(() => {
  server = startServer({}, undefined, { authority: anonymous('admin') })
})
afterAll(() => server.stop())

const updateType = 'application/vnd.yjs.update'
type Headers = Readonly<Record<string, string>>

function ask(method: string, path: string, body?: BodyInit, headers: Headers = {}) {
  return fetch(`${server.http}/api/v1/documents/${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body }),
  })
}

const json = (value: unknown): string => JSON.stringify(value)

async function put(name: string, doc: Y.Doc): Promise<void> {
  const update = Y.encodeStateAsUpdate(doc) as Uint8Array<ArrayBuffer>
  const answer = await ask('PUT', `${name}/content`, update, { 'content-type': updateType })
  expect(answer.status).toBe(201)
}

async function read(path: string): Promise<unknown> {
  const answer = await ask('GET', path)
  expect(answer.status).toBe(200)
  return answer.json()
}

/** A document with a root of each kind; the fragment has a node and a mark that nobody knows. */
function sample(): Y.Doc {
  const doc = new Y.Doc()
  doc
    .getText('quill')
    .applyDelta([
      { insert: 'plain ' },
      { insert: 'bold', attributes: { bold: true } },
      { insert: { image: 'x.png' } },
    ])
  doc.getMap('map').set('key', [1, 'two', null])
  doc.getArray('array').insert(0, [true, { deep: 1 }])
  const paragraph = new Y.XmlElement('paragraph')
  const text = new Y.XmlText()
  text.applyDelta([
    { insert: 'Hello ' },
    { insert: 'you', attributes: { 'comment--AbCdEf12': { id: 7 }, italic: {} } },
  ])
  const widget = new Y.XmlElement('widget')
  widget.setAttribute('size', 3 as never)
  paragraph.insert(0, [text])
  doc.getXmlFragment('default').insert(0, [paragraph, widget])
  return doc
}

test('CONTENT-1: roots are read in their forms, nodes and marks kept', async () => {
  await put('forms', sample())
  expect(await read('forms/content?format=json')).toEqual({
    quill: 'plain bold',
    map: { key: [1, 'two', null] },
    array: [true, { deep: 1 }],
    default: [
      { type: 'paragraph', attributes: {}, children: ['Hello you'] },
      { type: 'widget', attributes: { size: 3 }, children: [] },
    ],
  })
  expect(await read('forms/content?format=json&root=map')).toEqual({
    map: { key: [1, 'two', null] },
  })
  expect(await read('forms/content?format=delta')).toEqual([
    { insert: 'plain ' },
    { insert: 'bold', attributes: { bold: true } },
    { insert: { image: 'x.png' } },
  ])
  expect(await read('forms/content?format=prosemirror')).toEqual({
    type: 'doc',
    content: [
      {
        type: 'paragraph',
        content: [
          { type: 'text', text: 'Hello ' },
          {
            type: 'text',
            text: 'you',
            marks: expect.arrayContaining([
              { type: 'comment', attrs: { id: 7 } },
              { type: 'italic' },
            ]),
          },
        ],
      },
      { type: 'widget', attrs: { size: 3 } },
    ],
  })
  const text = await ask('GET', 'forms/content?format=text&root=default')
  expect(text.headers.get('content-type')).toBe('text/plain; charset=utf-8')
  expect(await text.text()).toBe('Hello you\n')
  const doc = new Y.Doc()
  Y.applyUpdate(doc, new Uint8Array(await (await ask('GET', 'forms/content')).arrayBuffer()))
  expect(doc.getText('quill').toDelta()).toEqual(sample().getText('quill').toDelta())
})

test('CONTENT-2: where more than one root fits, the ones that do are named', async () => {
  const doc = new Y.Doc()
  doc.getText('one').insert(0, '1')
  doc.getText('two').insert(0, '2')
  await put('ambiguous', doc)
  const answer = await ask('GET', 'ambiguous/content?format=text')
  expect(answer.status).toBe(409)
  expect(await answer.json()).toMatchObject({
    code: 'root-ambiguous',
    detail: expect.stringContaining('"one" (text), "two" (text)'),
  })
  const accepted = await ask('GET', 'ambiguous/content?root=two', undefined, {
    accept: 'text/plain',
  })
  expect(await accepted.text()).toBe('2')
  const odd = await ask('GET', 'ambiguous/content', undefined, { accept: 'image/png' })
  expect(odd.status).toBe(406)
})

test('CONTENT-2: roots that are configured are meant where none is named', async () => {
  const roots = { body: 'xml', note: 'text' } as const
  const own = startServer({}, undefined, { content: { roots } })
  const path = `${own.http}/api/v1/documents/own/content`
  const send = (method: string, query: string, body: string): Promise<Response> =>
    fetch(`${path}?${query}`, { method, body })
  expect((await send('PUT', 'format=markdown', '# Title')).status).toBe(201)
  expect((await send('PUT', 'format=text&root=note', 'a note')).status).toBe(200)
  expect((await send('PUT', 'format=text&root=other', 'another')).status).toBe(200)
  const text = await fetch(`${path}?format=text&kind=text`)
  expect(await text.text()).toBe('a note')
  const { roots: there } = (await (await fetch(path.replace('/content', ''))).json()) as {
    roots: unknown
  }
  expect(there).toEqual([
    { name: 'body', kind: 'xml' },
    { name: 'note', kind: 'text' },
    { name: 'other', kind: 'text' },
  ])
  await own.stop()
})

test('CONTENT-3: what is put as it was read changes nothing', async () => {
  await put('same', sample())
  for (const form of ['json', 'delta', 'prosemirror', 'text&root=quill', 'text&root=default']) {
    const before = await ask('GET', `same/content?format=${form}`)
    const answer = await ask('PUT', `same/content?format=${form}`, await before.text())
    expect([form, answer.status, await answer.json()]).toEqual([form, 200, { changed: false }])
    const after = await ask('GET', `same/content?format=${form}`)
    expect(after.headers.get('etag')).toBe(before.headers.get('etag'))
  }
})

test('CONTENT-4: content that is put is the least change, and carets stay', async () => {
  const editor = connect(`${server.url}/ws`, 'carets')
  await synced(editor)
  const { document } = editor
  const root = document.getXmlFragment('default')
  document.transact(() => {
    for (let at = 0; at < 20; at++) {
      const block = new Y.XmlElement('paragraph')
      block.insert(0, [new Y.XmlText(`Section ${at} speaks of things.`)])
      root.insert(at, [block])
    }
  })
  const textOf = (at: number): Y.XmlText => (root.get(at) as Y.XmlElement).get(0) as Y.XmlText
  const carets = Array.from({ length: 20 }, (_, at) => ({
    text: textOf(at),
    position: Y.createRelativePositionFromTypeIndex(textOf(at), 9),
  }))
  let prosemirror = { content: [] as { type: string; content?: unknown[] }[] }
  await until('it is written', async () => {
    const answer = await ask('GET', 'carets/content?format=prosemirror')
    if (!answer.ok) return false
    prosemirror = (await answer.json()) as typeof prosemirror
    return prosemirror.content.length === 20
  })
  const block = { type: 'paragraph', content: [{ type: 'text', text: 'New.' }] }
  prosemirror.content.splice(15, 0, block)
  prosemirror.content.splice(3, 0, block)
  let sent = 0
  document.on('update', (update: Uint8Array) => {
    sent += update.length
  })
  const answer = await ask('PUT', 'carets/content?format=prosemirror', json(prosemirror))
  expect(await answer.json()).toMatchObject({ changed: true })
  await until('both are here', () => root.length === 22)
  expect(sent).toBeLessThan(200)
  for (const { position, text } of carets) {
    const found = Y.createAbsolutePositionFromRelativePosition(position, document)
    expect([found?.type === text, found?.index]).toEqual([true, 9])
  }
  editor.end()
})

test('CONTENT-5: text, JSON and blocks are written as they are said', async () => {
  await put('write', sample())
  await ask('PUT', 'write/content?format=text&root=quill', 'plain and bold')
  expect(await read('write/content?format=delta')).toEqual([
    { insert: 'plain and ' },
    { insert: 'bold', attributes: { bold: true } },
    { insert: { image: 'x.png' } },
  ])
  await ask('PATCH', 'write/content', json({ root: 'default', append: 'Last.' }))
  const first = [{ type: 'heading', attrs: { level: 1 } }]
  await ask(
    'PATCH',
    'write/content',
    json({ root: 'default', prepend: first, format: 'prosemirror' }),
  )
  expect(await read('write/content?format=json&root=default')).toMatchObject({
    default: [{ type: 'heading', attributes: { level: 1 } }, {}, {}, { children: ['Last.'] }],
  })
  const wanted = { map: { key: [1], other: 'x' }, array: [{ deep: 2 }, true] }
  const answer = await ask('PUT', 'write/content?format=json', json(wanted))
  expect(answer.status).toBe(200)
  expect(await read('write/content?format=json')).toMatchObject(wanted)
  expect(await read('write/content?format=json&root=map')).toEqual({ map: wanted.map })
})

test('CONTENT-6: edits by place need the state that they are of', async () => {
  await ask('PUT', 'edits/content?format=text&root=code', 'one two three')
  const edits = [
    { at: 4, delete: 3, insert: 'TWO' },
    { at: 13, insert: '!' },
  ]
  const needs = await ask('PATCH', 'edits/content', json({ edits }))
  expect(needs.status).toBe(428)
  const tag = (await ask('GET', 'edits/content?format=text')).headers.get('etag') ?? ''
  const done = await ask('PATCH', 'edits/content', json({ edits }), { 'if-match': tag })
  expect([done.status, await done.json()]).toEqual([200, { changed: true }])
  expect(await (await ask('GET', 'edits/content?format=text')).text()).toBe('one TWO three!')
  const late = await ask('PATCH', 'edits/content', json({ edits }), { 'if-match': tag })
  expect(late.status).toBe(412)
  const state = done.headers.get('etag') ?? ''
  const beyond = [{ at: 99, insert: 'x' }]
  const wrong = await ask('PATCH', 'edits/content', json({ edits: beyond }), { 'if-match': state })
  expect([wrong.status, ((await wrong.json()) as { code: string }).code]).toEqual([
    422,
    'bad-content',
  ])
})

test('CONTENT-7: what cannot be read is refused in words, and makes no document', async () => {
  const deep = `${'['.repeat(500)}${']'.repeat(500)}`
  const node = (depth: number): unknown =>
    depth === 0 ? { type: 'p' } : { type: 'q', content: [node(depth - 1)] }
  const tries: readonly (readonly [string, string, number])[] = [
    ['format=prosemirror', '{"type":', 422],
    ['format=prosemirror', '{"type":"doc","content":3}', 422],
    ['format=prosemirror', json({ type: 'doc', content: [node(300)] }), 422],
    ['format=json', deep, 422],
    ['format=delta', '{}', 422],
    ['format=nothing', 'x', 400],
  ]
  for (const [query, body, status] of tries) {
    const answer = await ask('PUT', `bad/content?${query}`, body)
    expect([query, answer.status]).toEqual([query, status])
  }
  const type = { 'content-type': 'image/png' }
  expect((await ask('PUT', 'bad/content', 'x', type)).status).toBe(415)
  const noUpdate = await ask('PUT', 'bad/content', 'no update', { 'content-type': updateType })
  expect(noUpdate.status).toBe(400)
})
