import { expect, test } from 'bun:test'
import type { BrowserContext, Page } from 'playwright-core'
import { patienceMs, share } from '../../../support/share.ts'
import { until } from '../../../support/harness/wait.ts'
import { openStage } from '../stage.ts'

const stage = await share(openStage(), patienceMs)

const content = (page: Page) => page.locator('ytopic-editor .ProseMirror')

async function write(page: Page, text: string): Promise<void> {
  // It is locked until one may write; without the server that is known when it was not reached.
  await content(page).and(page.locator('[contenteditable=true]')).click()
  await page.keyboard.press('Control+End')
  await page.keyboard.type(text)
}

const saved = (page: Page) =>
  page.locator('.top .status[data-kind=saved]').waitFor({ state: 'attached' })

async function open(person: BrowserContext, name: string): Promise<Page> {
  const page = await person.newPage()
  await page.goto(`${stage.server.http}/d/${name}`)
  return page
}

/** The paths that are kept in this browser, once the editor is among them. */
async function kept(page: Page, place = '/d/'): Promise<readonly string[]> {
  const paths = (): Promise<readonly string[]> =>
    page.evaluate(async (name) => {
      const cache = await caches.open(name)
      return (await cache.keys()).map(({ url }) => new URL(url).pathname)
    }, place)
  await until('the page and its editor are kept', async () => {
    const all = await paths()
    return all.includes(place) && all.some((path) => path.includes('rich-editor'))
  })
  return paths()
}

test('OFFLINE-14: a page opens without the server, takes edits, and saves them later', async () => {
  const person = await stage.person()
  const page = await open(person, 'kept')
  await saved(page)
  await write(page, 'Before. ')
  await saved(page)
  await kept(page)
  await page.close()
  await stage.kill()

  const alone = await open(person, 'kept')
  await content(alone).getByText('Before.').waitFor()
  await write(alone, 'Alone.')
  const status = alone.locator('.top .status')
  await until('kept', async () => (await status.textContent())?.includes('kept on this') === true)
  await alone.close()

  await stage.restart()
  const again = await open(person, 'kept')
  await saved(again)
  const stranger = await open(await stage.person(), 'kept')
  await content(stranger).getByText('Before. Alone.').waitFor()
})

test('OFFLINE-14: only the page and what it is made of are kept', async () => {
  const page = await open(await stage.person(), 'private name')
  await saved(page)
  await write(page, 'Nothing of this.')
  await saved(page)
  for (const path of await kept(page)) expect(path).toMatch(/^\/d\/$|^\/assets\/[^/]+-\w{8}\.\w+$/)
})

test('OFFLINE-14: a new deploy is taken when the page is opened next', async () => {
  const person = await stage.person()
  const page = await open(person, 'deployed')
  await saved(page)
  await kept(page)
  // What an earlier deploy has left.
  await page.evaluate(async () => {
    const cache = await caches.open('/d/')
    const old = '<script type="module" src="/assets/document-0ldd3pl0.js"></script>'
    await cache.put('/d/', new Response(old, { headers: { 'content-type': 'text/html' } }))
    await cache.put('/assets/document-0ldd3pl0.js', new Response('throw new Error("old")'))
  })
  const next = await open(person, 'deployed')
  await saved(next)
  await until('the old is gone', async () => {
    return !(await kept(next)).includes('/assets/document-0ldd3pl0.js')
  })
  await stage.kill()
  const alone = await open(person, 'deployed')
  await content(alone).waitFor()
  await stage.restart()
})

test('OFFLINE-14: so does the page for frames that keeps its document on the device', async () => {
  const person = await stage.person()
  const at = `${stage.server.http}/embed/framed?offline=`
  const page = await person.newPage()
  await page.goto(at)
  await page.getByText('All changes saved').waitFor()
  await write(page, 'In a frame.')
  await page.getByText('All changes saved').waitFor()
  await kept(page, '/embed/')
  await page.close()
  await stage.kill()
  const alone = await person.newPage()
  await alone.goto(at)
  await content(alone).getByText('In a frame.').waitFor()
  await stage.restart()
})

test.each(['answers that it is out of order', 'does not answer'])(
  'OFFLINE-14: a page opens where the server %s, and takes edits',
  async (how) => {
    const person = await stage.person()
    const page = await open(person, how)
    await saved(page)
    await write(page, 'Before. ')
    await saved(page)
    await kept(page)
    await page.close()
    const end = how === 'does not answer' ? hang() : await fail()
    const alone = await open(person, how)
    await content(alone).getByText('Before.').waitFor()
    await write(alone, 'Alone.')
    const status = alone.locator('.top .status')
    await until('kept', async () => (await status.textContent())?.includes('kept on this') === true)
    await alone.close()
    await end()
    const again = await open(person, how)
    await saved(again)
    const stranger = await open(await stage.person(), how)
    await content(stranger).getByText('Before. Alone.').waitFor()
  },
)

/** The server stands still: whoever asks it gets no answer. Gives what has it go on. */
function hang(): () => Promise<void> {
  stage.freeze()
  return async () => stage.thaw()
}

/** In place of the server there is one that is out of order. Gives what brings the server back. */
async function fail(): Promise<() => Promise<void>> {
  const { port } = stage.server
  await stage.kill()
  const broken = Bun.serve({ port, fetch: () => new Response('Out of order', { status: 500 }) })
  return async () => {
    await broken.stop(true)
    await stage.restart()
  }
}
