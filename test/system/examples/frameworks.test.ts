import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import { cpSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import { launchChromium } from '../../support/harness/browser.ts'
import { type Application, installedFrom } from '../../support/harness/package.ts'
import { until } from '../../support/harness/wait.ts'
import { type Started, startExample } from './started.ts'

/** Half a gigabyte is installed, perhaps on a busy machine. */
const installMs = 600_000
const patienceMs = 240_000
const example = resolve(import.meta.dir, '../../../examples/frameworks')

let application: Application
let browser: Browser
let started: Started

// Compilers and type checkers of frameworks are not installed in this checkout.
beforeAll(async () => {
  application = await installedFrom(join(example, 'package.json'))
  cpSync(example, application.folder, {
    recursive: true,
    filter: (path) => !/node_modules|package\.json|[/\\]data\b/.test(path.slice(example.length)),
  })
  started = await startExample(application.folder)
  browser = await launchChromium()
}, installMs)
afterEach(async () => {
  for (const context of browser.contexts()) await context.close()
})
afterAll(async () => {
  await browser?.close()
  await started?.end()
  await application?.remove()
}, patienceMs)

/** A page of the example, which counts the sockets that it opens. */
interface Visit {
  readonly page: Page
  readonly text: Locator
  readonly complaints: readonly string[]
  sockets(): Promise<number>
  shows(words: string): Promise<void>
}

async function visit(framework: string, name: string): Promise<Visit> {
  const page = await (await browser.newContext()).newPage()
  page.setDefaultTimeout(30_000)
  const complaints: string[] = []
  page.on('console', (message) => {
    const isOurs = !message.location().url.endsWith('/favicon.ico')
    if (['error', 'warning'].includes(message.type()) && isOurs) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.addInitScript(
    'globalThis.sockets = []; globalThis.WebSocket = class extends WebSocket {' +
      'constructor(...given) { super(...given); sockets.push(this) } }',
  )
  await page.goto(new URL(`/${framework}?name=${name}`, started.url).href)
  const text = page.locator('ytopic-editor .ProseMirror[contenteditable=true]')
  return {
    page,
    text,
    complaints,
    sockets: () => page.evaluate('sockets.length'),
    shows: (words) =>
      until(words, async () => ((await page.textContent('body')) ?? '').includes(words)),
  }
}

test(
  'EXAMPLE-7: the pages of every framework type-check',
  async () => {
    await application.run('node', 'node_modules/.bin/vue-tsc', '--noEmit')
    await application.run('node', 'node_modules/.bin/svelte-check', '--fail-on-warnings')
  },
  patienceMs,
)

test.each(['plain', 'react', 'vue', 'svelte'])(
  'EXAMPLE-7: %s gives it a token and hears of it, moves it and takes it away',
  async (framework) => {
    const [ana, bob] = [await visit(framework, 'ana'), await visit(framework, 'bob')]
    await ana.text.click()
    // In one go, so that one undo takes it.
    await ana.page.keyboard.insertText('Written by Ana.')
    await bob.text.getByText('Written by Ana.').waitFor()
    // Each event is told by the page, by a turn of the framework with a new function for tokens.
    await ana.shows('15 letters')
    await ana.shows('All changes saved')
    expect(await ana.sockets()).toBe(1)
    // The name in the token is what others see.
    await bob.text.locator('.collaboration-carets__label', { hasText: /^ana$/ }).waitFor()

    const element = ana.page.locator('ytopic-editor')
    await element.evaluate((one) => Object.assign(one, { isTheOne: true }))
    await ana.page.getByRole('button', { name: 'Move the text' }).click()
    await ana.page.locator('#app ytopic-editor:last-child').waitFor()
    expect(await element.evaluate((one) => Reflect.get(one, 'isTheOne') === true)).toBe(true)
    await ana.text.click()
    await ana.page.keyboard.press('Control+z')
    await ana.shows('0 letters')
    await ana.page.keyboard.press('Control+Shift+z')
    await ana.shows('15 letters')
    expect(await ana.sockets()).toBe(1)

    await ana.page.getByRole('button', { name: 'Close it' }).click()
    await ana.page.waitForFunction('sockets.every((socket) => socket.readyState === 3)')
    await ana.page.getByRole('button', { name: 'Open it' }).click()
    await ana.text.getByText('Written by Ana.').waitFor()
    expect(await ana.sockets()).toBe(2)
    expect([...ana.complaints, ...bob.complaints]).toEqual([])
  },
  patienceMs,
)
