import { afterAll, beforeAll, expect, test } from 'bun:test'
import * as Y from 'yjs'
import { anonymous } from '../../../src/auth/anonymous.ts'
import { type Client, connect, synced } from '../../support/harness/provider.ts'
import { startServer, type TestServer } from '../../support/harness/server.ts'
import { until } from '../../support/harness/wait.ts'

let server: TestServer
let names = 0

beforeAll(() => {
  server = startServer({}, undefined, { authority: anonymous('admin') })
})
afterAll(() => server.stop())

function ask(method: string, path: string, body?: string): Promise<Response> {
  const headers = { 'content-type': 'text/markdown' }
  const url = `${server.http}/api/v1/documents/${path}`
  return fetch(url, body === undefined ? { method } : { method, headers, body })
}

/** Twenty sections, each a heading and a paragraph with a colored word that Markdown cannot say. */
async function written(): Promise<{ readonly name: string; readonly client: Client }> {
  const name = `sections-${names++}`
  const client = connect(`${server.url}/ws`, name)
  await synced(client)
  const root = client.document.getXmlFragment('default')
  client.document.transact(() => {
    for (let at = 0; at < 20; at++) {
      const heading = new Y.XmlElement('heading')
      heading.setAttribute('level', 2 as never)
      heading.insert(0, [new Y.XmlText(`Section ${at}`)])
      const paragraph = new Y.XmlElement('paragraph')
      paragraph.setAttribute('id', `p-${at}`)
      const text = new Y.XmlText()
      text.applyDelta([
        { insert: `The words of ${at} ` },
        { insert: 'colored', attributes: { textStyle: { color: 'red' } } },
        { insert: ' and more.' },
      ])
      paragraph.insert(0, [text])
      root.insert(root.length, [heading, paragraph])
    }
  })
  await until('it is stored', async () => {
    const answer = await ask('GET', `${name}/content?format=markdown`)
    return answer.ok && (await answer.text()).includes('Section 19')
  })
  return { name, client }
}

/** Four places in each section, of people who have their carets there. */
function caretsIn({ document }: Client) {
  const root = document.getXmlFragment('default')
  return root.toArray().flatMap((block) => {
    const text = (block as Y.XmlElement).get(0) as Y.XmlText
    return [2, text.length].map((index) => ({
      text,
      index,
      position: Y.createRelativePositionFromTypeIndex(text, index),
    }))
  })
}

const section = (at: number): string => `## Section ${at}\n\nThe words of ${at} colored and more.\n`

test.each([
  ['nothing', 80, (markdown: string) => markdown],
  ['a word', 80, (markdown: string) => markdown.replace('words of 7', 'many words of 7')],
  ['bold', 80, (markdown: string) => markdown.replace('words of 7', '**words** of 7')],
  [
    'a block',
    80,
    (markdown: string) => markdown.replace('## Section 9\n', 'New.\n\n## Section 9\n'),
  ],
  [
    'two blocks far apart',
    80,
    (markdown: string) =>
      markdown
        .replace('## Section 3\n', 'New.\n\n## Section 3\n')
        .replace('## Section 17\n', 'New too.\n\n## Section 17\n'),
  ],
  ['a section less', 76, (markdown: string) => markdown.replace(`${section(5)}\n`, '')],
] as const)(
  'CONTENT-8: Markdown with %s changed keeps %i of 80 carets',
  async (_what, kept, change) => {
    const { client, name } = await written()
    const carets = caretsIn(client)
    expect(carets).toHaveLength(80)
    const markdown = await (await ask('GET', `${name}/content?format=markdown`)).text()
    const wanted = change(markdown)
    const answer = await ask('PUT', `${name}/content?format=markdown`, wanted)
    expect(await answer.json()).toMatchObject({ changed: wanted !== markdown })
    const now = await ask('GET', `${name}/content?format=markdown`)
    expect(await now.text()).toBe(wanted)
    const size = wanted.split('\n\n').length
    await until('it is here', () => client.document.getXmlFragment('default').length === size)
    await until('the last of it is here', async () => {
      const vector = Y.encodeStateVector(client.document)
      const state = new Uint8Array(await (await ask('GET', `${name}/content`)).arrayBuffer())
      return Buffer.from(Y.encodeStateVectorFromUpdate(state)).equals(vector)
    })
    const there = new Set(caretsIn(client).map(({ text }) => text))
    const found = carets.filter(({ position, text }) => {
      const place = Y.createAbsolutePositionFromRelativePosition(position, client.document)
      return place?.type === text && there.has(text)
    })
    expect(found).toHaveLength(kept)
    // What Markdown cannot say is all there.
    const blocks = await (await ask('GET', `${name}/content?format=json`)).text()
    const sections = kept / 4
    expect(blocks.match(/"id":"p-\d+"/g)).toHaveLength(sections)
    const styled = await (await ask('GET', `${name}/content?format=prosemirror`)).text()
    expect(styled.match(/textStyle/g)).toHaveLength(sections)
    client.end()
  },
)

test('CONTENT-8: a document is made of Markdown, added to, and read as HTML', async () => {
  const made = await ask('PUT', 'made/content?format=markdown', '# Title\n\n- one\n- **two**\n')
  expect(made.status).toBe(201)
  const added = await fetch(`${server.http}/api/v1/documents/made/content`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ format: 'markdown', append: 'See [it](https://example.org).' }),
  })
  expect(await added.json()).toMatchObject({ changed: true })
  const html = await ask('GET', 'made/content?format=html')
  expect(html.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(await html.text()).toBe(
    '<h1>Title</h1>\n<ul><li><p>one</p></li><li><p><strong>two</strong></p></li></ul>\n' +
      '<p>See <a href="https://example.org">it</a>.</p>\n',
  )
  const { id } = (await (await ask('POST', 'made/versions')).json()) as { id: string }
  const version = await ask('GET', `made/versions/${id}/content?format=markdown`)
  expect(await version.text()).toBe(
    '# Title\n\n- one\n- **two**\n\nSee [it](https://example.org).\n',
  )
})

test('CONTENT-7: Markdown that would cost too much is refused, and others are served', async () => {
  const deep = await ask('PUT', 'deep/content?format=markdown', '> '.repeat(20_000))
  expect([deep.status, await deep.json()]).toMatchObject([422, { code: 'bad-content' }])
  expect((await ask('GET', 'deep')).status).toBe(404)
  expect((await ask('PUT', 'shallow/content?format=markdown', 'fine')).status).toBe(201)
})
