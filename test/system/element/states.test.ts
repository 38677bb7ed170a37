import { afterAll, beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { freshDirectory, type ServerProcess, startProcess } from '../../support/harness/process.ts'
import { patienceMs, share } from '../../support/share.ts'
import { until } from '../../support/harness/wait.ts'
import { type Editor, openSite, type SitePage, type Visit } from './site.ts'
import { secret, tokenFor } from './tokens.ts'

const site = await share(openSite(), patienceMs)
let server: ServerProcess
let directory: Awaited<ReturnType<typeof freshDirectory>>
let flags: readonly string[]

beforeAll(async () => {
  directory = await freshDirectory()
  const file = join(directory.path, 'secret')
  await Bun.write(file, secret)
  flags = ['--origin', site.origin, '--jwt-secret-file', file, '--document-bytes-max', '4000']
  server = await startProcess(directory.path, 0, flags)
}, 300_000)
afterAll(async () => {
  await server.end('SIGKILL')
  await directory.remove()
})

function pageWith(document: string, token: string | undefined, from = server.http): SitePage {
  const tag = `<ytopic-editor server="${from}" document="${document}"></ytopic-editor>`
  const given = JSON.stringify(token) ?? 'undefined'
  const script = `document.querySelector('ytopic-editor').token = ${given}`
  const load = `<script type="module" src="${server.http}/embed.js"></script>`
  return { body: `${tag}<script>${script}</script>${load}` }
}

const isLocked = (visit: Visit): Promise<boolean> =>
  visit.element.evaluate((editor) => editor.querySelector('[contenteditable=true]') === null)

test("ELEMENT-6: a reader's editor is locked from the first moment and says so", async () => {
  const writer = await site.visit(pageWith('read', await tokenFor('read', 'write')))
  await writer.type('To be read.')
  await writer.says('All changes saved')
  const reader = await site.visit(pageWith('read', await tokenFor('read', 'read')))
  await reader.page.evaluate(() => {
    const seen: boolean[] = []
    Reflect.set(window, 'seen', seen)
    new MutationObserver(() => {
      seen.push(document.querySelector('ytopic-editor [contenteditable=true]') !== null)
    }).observe(document, { subtree: true, childList: true, attributes: true })
  })
  await reader.says('View only')
  await reader.shows('To be read.')
  expect(await isLocked(reader)).toBe(true)
  const seen = await reader.page.evaluate(() => Reflect.get(window, 'seen') as boolean[])
  expect(seen).not.toContain(true)
  expect(await reader.element.locator('[part=toolbar]').isVisible()).toBe(false)
  expect(await reader.element.evaluate((editor) => editor.matches(':state(readonly)'))).toBe(true)
})

test('ELEMENT-6: who may comment is told that the text is not theirs to change', async () => {
  const visit = await site.visit(pageWith('comment', await tokenFor('comment', 'comment')))
  await visit.says('Comment only')
  expect(await isLocked(visit)).toBe(true)
  const detail = visit.element.locator('[part=status-detail]')
  expect(await detail.textContent()).toContain('comment on it')
})

test('ELEMENT-6: a page may show a document for reading to who could write in it', async () => {
  const visit = await site.visit(pageWith('shown', await tokenFor('shown', 'write')))
  await visit.says('All changes saved')
  await visit.element.evaluate((editor: Editor) => (editor.readonly = true))
  await visit.says('View only')
  expect(await isLocked(visit)).toBe(true)
  await visit.element.evaluate((editor: Editor) => (editor.readonly = false))
  await visit.says('All changes saved')
  await visit.type('Mine.')
  await visit.shows('Mine.')
})

test.each([
  ['no token', undefined, 'This document asks for a token'],
  ["another document's token", 'other', 'You may not open this document'],
])('ELEMENT-6: who comes with %s is told so', async (_, other, words) => {
  const token = other === undefined ? undefined : await tokenFor(other, 'write')
  const visit = await site.visit(pageWith('closed', token))
  await visit.says(words)
  expect(await visit.element.locator('[part=notice]').isVisible()).toBe(true)
  expect(await visit.element.evaluate((editor) => editor.matches(':state(refused)'))).toBe(true)
})

test('ELEMENT-6: who has a token too old is told so and can go on with another', async () => {
  const visit = await site.visit(pageWith('old', await tokenFor('old', 'write', 2_000)))
  await visit.says('All changes saved')
  await visit.type('Kept.')
  await visit.says('Your access has ended')
  expect(await visit.text()).toBe('Kept.')
  expect(await isLocked(visit)).toBe(true)
  const token = await tokenFor('old', 'write')
  await visit.element.evaluate((editor: Editor, given) => (editor.token = given), token)
  await visit.says('All changes saved')
})

test('ELEMENT-6: offline it says how much is kept, and saves that afterwards', async () => {
  const visit = await site.visit(pageWith('off', await tokenFor('off', 'write')))
  await visit.says('All changes saved')
  await visit.element.evaluate((editor: Editor) => editor.disconnect())
  await visit.says('Offline')
  await visit.type('ab')
  await visit.says('Offline, 2 changes kept here')
  expect(await visit.element.evaluate((editor: Editor) => editor.pending)).toBe(2)
  expect(await visit.element.evaluate((editor) => editor.matches(':state(offline)'))).toBe(true)
  await visit.element.evaluate((editor: Editor) => editor.connect())
  await visit.says('All changes saved')
})

test('ELEMENT-6: it outlives a killed server', async () => {
  const visit = await site.visit(pageWith('kill', await tokenFor('kill', 'write')))
  await visit.type('Before.')
  await visit.says('All changes saved')
  await server.end('SIGKILL')
  await visit.says('Server away, trying again')
  await visit.type(' While.')
  server = await startProcess(directory.path, server.port, flags)
  await visit.says('All changes saved')
  expect(await visit.text()).toBe('Before. While.')
})

test('ELEMENT-6: a full document is called full, and what is too much is kept here', async () => {
  const visit = await site.visit(pageWith('full', await tokenFor('full', 'write')))
  await visit.says('All changes saved')
  await visit.element.locator('.ProseMirror').click()
  await visit.page.keyboard.insertText('x'.repeat(5_000))
  await visit.says('The document is full')
  expect(await visit.element.locator('[part=notice]').textContent()).toContain('kept here')
})

/** A server that ends every connection in that way. */
async function withEnd(code: number, reason: string, act: (at: string) => Promise<void>) {
  const other = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch(request, serving) {
      const headers = { 'sec-websocket-protocol': 'ytopic' }
      return serving.upgrade(request, { headers, data: undefined })
        ? undefined
        : new Response('A socket is wanted', { status: 426 })
    },
    websocket: { open: (socket) => socket.close(code, reason), message: () => undefined },
  })
  await act(`http://127.0.0.1:${other.port}`)
  await other.stop(true)
}

test.each([
  [1012, 'The server is restarting; connect again.', 'Server restarting', false],
  [
    1013,
    'Too many clients have this document open; try again later.',
    'The server is full, trying again',
    false,
  ],
  [4404, 'Nothing exists under this path; check it.', 'This document was deleted', true],
  [4409, 'Others hold something else.', 'Refused by the server', true],
])('ELEMENT-6: a close with %i says "%s" as "%s"', (code, reason, words, stops) =>
  withEnd(code, reason, async (at) => {
    const visit = await site.visit(pageWith('end', 'a-token', at))
    await visit.says(words)
    expect(await visit.element.locator('[part=notice]').isVisible()).toBe(stops)
  }),
)

test('ELEMENT-6: without a name it says what the page has to do', async () => {
  const visit = await site.visit(pageWith('', undefined))
  await visit.says('No document yet')
  await visit.element.evaluate(
    async (editor: Editor, token) => {
      editor.token = token
      editor.document = 'named'
      await editor.ready
    },
    await tokenFor('named', 'write'),
  )
  await visit.says('All changes saved')
})

test('ELEMENT-7: a function is asked for a token, and for the next one', async () => {
  const visit = await site.visit({ body: '<ytopic-editor document="renew"></ytopic-editor>' })
  let made = 0
  await visit.page.exposeFunction('makeToken', () => tokenFor('renew', 'write', ++made * 2_000))
  await visit.page.evaluate((from) => {
    const editor = document.querySelector('ytopic-editor')
    const script = document.createElement('script')
    script.type = 'module'
    script.src = `${from}/embed.js`
    document.head.append(script)
    Reflect.set(editor ?? {}, 'token', () => Reflect.apply(Reflect.get(window, 'makeToken'), 0, []))
  }, server.http)
  await visit.says('All changes saved')
  await visit.type('Before. ')
  await until('the second token', () => made > 1)
  await visit.says('All changes saved')
  await visit.type('After.')
  await visit.says('All changes saved')
  expect(await visit.text()).toBe('Before. After.')
})
