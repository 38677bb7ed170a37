import { expect } from 'bun:test'
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { BrowserContextOptions, Locator, Page } from 'playwright-core'
import { drawn, launchChromium } from '../../support/harness/browser.ts'
import type { Access } from '../../../src/base/access.ts'
import { signToken } from '../../../src/auth/sign.ts'
import { freshDirectory, type ServerProcess, startProcess } from '../../support/harness/process.ts'
import { patientFlags } from '../browser/stage.ts'
import { secret } from '../element/tokens.ts'

const screenshots = resolve(import.meta.dir, '../../screenshots')

/** Somebody whom the server knows, at a document's page. */
export interface Guest {
  readonly page: Page
  /** The text. */
  readonly text: Locator
  readonly chat: Locator
  readonly comments: Locator
  /** Types at the end of the text. */
  write(text: string): Promise<void>
  /** Opens the panel of that name. */
  open(panel: 'Chat' | 'Comments'): Promise<Locator>
  /** What the browser complained of. */
  readonly complaints: readonly string[]
}

/** A server that asks for tokens, and people with browsers of their own. */
export interface Gathering {
  readonly server: ServerProcess
  /** A token of somebody. */
  tokenOf(name: string, document: string, access?: Access): Promise<string>
  /** Brings somebody to a document. */
  guest(
    name: string,
    document: string,
    access?: Access,
    options?: BrowserContextOptions & { readonly query?: string },
  ): Promise<Guest>
  kill(): Promise<void>
  restart(): Promise<void>
  clear(): Promise<void>
  close(): Promise<void>
}

/** Starts a server and a browser. */
export async function gather(): Promise<Gathering> {
  const directory = await freshDirectory()
  const file = join(directory.path, 'secret')
  await Bun.write(file, secret)
  await mkdir(screenshots, { recursive: true })
  const flags = ['--jwt-secret-file', file, ...patientFlags]
  let server = await startProcess(directory.path, 0, flags)
  const browser = await launchChromium()
  const clear = async (): Promise<void> => {
    for (const context of browser.contexts()) await context.close()
  }
  const tokenOf = (name: string, document: string, access: Access = 'write'): Promise<string> => {
    const claims = { id: name.toLowerCase(), name, issuer: undefined, audience: undefined }
    const wishes = { document, access, forMs: 600_000, documentsClaim: 'documents', ...claims }
    return signToken(secret, wishes, Date.now())
  }
  return {
    get server() {
      return server
    },
    tokenOf,
    async guest(name, document, access, { query = '', ...options } = {}) {
      const viewport = { width: 1440, height: 800 }
      const context = await browser.newContext({ viewport, ...options })
      const page = await context.newPage()
      const token = await tokenOf(name, document, access)
      await page.goto(`${server.http}/d/${encodeURIComponent(document)}${query}#token=${token}`)
      return guestOn(page)
    },
    async kill() {
      await server.end('SIGKILL')
    },
    async restart() {
      server = await startProcess(directory.path, server.port, flags)
    },
    clear,
    async close() {
      await clear()
      await browser.close()
      await server.end('SIGKILL')
      await directory.remove()
    },
  }
}

async function guestOn(page: Page): Promise<Guest> {
  page.setDefaultTimeout(60_000)
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  const text = page.locator('ytopic-editor :is(.ProseMirror, .cm-content)')
  await text.waitFor()
  // Keys and selected words are heard once the comments are loaded.
  await page.locator('.bubble-button').waitFor({ state: 'attached' })
  return {
    page,
    text,
    complaints,
    chat: page.getByRole('complementary', { name: 'Chat' }),
    comments: page.getByRole('complementary', { name: 'Comments' }),
    async write(words) {
      // It is locked until the server has said that one may write.
      await text.and(page.locator('[contenteditable=true]')).click()
      await page.keyboard.press('Control+End')
      await page.keyboard.type(words)
      await page.locator('.top .status[data-kind=saved]').waitFor({ state: 'attached' })
    },
    async open(panel) {
      const button = page.locator('.top').getByRole('button', { name: new RegExp(`^${panel}`) })
      await button.click()
      const place = page.getByRole('complementary', { name: panel })
      await place.waitFor()
      // A frame tells it how much room there is.
      await drawn(page)
      return place
    },
  }
}

/** Says something in the chat that is open. */
export async function post({ chat, page }: Guest, words: string): Promise<void> {
  await chat.getByRole('textbox', { name: 'Message' }).fill(words)
  await page.keyboard.press('Enter')
}

/** Keeps a picture for people to look at. */
export async function keep(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(screenshots, `${name}.png`) })
}

/** How somebody selects words in the text. */
export async function select({ text }: Guest, words: string): Promise<void> {
  await text.evaluate(async (element, wanted) => {
    // ProseMirror goes back to its caret 20 ms after a focus if it has not heard of another.
    ;(element as HTMLElement).focus()
    await new Promise((settled) => setTimeout(settled, 50))
    // The editor hears of it before this does.
    const heard = new Promise((hear) => {
      document.addEventListener('selectionchange', hear, { once: true })
    })
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT)
    while (walker.nextNode()) {
      const node = walker.currentNode
      const at = node.textContent?.indexOf(wanted) ?? -1
      if (at < 0) continue
      const range = document.createRange()
      range.setStart(node, at)
      range.setEnd(node, at + wanted.length)
      const selection = getSelection()
      selection?.removeAllRanges()
      selection?.addRange(range)
      await heard
      return
    }
    throw new Error(`"${wanted}" is not in the text.`)
  }, words)
  await drawn(text.page())
}

/** Fingers find every button of a panel, and the page does not scroll sideways. */
export async function expectFits(page: Page, panel: Locator, width: number): Promise<void> {
  const buttons = await panel
    .locator('button:visible')
    .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().toJSON()))
  for (const { height, width: wide } of buttons) {
    expect(Math.min(height, wide)).toBeGreaterThanOrEqual(width <= 800 ? 44 : 24)
  }
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
}
