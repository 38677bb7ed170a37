import { beforeAll, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { until } from '../../support/harness/wait.ts'
import { patienceMs, share } from '../../support/share.ts'
import { openStage } from '../browser/stage.ts'
import { fill } from '../pictures/studio.ts'

/** More than the server lists at once. */
const keptCount = 103

const stage = await share(openStage(), 2 * patienceMs)
let oldest = ''
beforeAll(async () => {
  await fill(stage.server, 'many', 'Kept often.')
  for (let count = 0; count < keptCount; count++) await keep(`Version ${count}`)
  oldest = await idOf('Version 0')
}, 300_000)

const versions = '/api/v1/documents/many/versions'

async function keep(name: string): Promise<void> {
  const { ok } = await fetch(`${stage.server.http}${versions}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
  })
  if (!ok) throw new Error(`${name} was not kept.`)
}

async function idOf(name: string): Promise<string> {
  const first = await fetch(`${stage.server.http}${versions}?limit=100`)
  const { next } = (await first.json()) as { readonly next: string }
  const second = await fetch(`${stage.server.http}${versions}?limit=100&after=${next}`)
  const page = (await second.json()) as { versions: readonly { id: string; name: string }[] }
  return page.versions.find((version) => version.name === name)?.id ?? ''
}

async function visit(query: string): Promise<Page> {
  const page = await (await stage.person()).newPage()
  page.setDefaultTimeout(60_000)
  await page.goto(`${stage.server.http}/d/many${query}`)
  await page.locator('.versions [aria-current]').waitFor()
  return page
}

const item = (page: Page, name: string) =>
  page.locator('.versions').getByRole('button', { name: new RegExp(`^${name}\\b`) })

test('DEMO-46: older versions are listed by pages, and one stays where one is', async () => {
  const page = await visit('?panel=history')
  expect(await item(page, 'Version 0').count()).toBe(0)
  await page.getByRole('button', { name: 'Older versions' }).click()
  await item(page, 'Version 0').waitFor()
  expect(await page.getByRole('button', { name: 'Older versions' }).isVisible()).toBe(false)
  const name = page.getByLabel('Name of this version')
  expect(await name.inputValue()).toBe(`Version ${keptCount - 1}`)
})

test('DEMO-46: older versions that are asked for twice are listed once', async () => {
  const page = await visit('?panel=history')
  let [asked, answered] = [0, 0]
  page.on('requestfinished', (request) => {
    if (request.url().includes('&after=')) answered++
  })
  // The button goes with the first answer, which has to wait for the second question.
  const isAskedTwice = Promise.withResolvers<void>()
  await page.route(/&after=/, async (route) => {
    if (++asked === 2) isAskedTwice.resolve()
    await isAskedTwice.promise
    await route.continue()
  })
  await page.getByRole('button', { name: 'Older versions' }).dblclick()
  await until('both were answered', () => answered === 2)
  await page.getByRole('slider', { name: 'Time' }).press('Home')
  await item(page, 'Version 0').and(page.locator('[aria-current]')).first().waitFor()
  expect(await item(page, 'Version 0').count()).toBe(1)
})

test('DEMO-46: the slider goes on to older versions', async () => {
  const page = await visit('?panel=history')
  await page.getByRole('slider', { name: 'Time' }).press('Home')
  await item(page, 'Version 0').waitFor()
})

test('DEMO-46: a link leads to a version that is older than the first page', async () => {
  const page = await visit(`?version=${oldest}`)
  const name = page.getByLabel('Name of this version')
  expect(await name.inputValue()).toBe('Version 0')
})

test('DEMO-46: bars say how much changed, of those with a name too', async () => {
  const page = await visit('?panel=history')
  await page.locator('.activity .named').first().waitFor()
  expect(await page.locator('.activity span').count()).toBe(100)
})

test('DEMO-46: what was kept by itself within a session is folded, and found there', async () => {
  const page = await (await stage.person()).newPage()
  page.setDefaultTimeout(60_000)
  const ada = { id: 'ada', name: 'Ada', color: null }
  const common = { kind: 'auto', name: null, meta: null, restoredFrom: null, authors: [ada] }
  const listed = ['10:30', '10:25', '10:12', '09:00'].map((clock, at) => {
    const time = `2026-03-01T${clock}:00.000Z`
    return { ...common, id: `v${4 - at}`, time, bytes: 100 - at }
  })
  // Time itself would have to pass for versions of this kind.
  await page.route('**/versions?limit=100', (route) =>
    route.fulfill({ json: { versions: listed, next: null } }),
  )
  await page.route('**/versions/*/diff/**', (route) => route.fulfill({ json: { blocks: [] } }))
  await page.goto(`${stage.server.http}/d/many?panel=history`)
  await page.locator('.versions [aria-current]').waitFor()
  expect(await page.locator('.versions li > button:visible').count()).toBe(2)
  await page.getByText('2 earlier').waitFor()
  await page.getByRole('slider', { name: 'Time' }).press('ArrowLeft')
  await page.locator('[data-version=v3][aria-current]').waitFor()
  const dots = page.locator('[data-version=v3] .dot')
  const color = await dots.evaluate((dot) => getComputedStyle(dot).backgroundColor)
  expect(color).not.toBe('rgb(91, 100, 114)')
})
