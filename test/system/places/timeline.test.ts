import { expect, test } from 'bun:test'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { until } from '../../support/harness/wait.ts'
import { patienceMs, share } from '../../support/share.ts'
import { faults } from '../browser/faults.ts'
import { openStage } from '../browser/stage.ts'
import { fill } from '../pictures/studio.ts'

const stage = await share(openStage(), patienceMs)

async function open(document: string, options?: BrowserContextOptions, times?: readonly string[]) {
  const page = await (await stage.person(options)).newPage()
  page.setDefaultTimeout(60_000)
  // Time itself would have to pass for versions that are days apart.
  if (times !== undefined) await pretend(page, times)
  await page.goto(`${stage.server.http}/d/${document}?panel=history`)
  await page.locator('.versions [aria-current]').waitFor({ state: 'attached' })
  return page
}

async function pretend(page: Page, times: readonly string[]): Promise<void> {
  const common = { kind: 'named', meta: null, restoredFrom: null, authors: [] }
  const versions = times.toReversed().map((time, at) => {
    const name = `Draft ${times.length - at}`
    return { ...common, id: name, name, time, bytes: 100 * (times.length - at) }
  })
  await page.route('**/versions?limit=100', (route) =>
    route.fulfill({ json: { versions, next: null } }),
  )
  await page.route('**/versions/*/diff/**', (route) => route.fulfill({ json: { blocks: [] } }))
}

const slider = (page: Page) => page.getByRole('slider', { name: 'Time' })
const says = (page: Page) => slider(page).getAttribute('aria-valuetext')

test('DEMO-50: versions stand at their times, chosen by pointer and by key', async () => {
  const times = ['03-01T10:00', '03-01T10:01', '03-11T10:00', '03-31T10:00']
  const page = await open(
    'timed',
    { timezoneId: 'UTC' },
    times.map((time) => `2026-${time}:00.000Z`),
  )
  const bars = page.locator('.activity span')
  const places = await bars.evaluateAll((spans) => {
    return (spans as HTMLElement[]).map(({ style }) => Math.round(Number.parseFloat(style.left)))
  })
  expect(places).toEqual([0, 0, 33, 100])
  expect(await page.locator('.ends').textContent()).toBe('Mar 1, 2026Mar 31, 2026')
  expect(await says(page)).toBe('Draft 4, Tuesday, March 31, 2026, 10:00 AM')
  const box = await slider(page).boundingBox()
  const press = (part: number): Promise<void> =>
    slider(page).click({ position: { x: (box?.width ?? 0) * part, y: (box?.height ?? 0) / 2 } })
  await press(0.25)
  expect(await says(page)).toBe('Draft 3, Wednesday, March 11, 2026, 10:00 AM')
  // The thumb is where the version is, and not where it was pressed.
  const value = await slider(page).evaluate((input: HTMLInputElement) => {
    return input.valueAsNumber / Number(input.max)
  })
  expect(value).toBeCloseTo(1 / 3, 2)
  await page.keyboard.press('ArrowLeft')
  expect(await says(page)).toBe('Draft 2, Sunday, March 1, 2026, 10:01 AM')
  await page.keyboard.press('ArrowLeft')
  expect(await says(page)).toBe('Draft 1, Sunday, March 1, 2026, 10:00 AM')
  await page.keyboard.press('ArrowRight')
  await page.locator('[data-version="Draft 2"][aria-current]').waitFor()
  await page.keyboard.press('End')
  expect(await says(page)).toContain('Draft 4')
  await page.keyboard.press('Home')
  expect(await says(page)).toContain('Draft 1')
})

test('DEMO-50: of more versions than bars those at one place are one bar', async () => {
  const minutes = Array.from({ length: 61 }, (_, at) => String(at % 60).padStart(2, '0'))
  const times = ['01', '02'].flatMap((day) =>
    minutes.map((minute) => `2026-03-${day}T10:${minute}:00.000Z`),
  )
  const page = await open('crowded', {}, times)
  expect(await page.locator('.activity span').count()).toBeLessThan(20)
})

test('DEMO-51: "Named only" lists what has a name, and compares it with what has', async () => {
  const keep = async (content: string, name?: string): Promise<void> => {
    await fill(stage.server, 'drafts', content)
    const { ok } = await fetch(`${stage.server.http}/api/v1/documents/drafts/versions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name }),
    })
    expect(ok).toBe(true)
  }
  await keep('Flour.', 'First')
  await keep('Flour. Water.')
  await keep('Flour. Water. Salt.', 'Third')
  const page = await open('drafts')
  const added = page.locator('.text ins')
  await until('only salt', async () => (await added.allTextContents()).join('') === ' Salt.')
  const all = await page.locator('.versions button').count()
  const toggle = page.getByRole('checkbox', { name: 'Named only' })
  await slider(page).press('ArrowLeft')
  await until('unnamed', async () => (await says(page))?.startsWith('Third') === false)
  await toggle.check()
  // What is seen has no name: the one before it does.
  await page
    .getByRole('button', { name: /^First/ })
    .and(page.locator('[aria-current]'))
    .waitFor()
  expect(await page.locator('.versions button').count()).toBe(2)
  await slider(page).press('ArrowRight')
  const since = async () => (await added.allTextContents()).join('')
  await until('since the first', async () => (await since()) === ' Water. Salt.')
  expect(await faults(page)).toEqual([])
  await page.getByLabel('Name of this version').fill('')
  await page.getByLabel('Name of this version').press('Enter')
  await until('one is left', async () => (await page.locator('.versions button').count()) === 1)
  expect(await toggle.isChecked()).toBe(true)
  await page.getByLabel('Name of this version').fill('')
  await page.getByLabel('Name of this version').press('Enter')
  await page.getByText('No version has a name yet.').waitFor()
  expect(await slider(page).isDisabled()).toBe(true)
  await toggle.uncheck()
  await until('all again', async () => (await page.locator('.versions button').count()) === all)
})
