import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { launchChromium } from '../../support/harness/browser.ts'
import { type Application, installedFrom, link } from '../../support/harness/package.ts'
import { until } from '../../support/harness/wait.ts'
import { type Started, startExample } from './started.ts'

/** Half a gigabyte is installed, perhaps on a busy machine. */
const installMs = 600_000
const patienceMs = 240_000
const example = resolve(import.meta.dir, '../../../examples/editors')
const editors = [
  'tiptap',
  'prosemirror',
  'codemirror',
  'quill',
  'monaco',
  'lexical',
  'blocknote',
  'milkdown',
]

let application: Application
let browser: Browser
let started: Started

// What it takes is not installed in this checkout: half a gigabyte that nobody else needs.
beforeAll(async () => {
  application = await installedFrom(join(example, 'package.json'))
  cpSync(example, application.folder, {
    recursive: true,
    filter: (path) => !/node_modules|package\.json|[/\\]data\b/.test(path.slice(example.length)),
  })
  browser = await launchChromium()
}, installMs)
afterAll(async () => {
  await browser?.close()
  await application?.remove()
}, patienceMs)

/** One person's page of an editor. */
class EditorPage {
  readonly #page: Page

  constructor(page: Page) {
    this.#page = page
  }

  static async open(editor: string, protocol: string, name: string): Promise<EditorPage> {
    const page = await (await browser.newContext()).newPage()
    await page.goto(new URL(`/${editor}?protocol=${protocol}&name=${name}`, started.url).href)
    const opened = new EditorPage(page)
    await opened.#field.waitFor()
    return opened
  }

  get #field() {
    return this.#page.locator('#editor [contenteditable=true], #editor .monaco-editor').first()
  }

  /** Clicks into the text and types at its end. */
  async type(text: string): Promise<void> {
    await this.#field.click()
    await this.#page.keyboard.press('Control+End')
    await this.#page.keyboard.type(text)
  }

  /** Presses a key again and again, each time after a look at what it has done. */
  async pressUntil(key: string, isDone: () => Promise<boolean>): Promise<void> {
    await until(`enough of ${key}`, async () => {
      if (await isDone()) return true
      await this.#page.keyboard.press(key)
      return false
    })
  }

  async shows(text: string): Promise<void> {
    await until(`"${text}"`, async () => (await this.text()).includes(text)).catch(
      async (error: unknown) => {
        throw new Error(`${String(error)}; it shows "${await this.text()}"`)
      },
    )
  }

  /** The text of the editor, without names at carets and without what it suggests. */
  async text(): Promise<string> {
    const text = await this.#page.evaluate(() => {
      const copy = document.querySelector('#editor')?.cloneNode(true)
      const beside =
        'style, .ProseMirror-yjs-cursor, .collaboration-carets__caret, .ql-cursors,' +
        ' .bn-collaboration-cursor__base, .cm-ySelectionCaret, .suggest-widget'
      if (!(copy instanceof HTMLElement)) return ''
      for (const element of copy.querySelectorAll(beside)) element.remove()
      return copy.textContent
    })
    return text.replaceAll('\u00A0', ' ')
  }

  /** Waits until the page names somebody at a caret. */
  async names(person: string): Promise<void> {
    await until(`the caret of ${person}`, async () => (await this.#page.content()).includes(person))
  }

  close(): Promise<void> {
    return this.#page.context().close()
  }
}

test(
  'EXAMPLE-5: the editors of the example are all there, at most 60 lines each',
  async () => {
    const pages = readdirSync(example).filter((file) => editors.includes(file.split('.')[0] ?? ''))
    expect(pages.map((file) => file.split('.')[0] ?? '').toSorted()).toEqual(editors.toSorted())
    for (const file of readdirSync(example).filter((name) => /\.tsx?$/.test(name))) {
      const { length } = readFileSync(join(example, file), 'utf8').trimEnd().split('\n')
      expect(length, file).toBeLessThanOrEqual(60)
    }
    for (const name of ['@types/bun', 'bun-types']) await link(application, name)
    await application.write(
      'tsconfig.json',
      JSON.stringify({
        compilerOptions: {
          target: 'ESNext',
          module: 'Preserve',
          lib: ['ESNext', 'DOM', 'DOM.Iterable'],
          types: ['bun'],
          jsx: 'react-jsx',
          strict: true,
          skipLibCheck: true,
          noEmit: true,
          allowImportingTsExtensions: true,
        },
      }),
    )
    await application.run('node', resolve(example, '../../node_modules/.bin/tsc'), '-p', '.')
  },
  patienceMs,
)

// Both protocols lead to one document: each begins with an empty one, on a server of its own.
describe.each(['y-websocket', 'hocuspocus'])('%s', (protocol) => {
  beforeAll(async () => {
    rmSync(join(application.folder, 'data'), { recursive: true, force: true })
    started = await startExample(application.folder)
  }, patienceMs)
  afterAll(() => started?.end())

  test.each(editors)(
    'EXAMPLE-6: %s shows all words and carets to all, and undoes one’s own words alone',
    async (editor) => {
      const ana = await EditorPage.open(editor, protocol, 'Ana')
      const ben = await EditorPage.open(editor, protocol, 'Benjamin')
      const [hers, his] = [`from ana by ${protocol}`, ` and from ben by ${protocol}`]
      await ana.type(hers)
      await ben.shows(hers)
      await ben.type(his)
      await ana.shows(his)
      await ana.names('Benjamin')
      // What is typed slowly is undone in several steps.
      const begun = hers.slice(0, 'from ana by '.length + 1)
      await ana.pressUntil('Control+z', async () => !(await ana.text()).includes(begun))
      await until('undone', async () => !(await ben.text()).includes(begun))
      expect(await ana.text()).toContain(his)
      expect(await ben.text()).toContain(his)
      const redo = editor === 'quill' ? 'Control+Shift+z' : 'Control+y'
      await ana.pressUntil(redo, async () => (await ana.text()).includes(hers))
      await ben.shows(hers)
      const late = await EditorPage.open(editor, protocol, 'Late')
      await late.shows(await ana.text())
      for (const page of [ana, ben, late]) await page.close()
    },
    patienceMs,
  )
})
