import { afterEach, beforeEach, expect, test } from 'bun:test'
import * as Y from 'yjs'
import { LiveAuthority } from '../../support/fakes/live-authority.ts'
import { type Client, connect, converged, synced } from '../../support/harness/provider.ts'
import { startServer, type TestServer } from '../../support/harness/server.ts'
import { until } from '../../support/harness/wait.ts'

interface Told {
  readonly id: string
  readonly time: string
  readonly kind: string
  readonly name: string | null
  readonly meta: unknown
  readonly authors: readonly unknown[]
  readonly bytes: number
  readonly restoredFrom: string | null
}

let server: TestServer
let client: Client
let text: Y.Text
const name = 'a/b'

beforeEach(async () => {
  const authority = new LiveAuthority()
  for (const id of ['ada', 'bob']) {
    authority.grant(id, { access: 'write', who: { id, name: id.toUpperCase() } })
  }
  authority.grant('admin', { access: 'admin', who: { id: 'admin' } })
  authority.grant('reader', { access: 'read' })
  server = startServer({}, undefined, { authority })
  client = connect(`${server.url}/ws`, name, new Y.Doc(), { token: 'ada' })
  await synced(client)
  text = client.document.getText('t')
})
afterEach(async () => {
  client.end()
  await server.stop()
})

function ask(method: string, path: string, body?: unknown, token = 'ada'): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const url = `${server.http}/api/v1/documents/${encodeURIComponent(name)}/versions${path}`
  return fetch(url, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

async function told<Value>(method: string, path: string, body?: unknown, token?: string) {
  const answer = await ask(method, path, body, token)
  expect(answer.status).toBeLessThan(300)
  return (await answer.json()) as Value
}

/** Makes a version of what the client has written, which has arrived by then. */
async function versionOf(content: string, notes = {}): Promise<Told> {
  text.delete(0, text.length)
  text.insert(0, content)
  await arrived()
  return told<Told>('POST', '', notes)
}

/** Waits until the server has what the client has. */
async function arrived(): Promise<void> {
  const other = connect(`${server.url}/ws`, name, new Y.Doc(), { token: 'bob' })
  await synced(other)
  await converged(client.document, other.document)
  other.end()
}

test('HISTORY-8: versions are made, listed, told, renamed and dropped', async () => {
  const first = await versionOf('one', { name: 'First', meta: { draft: 1 } })
  const second = await versionOf('two')
  const third = await versionOf('three')
  expect(first).toMatchObject({ kind: 'named', name: 'First', meta: { draft: 1 } })
  expect(second).toMatchObject({ kind: 'named', name: null, meta: null, restoredFrom: null })
  expect(first.bytes).toBeGreaterThan(10)
  expect(new Date(first.time).toISOString()).toBe(first.time)
  interface Page {
    readonly versions: readonly Told[]
    readonly next: string | null
  }
  const page = await told<Page>('GET', '?limit=2')
  expect(page).toEqual({ versions: [third, second], next: second.id })
  expect(await told<Page>('GET', `?after=${page.next}`)).toEqual({ versions: [first], next: null })
  expect(await told<Page>('GET', '?named=true')).toEqual({ versions: [first], next: null })
  expect(await told<Told>('GET', `/${second.id}`)).toEqual(second)
  const renamed = await told<Told>('PATCH', `/${first.id}`, { name: null })
  expect(renamed).toEqual({ ...first, name: null })
  expect((await ask('DELETE', `/${second.id}`)).status).toBe(403)
  expect((await ask('DELETE', `/${second.id}`, undefined, 'admin')).status).toBe(204)
  expect((await ask('DELETE', `/${second.id}`, undefined, 'admin')).status).toBe(404)
  expect(await contentOf(third.id)).toBe('three')
  expect(await contentOf(first.id)).toBe('one')
})

test('HISTORY-8: versions are for those who may write, of documents that are there', async () => {
  const version = await versionOf('one')
  expect((await ask('GET', '', undefined, 'reader')).status).toBe(403)
  expect((await ask('POST', `/${version.id}/restore`, undefined, 'reader')).status).toBe(403)
  expect((await ask('GET', '', undefined, 'stranger')).status).toBe(404)
  expect((await ask('GET', '/zzz')).status).toBe(404)
  expect((await ask('POST', '/zzz/restore')).status).toBe(404)
  expect((await ask('POST', '', { title: 'x' })).status).toBe(400)
  const nowhere = `${server.http}/api/v1/documents/nowhere/versions?token=ada`
  expect((await fetch(nowhere)).status).toBe(404)
  expect((await fetch(nowhere, { method: 'POST', body: '{}' })).status).not.toBe(201)
})

test('HISTORY-9: a restore reaches those who write, and can itself be undone', async () => {
  const former = await versionOf('the former text')
  const map = client.document.getMap('m')
  text.insert(text.length, ', and more')
  text.delete(0, 4)
  map.set('k', 'added since')
  await arrived()
  const caret = Y.createRelativePositionFromTypeIndex(text, 'former'.length)
  const made = await told<{ version: string; before: string }>(
    'POST',
    `/${former.id}/restore`,
    undefined,
    'bob',
  )
  await until('the client sees it', () => text.toString() === 'the former text')
  expect(map.toJSON()).toEqual({})
  const place = Y.createAbsolutePositionFromRelativePosition(caret, client.document)
  expect(place?.index).toBe('the former'.length)
  expect(await told<Told>('GET', `/${made.version}`)).toMatchObject({
    kind: 'restored',
    restoredFrom: former.id,
  })
  expect(await told<Told>('GET', `/${made.before}`)).toMatchObject({ kind: 'before-restore' })
  await ask('POST', `/${made.before}/restore`)
  await until('it is undone', () => text.toString() === 'former text, and more')
  expect(map.toJSON()).toEqual({ k: 'added since' })
})

test('HISTORY-9: a restore may say of which state it is', async () => {
  const { id } = await versionOf('one')
  const document = `${server.http}/api/v1/documents/${encodeURIComponent(name)}`
  const { headers } = await fetch(`${document}?token=ada`)
  const restore = (): Promise<Response> =>
    fetch(`${document}/versions/${id}/restore?token=ada`, {
      method: 'POST',
      headers: { authorization: 'Bearer ada', 'if-match': headers.get('etag') ?? '' },
    })
  text.insert(0, 'since ')
  await arrived()
  expect((await restore()).status).toBe(412)
  text.delete(0, 6)
  await arrived()
  expect(text.toString()).toBe('one')
  const known = await fetch(`${document}?token=ada`)
  const again = await fetch(`${document}/versions/${id}/restore`, {
    method: 'POST',
    headers: { authorization: 'Bearer ada', 'if-match': known.headers.get('etag') ?? '' },
  })
  expect(again.status).toBe(200)
})

test('HISTORY-10: a version names those who wrote, as the authority knows them', async () => {
  client.provider.awareness.setLocalStateField('user', { id: 'mallory', name: 'Mallory' })
  const ada = { id: 'ada', name: 'ADA', color: null }
  const bob = { id: 'bob', name: 'BOB', color: null }
  const first = await versionOf('one')
  expect(first.authors).toEqual([ada])
  const made = await told<{ version: string }>('POST', `/${first.id}/restore`, undefined, 'bob')
  expect((await told<Told>('GET', `/${made.version}`)).authors).toEqual([])
  text.insert(0, 'x')
  await arrived()
  const later = await versionOf('two')
  await told('POST', `/${later.id}/restore`)
  const other = await told<{ version: string }>('POST', `/${first.id}/restore`, undefined, 'bob')
  expect((await told<Told>('GET', `/${other.version}`)).authors).toEqual([bob])
})

test('HISTORY-11, HISTORY-12: what changed and who wrote it is told over HTTP', async () => {
  const ada = { id: 'ada', name: 'ADA', color: null }
  const first = await versionOf('one two')
  text.insert(3, ' and')
  await arrived()
  const diff = await told<{ spans: readonly unknown[] }>('GET', `/${first.id}/diff/now`)
  expect(diff.spans).toMatchObject([
    { op: 'same', text: 'one', by: ada },
    { op: 'added', text: ' and', by: ada },
    { op: 'same', text: ' two', by: ada },
  ])
  const whole = await told<{ spans: readonly unknown[] }>('GET', `/empty/diff/${first.id}`)
  expect(whole.spans).toMatchObject([{ op: 'added', text: 'one two' }])
  const page = await ask('GET', `/${first.id}/diff/now?format=html`)
  expect(page.headers.get('content-type')).toStartWith('text/html')
  expect(await page.text()).toContain('<ins data-by="ada"> and</ins>')
  client.document.getMap('m').set('k', 1)
  await arrived()
  const document = `${server.http}/api/v1/documents/${encodeURIComponent(name)}`
  const ambiguous = await fetch(`${document}/attribution?token=ada`)
  expect(ambiguous.status).toBe(409)
  expect(await ambiguous.json()).toMatchObject({ code: 'root-ambiguous' })
  const written = await fetch(`${document}/attribution?root=t&token=ada`)
  const { spans } = (await written.json()) as { spans: readonly unknown[] }
  expect(spans).toMatchObject([{ from: 0, to: 11, text: 'one and two', by: ada }])
  expect((await ask('GET', '/zzz/diff/now')).status).toBe(404)
})

test('HISTORY-8: the content of a version is told in every form of content', async () => {
  const paragraph = new Y.XmlElement('p')
  paragraph.setAttribute('align', 'left')
  paragraph.insert(0, [new Y.XmlText('first'), new Y.XmlElement('br')])
  const second = new Y.XmlElement('p')
  second.insert(0, [new Y.XmlText('<second>')])
  client.document.getXmlFragment('x').insert(0, [paragraph, second])
  client.document.getMap('m').set('list', Y.Array.from([1, 'two', new Y.Map([['k', null]])]))
  const { id } = await versionOf('one two')
  text.insert(0, 'later ')
  await arrived()
  const json = await ask('GET', `/${id}/content?format=json`)
  expect(json.headers.get('cache-control')).toContain('immutable')
  expect(await json.json()).toEqual({
    t: 'one two',
    m: { list: [1, 'two', { k: null }] },
    x: [
      {
        type: 'p',
        attributes: { align: 'left' },
        children: ['first', { type: 'br', attributes: {}, children: [] }],
      },
      { type: 'p', attributes: {}, children: ['<second>'] },
    ],
  })
  const plain = await ask('GET', `/${id}/content?format=text&root=x`)
  expect(plain.headers.get('content-type')).toStartWith('text/plain')
  expect(await plain.text()).toBe('first\n\n<second>')
  expect(await (await ask('GET', `/${id}/content?format=text&root=t`)).text()).toBe('one two')
  expect((await ask('GET', `/${id}/content?format=text`)).status).toBe(409)
  const delta = await ask('GET', `/${id}/content?format=delta`)
  expect(await delta.json()).toEqual([{ insert: 'one two' }])
  const nodes = await ask('GET', `/${id}/content?format=prosemirror&kind=xml`)
  expect(await nodes.json()).toMatchObject({
    type: 'doc',
    content: [{ type: 'p', attrs: { align: 'left' } }, { type: 'p' }],
  })
  expect((await ask('GET', `/${id}/content?format=docx`)).status).toBe(400)
})

test('HISTORY-6: a version is made when a changed document is closed', async () => {
  const brief = startServer({ room_idle_ms_max: 0 })
  const writer = connect(`${brief.url}/ws`, 'notes')
  await synced(writer)
  writer.document.getText('t').insert(0, 'the last word')
  const reader = connect(`${brief.url}/ws`, 'notes')
  await synced(reader)
  await until('it is there', () => reader.document.getText('t').length > 0)
  writer.end()
  reader.end()
  const versions = `${brief.http}/api/v1/documents/notes/versions`
  let made: readonly Told[] = []
  await until('the version is made', async () => {
    const page = (await (await fetch(versions)).json()) as { versions?: readonly Told[] }
    made = page.versions ?? []
    return made.length > 0
  })
  expect(made).toMatchObject([{ kind: 'auto', name: null }])
  const content = await fetch(`${versions}/${made[0]?.id}/content?format=text`)
  expect(await content.text()).toBe('the last word')
  await brief.stop()
})

async function contentOf(id: string): Promise<string> {
  const answer = await ask('GET', `/${id}/content`)
  expect(answer.headers.get('content-type')).toBe('application/vnd.yjs.update')
  const document = new Y.Doc()
  Y.applyUpdate(document, new Uint8Array(await answer.arrayBuffer()))
  return document.getText('t').toString()
}
