import type { BrowserContextOptions, Page } from 'playwright-core'
import { launchChromium } from '../../support/harness/browser.ts'
import { freshDirectory, type ServerProcess, startProcess } from '../../support/harness/process.ts'
import { patientFlags } from '../browser/stage.ts'
import { openSite, type Site } from '../element/site.ts'
import { secret } from '../element/tokens.ts'

/** Where pictures are taken: servers of three kinds, and people with browsers of their own. */
export interface Studio {
  /** Lets everybody in. */
  readonly open: ServerProcess
  /** Asks for tokens. */
  readonly guarded: ServerProcess
  /** Takes small documents only. */
  readonly small: ServerProcess
  /** Of somebody else; all three know it. */
  readonly site: Site
  /** Somebody at another computer, with nothing open. */
  person(options?: BrowserContextOptions): Promise<Page>
  /** Sends everybody home. */
  clear(): Promise<void>
  close(): Promise<void>
}

/** Opens it. */
export async function openStudio(): Promise<Studio> {
  const directories = await Promise.all([freshDirectory(), freshDirectory(), freshDirectory()])
  const [first, second, third] = directories.map(({ path }) => path)
  const file = `${second}/secret`
  await Bun.write(file, secret)
  const site = await openSite()
  const known = ['--origin', site.origin, ...patientFlags]
  const open = await startProcess(first ?? '', 0, known)
  const guarded = await startProcess(second ?? '', 0, [...known, '--jwt-secret-file', file])
  const small = await startProcess(third ?? '', 0, [...known, '--document-bytes-max', '4000'])
  const browser = await launchChromium()
  const clear = async (): Promise<void> => {
    for (const context of browser.contexts()) await context.close()
  }
  return {
    open,
    guarded,
    small,
    site,
    async person(options) {
      const page = await (await browser.newContext(options)).newPage()
      page.setDefaultTimeout(60_000)
      return page
    },
    clear,
    async close() {
      await clear()
      await browser.close()
      await site.close()
      for (const server of [open, guarded, small]) await server.end('SIGKILL')
      for (const directory of directories) await directory.remove()
    },
  }
}

/** Writes Markdown into a document. */
export async function fill(server: ServerProcess, name: string, markdown: string): Promise<void> {
  const path = `/api/v1/documents/${encodeURIComponent(name)}/content?root=prose`
  const headers = { 'content-type': 'text/markdown' }
  const { ok, status } = await fetch(`${server.http}${path}`, {
    method: 'PUT',
    headers,
    body: markdown,
  })
  if (!ok) throw new Error(`${name} was not filled: ${status}`)
}

/** The text of a document's page. */
export const textOn = (page: Page) => page.locator('ytopic-editor :is(.ProseMirror, .cm-content)')

/** Waits until the page says that its document stands so. */
export async function stands(page: Page, kind: string): Promise<void> {
  await page.locator(`.top .status[data-kind=${kind}]`).waitFor({ state: 'attached' })
}

/** Types at the end of a document's text. */
export async function typeAtEnd(page: Page, words: string): Promise<void> {
  await textOn(page).click()
  await page.keyboard.press('Control+End')
  await page.keyboard.type(words)
}
