import { expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
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

test('DEMO-40: what is written at /d/NAME without the server outlasts the tab', async () => {
  const person = await stage.person()
  const page = await person.newPage()
  await page.goto(`${stage.server.http}/d/device`)
  await saved(page)
  await write(page, 'Before. ')
  await saved(page)
  await stage.kill()
  await write(page, 'Ab')
  const status = page.locator('.top .status')
  await until('kept', async () => {
    return (await status.textContent()) === 'Server away, 2 changes kept on this device'
  })
  await page.close()
  await stage.restart()
  const again = await person.newPage()
  await again.goto(`${stage.server.http}/d/device`)
  await content(again).getByText('Before. Ab').waitFor()
  await saved(again)
  const stranger = await (await stage.person()).newPage()
  await stranger.goto(`${stage.server.http}/d/device`)
  await content(stranger).getByText('Before. Ab').waitFor()
})

test('DEMO-41: /d/NAME offers what the device had before the document was made anew', async () => {
  const person = await stage.person()
  const page = await person.newPage()
  await page.goto(`${stage.server.http}/d/anew`)
  await saved(page)
  await write(page, 'Of before.')
  await saved(page)
  await page.close()
  const at = `${stage.server.http}/api/v1/documents/anew`
  await fetch(at, { method: 'DELETE' })
  expect((await fetch(`${at}/purge`, { method: 'POST' })).ok).toBe(true)
  const again = await person.newPage()
  await again.goto(`${stage.server.http}/d/anew`)
  const offer = again.locator('.earlier')
  await offer.getByText('Your copy of before').waitFor()
  expect(await content(again).textContent()).not.toContain('Of before.')
  await offer.getByRole('button', { name: 'Show it' }).click()
  const dialog = again.getByRole('dialog', { name: 'Your copy of before' })
  expect(await dialog.getByLabel('Its text').inputValue()).toBe('Of before.')
  await dialog.getByRole('button', { name: 'Close' }).click()
  await offer.getByRole('button', { name: 'Discard it' }).click()
  await offer.waitFor({ state: 'hidden' })
})
