import type { Locator, Page } from 'playwright-core'
import { launchChromium } from '../../support/harness/browser.ts'
import { freshDirectory, type ServerProcess, startProcess } from '../../support/harness/process.ts'
import { until } from '../../support/harness/wait.ts'
import { patientFlags } from '../browser/stage.ts'

/** A page of the site, and what it is served with. */
export interface SitePage {
  readonly body: string
  /** Its Content-Security-Policy. */
  readonly policy?: string
}

/** A page of the site, open in a browser of its own. */
export interface Visit {
  readonly page: Page
  readonly element: Locator
  /** What the page wrote to the console as a warning or an error, and what it threw. */
  readonly complaints: readonly string[]
  /** Waits until the element says so; it may before there is an editor. */
  says(words: string): Promise<void>
  /** Waits until there is an editor. */
  ready(): Promise<void>
  /** Types at the end. */
  type(text: string): Promise<void>
  text(): Promise<string>
  shows(text: string): Promise<void>
}

/** A site that is not the server's, and people who visit it. */
export interface Site {
  /** As browsers say it. */
  readonly origin: string
  /** Serves a page, and gives its address. */
  serve(page: SitePage): string
  visit(page: SitePage, width?: number, scheme?: 'light' | 'dark'): Promise<Visit>
  /** Opens the same page in the same browser. */
  again(visit: Visit): Promise<Visit>
  clear(): Promise<void>
  close(): Promise<void>
}

/** Opens a site under a name of its own: to browsers it has nothing to do with the server. */
export async function openSite(name = 'site.localhost'): Promise<Site> {
  const pages = new Map<string, SitePage>()
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch(request) {
      const page = pages.get(new URL(request.url).pathname)
      if (page === undefined) return new Response(undefined, { status: 404 })
      const headers = new Headers({ 'content-type': 'text/html; charset=utf-8' })
      if (page.policy !== undefined) headers.set('content-security-policy', page.policy)
      const head =
        '<!doctype html><html lang="en"><title>A site</title><link rel="icon" href="data:,">'
      const view = '<meta name="viewport" content="width=device-width, initial-scale=1">'
      return new Response(`${head}${view}${page.body}`, { headers })
    },
  })
  const origin = `http://${name}:${server.port}`
  const browser = await launchChromium()
  const clear = async (): Promise<void> => {
    for (const context of browser.contexts()) await context.close()
  }
  const serve = (page: SitePage): string => {
    const path = `/${pages.size}`
    pages.set(path, page)
    return `${origin}${path}`
  }
  return {
    origin,
    clear,
    serve,
    async visit(page, width = 1000, scheme = 'light') {
      const viewport = { width, height: 740 }
      const context = await browser.newContext({ viewport, colorScheme: scheme })
      const visit = visitOf(await context.newPage())
      await visit.page.goto(serve(page))
      return visit
    },
    async again({ page }) {
      const visit = visitOf(await page.context().newPage())
      await visit.page.goto(page.url())
      return visit
    },
    async close() {
      await clear()
      await browser.close()
      await server.stop(true)
    },
  }
}

function visitOf(page: Page): Visit {
  page.setDefaultTimeout(20_000)
  const complaints: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  const element = page.locator('ytopic-editor').first()
  const content = element.locator('[contenteditable]').first()
  const text = (): Promise<string> =>
    element.evaluate((editor: Partial<Editor>) => editor.getText?.() ?? '')
  return {
    page,
    element,
    complaints,
    says: (words) =>
      until(`it says "${words}"`, async () => {
        const status = element.locator('[part=status-title]')
        return (await status.allTextContents()).join('') === words
      }),
    ready: () =>
      until('an editor', () =>
        element.evaluate(({ editor }: Partial<Editor>) => editor !== undefined),
      ),
    async type(words) {
      await content.click()
      await content.press('Control+End')
      await content.pressSequentially(words)
    },
    text,
    shows: (words) => until(`"${words}"`, async () => (await text()).includes(words)),
  }
}

/** The element, as pages know it. */
export type Editor = HTMLElementTagNameMap['ytopic-editor']

/** A site, and a ytopic that has been told of it. */
export interface ServedSite {
  readonly site: Site
  readonly server: ServerProcess
  clear(): Promise<void>
  close(): Promise<void>
}

/** Opens a site, and starts a ytopic of its own that lets its pages in. */
export async function openServedSite(): Promise<ServedSite> {
  const site = await openSite()
  const directory = await freshDirectory()
  const server = await startProcess(directory.path, 0, ['--origin', site.origin, ...patientFlags])
  return {
    site,
    server,
    clear: site.clear,
    async close() {
      await site.close()
      await server.end('SIGKILL')
      await directory.remove()
    },
  }
}
