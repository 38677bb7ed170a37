import { expect, test } from 'bun:test'
import type { Page, Response } from 'playwright-core'
import { patienceMs, share } from '../../support/share.ts'
import { openStage } from './stage.ts'

/** What the page may weigh, gzipped as it is sent, before and with its first editor. */
const frameBytesMax = 60_000
/** With tables, tasks, pictures and the marks of suggestions, and what it shares with panels. */
const editorBytesMax = 165_000

const stage = await share(openStage(), patienceMs)

const phone = { viewport: { width: 360, height: 740 } }

test('DEMO-27: an editor is loaded when its place comes into sight, each by itself', async () => {
  const person = await stage.person(phone)
  const loaded = new Map<string, number>()
  const measured: Promise<void>[] = []
  const measure = async (response: Response): Promise<void> => {
    const { responseBodySize } = await response.request().sizes()
    loaded.set(new URL(response.url()).pathname, responseBodySize)
  }
  person.on('response', (response) => {
    if (/\/assets\/[^/]*\.js$/.test(response.url())) measured.push(measure(response))
  })
  const tab = await stage.open(person, 'sight')
  await tab.first.type('prose', 'Seen.')
  await Promise.all(measured)
  const own = await importsOf(
    tab.page,
    [...loaded.keys()].filter((path) => /\/lab-/.test(path)),
  )
  const sum = (isMeant: (path: string) => boolean): number =>
    [...loaded].reduce((bytes, [path, size]) => bytes + (isMeant(path) ? size : 0), 0)
  expect(own.size).toBeGreaterThan(1)
  expect(sum((path) => own.has(path))).toBeLessThan(frameBytesMax)
  // What it shares with others is fetched with it.
  expect(sum((path) => !own.has(path))).toBeLessThan(editorBytesMax)
  expect([...loaded.keys()].some((path) => /\/code-/.test(path))).toBe(false)
  const before = sum(() => true)
  expect(await tab.first.code.count()).toBe(0)
  await tab.first.type('code', 'seen()')
  await Promise.all(measured)
  expect([...loaded.keys()].some((path) => /\/code-/.test(path))).toBe(true)
  expect(sum(() => true) - before).toBeLessThan(editorBytesMax)
  const guest = (await stage.visit('sight')).first
  await guest.shows('code', 'seen()')
})

test('DEMO-27: an editor that cannot be had now is had as soon as the server is back', async () => {
  const tab = await stage.visit('sight-later', phone)
  await tab.first.type('prose', 'Seen.')
  await tab.first.becomes('All changes saved')
  await stage.kill()
  await tab.first.becomes('Server away, trying again')
  // Asked for again and again, of the editor's own code; what is there already stays.
  const isCode = (request: { url(): string }): boolean => /\/assets\/code-/.test(request.url())
  const asked = tab.page.waitForEvent('requestfailed', isCode)
  await tab.page.getByTestId('code').scrollIntoViewIfNeeded()
  await asked
  await tab.page.waitForEvent('requestfailed', isCode)
  expect(await tab.first.code.count()).toBe(0)
  expect(await tab.first.text('prose')).toContain('Seen.')
  await stage.restart()
  await tab.first.type('code', 'late()')
  await tab.first.becomes('All changes saved')
})

/** Scripts, and all that they cannot begin without. */
async function importsOf(page: Page, scripts: readonly string[]): Promise<ReadonlySet<string>> {
  const found = new Set(scripts)
  for (const path of found) {
    const code = await page.evaluate(async (url) => (await fetch(url)).text(), path)
    for (const [, other = ''] of code.matchAll(/from"([^"]+)"/g)) found.add(other)
  }
  return found
}
