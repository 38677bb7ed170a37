import { afterAll, beforeAll, expect, test } from 'bun:test'
import { freshDirectory, type ServerProcess, startProcess } from '../../support/harness/process.ts'
import { patienceMs, share } from '../../support/share.ts'
import { until } from '../../support/harness/wait.ts'
import { openSite, type SitePage } from './site.ts'

const site = await share(openSite(), patienceMs)
let server: ServerProcess
/** One that has not been told of the site. */
let shut: ServerProcess
let directories: readonly Awaited<ReturnType<typeof freshDirectory>>[]

beforeAll(async () => {
  directories = [await freshDirectory(), await freshDirectory()]
  const [first, second] = directories.map(({ path }) => path)
  server = await startProcess(first ?? '', 0, ['--origin', site.origin])
  shut = await startProcess(second ?? '')
}, 300_000)
afterAll(async () => {
  for (const one of [server, shut]) await one.end('SIGKILL')
  for (const directory of directories) await directory.remove()
})

/** What a page holds: one script and one tag, under a policy that allows no more than they need. */
function pageWith(tag: string, from = server): SitePage {
  return {
    body: `<script type="module" src="${from.http}/embed.js"></script>${tag}`,
    policy: [
      "default-src 'none'",
      `script-src ${from.http}`,
      "style-src 'self'",
      'img-src data:',
      `connect-src ${from.url}`,
      "require-trusted-types-for 'script'",
      'trusted-types ytopic ProseMirrorClipboard',
    ].join('; '),
  }
}

for (const kind of ['rich', 'code', 'text']) {
  test(`ELEMENT-1, ELEMENT-2: one tag in another site's page is an editor (${kind})`, async () => {
    const tag = (name: string): string =>
      `<ytopic-editor document="tag" kind="${kind}" user-name="${name}"></ytopic-editor>`
    const ada = await site.visit(pageWith(tag('Ada Byron')))
    const bob = await site.visit(pageWith(tag('Bob')))
    await ada.type(`let by = "Ada"  // ${kind} `)
    await bob.shows(`let by = "Ada"  // ${kind} `)
    await bob.type('let too = "Bob"')
    await ada.shows('let too = "Bob"')
    // A browser types no-break spaces where a page does not ask it for plain ones.
    expect(await ada.text()).not.toContain('\u00A0')
    await ada.says('All changes saved')
    const caret = ada.element.locator('.collaboration-carets__label, .cm-ySelectionInfo')
    await until('a caret', async () => (await caret.allTextContents()).includes('Bob'))
    // Its color comes without a style attribute, which the page forbids.
    const color = await caret.first().evaluate((tagged) => getComputedStyle(tagged).backgroundColor)
    expect(color).toMatch(/^rgb\(\d/)
    await until('a face', async () => (await ada.element.getByTitle('Bob').count()) === 1)
    await bob.element.locator('[contenteditable]').first().press('Control+a')
    const selected = ada.element.locator('[style*="background"], [class*="ytopic-selected"]')
    await until('a selection', async () => (await selected.count()) > 0)
    expect([...ada.complaints, ...bob.complaints]).toEqual([])
  })
}

test('ELEMENT-2: what is pasted needs no policy but ProseMirrorClipboard', async () => {
  const tag = '<ytopic-editor document="paste"></ytopic-editor>'
  const ada = await site.visit(pageWith(tag))
  await ada.type('Before. ')
  await ada.element.locator('.ProseMirror').evaluate((editor) => {
    const clipboardData = new DataTransfer()
    const table = '<table><tr><td>A cell</td><td>Another</td></tr></table>'
    clipboardData.setData('text/html', `<b>Bold</b> and <i>slanted</i>${table}`)
    editor.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }))
  })
  await ada.shows('Before. Bold and slanted')
  expect(await ada.element.locator('.ProseMirror strong').textContent()).toBe('Bold')
  expect(await ada.element.locator('.ProseMirror td').count()).toBe(2)
  expect(ada.complaints).toEqual([])
})

test('ELEMENT-3: a site that the server does not know is told the flag to set', async () => {
  const visit = await site.visit(pageWith('<ytopic-editor document="d"></ytopic-editor>', shut))
  await visit.says('This site may not use the server')
  const notice = visit.element.locator('[part=notice]')
  expect(await notice.getAttribute('role')).toBe('alert')
  expect(await notice.locator('[part=remedy]').textContent()).toBe(`--origin ${site.origin}`)
  expect(await notice.textContent()).toContain(new URL(shut.http).host)
})

test('ELEMENT-3: a page whose own policy stops the editor is told what to allow', async () => {
  const page = pageWith('<ytopic-editor document="d"></ytopic-editor>')
  const policy = (page.policy ?? '').replace(`connect-src ${server.url}`, "connect-src 'self'")
  const visit = await site.visit({ ...page, policy })
  await visit.says("This page's own policy stops the editor")
  const remedy = visit.element.locator('[part=remedy]')
  expect(await remedy.textContent()).toBe(`connect-src ${server.url}`)
})

test('ELEMENT-4: every site may load what the element is made of, no more', async () => {
  const headersOf = async (path: string): Promise<Headers> => {
    const origin = 'https://other.example'
    const answer = await fetch(`${server.http}${path}`, {
      headers: { origin, 'sec-fetch-site': 'cross-site' },
    })
    return answer.headers
  }
  const loader = await headersOf('/embed.js')
  const source = await (await fetch(`${server.http}/embed.js`)).text()
  const [chunk = ''] = /\/embed-assets\/[\w-]+\.js/.exec(source) ?? []
  const loaded = await headersOf(chunk)
  for (const headers of [loader, loaded]) {
    expect(headers.get('access-control-allow-origin')).toBe('*')
    expect(headers.get('cross-origin-resource-policy')).toBe('cross-origin')
  }
  expect(loader.get('cache-control')).toBe('public, max-age=300')
  expect(loaded.get('cache-control')).toContain('immutable')
  for (const path of ['/', '/healthz', '/embed/d', '/ws/d']) {
    const headers = await headersOf(path)
    expect(headers.get('access-control-allow-origin'), path).toBe(null)
    expect(headers.get('cross-origin-resource-policy'), path).toBe('same-origin')
  }
})
