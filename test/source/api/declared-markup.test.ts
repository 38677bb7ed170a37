import { afterAll, beforeAll, expect, test } from 'bun:test'
import * as Y from 'yjs'
import { anonymous } from '../../../src/auth/anonymous.ts'
import { createYtopic, type ContentOptions } from '../../../src/ytopic.ts'
import { createMemoryStore } from '../../../persistence/memory/store.ts'
import { type Client, connect, synced } from '../../support/harness/provider.ts'
import { startServer, type TestServer } from '../../support/harness/server.ts'
import { until } from '../../support/harness/wait.ts'

const content: ContentOptions = {
  roots: { body: 'xml' },
  markup: {
    nodes: {
      callout: { content: 'blocks', attributes: { kind: 'string' } },
      mention: {
        content: 'none',
        inline: true,
        label: 'label',
        attributes: { id: 'string', label: 'string' },
      },
    },
    marks: { highlight: { tag: 'mark', attributes: { color: 'string' } } },
  },
}
const patienceMs = 60_000
let server: TestServer

beforeAll(() => {
  server = startServer({}, undefined, { authority: anonymous('admin'), content })
})
afterAll(() => server.stop())

function ask(method: string, path: string, body?: string, type = 'text/markdown') {
  const url = `${server.http}/api/v1/documents/${path}`
  const headers = { 'content-type': type }
  return fetch(url, body === undefined ? { method } : { method, headers, body })
}

async function told(path: string): Promise<string> {
  const answer = await ask('GET', path)
  return answer.ok ? answer.text() : ''
}

const written =
  ':::callout{kind="info"}\n' +
  'Hello :mention[Ada]{id="u-1"}, see :highlight[this]{color="red"}.\n:::\n'
const html =
  '<callout data-kind="info"><p>Hello <mention data-id="u-1">Ada</mention>, ' +
  'see <mark data-color="red">this</mark>.</p></callout>\n'

test(
  'MARKUP-6: what is declared is put, added, told and kept in versions over HTTP',
  async () => {
    expect((await ask('PUT', 'made/content?format=markdown', written)).status).toBe(201)
    expect(await told('made/content?format=markdown')).toBe(written)
    expect(await told('made/content?format=html')).toBe(html)
    expect(await told('made/content?format=prosemirror')).toContain(
      '{"type":"mention","attrs":{"id":"u-1","label":"Ada"}}',
    )
    const version = await ask('POST', 'made/versions', '{}', 'application/json')
    const { id } = (await version.json()) as { id: string }
    const more = JSON.stringify({
      format: 'html',
      append: '<callout data-kind="tip">New</callout>',
    })
    expect((await ask('PATCH', 'made/content', more, 'application/json')).status).toBe(200)
    const now = await told('made/content?format=markdown')
    expect(now).toBe(`${written}\n:::callout{kind="tip"}\nNew\n:::\n`)
    expect(await told(`made/versions/${id}/content?format=markdown`)).toBe(written)
    const refused = await ask('PUT', 'made/content?format=markdown', ':::callout{x=1}\n:::\n')
    expect([refused.status, await refused.json()]).toMatchObject([
      422,
      {
        code: 'bad-content',
        detail: expect.stringContaining('"callout" has no attribute "x"; it has "kind".'),
      },
    ])
  },
  patienceMs,
)

test(
  'MARKUP-6: within the process it is the same',
  async () => {
    const notes = await server.ytopic.documents.open('inside')
    await notes.edit({ replace: html, format: 'html' })
    expect(await notes.read('markdown')).toBe(written)
    notes.close()
  },
  patienceMs,
)

test('MARKUP-7: markup that cannot be is refused where a ytopic is made', () => {
  const wrong: ContentOptions = { markup: { nodes: { video: { content: 'none' } } } }
  const make = (): unknown =>
    createYtopic({ store: createMemoryStore(), authority: anonymous('read'), content: wrong })
  expect(make).toThrow("nodes.video: the tag <video> is HTML's own")
})

/** Twenty callouts, each with two paragraphs that mention somebody. */
async function callouts(name: string): Promise<Client> {
  const client = connect(`${server.url}/ws`, name)
  await synced(client)
  const root = client.document.getXmlFragment('body')
  client.document.transact(() => {
    for (let at = 0; at < 20; at++) {
      const callout = new Y.XmlElement('callout')
      callout.setAttribute('kind', `k${at}`)
      callout.setAttribute('uid', `c-${at}`)
      callout.insert(
        0,
        [1, 2].map((line) => paragraphOf(`Words ${line} of ${at}`)),
      )
      root.insert(root.length, [callout])
    }
  })
  await until('it is stored', async () =>
    (await told(`${name}/content?format=markdown`)).includes('2 of 19'),
  )
  return client
}

function paragraphOf(words: string): Y.XmlElement {
  const paragraph = new Y.XmlElement('paragraph')
  const mention = new Y.XmlElement('mention')
  mention.setAttribute('id', 'u-1')
  mention.setAttribute('label', 'Ada')
  paragraph.insert(0, [new Y.XmlText(`${words} `), mention, new Y.XmlText(' end')])
  return paragraph
}

/** Two places in each paragraph, of people who have their carets there. */
function caretsIn({ document }: Client) {
  const paragraphs = document.getXmlFragment('body').toArray()
  return paragraphs.flatMap((callout) =>
    (callout as Y.XmlElement).toArray().flatMap((paragraph) =>
      [0, 2].map((child) => {
        const text = (paragraph as Y.XmlElement).get(child) as Y.XmlText
        return { text, position: Y.createRelativePositionFromTypeIndex(text, 2) }
      }),
    ),
  )
}

test.each([
  ['nothing', 80, (markdown: string) => markdown],
  ['words', 80, (markdown: string) => markdown.replace('1 of 7', 'one of many of 7')],
  ['an attribute', 80, (markdown: string) => markdown.replace('kind="k3"', 'kind="other"')],
  [
    'two callouts more',
    80,
    (markdown: string) =>
      markdown
        .replace(':::callout{kind="k2"}', ':::callout\nNew.\n:::\n\n:::callout{kind="k2"}')
        .replace(':::callout{kind="k17"}', ':::callout\nMore.\n:::\n\n:::callout{kind="k17"}'),
  ],
] as const)(
  'CONTENT-8: declared nodes with %s changed keep %i of 80 carets',
  async (what, kept, change) => {
    const name = what.replaceAll(' ', '-')
    const client = await callouts(name)
    const carets = caretsIn(client)
    expect(carets).toHaveLength(80)
    const markdown = await told(`${name}/content?format=markdown`)
    const wanted = change(markdown)
    const answer = await ask('PUT', `${name}/content?format=markdown`, wanted)
    expect(await answer.json()).toMatchObject({ changed: wanted !== markdown })
    expect(await told(`${name}/content?format=markdown`)).toBe(wanted)
    await until('all of it is here', async () => {
      const state = await (await ask('GET', `${name}/content`)).bytes()
      const vector = Y.encodeStateVector(client.document)
      return Buffer.from(Y.encodeStateVectorFromUpdate(state)).equals(vector)
    })
    const found = carets.filter(({ position, text }) => {
      const place = Y.createAbsolutePositionFromRelativePosition(position, client.document)
      return place?.type === text && place.index === 2
    })
    expect(found).toHaveLength(kept)
    // What nobody declared is all there.
    const blocks = await told(`${name}/content?format=json`)
    expect(blocks.match(/"uid":"c-\d+"/g)).toHaveLength(20)
    client.end()
  },
  patienceMs,
)
