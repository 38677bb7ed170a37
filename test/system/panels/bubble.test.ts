import { expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { drawn } from '../../support/harness/browser.ts'
import { until } from '../../support/harness/wait.ts'
import { share } from '../../support/share.ts'
import { faults } from '../browser/faults.ts'
import { gather, type Guest, keep, select } from './people.ts'

const gathering = await share(gather(), 120_000)

const narrow = { viewport: { width: 360, height: 740 } }

async function guestAt(document: string, markdown: string, options: object = narrow) {
  const token = await gathering.tokenOf('Writer', document, 'write')
  await fetch(`${gathering.server.http}/api/v1/documents/${document}/content?root=prose`, {
    method: 'PUT',
    headers: { 'content-type': 'text/markdown', authorization: `Bearer ${token}` },
    body: markdown,
  })
  const guest = await gathering.guest('Ada Byron', document, 'write', options)
  await until('it is there', async () => (await guest.text.textContent()) !== '')
  return guest
}

const bubble = (page: Page) => page.getByRole('group', { name: 'Selected words' })

/** Pixels in which the bubble and what is selected meet. */
function covered(page: Page): Promise<number> {
  return page.evaluate(() => {
    const shadow = document.querySelector('ytopic-editor')?.shadowRoot
    const over = shadow?.querySelector('.bubble-button')?.getBoundingClientRect()
    const lines = [...(getSelection()?.getRangeAt(0).getClientRects() ?? [])]
    if (over === undefined || over.width === 0) throw new Error('There is no bubble.')
    return lines.reduce((sum, line) => {
      const wide = Math.min(line.right, over.right) - Math.max(line.left, over.left)
      const high = Math.min(line.bottom, over.bottom) - Math.max(line.top, over.top)
      return sum + Math.max(0, wide) * Math.max(0, high)
    }, 0)
  })
}

/** Selects words, and waits for what is loaded to stand beside them. */
async function selectWith(guest: Guest, words: string): Promise<void> {
  await select(guest, words)
  await bubble(guest.page).waitFor()
}

async function selectAcross({ page, text }: Guest, from: string, to: string): Promise<void> {
  await select({ text } as Guest, from)
  await text.evaluate((element, last) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT)
    while (walker.nextNode()) {
      const at = walker.currentNode.textContent?.indexOf(last) ?? -1
      if (at >= 0) getSelection()?.extend(walker.currentNode, at + last.length)
    }
  }, to)
  await drawn(page)
}

test('PANEL-16: selected words are made bold and a link beside them', async () => {
  const guest = await guestAt('bubble', 'The tide goes out at six.')
  const { page, text } = guest
  await selectWith(guest, 'goes out')
  const buttons = bubble(page).getByRole('button')
  expect(await buttons.allTextContents()).toEqual(['', '', 'Comment'])
  for (const [colorScheme, forcedColors] of [
    ['light', 'none'],
    ['dark', 'none'],
    ['dark', 'active'],
  ] as const) {
    await page.emulateMedia({ colorScheme, forcedColors })
    expect(await faults(page)).toEqual([])
    expect(await covered(page)).toBe(0)
    for (const button of await buttons.all()) {
      const box = await button.boundingBox()
      expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(44)
    }
    await keep(page, `bubble-360-${colorScheme}-${forcedColors}`)
  }
  const bold = bubble(page).getByRole('button', { name: 'Bold' })
  await bold.click()
  expect(await text.locator('strong').textContent()).toBe('goes out')
  await until('it says so', async () => (await bold.getAttribute('aria-pressed')) === 'true')
  await bubble(page).getByRole('button', { name: 'Link' }).click()
  await page.getByRole('textbox', { name: 'Address of the link' }).fill('tides.example')
  await page.keyboard.press('Enter')
  await text.locator('a[href="https://tides.example"]').waitFor()
  await bubble(page).getByRole('button', { name: 'Comment' }).click()
  await guest.comments.getByRole('textbox', { name: 'Comment' }).waitFor()
  await bubble(page).waitFor({ state: 'hidden' })
  expect(guest.complaints).toEqual([])
})

test('PANEL-16: the keyboard goes from the words to the buttons and back', async () => {
  const guest = await guestAt('bubble-keys', 'The tide goes out at six.')
  const { page, text } = guest
  await selectWith(guest, 'goes out')
  await page.keyboard.press('Tab')
  const bold = bubble(page).getByRole('button', { name: 'Bold' })
  await until('it has it', () => bold.evaluate((button) => button.matches(':focus')))
  await page.keyboard.press('Enter')
  await text.locator('strong', { hasText: 'goes out' }).waitFor()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Escape')
  expect(await text.evaluate((element) => element.contains(document.activeElement))).toBe(true)
  await page.keyboard.type('comes in')
  expect(await text.textContent()).toBe('The tide comes in at six.')
  await page.getByRole('textbox', { name: 'Title' }).click()
  await bubble(page).waitFor({ state: 'hidden' })
})

test('PANEL-16: it covers nothing of what is selected, or is not there', async () => {
  const long = 'Water comes and goes twice a day, and nobody who waits for it is ever early.'
  const table = `| When | What |\n| --- | --- |\n| ${long} | Low |\n| Noon | High |`
  const lines = Array.from({ length: 60 }, (_, at) => `Line ${at} of it.`)
  const guest = await guestAt('bubble-place', [...lines, table, 'The end.'].join('\n\n'))
  const { page } = guest
  await selectAcross(guest, 'twice a day', 'Low')
  await guest.text
    .locator('table')
    .evaluate((element) => element.scrollIntoView({ block: 'start' }))
  await page.evaluate(() => scrollBy(0, -60))
  await drawn(page)
  await bubble(page).waitFor()
  expect(await covered(page)).toBe(0)
  await selectAcross(guest, 'Line 0 of', 'Line 50')
  await page.evaluate(() => scrollTo(0, 900))
  await bubble(page).waitFor({ state: 'hidden' })
  await page.evaluate(() => scrollTo(0, 0))
  await selectAcross(guest, 'Line 0 of', 'Line 2 of')
  await bubble(page).waitFor()
  expect(await covered(page)).toBe(0)
})

test('PANEL-16: where the toolbar is near there is "Comment" alone', async () => {
  const wide = { viewport: { width: 1440, height: 800 } }
  const guest = await guestAt('bubble-wide', 'The tide goes out at six.', wide)
  await selectWith(guest, 'goes out')
  const buttons = bubble(guest.page).getByRole('button')
  await until('one', async () => (await buttons.count()) === 1)
  expect(await buttons.textContent()).toBe('Comment')
  expect(await covered(guest.page)).toBe(0)
})
