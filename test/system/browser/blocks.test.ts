import { expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { patienceMs, share } from '../../support/share.ts'
import { until } from '../../support/harness/wait.ts'
import { openStage } from './stage.ts'

const stage = await share(openStage(), patienceMs)

const content = (page: Page) => page.locator('ytopic-editor .ProseMirror')

async function visit(document: string, width = 1000): Promise<Page> {
  const person = await stage.person({ viewport: { width, height: 740 } })
  const page = await person.newPage()
  page.setDefaultTimeout(60_000)
  await page.goto(`${stage.server.http}/d/${document}`)
  // It is locked until the server has said that one may write.
  await content(page).and(page.locator('[contenteditable=true]')).click()
  return page
}

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()

/** What is there, without carets. */
function html(page: Page): Promise<string> {
  return page
    .locator('ytopic-editor')
    .evaluate((editor: HTMLElementTagNameMap['ytopic-editor']) => JSON.stringify(editor.getJSON()))
}

test('DEMO-38: tables, tasks, code, links and pictures are made and seen by all', async () => {
  const ada = await visit('blocks')
  const bob = await visit('blocks', 360)
  await press(ada, 'Table')
  await ada.keyboard.type('Name')
  await press(ada, 'Add a column')
  for (let times = 0; times < 12; times++) await ada.keyboard.press('Tab')
  await press(ada, 'Delete the row')
  await until('a table', async () => (await content(bob).locator('td, th').count()) === 12)
  await ada.keyboard.press('Control+End')
  await until('the caret is behind the table', async () => {
    await ada.keyboard.press('ArrowDown')
    return (await ada.locator('.ProseMirror-gapcursor').count()) === 1
  })
  await press(ada, 'Task list')
  await ada.keyboard.type('Buy bread')
  await content(bob).locator('li', { hasText: 'Buy bread' }).waitFor()
  await content(bob).getByRole('checkbox').check()
  await until('done', () => content(ada).getByRole('checkbox').isChecked())
  await ada.keyboard.press('Enter')
  await ada.keyboard.press('Enter')
  await ada.keyboard.type('see ')
  await press(ada, 'Link')
  await ada.getByLabel('Address of the link').last().fill('javascript:alert(1)')
  await press(ada, 'Use it')
  expect(await ada.locator('dialog input:invalid').count()).toBe(1)
  await ada.getByLabel('Address of the link').last().fill('example.org/a')
  await press(ada, 'Use it')
  const link = content(bob).locator('a[href="https://example.org/a"]')
  await link.waitFor()
  await ada.keyboard.press('Enter')
  await press(ada, 'Image')
  await ada.getByLabel('Address of the image').last().fill(`${stage.server.http}/no.png`)
  await press(ada, 'Use it')
  await content(bob)
    .locator(`img[src="${stage.server.http}/no.png"]`)
    .waitFor({ state: 'attached' })
  await until('the same', async () => (await html(ada)) === (await html(bob)))
  expect(await bob.evaluate(() => document.documentElement.scrollWidth)).toBe(360)
  // Undo takes back what Ada has made, and leaves what Bob writes beside it.
  await content(bob).locator('td').last().click()
  await bob.keyboard.type('from Bob')
  await content(ada).getByText('from Bob').waitFor()
  for (let times = 0; times < 12; times++) await content(ada).press('Control+z')
  expect(await content(bob).textContent()).toContain('from Bob')
  await until('the same', async () => (await html(ada)) === (await html(bob)))
})

test('DEMO-38: what is pasted keeps its tables, tasks, code, links and pictures', async () => {
  const ada = await visit('pasted')
  const given =
    '<h2>Title</h2><table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>' +
    '<ul data-type="taskList"><li data-checked="true" data-type="taskItem"><p>done</p></li></ul>' +
    '<pre><code>let x = 1</code></pre><p><a href="https://example.org/">link</a></p>' +
    '<img src="https://example.org/p.png" alt="A picture">'
  await content(ada).evaluate((editor, text) => {
    const clipboardData = new DataTransfer()
    clipboardData.setData('text/html', text)
    editor.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }))
  }, given)
  const found = content(ada)
  await found.locator('td', { hasText: '2' }).waitFor()
  expect(await found.locator('th').count()).toBe(2)
  expect(await found.getByRole('checkbox').isChecked()).toBe(true)
  expect(await found.locator('pre code').textContent()).toBe('let x = 1')
  expect(await found.locator('a').getAttribute('href')).toBe('https://example.org/')
  expect(await found.locator('img').getAttribute('alt')).toBe('A picture')
})
