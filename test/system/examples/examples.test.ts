import { afterAll, beforeAll, expect, test } from 'bun:test'
import { cpSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { launchChromium } from '../../support/harness/browser.ts'
import { type Application, linkedApplication } from '../../support/harness/package.ts'
import { until } from '../../support/harness/wait.ts'
import { startExample } from './started.ts'

const patienceMs = 180_000
const examples = resolve(import.meta.dir, '../../../examples')

let application: Application
let browser: Browser

beforeAll(async () => {
  application = await linkedApplication()
  cpSync(examples, application.folder, {
    recursive: true,
    filter: (path) => !path.includes('node_modules'),
  })
  browser = await launchChromium()
}, patienceMs)
afterAll(async () => {
  await browser.close()
  await application.remove()
})

/** Starts an example as its package.json does, and hands over its address; ends it afterwards. */
async function withExample(name: string, act: (url: URL) => Promise<void>): Promise<void> {
  const folder = join(application.folder, name)
  const { scripts }: { scripts: { start: string } } = await Bun.file(
    join(folder, 'package.json'),
  ).json()
  expect(scripts.start).toBe('bun server.ts')
  const { end, url } = await startExample(folder)
  try {
    await act(url)
  } finally {
    await end()
  }
}

/** A person at another computer. */
async function visit(url: URL | string): Promise<Page> {
  const page = await (await browser.newContext()).newPage()
  await page.goto(`${url}`)
  return page
}

async function logIn(url: URL, name: string, password = name): Promise<Page> {
  const page = await visit(url)
  await page.getByLabel('Name').fill(name)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Log in' }).click()
  return page
}

/** Types into one page and waits until the other shows it. */
async function writes(from: Page, to: Page, text: string): Promise<void> {
  const editor = from.locator('[contenteditable=true]')
  await editor.click()
  await editor.pressSequentially(text)
  await shows(to, text)
}

async function shows(page: Page, text: string): Promise<void> {
  const editor = page.locator('[contenteditable=true]')
  await until(`"${text}"`, async () => ((await editor.textContent()) ?? '').includes(text))
}

const allSaved = async (page: Page): Promise<void> =>
  until(
    'saved',
    async () => (await page.getByRole('status').textContent()) === 'All changes saved.',
  )

test.each([['login-cookie-bun'], ['login-cookie-hono']])(
  'EXAMPLE-1: %s lets in who is logged in, and sends away who logs out',
  (name) =>
    withExample(name, async (url) => {
      const stranger = await logIn(url, 'ana', 'guessed')
      expect(await stranger.textContent('body')).toContain('No such name and password.')
      const [ana, bob] = [await logIn(url, 'ana'), await logIn(url, 'bob')]
      expect(await ana.locator('#me').textContent()).toBe('You are Ana.')
      await writes(ana, bob, 'from ana')
      await writes(bob, ana, 'from bob')
      // The cookie says who it is, whatever a page shows of itself.
      await until('a name', async () => (await bob.locator('body').innerHTML()).includes('Ana'))
      await allSaved(ana)
      await ana.getByRole('button', { name: 'Log out' }).click()
      await until('logged out', () => ana.locator('#login').isVisible())
      const refused = await fetch(new URL('/ws/team/notes', url))
      expect(refused.status).toBe(401)
    }),
  patienceMs,
)

test(
  "EXAMPLE-2: a backend's own tokens let in whom it knows",
  () =>
    withExample('own-tokens', async (url) => {
      const [ana, bob] = [await visit(url), await visit(new URL('/?name=bob', url))]
      await until('both', async () => (await bob.getByRole('status').textContent()) === 'connected')
      await writes(ana, bob, 'by a token')
      const eve = await visit(new URL('/?name=eve', url))
      expect(await eve.getByRole('status').textContent()).toBe('')
      expect(await eve.locator('[contenteditable=true]').count()).toBe(0)
    }),
  patienceMs,
)

test.each([['react-tiptap'], ['vite-tiptap']])(
  'EXAMPLE-3: %s shows one text to all, with carets and what is saved',
  (name) =>
    withExample(name, async (url) => {
      const [ana, bob] = [await visit(url), await visit(url)]
      await allSaved(bob)
      await writes(ana, bob, 'together')
      await until('a caret', async () => {
        const labels = await bob.locator('.collaboration-carets__label').allTextContents()
        return labels.includes('Ana')
      })
      await allSaved(ana)
      await bob.reload()
      await shows(bob, 'together')
    }),
  patienceMs,
)

test('EXAMPLE-4: an example names the versions that are tested here', async () => {
  const root = resolve(examples, '..')
  const own = await Bun.file(join(root, 'package.json')).json()
  const tested = { ...own.devDependencies, ...own.dependencies, ytopic: own.version }
  const folders = readdirSync(examples, { withFileTypes: true }).filter((at) => at.isDirectory())
  expect(folders.length).toBe(7)
  for (const { name } of folders) {
    const file = Bun.file(join(examples, name, 'package.json'))
    const { dependencies }: { dependencies: Record<string, string> } = await file.json()
    for (const [dependency, version] of Object.entries(dependencies)) {
      // These are tested with what they name, which is not installed here otherwise.
      const isInstalled = ['editors', 'frameworks'].includes(name)
      const wanted = tested[dependency] ?? (isInstalled ? version : undefined)
      expect(version, `${name}: ${dependency}`).toBe(wanted)
    }
  }
})
