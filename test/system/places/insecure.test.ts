import { test } from 'bun:test'
import type { Page } from 'playwright-core'
import { until } from '../../support/harness/wait.ts'
import { patienceMs, share } from '../../support/share.ts'
import { openStage } from '../browser/stage.ts'

const stage = await share(openStage(), 2 * patienceMs)

/** Opens a page with all taken away that browsers keep for secure pages. */
async function visit(path: string): Promise<Page> {
  const person = await stage.person()
  await person.addInitScript(() => {
    Object.defineProperty(globalThis, 'isSecureContext', { value: false })
    Reflect.deleteProperty(Crypto.prototype, 'randomUUID')
    Reflect.deleteProperty(Crypto.prototype, 'subtle')
    for (const name of ['locks', 'storage', 'clipboard', 'serviceWorker']) {
      Reflect.deleteProperty(Navigator.prototype, name)
    }
  })
  const page = await person.newPage()
  page.setDefaultTimeout(60_000)
  await page.goto(`${stage.server.http}${path}`)
  return page
}

test('DEMO-48: a document is written in and talked about without a secure page', async () => {
  const page = await visit('/d/plain')
  await page.locator('.ProseMirror[contenteditable=true]').click()
  await page.keyboard.type('By http.')
  await page.locator('.top .status[data-kind=saved]').waitFor({ state: 'attached' })
  await page.locator('.top').getByRole('button', { name: /^Chat/ }).click()
  await page.getByRole('textbox', { name: 'Message' }).fill('Hello.')
  await page.keyboard.press('Enter')
  await page.getByText('Sent').waitFor()
  await page.getByRole('button', { name: 'Share' }).click()
  await page.getByRole('button', { name: 'Copy link' }).click()
  // The link is selected, to be copied by hand.
  const field = page.getByLabel('Link to this document')
  await until('it is selected', () =>
    field.evaluate((one) => ((one as HTMLInputElement).selectionEnd ?? 0) > 0),
  )
})

test('DEMO-48: the prepared documents are made without a secure page', async () => {
  const page = await visit('/')
  await page.getByRole('button', { name: 'Comments and suggestions' }).click()
  await page.getByText('Is there room for all the bicycles?').waitFor()
  await page.locator('ytopic-editor ins').first().waitFor()
})
