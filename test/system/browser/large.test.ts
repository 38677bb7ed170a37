import { beforeAll, expect, test } from 'bun:test'
import { resolve } from 'node:path'
import type { Page } from 'playwright-core'
import * as Y from 'yjs'
import { RawClient } from '../../support/harness/raw-client.ts'
import { patienceMs, share } from '../../support/share.ts'
import { until } from '../../support/harness/wait.ts'
import type { EditorKind, OpenEditor } from './editors.ts'
import { openStage } from './stage.ts'

const mib = 1_048_576
const protocols = ['y-websocket', 'hocuspocus'] as const
const stage = await share(openStage())
let script: string
let names = 0

beforeAll(async () => {
  const entrypoints = [resolve(import.meta.dir, 'editors.ts')]
  const built = await Bun.build({ entrypoints, target: 'browser', format: 'iife' })
  script = (await built.outputs[0]?.text()) ?? ''
}, patienceMs)

/** List items, each a node with a child that the editors' schemas demand. */
function listOf(count: number, from = 0): Y.XmlElement[] {
  return Array.from({ length: count }, (_, index) => {
    const item = new Y.XmlElement('listItem')
    const paragraph = new Y.XmlElement('paragraph')
    paragraph.insert(0, [new Y.XmlText(`item ${from + index}, with some words to it`)])
    item.insert(0, [paragraph])
    return item
  })
}

/** Blockquotes, likewise. */
function quotesOf(count: number): Y.XmlElement[] {
  return Array.from({ length: count }, (_, index) => {
    const quote = new Y.XmlElement('blockquote')
    const paragraph = new Y.XmlElement('paragraph')
    paragraph.insert(0, [new Y.XmlText(`quote ${index}, with some words to it`)])
    quote.insert(0, [paragraph])
    return quote
  })
}

/** A document for each editor, of more than a MiB. */
const documents: Readonly<Record<EditorKind, (document: Y.Doc) => void>> = {
  tiptap(document) {
    const list = new Y.XmlElement('bulletList')
    list.insert(0, listOf(24_000))
    document.getXmlFragment('rich').insert(0, [list])
  },
  prosemirror: (document) => document.getXmlFragment('rich').insert(0, quotesOf(18_000)),
  quill(document) {
    const text = document.getText('text')
    text.insert(0, `${'a long line of text '.repeat(100)}\n`.repeat(600))
    for (let line = 0; line < 50; line++) text.format(line * 2_001, 6, { bold: true })
  },
  codemirror: (document) => document.getText('text').insert(0, 'const a = 1\n'.repeat(120_000)),
}

/** A page with an editor that was bound before it has heard from the server. */
class EditorPage {
  readonly #page: Page

  constructor(page: Page) {
    this.#page = page
  }

  static async open(kind: EditorKind, protocol: string, name: string): Promise<EditorPage> {
    const page = await (await stage.person({ bypassCSP: true })).newPage()
    await page.goto(`${stage.server.http}/healthz`)
    await page.evaluate(script)
    const url = stage.server.http.replace('http', 'ws')
    const args = JSON.stringify([kind, protocol, url, name])
    await page.evaluate(`globalThis.opened = openEditor(...${args})`)
    return new EditorPage(page)
  }

  async ask(what: keyof OpenEditor): Promise<unknown> {
    return this.#page.evaluate(`opened.${what}()`)
  }

  /** Waits until all has come, and the editor has rendered it. */
  async settled(): Promise<void> {
    await until('it is synced', async () => (await this.ask('synced')) === true, patienceMs)
    await this.#page.evaluate('new Promise((done) => setTimeout(done, 500))')
  }

  /** What the page has written, of itself: nobody has touched it. */
  async repairs(): Promise<{ readonly deletes: unknown; readonly sent: unknown }> {
    return { deletes: await this.ask('deleted'), sent: await this.ask('sent') }
  }
}

async function write(client: RawClient, document: Y.Doc, since?: Uint8Array): Promise<void> {
  client.say({ kind: 'update', update: Y.encodeStateAsUpdate(document, since) })
  await client.settled()
}

for (const protocol of protocols) {
  for (const kind of Object.keys(documents) as EditorKind[]) {
    test(
      `SYNC-12: ${kind}, bound before it has synced, opens a large document over ${protocol}`,
      async () => {
        const name = `large-${names++}`
        const document = new Y.Doc()
        documents[kind](document)
        const all = Y.encodeStateAsUpdate(document)
        expect(all.length).toBeGreaterThan(mib)
        const writer = await (await RawClient.connect(`${stage.server.url}/ws/${name}`)).open()
        await write(writer, document)
        const page = await EditorPage.open(kind, protocol, name)
        await page.settled()
        expect(await page.repairs()).toEqual({ deletes: 0, sent: 0 })
        const after = await (await RawClient.connect(`${stage.server.url}/ws/${name}`)).open()
        expect(Y.encodeStateAsUpdate(after.document())).toEqual(all)
      },
      2 * patienceMs,
    )
  }

  test(
    `SYNC-12: Tiptap catches up with much over ${protocol}, and deletes nothing`,
    async () => {
      const name = `catch-up-${names++}`
      const document = new Y.Doc()
      const list = new Y.XmlElement('bulletList')
      list.insert(0, listOf(100))
      document.getXmlFragment('rich').insert(0, [list])
      const writer = await (await RawClient.connect(`${stage.server.url}/ws/${name}`)).open()
      await write(writer, document)
      const page = await EditorPage.open('tiptap', protocol, name)
      await page.settled()
      await page.ask('goOffline')
      const before = Y.encodeStateVector(document)
      list.insert(50, listOf(18_000, 100))
      await write(writer, document, before)
      await page.ask('goOnline')
      await page.settled()
      expect(await page.repairs()).toEqual({ deletes: 0, sent: 0 })
    },
    2 * patienceMs,
  )
}
