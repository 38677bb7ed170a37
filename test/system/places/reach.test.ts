import { expect, test } from 'bun:test'
import type { BrowserContextOptions, Locator, Page } from 'playwright-core'
import { patienceMs, share } from '../../support/share.ts'
import { until } from '../../support/harness/wait.ts'
import { openStage } from '../browser/stage.ts'

const stage = await share(openStage(), 2 * patienceMs)

/** Opens a place, once what it shows is there. */
async function visit(path: string, options?: BrowserContextOptions): Promise<Page> {
  const page = await (await stage.person(options)).newPage()
  page.setDefaultTimeout(60_000)
  await page.goto(`${stage.server.http}${path}`)
  if (path === '/') await page.locator('.rows:not(:empty), .note:not(:empty)').first().waitFor()
  else await page.locator('.top .status[data-kind=saved]').waitFor({ state: 'attached' })
  return page
}

/** What has the keyboard, by its name or its words. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    let element = document.activeElement
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
    if (element === null || element === document.body) return ''
    return element.ariaLabel ?? element.getAttribute('placeholder') ?? element.textContent.trim()
  })
}

const keyed = (page: Page, name: string | RegExp): Promise<void> =>
  until(`the keyboard at ${name}`, async () => {
    const here = await focused(page)
    return typeof name === 'string' ? here === name : name.test(here)
  })

const bar = (page: Page, name: string): Locator =>
  page.locator('.top').getByRole('button', { name: new RegExp(`^${name}`) })

test('DEMO-43: F6 goes from the bar to the document to the panel, Shift+F6 back', async () => {
  const page = await visit('/d/regions')
  await page.locator('.ProseMirror').waitFor()
  await page.keyboard.press('F6')
  await keyed(page, 'Text, edited together')
  await page.keyboard.press('F6')
  await keyed(page, 'All documents')
  await bar(page, 'Chat').click()
  await keyed(page, 'Message')
  for (const name of ['All documents', 'Text, edited together', 'Close']) {
    await page.keyboard.press('F6')
    await keyed(page, name)
  }
  await page.keyboard.press('Shift+F6')
  await keyed(page, 'Text, edited together')
})

test('DEMO-43: F6 goes to the document as it was while the history is open', async () => {
  const page = await visit('/d/regions-past')
  await bar(page, 'History').click()
  await keyed(page, 'Time')
  await page.keyboard.press('F6')
  await keyed(page, 'Close')
  await page.keyboard.press('Shift+F6')
  await keyed(page, 'The document as it was')
})

test('DEMO-43: screen readers find bar, document and panel by their names', async () => {
  const page = await visit('/d/landmarks')
  await page.getByRole('banner').waitFor()
  await page.getByRole('main').getByRole('textbox', { name: 'Text, edited together' }).waitFor()
  for (const name of ['Comments', 'Chat', 'History']) {
    await bar(page, name).click()
    await page.getByRole('complementary', { name }).waitFor()
  }
})

for (const path of ['/', '/d/keyboard']) {
  test(`DEMO-14: the keyboard reaches every control at ${path} and is caught nowhere`, async () => {
    const page = await visit(path)
    if (path !== '/') await page.locator('.ProseMirror').waitFor()
    const wanted = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('button, a, input, [contenteditable=true]')]
        .filter((element) => element.checkVisibility())
        .map((element) => element.ariaLabel ?? element.textContent.trim()),
    )
    const reached = new Set<string>()
    for (let step = 0; step < wanted.length + 6; step++) {
      await page.keyboard.press('Tab')
      reached.add(await focused(page))
    }
    expect([...reached]).toEqual(expect.arrayContaining(wanted))
  })
}

test('DEMO-30: forced colors show at `/d/NAME` which panel is open and who is here', async () => {
  const page = await visit('/d/forced', { forcedColors: 'active' })
  const guest = await visit('/d/forced')
  await guest.locator('.ProseMirror').click()
  await guest.keyboard.type('Here.')
  await page.locator('.people .face').first().waitFor()
  // Faces are drawn anew whenever somebody moves: it is looked at in one turn.
  const colors = await page.evaluate(() => {
    const face = document.querySelector<HTMLElement>('.people .face')
    return face && [getComputedStyle(face).backgroundColor, face.style.backgroundColor]
  })
  expect(colors?.[0]).toStartWith('rgb')
  expect(colors?.[0]).toBe(colors?.[1])
  const colorOf = (button: Locator): Promise<string> =>
    button.evaluate((one) => getComputedStyle(one).backgroundColor)
  const before = await colorOf(bar(page, 'Chat'))
  await bar(page, 'Chat').click()
  await until('it is seen', async () => (await colorOf(bar(page, 'Chat'))) !== before)
})

test('DEMO-30: forced colors show which version is seen', async () => {
  const page = await visit('/', { forcedColors: 'active' })
  await page.getByRole('button', { name: 'Go back in time' }).click()
  const items = page.locator('.versions button')
  await page.locator('.versions [aria-current]').waitFor()
  const colors = await items.evaluateAll((all) =>
    all.map((one) => getComputedStyle(one).backgroundColor),
  )
  expect(colors[0]).not.toBe(colors[1])
})

test.each(['/', '/d/still'])(
  'DEMO-31: nothing moves at %s for those who want no motion',
  async (path) => {
    const page = await visit(path, { reducedMotion: 'reduce' })
    if (path !== '/') await bar(page, 'Chat').click()
    const moving = await page.evaluate(() => {
      const all = (root: ParentNode): readonly Element[] =>
        [...root.querySelectorAll('*')].flatMap((element) => [
          element,
          ...(element.shadowRoot === null ? [] : all(element.shadowRoot)),
        ])
      const isLong = (times: string): boolean =>
        times.split(',').some((time) => Number.parseFloat(time) > 0.01)
      return all(document).filter((element) => {
        const { animationDuration, transitionDuration } = getComputedStyle(element)
        return isLong(animationDuration) || isLong(transitionDuration)
      }).length
    })
    expect(moving).toBe(0)
  },
)

test('DEMO-32: screen readers hear no caret of others in the text of `/d/NAME`', async () => {
  const page = await visit('/d/heard')
  const guest = await visit('/d/heard')
  await guest.locator('.ProseMirror').click()
  await guest.keyboard.type('One.')
  const caret = page.locator('.collaboration-carets__label')
  await caret.waitFor()
  const name = (await caret.textContent()) ?? ''
  expect(name).not.toBe('')
  expect(await page.locator('.ProseMirror').ariaSnapshot()).not.toContain(name)
})
