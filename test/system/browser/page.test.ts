import { expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { patienceMs, share } from '../../support/share.ts'
import { until } from '../../support/harness/wait.ts'
import { keepPicture, openStage } from './stage.ts'

const stage = await share(openStage(), patienceMs)

function documentIn(page: Page): string | null {
  return new URL(page.url()).searchParams.get('document')
}

test('DEMO-11: the address holds the document; without one it is welcome', async () => {
  const tab = await stage.visit()
  expect(documentIn(tab.page)).toBe('welcome')
  await tab.switchTo('notes #1 / été?')
  await tab.page.waitForURL((url) => url.searchParams.get('document') === 'notes #1 / été?')
  await tab.first.becomes('All changes saved')
  await tab.first.type('prose', 'Only in the notes.')
  const guest = await stage.visit('notes #1 / été?')
  await guest.first.shows('prose', 'Only in the notes.')
  await tab.page.goBack()
  const name = tab.page.getByTestId('document-name')
  await until('it is welcome', async () => (await name.inputValue()) === 'welcome')
  await tab.first.becomes('All changes saved')
  expect(await tab.first.text('prose')).not.toContain('Only in the notes')
})

test('DEMO-11: the button opens the same document in a new tab, as somebody else', async () => {
  const tab = await stage.visit('opened')
  const [other] = await Promise.all([
    tab.page.waitForEvent('popup'),
    tab.page.getByTestId('open-tab').click(),
  ])
  await other.getByTestId('pane-first').waitFor()
  expect(documentIn(other)).toBe('opened')
  await tab.first.listsOthers([await other.getByTestId('my-name').inputValue()])
})

test('DEMO-12: nothing scrolls sideways from 360 pixels up, split or not', async () => {
  const tab = await stage.visit('narrow', { viewport: { width: 360, height: 740 } })
  await tab.first.type('prose', `A long word: ${'tide'.repeat(40)}`)
  await tab.first.type('code', `const long = '${'tide'.repeat(40)}'`)
  for (const width of [360, 800, 1280, 1920]) {
    await tab.page.setViewportSize({ width, height: 740 })
    for (const view of ['single', 'split']) {
      const scrollWidth = await tab.page.evaluate(() => document.documentElement.scrollWidth)
      expect(scrollWidth, `${view} at ${width}`).toBeLessThanOrEqual(width)
      await keepPicture(tab, `${view}-${width}`)
      await tab.page.getByTestId('split').click()
    }
  }
})

test('DEMO-13: light and dark follow the system until the button says otherwise', async () => {
  const tab = await stage.visit('theme', { colorScheme: 'dark' })
  const brightness = (): Promise<number> =>
    tab.page.evaluate(() => {
      const [red] = /\d+/.exec(getComputedStyle(document.documentElement).backgroundColor) ?? []
      return Number(red)
    })
  const theme = tab.page.getByTestId('theme')
  expect(await brightness()).toBeLessThan(60)
  await keepPicture(tab, 'dark')
  await tab.page.emulateMedia({ colorScheme: 'light' })
  expect(await brightness()).toBeGreaterThan(200)
  await theme.click()
  await theme.click()
  expect(await theme.textContent()).toBe('Theme: dark')
  expect(await brightness()).toBeLessThan(60)
  await tab.page.reload()
  expect(await brightness()).toBeLessThan(60)
})

test('DEMO-14: the keyboard reaches everything and is caught nowhere', async () => {
  const tab = await stage.visit('keyboard')
  // Editors and their toolbar come a little later than the page.
  for (const editor of [tab.first.prose, tab.first.code]) await editor.waitFor()
  const focused = (): Promise<{ label: string; ring: boolean }> =>
    tab.page.evaluate(() => {
      const element = document.activeElement ?? document.body
      const own = getComputedStyle(element)
      const card = element.closest('.card')
      const ring =
        own.outlineStyle === 'solid' ||
        (card !== null && getComputedStyle(card).boxShadow !== 'none')
      const named = element.ariaLabel ?? element.textContent.replace('↗', '').trim()
      return { label: element.id === '' ? named : element.id, ring }
    })
  const stops: string[] = []
  while (stops.length < 30) {
    await tab.page.keyboard.press('Tab')
    const { label, ring } = await focused()
    if (label === stops[0]) break
    stops.push(label)
    expect(ring, `focus ring on ${label}`).toBe(true)
    if (label === 'Code, edited together') break
  }
  expect(stops).toEqual([
    'Theme: auto',
    'document-name',
    'Open',
    'Open another tab',
    'Side by side',
    'Your color',
    'Your name',
    'Client',
    'Work offline',
    'Chat',
    'Inspect',
    'Bold',
    'Text, edited together',
    'Code, edited together',
  ])
  await tab.page.keyboard.press('Tab')
  expect((await focused()).label).not.toBe('Code, edited together')
})

test('DEMO-14: arrows move in the toolbar, and its buttons say whether they are on', async () => {
  const tab = await stage.visit('toolbar')
  const bold = tab.first.toolbar.getByRole('button', { name: 'Bold' })
  const italic = tab.first.toolbar.getByRole('button', { name: 'Italic' })
  await bold.focus()
  await bold.press('ArrowRight')
  await italic.press('Enter')
  // The editor takes the focus back with the next frame; what is typed before goes to the button.
  await tab.first.prose.and(tab.page.locator(':focus')).waitFor()
  await tab.page.keyboard.type('slanted')
  await tab.first.prose.locator('em', { hasText: 'slanted' }).waitFor()
  expect(await italic.getAttribute('aria-pressed')).toBe('true')
  expect(await bold.getAttribute('aria-pressed')).toBe('false')
  await tab.page.keyboard.press('Shift+Tab')
  expect(await italic.evaluate((button) => button === document.activeElement)).toBe(true)
})

test('DEMO-15: the page asks only its server and runs under a strict policy', async () => {
  const tab = await stage.visit('tour')
  const policy = (await tab.page.reload())?.headers()['content-security-policy']
  expect(policy).toContain("script-src 'self';")
  await tab.first.becomes('All changes saved')
  const guest = await stage.visit('tour')
  await tab.first.type('prose', 'A tour.')
  await guest.first.type('code', 'tour()')
  await guest.first.code.press('Shift+Home')
  await tab.first.shows('code', 'tour()')
  await tab.first.toolbar.getByRole('button', { name: 'Heading' }).click()
  await tab.page.getByTestId('split').click()
  await tab.second.becomes('All changes saved')
  await tab.first.offline.click()
  await tab.first.offline.click()
  await tab.first.becomes('All changes saved')
  await tab.page.getByTestId('theme').click()
  await tab.switchTo('tour-2')
  await tab.second.becomes('All changes saved')
  expect(tab.complaints).toEqual([])
  expect(guest.complaints).toEqual([])
  const own = new URL(stage.server.http).host
  expect([...tab.hosts, ...guest.hosts].filter((host) => host !== own)).toEqual([])
})
