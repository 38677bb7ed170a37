import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { openStage, patienceMs, type Stage } from './stage.ts'

setDefaultTimeout(patienceMs)

/** What the page may weigh, gzipped as it is sent, before and with its first editor. */
const frameBytesMax = 60_000
/** With tables, tasks and pictures. */
const editorBytesMax = 160_000

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
}, 300_000)
afterEach(() => stage.clear())
afterAll(() => stage.close())

const phone = { viewport: { width: 360, height: 740 } }

test('DEMO-27: an editor is loaded when its place comes into sight, each by itself', async () => {
  const person = await stage.person(phone)
  const loaded = new Map<string, number>()
  person.on('response', async (response) => {
    const [, name] = /\/assets\/([a-z]+)-?[^/]*\.js$/.exec(response.url()) ?? []
    if (name === undefined) return
    const { responseBodySize } = await response.request().sizes()
    loaded.set(name, (loaded.get(name) ?? 0) + responseBodySize)
  })
  const tab = await stage.open(person, 'sight')
  await tab.first.type('prose', 'Seen.')
  // What all pages share is called like the first of them.
  expect([...loaded.keys()].toSorted()).toEqual(['lab', 'rich', 'start'])
  expect((loaded.get('lab') ?? 0) + (loaded.get('start') ?? 0)).toBeLessThan(frameBytesMax)
  expect(loaded.get('rich')).toBeLessThan(editorBytesMax)
  expect(await tab.first.code.count()).toBe(0)
  await tab.first.type('code', 'seen()')
  expect(loaded.get('code')).toBeLessThan(editorBytesMax)
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
