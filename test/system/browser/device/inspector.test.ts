import { expect, test } from 'bun:test'
import type { Locator } from 'playwright-core'
import { join, resolve } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { patienceMs, share } from '../../../support/share.ts'
import { until } from '../../../support/harness/wait.ts'
import { faults } from '../faults.ts'
import { openStage } from '../stage.ts'
import type { Tab } from '../tab.ts'

const stage = await share(openStage(), patienceMs)

/** Opens the inspector of a view. */
async function inspect(tab: Tab, seat: 'first' | 'second'): Promise<Locator> {
  const view = tab.page.getByTestId(`pane-${seat}`)
  await view.getByRole('button', { name: 'Inspect' }).click()
  const inspector = view.getByRole('region', { name: 'Inspector' })
  await inspector.waitFor()
  await tab[seat].becomes('All changes saved')
  return inspector
}

/** The cells of the first row that begins with these. */
async function row(inspector: Locator, ...first: readonly string[]): Promise<readonly string[]> {
  // Rows are drawn anew with every message: all are read in one turn.
  const cells = await inspector
    .locator('tbody tr')
    .evaluateAll((rows) =>
      rows.map((one) => [...one.querySelectorAll('td')].map((cell) => cell.textContent)),
    )
  return cells.find((each) => first.every((word, at) => each[at] === word)) ?? []
}

test.each(['first', 'second'] as const)(
  'INSPECT-1: messages are listed, with the time from typing to relay to receipt (%s)',
  async (seat) => {
    const tab = await stage.visit(`messages-${seat}`)
    await tab.page.getByTestId('split').click()
    await tab.second.becomes('All changes saved')
    await inspect(tab, seat === 'first' ? 'second' : 'first')
    const inspector = await inspect(tab, seat)
    await tab[seat].type('code', 'x')
    await until('a receipt', async () => ((await row(inspector, '↑', 'update'))[5] ?? '') !== '')
    const [, , bytes, sent, relayed, onDisk, root, structs] = await row(inspector, '↑', 'update')
    for (const number of [bytes, sent, relayed, onDisk]) expect(number).toMatch(/^\d[\d.]*$/)
    expect([root, structs]).toEqual(['code', '1'])
    expect(Number(sent)).toBeLessThanOrEqual(Number(onDisk))
    expect(await row(inspector, '↓', 'saved')).not.toEqual([])
  },
)

test('INSPECT-2: it tells who is here, and what a document takes by root and client', async () => {
  const tab = await stage.visit('content')
  await tab.first.type('prose', 'Some words.')
  await tab.first.type('code', 'let it = be')
  const other = await stage.visit('content')
  await other.first.type('code', '!')
  await tab.first.shows('code', '!')
  const inspector = await inspect(tab, 'first')
  await inspector.getByRole('tab', { name: 'Who' }).click()
  await inspector.getByText('(you)').waitFor()
  await until('both', async () => (await inspector.locator('details').count()) === 2)
  expect((await row(inspector, 'socket'))[1]).toBe('open')
  expect((await row(inspector, 'opened in'))[1]).toMatch(/ms$/)
  await inspector.getByRole('tab', { name: 'Content' }).click()
  const [, kind, structs, deleted, bytes] = await row(inspector, 'code')
  expect([kind, deleted]).toEqual(['text', '0'])
  expect(Number(structs)).toBeGreaterThanOrEqual(2)
  const all = Number((await row(inspector, 'bytes, as it is stored'))[1])
  expect(Number(bytes)).toBeGreaterThan(10)
  expect(Number(bytes)).toBeLessThan(all)
  expect((await row(inspector, 'clients that have written'))[1]).toBe('2')
})

test('INSPECT-3: the document is copied as an update and as JSON', async () => {
  const person = await stage.person({ permissions: ['clipboard-read', 'clipboard-write'] })
  const tab = await stage.open(person, 'copied')
  await tab.first.type('code', 'copied')
  const inspector = await inspect(tab, 'first')
  await inspector.getByRole('tab', { name: 'Content' }).click()
  const clipboard = (): Promise<string> => tab.page.evaluate(() => navigator.clipboard.readText())
  await inspector.getByRole('button', { name: 'Copy as JSON' }).click()
  await until('JSON', async () => (await clipboard()).includes('"code": "copied"'))
  await inspector.getByRole('button', { name: 'Copy as update' }).click()
  await until('an update', async () => atob(await clipboard().catch(() => '')).includes('copied'))
})

test('INSPECT-4: messages are delayed and the connection dropped, until switched off', async () => {
  const tab = await stage.visit('slow')
  const inspector = await inspect(tab, 'first')
  await inspector.getByLabel('Throttle').selectOption('1000')
  const began = performance.now()
  await tab.first.type('code', 'x')
  await tab.first.becomes('Saving…')
  await tab.first.becomes('All changes saved')
  // There and back, each a second later.
  expect(performance.now() - began).toBeGreaterThan(2_000)
  await inspector.getByLabel('Throttle').selectOption('0')
  await inspector.getByLabel('Drop the connection').check()
  await tab.first.becomes('Server away, trying again')
  await tab.first.type('code', 'y')
  await inspector.getByLabel('Drop the connection').uncheck()
  await tab.first.becomes('All changes saved')
  const other = await stage.visit('slow')
  await other.first.shows('code', 'xy')
})

test("INSPECT-5: the server's numbers are read once a second while they are shown", async () => {
  const tab = await stage.visit('numbers')
  const asked: string[] = []
  tab.page.on('request', (request) => {
    if (request.url().endsWith('/numbers')) asked.push(request.url())
  })
  const inspector = await inspect(tab, 'first')
  expect(asked).toEqual([])
  await inspector.getByRole('tab', { name: 'Server' }).click()
  await until('one session', async () => (await row(inspector, 'sessions'))[1] === '1')
  await stage.visit('numbers')
  await until('two sessions', async () => (await row(inspector, 'sessions'))[1] === '2')
  expect(asked.length).toBeGreaterThan(1)
})

test('INSPECT-6: axe finds nothing at fault in it, narrow or wide, light or dark', async () => {
  for (const [width, colorScheme] of [
    [360, 'light'],
    [1440, 'dark'],
  ] as const) {
    const tab = await stage.visit('looked-at', { viewport: { width, height: 900 }, colorScheme })
    const inspector = await inspect(tab, 'first')
    await tab.first.type('code', 'x')
    for (const name of ['Who', 'Messages', 'Content', 'Server']) {
      await inspector.getByRole('tab', { name }).click()
      expect(await faults(tab.page)).toEqual([])
    }
    expect(await tab.page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
    expect(tab.complaints).toEqual([])
  }
})

test('INSPECT-7: it takes at most 15 KB beside yjs, and nothing but yjs and lib0', async () => {
  const { outputs } = await Bun.build({
    entrypoints: [join(resolve(import.meta.dir, '../../../..'), 'editor/inspector.ts')],
    target: 'browser',
    minify: true,
    external: ['yjs'],
  })
  const text = (await outputs[0]?.text()) ?? ''
  expect(brotliCompressSync(text).length).toBeLessThan(15_000)
  const imported = new Set([...text.matchAll(/from\s*"([^"]+)"/g)].map(([, name]) => name))
  expect([...imported]).toEqual(['yjs'])
})
