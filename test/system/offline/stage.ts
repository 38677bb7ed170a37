import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { launchChromium } from '../../support/harness/browser.ts'
import { freshDirectory, type ServerProcess, startProcess } from '../../support/harness/process.ts'
import { until } from '../../support/harness/wait.ts'
import type { Notes } from './page.ts'

/** What a tab is opened with, beside the server. */
export interface Visit {
  readonly document: string
  readonly protocol?: string
  readonly person?: string
  readonly key?: string
}

/** A site that serves its page whether ytopic is there or not, and browsers before it. */
export interface Stage {
  readonly origin: string
  readonly server: ServerProcess
  /** A browser of its own. */
  device(): Promise<BrowserContext>
  /** Opens the page; resolves when what the device had is in the document. */
  open(device: BrowserContext, visit: Visit): Promise<Tab>
  kill(): Promise<void>
  /** Starts the server again on its port: with what it had, or on an empty directory. */
  restart(isEmpty?: boolean): Promise<void>
  close(): Promise<void>
}

export async function openStage(): Promise<Stage> {
  const page = await Bun.build({
    entrypoints: [join(import.meta.dir, 'page.ts')],
    target: 'browser',
    format: 'esm',
  })
  const script = await page.outputs[0]?.text()
  const site = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch({ url }) {
      const isScript = new URL(url).pathname === '/page.js'
      const body =
        '<!doctype html><title>Notes</title><script type="module" src="/page.js"></script>'
      const type = isScript ? 'text/javascript' : 'text/html'
      return new Response(isScript ? script : body, { headers: { 'content-type': type } })
    },
  })
  const origin = `http://127.0.0.1:${site.port}`
  const directories = [await freshDirectory()]
  const flags = ['--origin', origin]
  let server = await startProcess(directories[0]?.path ?? '', 0, flags)
  const browser = await launchChromium()
  return {
    origin,
    get server() {
      return server
    },
    device: () => browser.newContext(),
    async open(device, visit) {
      const query = new URLSearchParams({ server: server.url, ...visit })
      const tab = await device.newPage()
      tab.setDefaultTimeout(60_000)
      await tab.goto(`${origin}/?${query.toString()}`)
      await tab.waitForFunction('globalThis.notes !== undefined')
      return new Tab(tab)
    },
    kill: async () => {
      await server.end('SIGKILL')
    },
    restart: async (isEmpty = false) => {
      if (isEmpty) directories.push(await freshDirectory())
      server = await startProcess(directories.at(-1)?.path ?? '', server.port, flags)
    },
    close: async () => {
      await browser.close()
      await server.end('SIGKILL')
      await site.stop(true)
      for (const directory of directories) await directory.remove()
    },
  }
}

/** A tab on the page. */
export class Tab {
  readonly page: Page

  constructor(page: Page) {
    this.page = page
  }

  /** Writes at the end. */
  write(words: string): Promise<void> {
    return this.page.evaluate(
      (given) => window.notes.text.insert(window.notes.text.length, given),
      words,
    )
  }

  /** Writes so often, each time when what was written before is kept. */
  writeMany(times: number): Promise<void> {
    return this.page.evaluate(async (count) => {
      for (let edit = 0; edit < count; edit++) {
        window.notes.text.insert(0, 'e')
        while (!window.notes.copy.kept) await new Promise((done) => setTimeout(done, 1))
      }
    }, times)
  }

  text(): Promise<string> {
    return this.page.evaluate(() => window.notes.text.toJSON())
  }

  told(): Promise<readonly string[]> {
    return this.page.evaluate(() => window.notes.told)
  }

  pending(): Promise<number> {
    return this.page.evaluate(() => window.notes.copy.pending)
  }

  problem(): Promise<string | undefined> {
    return this.page.evaluate(() => window.notes.copy.problem)
  }

  earlierTexts(): Promise<readonly string[]> {
    return this.page.evaluate(() => window.notes.earlierTexts())
  }

  disconnect(): Promise<void> {
    return this.page.evaluate(() => window.notes.disconnect())
  }

  connect(): Promise<void> {
    return this.page.evaluate(() => window.notes.connect())
  }

  /** Waits until all is on the server's disk, as the device knows too. */
  saved(): Promise<void> {
    return until('saved', () =>
      this.page.evaluate(() => window.notes.isSaved() && window.notes.copy.pending === 0),
    )
  }

  kept(): Promise<void> {
    return until('kept', () => this.page.evaluate(() => window.notes.copy.kept))
  }

  shows(text: string): Promise<void> {
    return until(`"${text}"`, async () => (await this.text()) === text)
  }

  tells(event: string): Promise<void> {
    return until(event, async () => (await this.told()).includes(event))
  }

  /** How many rows and bytes there are on the device. */
  stored(): Promise<{ readonly rows: number; readonly bytes: number; readonly words: string }> {
    return this.page.evaluate(async () => {
      const database = await new Promise<IDBDatabase>((resolve) => {
        const request = indexedDB.open('ytopic-offline')
        request.addEventListener('success', () => resolve(request.result))
      })
      const all = async (name: string): Promise<readonly Uint8Array[]> =>
        new Promise((resolve) => {
          const request = database.transaction(name).objectStore(name).getAll()
          request.addEventListener('success', () => {
            const values: Record<string, unknown>[] = request.result
            resolve(
              values.flatMap(({ snapshot, update }) =>
                [snapshot, update].filter((one) => one instanceof Uint8Array),
              ),
            )
          })
        })
      const rows = await all('rows')
      const snapshots = await all('copies')
      database.close()
      const bytes = [...rows, ...snapshots].reduce((sum, { length }) => sum + length, 0)
      const words = [...rows, ...snapshots].map((one) => new TextDecoder().decode(one)).join('')
      return { rows: rows.length, bytes, words }
    })
  }
}

declare global {
  interface Window {
    readonly notes: Notes
  }
}
