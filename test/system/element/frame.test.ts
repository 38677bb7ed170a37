import { afterAll, beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import type { Frame, FrameLocator } from 'playwright-core'
import { freshDirectory, type ServerProcess, startProcess } from '../../support/harness/process.ts'
import { patienceMs, share } from '../../support/share.ts'
import { until } from '../../support/harness/wait.ts'
import { type Editor, openSite, type SitePage, type Visit } from './site.ts'
import { secret, tokenFor } from './tokens.ts'

const site = await share(openSite(), patienceMs)
/** One that nobody has listed. */
const other = await share(openSite('other.localhost'))
let server: ServerProcess
/** One that lets everybody in. */
let open: ServerProcess
let directories: readonly Awaited<ReturnType<typeof freshDirectory>>[]

beforeAll(async () => {
  directories = [await freshDirectory(), await freshDirectory()]
  const [first = '', second = ''] = directories.map(({ path }) => path)
  const file = join(first, 'secret')
  await Bun.write(file, secret)
  server = await startProcess(first, 0, ['--origin', site.origin, '--jwt-secret-file', file])
  open = await startProcess(second, 0, ['--origin', site.origin])
}, 300_000)
afterAll(async () => {
  for (const one of [server, open]) await one.end('SIGKILL')
  for (const directory of directories) await directory.remove()
})

/** A page with one tag, whose token the page counts being asked for, and keeps what it hears. */
function pageWith(tag: string, token: string, more = '', from = server): SitePage {
  const body = `${tag}<script>
      asked = 0; heard = []
      const editor = document.querySelector('ytopic-editor')
      editor.token = () => { asked++; return ${JSON.stringify(token)} }
      for (const type of ['ready', 'synced', 'saved', 'standing', 'change', 'presence', 'refused'])
        editor.addEventListener(type, () => heard.push(type))
      ${more}
    </script><script type="module" src="${from.http}/embed.js"></script>`
  const policy = [
    "default-src 'none'",
    `script-src 'unsafe-inline' ${from.http}`,
    'img-src data:',
    `frame-src ${from.http}`,
    "require-trusted-types-for 'script'",
    'trusted-types ytopic',
  ].join('; ')
  return { body, policy }
}

const inside = ({ page }: Visit): FrameLocator => page.frameLocator('ytopic-editor iframe')

async function stands(visit: Visit, words: string): Promise<void> {
  await until(`it stands "${words}"`, () =>
    visit.element.evaluate((editor: Editor, title) => editor.standing?.title === title, words),
  )
}

async function write(visit: Visit, words: string): Promise<void> {
  const text = inside(visit).locator('.ProseMirror[contenteditable=true]')
  await text.click()
  await text.press('Control+End')
  await text.pressSequentially(words)
}

const evaluate = <Result>(visit: Visit, act: (editor: Editor) => Result): Promise<Result> =>
  visit.element.evaluate<Result, undefined, Editor>(act, undefined)

test('ELEMENT-16: in a frame it takes and tells what it does in its own page', async () => {
  const tag =
    '<form><ytopic-editor frame name="essay" document="framed" user-name="Ada">' +
    '</ytopic-editor></form>'
  const [ada, bob] = [
    await site.visit(pageWith(tag, 'any', '', open)),
    await site.visit(pageWith(tag.replace('Ada', 'Bob'), 'any', '', open)),
  ]
  await stands(ada, 'All changes saved')
  await write(ada, 'Written in a frame.')
  await bob.shows('Written in a frame.')
  await inside(bob).locator('.collaboration-carets__label', { hasText: 'Ada' }).waitFor()
  await evaluate(ada, (editor) => editor.flush())
  await until('its value in the form', async () => {
    const sent = await ada.page.evaluate(() => {
      const form = document.querySelector('form')
      return form === null ? null : new FormData(form).get('essay')
    })
    return sent === '<p>Written in a frame.</p>'
  })
  expect(await evaluate(ada, (editor) => editor.saved)).toBe(true)
  expect(JSON.stringify(await evaluate(ada, (editor) => editor.getJSON()))).toContain('Written')
  const heard = await ada.page.evaluate('heard')
  for (const type of ['ready', 'synced', 'saved', 'standing', 'change', 'presence']) {
    expect(heard).toContain(type)
  }
  // What the page changes holds in the frame.
  await evaluate(ada, (editor) => {
    editor.user = { name: 'Countess' }
    editor.setAttribute('toolbar', 'none')
  })
  // Who has another name has no caret until it moves.
  await inside(bob).getByTitle('Countess').waitFor()
  await inside(ada).locator('.ProseMirror').press('Home')
  await inside(bob).locator('.collaboration-carets__label', { hasText: 'Countess' }).waitFor()
  await until('no toolbar', async () => !(await inside(ada).locator('[part=toolbar]').isVisible()))
  await evaluate(ada, (editor) => (editor.readonly = true))
  await stands(ada, 'View only')
  await evaluate(ada, (editor) => (editor.readonly = false))
  await evaluate(ada, (editor) => editor.disconnect())
  await stands(ada, 'Offline')
  await write(ada, ' And more.')
  await until('not valid', () =>
    ada.page.evaluate(() => document.querySelector('form')?.checkValidity() === false),
  )
  expect(await evaluate(ada, (editor) => editor.pending)).toBeGreaterThan(0)
  await evaluate(ada, (editor) => editor.connect())
  await bob.shows('And more.')
  expect(ada.complaints).toEqual([])
})

test('ELEMENT-16: it is as high as what is in it, and no address holds a token', async () => {
  const token = await tokenFor('high', 'write')
  const visit = await site.visit(
    pageWith('<ytopic-editor frame document="high"></ytopic-editor>', token),
  )
  await stands(visit, 'All changes saved')
  const heightOf = (): Promise<number> =>
    visit.element.evaluate(({ offsetHeight }: HTMLElement) => offsetHeight)
  const before = await heightOf()
  await write(visit, 'First.')
  for (let line = 0; line < 20; line++) await visit.page.keyboard.press('Enter')
  await until('more height', async () => (await heightOf()) > before + 200)
  const isWhole = (): Promise<boolean> =>
    inside(visit)
      .locator('html')
      .evaluate(({ clientHeight, scrollHeight }) => scrollHeight <= clientHeight)
  await until('nothing scrolls in it', isWhole)
  const addresses = visit.page.frames().map((frame) => frame.url())
  expect(addresses).toHaveLength(2)
  expect(addresses.join()).not.toContain(token)
  expect(await visit.page.evaluate('asked')).toBe(1)
})

test('ELEMENT-16: a new function is no reason to connect anew, another token is', async () => {
  const tag = '<ytopic-editor frame document="tokens"></ytopic-editor>'
  const token = await tokenFor('tokens', 'read')
  const visit = await site.visit(pageWith(tag, token))
  await stands(visit, 'View only')
  await evaluate(visit, (editor) => {
    for (let turn = 0; turn < 5; turn++) editor.token = () => undefined
  })
  const writing = await tokenFor('tokens', 'write')
  await visit.element.evaluate((editor: Editor, given) => (editor.token = given), writing)
  await stands(visit, 'All changes saved')
  expect(await visit.page.evaluate('asked')).toBe(1)
})

test('ELEMENT-16: the page hears of a token that it does not give', async () => {
  const tag = '<ytopic-editor frame document="none"></ytopic-editor>'
  const failing = "editor.token = () => Promise.reject(new Error('The login is over.'))"
  const visit = await site.visit(pageWith(tag, '', failing))
  await stands(visit, 'Not logged in')
  expect(await evaluate(visit, (editor) => editor.standing.detail)).toContain('The login is over.')
  await inside(visit).locator('[part=notice]').getByText('The login is over.').waitFor()
  expect(
    await visit.page.locator('ytopic-editor').locator('[part=notice]').first().isVisible(),
  ).toBe(false)
})

/** A page that says to every window around it, and in it, what it wants to be taken for. */
function impostor(says: object): SitePage {
  const message = JSON.stringify(says)
  return {
    body: `<script>
      got = []; rounds = 0
      addEventListener('message', ({ data, ports }) => got.push([data.type, ports.length]))
      setInterval(() => {
        rounds++
        for (const one of [parent, ...Array.from(parent.frames)]) {
          if (one !== self) one.postMessage(${message}, '*')
        }
      }, 50)
    </script>`,
  }
}

/** Waits until a page that tries again and again has done so often enough to be answered. */
async function triedAgain(frame: Frame | null): Promise<void> {
  const rounds = async (): Promise<number> => Number(await frame?.evaluate('window.rounds ?? 0'))
  const before = await rounds()
  await until('it has tried ten times more', async () => (await rounds()) >= before + 10)
}

test('ELEMENT-16: a frame of another site gets neither the port nor the token', async () => {
  const token = await tokenFor('kept', 'write')
  const address = other.serve(impostor({ type: 'ytopic-port-wanted' }))
  const tag =
    `<iframe id="beside" src="${address}"></iframe>` +
    '<ytopic-editor frame document="kept"></ytopic-editor>'
  const page = pageWith(tag, token)
  const policy = (page.policy ?? '').replace('frame-src', `frame-src ${other.origin}`)
  const visit = await site.visit({ ...page, policy })
  await stands(visit, 'All changes saved')
  // The same where the very frame of the element shows another site by now.
  await visit.page
    .locator('ytopic-editor iframe')
    .evaluate((frame: HTMLIFrameElement, elsewhere) => (frame.src = elsewhere), address)
  const strangers = (): ReturnType<Visit['page']['frames']> =>
    visit.page.frames().filter((frame) => frame.url().startsWith(other.origin))
  await until('both are there', () => strangers().length === 2)
  for (const frame of strangers()) {
    await triedAgain(frame)
    const got = JSON.stringify(await frame.evaluate('got'))
    expect(got).not.toContain('ytopic-port",1')
    expect(got).not.toContain(token)
  }
  expect(await visit.page.evaluate('asked')).toBe(1)
})

test('ELEMENT-16: it takes no port and no token of a window that is not around it', async () => {
  const token = await tokenFor('theirs', 'write')
  // Beside the frame stands another of a listed site, which would give it a port of its own.
  const beside = site.serve({
    body: `<script>rounds = 0
      setInterval(() => {
        rounds++
        for (const one of Array.from(parent.frames)) {
          if (one === self) continue
          const { port1, port2 } = new MessageChannel()
          port1.onmessage = ({ data, ports }) => {
            parent.postMessage('taken', '*')
            ports[0]?.postMessage({ value: ${JSON.stringify(token)} })
          }
          port1.postMessage({ type: 'wishes', attributes: {}, label: '', user: {} })
          one.postMessage({ type: 'ytopic-port' }, '*', [port2])
          one.postMessage({ type: 'ytopic-token', token: ${JSON.stringify(token)} }, '*')
        }
      }, 50)
    </script>`,
  })
  const tag = `<iframe src="${beside}"></iframe>
    <iframe src="${server.http}/embed/theirs?port"></iframe>
    <iframe src="${server.http}/embed/theirs?token=ask"></iframe>`
  const visit = await site.visit({
    body: `<script>got = []; addEventListener('message', ({ data }) => got.push(data))</script>
      ${tag}`,
  })
  const got = (): Promise<unknown> => visit.page.evaluate('JSON.stringify(got)')
  await until('both ask', async () =>
    /port-wanted.*token-wanted|token-wanted.*port-wanted/.test(String(await got())),
  )
  await triedAgain(visit.page.frame({ url: beside }))
  expect(await got()).not.toContain('taken')
  for (const frame of visit.page.frames().filter((one) => one.url().startsWith(server.http))) {
    expect(await frame.locator('[contenteditable=true]').count()).toBe(0)
  }
})

test('ELEMENT-16: where the site is not listed the frame is said not to answer', async () => {
  const token = await tokenFor('shut', 'write')
  const visit = await other.visit(
    pageWith('<ytopic-editor frame document="shut"></ytopic-editor>', token),
  )
  await until(
    'it says so',
    () => visit.page.getByText('The frame does not answer').first().isVisible(),
    20_000,
  )
  const remedy = await visit.element.locator('[part=remedy]').textContent()
  expect(remedy).toBe(`--origin ${other.origin}`)
  expect(await visit.page.evaluate('asked')).toBe(0)
})

test('ELEMENT-16: it is light or dark with the page around it', async () => {
  const token = await tokenFor('dark', 'write')
  for (const [scheme, background] of [
    ['light', 'rgb(255, 255, 255)'],
    ['dark', 'rgb(27, 31, 37)'],
  ] as const) {
    const tag = `<meta name="color-scheme" content="${scheme}">
      <ytopic-editor frame document="dark"></ytopic-editor>`
    const visit = await site.visit(pageWith(tag, token))
    await stands(visit, 'All changes saved')
    const frame = inside(visit).locator('[part=frame]')
    const color = (): Promise<string> =>
      frame.evaluate((one) => getComputedStyle(one).backgroundColor)
    await until(background, async () => (await color()) === background)
    // The page changes its mind.
    const changed = scheme === 'dark' ? 'light' : 'dark'
    await visit.page.evaluate((mind) => (document.body.style.colorScheme = mind), changed)
    await until(changed, async () => (await color()) !== background)
  }
})
