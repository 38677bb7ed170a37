import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { until } from '../../support/harness/wait.ts'
import { tokenFor, secret } from '../element/tokens.ts'
import { freshDirectory, type ServerProcess, startProcess } from '../../support/harness/process.ts'
import { patienceMs, share } from '../../support/share.ts'
import { faults } from '../browser/faults.ts'
import { openStage } from '../browser/stage.ts'

const pictures = resolve(import.meta.dir, '../../screenshots')

const stage = await share(openStage(), patienceMs)
let guarded: ServerProcess
let directory: Awaited<ReturnType<typeof freshDirectory>>
beforeAll(async () => {
  directory = await freshDirectory()
  const file = join(directory.path, 'secret')
  await Bun.write(file, secret)
  guarded = await startProcess(directory.path, 0, ['--jwt-secret-file', file])
  await mkdir(pictures, { recursive: true })
}, 300_000)
afterAll(async () => {
  await guarded.end('SIGKILL')
  await directory.remove()
})

async function visit(path: string, options?: BrowserContextOptions, from = stage.server.http) {
  const page = await (await stage.person(options)).newPage()
  page.setDefaultTimeout(60_000)
  await page.goto(`${from}${path}`)
  return page
}

const content = (page: Page) => page.locator('ytopic-editor .ProseMirror')

async function write(page: Page, text: string): Promise<void> {
  // It is locked until the server has said that one may write.
  await content(page).and(page.locator('[contenteditable=true]')).click()
  await page.keyboard.press('Control+End')
  await page.keyboard.type(text)
  await saved(page)
}

async function saved(page: Page): Promise<void> {
  await page.locator('.top .status[data-kind=saved]').waitFor({ state: 'attached' })
}

test('DEMO-34: the start lists documents, who is in them, and makes and finds them', async () => {
  const start = await visit('/')
  await start.getByRole('button', { name: 'New document' }).click()
  await start.waitForURL(/\/d\/[\w-]+$/)
  await write(start, '# Plans for the summer')
  await start.getByRole('button', { name: 'More' }).click()
  await start.getByLabel('Your name').fill('Ada Byron')
  await start.getByLabel('Your name').press('Enter')
  const guest = await visit('/')
  const row = guest.getByRole('listitem').filter({ hasText: 'Plans for the summer' })
  await row.getByText('In it now: Ada Byron').waitFor({ state: 'attached' })
  expect(await row.textContent()).toMatch(/just now|minute/)
  await guest.getByRole('searchbox').fill('winter')
  await until('nothing found', async () => (await row.count()) === 0)
  await guest.getByRole('searchbox').fill('SUMMER')
  expect(await faults(guest)).toEqual([])
  await guest.screenshot({ path: join(pictures, 'start.png') })
  await row.getByRole('link').click()
  await content(guest).getByText('Plans for the summer').waitFor()
  await guest.getByTitle('Ada Byron').first().waitFor()
  await guest.goto(`${stage.server.http}/?document=old%20name`)
  await guest.waitForURL('**/d/old%20name')
})

test('DEMO-34: what this browser has not saved is marked', async () => {
  const page = await visit('/d/marked')
  await write(page, 'Kept. ')
  await stage.kill()
  await page.locator('.top .status[data-kind=away]').waitFor({ state: 'attached' })
  await page.keyboard.type('Not kept yet.')
  await until('noted', () =>
    page.evaluate(() => localStorage.getItem('recent-documents')?.includes('true') === true),
  )
  await stage.restart()
  await saved(page)
  await until('noted as saved', () =>
    page.evaluate(() => localStorage.getItem('recent-documents')?.includes('true') === false),
  )
})

for (const width of [360, 768, 1440]) {
  test(`DEMO-35: one bar above the document, at ${width} pixels`, async () => {
    const size = { viewport: { width, height: 760 } }
    const name = `plan ${width}`
    const page = await visit(`/d/${encodeURIComponent(name)}`, size)
    const guest = await visit(`/d/${encodeURIComponent(name)}`)
    await write(page, `A long word: ${'tide'.repeat(40)}`)
    await content(guest).getByText('A long word').waitFor()
    const box = async (selector: string) => (await page.locator(selector).boundingBox()) ?? fail()
    expect((await box('.top')).height).toBe(48)
    expect((await box('.people .face')).width).toBeGreaterThan(20)
    expect((await box('ytopic-editor')).y).toBeLessThanOrEqual(64)
    expect((await box('.ProseMirror p')).y).toBeLessThan(130)
    await guest.getByRole('button', { name: 'Share' }).click()
    const link = await guest.getByLabel('Link to this document').inputValue()
    expect(link).toBe(`${stage.server.http}/d/${encodeURIComponent(name)}`)
    expect(await guest.locator('.reach').textContent()).toContain('--host')
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      expect(await faults(page)).toEqual([])
      const path = join(pictures, `document-${width}-${colorScheme}.png`)
      await page.screenshot({ path })
    }
    await page.getByRole('button', { name: 'History' }).click()
    // Where there is no place for the list beside the text it is behind a button.
    if (width === 360) await page.getByRole('button', { name: 'Versions' }).click()
    await page.getByRole('button', { name: 'Keep a version now' }).click()
    await page.locator('.text ins').first().waitFor()
    expect(await faults(page)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
    await page.screenshot({ path: join(pictures, `history-${width}.png`) })
  })
}

for (const width of [360, 768]) {
  test(`DEMO-35: what is said below the bar covers no text, at ${width} pixels`, async () => {
    const page = await visit(`/d/told%20${width}`, { viewport: { width, height: 760 } })
    await write(page, 'The first line.')
    const box = async (selector: string) => (await page.locator(selector).boundingBox()) ?? fail()
    await stage.kill()
    await page.locator('.top .status[data-kind=away]').waitFor({ state: 'attached' })
    await content(page).click()
    await page.mouse.wheel(0, 400)
    await page.keyboard.type(' And more.')
    const [status, line] = [await box('.top .status'), await box('.ProseMirror p')]
    expect(status.y).toBeGreaterThanOrEqual(48)
    expect(line.y).toBeGreaterThanOrEqual(status.y + status.height)
    await stage.restart()
    await saved(page)
  })
}

test('DEMO-36: a document as it was is seen, compared, named, linked to and restored', async () => {
  const page = await visit('/')
  await page.getByRole('button', { name: 'Go back in time' }).click()
  const text = page.getByRole('region', { name: 'The document as it was' })
  await text.locator('ins', { hasText: ', for beginners' }).waitFor()
  const slider = page.getByRole('slider', { name: 'Time' })
  await slider.press('ArrowLeft')
  await text.locator('ins', { hasText: '330 g of water' }).waitFor()
  expect(await text.textContent()).not.toContain('hollow')
  await page.keyboard.press('j')
  const first = await text.locator('.here').textContent()
  await page.keyboard.press('j')
  expect(await text.locator('.here').textContent()).not.toBe(first)
  await page.keyboard.press('k')
  expect(await text.locator('.here').textContent()).toBe(first)
  await page.getByLabel('Show changes').first().uncheck()
  await until('no marks', async () => (await text.locator('.change').count()) === 0)
  await page.getByLabel('Name of this version').fill('The good one')
  await page.getByLabel('Name of this version').press('Enter')
  await page.getByRole('button', { name: /^The good one/ }).waitFor()
  const id = await page.locator('.versions [aria-current]').getAttribute('data-version')
  const linked = await visit(`${new URL(page.url()).pathname}?version=${id}`)
  const past = linked.getByRole('region', { name: 'The document as it was' })
  await past.getByText('330 g of water').waitFor()
  expect(await linked.getByLabel('Name of this version').inputValue()).toBe('The good one')
  await page.getByRole('button', { name: 'Restore' }).click()
  await content(page).getByText('let it rest and bake it').waitFor()
  expect(await content(page).textContent()).not.toContain('hollow')
  await page.locator('.offer').getByRole('button', { name: 'Undo' }).click()
  await content(page).getByText('It is done when it sounds hollow.').waitFor()
})

test('DEMO-39: a list says who is where, goes to them and follows them', async () => {
  const page = await visit('/d/followed')
  const guest = await visit('/d/followed')
  await write(guest, 'First.')
  for (let line = 0; line < 60; line++) await guest.keyboard.press('Enter')
  await write(guest, 'Last.')
  const top = (): Promise<number> => page.evaluate(() => scrollY)
  await content(page).getByText('Last.').waitFor()
  // The faces are drawn anew as the caret leaves the text.
  await content(page).click()
  await page.getByRole('button', { name: 'Who is where' }).click()
  const row = page.locator('#people li')
  await until('where', async () => (await row.textContent())?.includes(', block 61') === true)
  await page.evaluate(() => scrollTo(0, 0))
  await row.getByRole('button', { name: /^Go to / }).click()
  await until('there', async () => (await top()) > 300)
  await row.getByRole('button', { name: /^Follow / }).click()
  await page.getByText(/^Following .*, Esc to stop$/).waitFor()
  expect(await faults(page)).toEqual([])
  await page.screenshot({ path: join(pictures, 'following.png') })
  await guest.keyboard.press('Control+Home')
  await guest.keyboard.type('At the top. ')
  await until('with them', async () => (await top()) < 100)
  await page.keyboard.press('Escape')
  await until('ended', async () => (await page.locator('.following').textContent()) === '')
  await write(guest, 'Far below again.')
  await content(page).getByText('Far below again.').waitFor()
  expect(await top()).toBeLessThan(100)
})

test('DEMO-39: the list goes along with what is written above a caret that rests', async () => {
  const page = await visit('/d/rests')
  const guest = await visit('/d/rests')
  await write(guest, 'Rests here.')
  await page.getByRole('button', { name: 'Who is where' }).click()
  const says = (words: string) => page.locator('#people li', { hasText: words }).waitFor()
  await says('in the text, block 1')
  const go = await page.getByRole('button', { name: /^Go to / }).elementHandle()
  await write(guest, ' Still.')
  await content(page).getByText('Still.').waitFor()
  // What was there to be pressed is left alone while nothing else is to be said.
  expect(await go?.evaluate((button) => button.isConnected)).toBe(true)
  await fetch(`${stage.server.http}/api/v1/documents/rests/content?root=prose`, {
    method: 'PUT',
    headers: { 'content-type': 'text/markdown' },
    body: 'Above.\n\nRests here. Still.',
  })
  await says('in the text, block 2')
})

test('DEMO-39: the document is looked through only while the list is open', async () => {
  const page = await visit('/d/unread')
  const guest = await visit('/d/unread')
  await write(guest, 'First.')
  await page.locator('.people .face').waitFor()
  await page.evaluate(() => {
    const { doc } = document.querySelector('ytopic-editor') as unknown as {
      doc: { getText: (name: string) => { toJSON: () => string } }
    }
    const code = doc.getText('code')
    const toJSON = code.toJSON.bind(code)
    Object.assign(globalThis, { looked: 0 })
    code.toJSON = () => {
      Reflect.set(globalThis, 'looked', Number(Reflect.get(globalThis, 'looked')) + 1)
      return toJSON()
    }
  })
  const looked = (): Promise<number> => page.evaluate(() => Reflect.get(globalThis, 'looked'))
  await write(guest, ' Second.')
  await content(page).getByText('Second.').waitFor()
  expect(await looked()).toBe(0)
  await page.getByRole('button', { name: 'Who is where' }).click()
  await page.locator('#people li', { hasText: 'in the text, block 1' }).waitFor()
  expect(await looked()).toBeGreaterThan(0)
  await page.keyboard.press('Escape')
  const before = await looked()
  await write(guest, ' Third.')
  await content(page).getByText('Third.').waitFor()
  expect(await looked()).toBe(before)
})

test('DEMO-37: who may not open a document types a token, and the address keeps none', async () => {
  const page = await visit('/d/team%2Fplan', {}, guarded.http)
  const token = await tokenFor('team/plan', 'write')
  await page.getByLabel('Your token').fill(token)
  await page.getByRole('button', { name: 'Open with it' }).click()
  await saved(page)
  await write(page, 'Inside.')
  expect(page.url()).toBe(`${guarded.http}/d/team%2Fplan`)
  // DEMO-34 of somebody to whom the server lists nothing.
  await page.getByRole('link', { name: 'All documents' }).click()
  await page.getByRole('link', { name: /^Inside\./ }).waitFor()
  expect(await page.locator('.note').textContent()).toContain('does not list')
})

function fail(): never {
  throw new Error('it is not to be seen')
}

test('DEMO-42: a text looks at `/d/NAME` as it does in the lab', async () => {
  const blocks = ['# One', 'Some `code`.', '## Two', '- a\n  - b', '1. c', '> d', '- [x] e', 'End.']
  await fetch(`${stage.server.http}/api/v1/documents/looks/content?root=prose`, {
    method: 'PUT',
    headers: { 'content-type': 'text/markdown' },
    body: blocks.join('\n\n'),
  })
  const looksAt = async (path: string): Promise<unknown> => {
    const page = await visit(path)
    const prose = page.locator('.ProseMirror')
    await prose.getByText('End.').waitFor()
    return prose.locator('*').evaluateAll((elements) =>
      elements.map((element) => {
        const { fontSize, letterSpacing, lineHeight, margin } = getComputedStyle(element)
        const { overflow, paddingLeft, whiteSpace } = getComputedStyle(element)
        const box = { margin, overflow, paddingLeft, whiteSpace }
        return { name: element.localName, fontSize, letterSpacing, lineHeight, ...box }
      }),
    )
  }
  const inLab = await looksAt('/lab?document=looks')
  expect(inLab).toContainEqual(expect.objectContaining({ name: 'h1', overflow: 'visible' }))
  expect(await looksAt('/d/looks')).toEqual(inLab)
})
