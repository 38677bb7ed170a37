import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { BrowserContext, BrowserContextOptions } from 'playwright-core'
import { launchChromium } from '../../support/harness/browser.ts'
import { freshDirectory, startProcess, type ServerProcess } from '../../support/harness/process.ts'
import { Tab } from './tab.ts'

const screenshots = resolve(import.meta.dir, '../../screenshots')

/** What a quiet machine converts in a moment may take a busy one longer than a server allows. */
export const patientFlags = ['--conversion-ms-max', '2m', '--history-ms-max', '2m'] as const

/** A ytopic in a process of its own and a real browser before it. */
export interface Stage {
  readonly server: ServerProcess
  /** A person at another computer: nothing is shared with other people's browsers. */
  person(options?: BrowserContextOptions): Promise<BrowserContext>
  /** Opens `/lab?document=NAME`, or `/lab`, and waits until it is synced. */
  open(person: BrowserContext, document?: string): Promise<Tab>
  /** One tab in a browser of its own. */
  visit(document?: string, options?: BrowserContextOptions): Promise<Tab>
  /** Kills the server outright. */
  kill(): Promise<void>
  /** Starts the server again, on the same port and the same directory. */
  restart(): Promise<void>
  /** Stops the server's process where it stands: sockets stay open, nothing moves. */
  freeze(): void
  /** Lets it go on. */
  thaw(): void
  /** Closes the browsers of all people who have come so far. */
  clear(): Promise<void>
  close(): Promise<void>
}

/** Starts both; `close` ends both. */
export async function openStage(special: readonly string[] = []): Promise<Stage> {
  const flags = [...patientFlags, ...special]
  const data = await freshDirectory()
  let server = await startProcess(data.path, 0, flags)
  const browser = await launchChromium()
  const person = (options: BrowserContextOptions = {}): Promise<BrowserContext> =>
    browser.newContext({ viewport: { width: 1280, height: 800 }, ...options })
  const open = async (context: BrowserContext, document?: string): Promise<Tab> => {
    const tab = new Tab(await context.newPage())
    const query = document === undefined ? '' : `?${new URLSearchParams({ document }).toString()}`
    await tab.page.goto(`${server.http}/lab${query}`)
    await tab.first.becomes('All changes saved')
    return tab
  }
  const clear = async (): Promise<void> => {
    for (const context of browser.contexts()) await context.close()
  }
  return {
    get server() {
      return server
    },
    person,
    open,
    visit: async (document, options) => open(await person(options), document),
    kill: async () => {
      await server.end('SIGKILL')
    },
    restart: async () => {
      server = await startProcess(data.path, server.port, flags)
    },
    freeze: () => process.kill(server.pid, 'SIGSTOP'),
    thaw: () => process.kill(server.pid, 'SIGCONT'),
    clear,
    close: async () => {
      await clear()
      await browser.close()
      await server.end('SIGKILL')
      await data.remove()
    },
  }
}

/** Keeps a picture of the page for people to look at. */
export async function keepPicture(tab: Tab, name: string): Promise<void> {
  await mkdir(screenshots, { recursive: true })
  await tab.page.screenshot({ path: join(screenshots, `${name}.png`) })
}
