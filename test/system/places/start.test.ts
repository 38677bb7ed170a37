import { expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { patienceMs, share } from '../../support/share.ts'
import { fill } from '../pictures/studio.ts'
import { openStage } from '../browser/stage.ts'

const stage = await share(openStage(), 2 * patienceMs)

async function visit(path: string): Promise<Page> {
  const page = await (await stage.person()).newPage()
  page.setDefaultTimeout(60_000)
  await page.goto(`${stage.server.http}${path}`)
  return page
}

const text = (page: Page) => page.locator('ytopic-editor .ProseMirror')
const title = (page: Page) => page.getByRole('textbox', { name: 'Title' })

async function saved(page: Page): Promise<void> {
  await page.locator('.top .status[data-kind=saved]').waitFor({ state: 'attached' })
}

test('DEMO-34: a prepared document has comments and suggestions of others in it', async () => {
  const page = await visit('/')
  await page.getByRole('button', { name: 'Comments and suggestions' }).click()
  const comments = page.getByRole('complementary', { name: 'Comments' })
  await comments.getByText('Is there room for all the bicycles?').waitFor()
  await text(page).locator('del[data-by=Ada]', { hasText: 'nine' }).waitFor()
  await text(page).locator('ins[data-by=Ada]', { hasText: 'ten' }).waitFor()
  await page.getByRole('button', { name: 'Accept all suggestions' }).click()
  await text(page).getByText('We meet on Saturday at ten, by the old mill.').waitFor()
})

test('DEMO-34: what this browser has not saved is marked in the list', async () => {
  await fill(stage.server, 'unsaved', 'In part.')
  const page = await visit('/')
  await page.getByRole('link', { name: /^In part/ }).waitFor()
  await page.evaluate(() => {
    const one = { name: 'unsaved', title: 'In part.', at: 1, isUnsaved: true }
    localStorage.setItem('recent-documents', JSON.stringify([one]))
  })
  await page.getByRole('link', { name: /^In part.*Not saved here/ }).waitFor()
})

test('DEMO-34: while the server is away the list has what this browser has opened', async () => {
  const page = await visit('/')
  await page.locator('.note:not(:empty), .rows:not(:empty)').first().waitFor()
  await page.evaluate(() => {
    const one = { name: 'kept', title: 'Kept here', at: 1, isUnsaved: false }
    localStorage.setItem('recent-documents', JSON.stringify([one]))
  })
  await page.route('**/api/v1/documents?*', (route) => route.abort())
  await page.getByText('The server cannot be reached').waitFor()
  await page.getByRole('link', { name: /^Kept here/ }).waitFor()
  await page.unroute('**/api/v1/documents?*')
  await page.getByText('The server cannot be reached').waitFor({ state: 'detached' })
})

test('DEMO-44: a newcomer is told in one line what this is, until that was read', async () => {
  const page = await visit('/')
  const hint = page.getByText('Who has the link of a document')
  await hint.waitFor()
  await page.getByRole('button', { name: 'Got it' }).click()
  await hint.waitFor({ state: 'hidden' })
  await page.reload()
  await page.locator('.note:not(:empty), .rows:not(:empty)').first().waitFor()
  expect(await hint.isVisible()).toBe(false)
})

test('DEMO-45: the title of an empty document becomes its first heading', async () => {
  const page = await visit('/d/untitled')
  await saved(page)
  await text(page).waitFor()
  await title(page).fill('Plans')
  await title(page).press('Enter')
  await text(page).getByRole('heading', { name: 'Plans' }).waitFor()
  await saved(page)
  const guest = await visit('/d/untitled')
  await guest.waitForFunction(() => document.title === 'Plans · ytopic')
  expect(await title(guest).inputValue()).toBe('Plans')
})

test('DEMO-45: another title takes the place of the first line, and is undone', async () => {
  await fill(stage.server, 'titled', '# Before\n\nBelow.')
  const page = await visit('/d/titled')
  await saved(page)
  await page.waitForFunction(() => document.title === 'Before · ytopic')
  await title(page).fill('After')
  await title(page).press('Enter')
  await text(page).getByRole('heading', { name: 'After' }).waitFor()
  expect(await text(page).textContent()).toContain('Below.')
  expect(await text(page).textContent()).not.toContain('Before')
  await page.getByRole('button', { name: 'Undo' }).click()
  await text(page).getByRole('heading', { name: 'Before' }).waitFor()
})

test('DEMO-45: Escape leaves the title as it was', async () => {
  const page = await visit('/d/escaped')
  await saved(page)
  await text(page).click()
  await page.keyboard.type('As it was')
  await page.waitForFunction(() => document.title === 'As it was · ytopic')
  await title(page).fill('Something else')
  await title(page).press('Escape')
  expect(await title(page).inputValue()).toBe('As it was')
  expect(await text(page).textContent()).toBe('As it was')
})
