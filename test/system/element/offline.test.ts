import { afterAll, beforeAll, expect, test } from 'bun:test'
import { freshDirectory, type ServerProcess, startProcess } from '../../support/harness/process.ts'
import { patienceMs, share } from '../../support/share.ts'
import { until } from '../../support/harness/wait.ts'
import { type Editor, openSite, type SitePage, type Visit } from './site.ts'

const site = await share(openSite(), patienceMs)
/** Where the element comes from; the documents are on another one, which goes away. */
let scripts: ServerProcess
let server: ServerProcess
let directories: Awaited<ReturnType<typeof freshDirectory>>[]

beforeAll(async () => {
  directories = [await freshDirectory(), await freshDirectory()]
  scripts = await startProcess(directories[0]?.path ?? '', 0, ['--origin', site.origin])
  server = await startProcess(directories[1]?.path ?? '', 0, ['--origin', site.origin])
}, 300_000)
afterAll(async () => {
  for (const one of [scripts, server]) await one.end('SIGKILL')
  for (const directory of directories) await directory.remove()
})

function pageWith(document: string): SitePage {
  const given = `server="${server.http}" document="${document}" offline`
  const tag = `<ytopic-editor ${given}></ytopic-editor>`
  const hear = 'replaced = 0; addEventListener("replaced", () => replaced++)'
  const load = `<script type="module" src="${scripts.http}/embed.js"></script>`
  return { body: `${tag}<script>${hear}</script>${load}` }
}

async function restart(isEmpty = false): Promise<void> {
  if (isEmpty) directories.push(await freshDirectory())
  server = await startProcess(directories.at(-1)?.path ?? '', server.port, [
    '--origin',
    site.origin,
  ])
}

async function details(visit: Visit, words: string): Promise<void> {
  const detail = visit.element.locator('[part=status-detail]')
  await until(words, async () => (await detail.textContent())?.includes(words) === true)
}

test('OFFLINE-12: the element keeps what is written without the server, and says so', async () => {
  const visit = await site.visit(pageWith('alone'))
  await visit.type('Before. ')
  await visit.says('All changes saved')
  await server.end('SIGKILL')
  await visit.says('Server away, trying again')
  await visit.type('Alone.')
  await details(visit, 'pending, kept on this device: you may close this page.')
  await visit.page.close()

  const again = await site.again(visit)
  await again.shows('Before. Alone.')
  await again.says('Server away, 6 changes kept on this device')
  await again.type(' Again.')
  await details(again, 'kept on this device')
  expect(await again.element.evaluate((editor: Editor) => editor.pending)).toBeGreaterThan(6)
  await restart()
  await again.says('All changes saved')
  await until('nothing waits', () =>
    again.element.evaluate((editor: Editor) => editor.pending === 0),
  )
  const stranger = await site.visit(pageWith('alone'))
  await stranger.shows('Before. Alone. Again.')
  expect(await stranger.text()).toBe('Before. Alone. Again.')
})

test('OFFLINE-13: the element opens a document that was made anew by itself', async () => {
  const visit = await site.visit(pageWith('anew'))
  await visit.type('The same words.')
  await visit.says('All changes saved')
  await server.end('SIGKILL')
  await restart(true)
  const stranger = await site.visit(pageWith('anew'))
  await stranger.type('The same words.')
  await stranger.says('All changes saved')
  await until('replaced', () => visit.page.evaluate('replaced > 0'))
  await visit.says('All changes saved')
  await visit.shows('The same words.')
  await visit.type(' And more.')
  await stranger.shows('And more.')
  expect([await visit.text(), await stranger.text()]).toEqual([
    'The same words. And more.',
    'The same words. And more.',
  ])
  const earlier = await visit.element.evaluate(async (editor: Editor) => {
    const copies = await editor.earlierCopies()
    const [update] = await Promise.all(copies.map((copy) => copy.read()))
    return new TextDecoder().decode(update)
  })
  expect(earlier).toContain('T')
})

test('OFFLINE-12: a page that may be closed does not ask its reader to stay', async () => {
  const visit = await site.visit(pageWith('closed'))
  await visit.says('All changes saved')
  await visit.element.evaluate((editor: Editor) => editor.disconnect())
  await visit.type('x')
  await until('kept', async () => {
    const title = visit.element.locator('[part=status-title]')
    return (await title.textContent()) === 'Offline, 1 change kept on this device'
  })
  const isStopped = await visit.page.evaluate(() => {
    const event = new Event('beforeunload', { cancelable: true })
    return !dispatchEvent(event)
  })
  expect(isStopped).toBe(false)
})
