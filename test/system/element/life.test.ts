import { expect, test } from 'bun:test'
import { patienceMs, share } from '../../support/share.ts'
import { until } from '../../support/harness/wait.ts'
import { type Editor, openServedSite, type SitePage } from './site.ts'

const { server, site } = await share(openServedSite(), patienceMs)

/** A page that counts the sockets that it opens. */
function pageWith(body: string): SitePage {
  const count =
    'sockets = []; WebSocket = class extends WebSocket {' +
    'constructor(...given) { super(...given); sockets.push(this) } }'
  const load = `<script type="module" src="${server.http}/embed.js"></script>`
  return { body: `<script>${count}</script>${body}${load}` }
}

test('ELEMENT-7: a new token function is no reason to connect anew', async () => {
  const visit = await site.visit(pageWith('<ytopic-editor document="again"></ytopic-editor>'))
  await visit.says('All changes saved')
  await visit.element.evaluate(async (editor: Editor) => {
    for (let turn = 0; turn < 5; turn++) {
      editor.token = () => undefined
      await new Promise((resolve) => requestAnimationFrame(resolve))
    }
  })
  await visit.type('Still here.')
  await visit.says('All changes saved')
  expect(await visit.page.evaluate('sockets.length')).toBe(1)
})

test('ELEMENT-8: an element that is moved keeps its socket, its text and its undo', async () => {
  const body =
    '<div id="a"><ytopic-editor document="moved"></ytopic-editor></div><div id="b"></div>'
  const visit = await site.visit(pageWith(body))
  await visit.element.locator('.ProseMirror').click()
  // At once: keys that come half a second after another are undone by themselves.
  await visit.page.keyboard.insertText('Written before.')
  await visit.says('All changes saved')
  await visit.page.evaluate(() => {
    const editor = document.querySelector('ytopic-editor')
    if (editor !== null) document.querySelector('#b')?.append(editor)
  })
  await visit.page.waitForFunction(() => document.querySelector('#b ytopic-editor') !== null)
  await visit.element.locator('.ProseMirror').click()
  await visit.page.keyboard.press('Control+z')
  await until('undone', async () => (await visit.text()) === '')
  await visit.page.keyboard.press('Control+Shift+z')
  await visit.shows('Written before.')
  expect(await visit.page.evaluate('sockets.length')).toBe(1)
})

test('ELEMENT-8: an element that is taken away closes its socket, when all is saved', async () => {
  const visit = await site.visit(pageWith('<ytopic-editor document="away"></ytopic-editor>'))
  await visit.says('All changes saved')
  await visit.type('Last words.')
  await visit.element.evaluate((editor) => editor.remove())
  await visit.page.waitForFunction('sockets.every((socket) => socket.readyState === 3)')
  const other = await site.visit(pageWith('<ytopic-editor document="away"></ytopic-editor>'))
  await other.shows('Last words.')
})

test('ELEMENT-8: elements on one document share its Yjs document and its socket', async () => {
  const tags =
    '<ytopic-editor document="shared"></ytopic-editor>' +
    '<ytopic-editor document="shared" kind="code"></ytopic-editor>' +
    '<ytopic-editor document="another"></ytopic-editor>'
  const visit = await site.visit(pageWith(tags))
  const [rich, code, other] = await visit.page.locator('ytopic-editor').all()
  await until('an editor', async () => (await code?.locator('.cm-content').count()) === 1)
  await until('both', async () => (await other?.locator('.ProseMirror').count()) === 1)
  const isShared = await visit.page.evaluate(() => {
    const [first, second, third] = document.querySelectorAll('ytopic-editor')
    return [first?.doc === second?.doc, first?.doc === third?.doc]
  })
  expect(isShared).toEqual([true, false])
  expect(await visit.page.evaluate('sockets.length')).toBe(2)
  await rich?.evaluate((editor) => editor.remove())
  const content = visit.element.locator('.cm-content')
  await content.click()
  await content.pressSequentially('still()')
  const later = await site.visit(
    pageWith('<ytopic-editor document="shared" kind="code"></ytopic-editor>'),
  )
  await later.shows('still()')
})

test('ELEMENT-9: a form sends the text, and is not valid before that is saved', async () => {
  const form = (kind: string): string =>
    `<form><ytopic-editor name="essay" document="f-${kind}" kind="${kind}"></ytopic-editor></form>`
  for (const [kind, value] of [
    ['rich', '<p>Sent.</p>'],
    ['text', 'Sent.'],
  ] as const) {
    const visit = await site.visit(pageWith(form(kind)))
    await visit.says('All changes saved')
    await visit.element.evaluate((editor: Editor) => editor.disconnect())
    await visit.type('Sent.')
    const isValid = (): Promise<boolean> =>
      visit.page.evaluate(() => document.querySelector('form')?.checkValidity() === true)
    await until('not valid', async () => !(await isValid()))
    await visit.element.evaluate((editor: Editor) => editor.connect())
    await until('valid', isValid)
    const sent = (): Promise<unknown> =>
      visit.page.evaluate(() => {
        const found = document.querySelector('form')
        return found === null ? null : new FormData(found).get('essay')
      })
    await until('its value', async () => (await sent()) === value)
  }
})

test('ELEMENT-9: it writes no HTML before it is in a form, and has it there at once', async () => {
  const tag = '<form></form><ytopic-editor name="essay" document="late"></ytopic-editor>'
  const visit = await site.visit(pageWith(tag))
  await visit.ready()
  const watched = await visit.element.evaluateHandle((editor: Editor) => {
    const { editor: native } = editor
    if (typeof native !== 'object' || native === null) throw new Error('there is no editor')
    const counted = { writings: 0, text: '' }
    const write: unknown = Reflect.get(native, 'getHTML')
    Reflect.set(native, 'getHTML', () => {
      counted.writings++
      return typeof write === 'function' ? Reflect.apply(write, native, []) : undefined
    })
    editor.addEventListener('change', () => (counted.text = editor.getText()))
    return counted
  })
  await visit.type('Sent.')
  await until('the last change', async () => (await watched.jsonValue()).text === 'Sent.')
  expect((await watched.jsonValue()).writings).toBe(0)
  const sent = await visit.element.evaluate((editor: Editor) => {
    const form = document.querySelector('form')
    form?.append(editor)
    return form === null ? null : new FormData(form).get('essay')
  })
  expect(sent).toBe('<p>Sent.</p>')
})

test('ELEMENT-10: it tells what happens by events, and does what it is asked', async () => {
  const body =
    '<script>heard = []; for (const type of ["ready", "synced", "saved", "standing", "change",' +
    ' "presence"]) addEventListener(type, (event) => event.target.localName === "ytopic-editor"' +
    ' && heard.push(type))</script><ytopic-editor document="events"></ytopic-editor>'
  const visit = await site.visit(pageWith(body))
  await visit.says('All changes saved')
  await visit.type('Flushed.')
  const told = await visit.element.evaluate(async (editor: Editor) => {
    await editor.flush()
    const { pending, saved, standing } = editor
    return { pending, saved, kind: standing.kind, json: editor.getJSON(), value: editor.value }
  })
  const content = [{ type: 'paragraph', content: [{ type: 'text', text: 'Flushed.' }] }]
  const json = { type: 'doc', content }
  expect(told).toEqual({ pending: 0, saved: true, kind: 'saved', json, value: '<p>Flushed.</p>' })
  await until('all events', async () => {
    const heard = new Set(await visit.page.evaluate<string[]>('heard'))
    return heard.size === 6
  })
})

test('ELEMENT-10: what the page has put into it is shown until there is an editor', async () => {
  const body = '<ytopic-editor document="before"><p>Read me first.</p></ytopic-editor>'
  const page = pageWith(body)
  const late = await site.visit({ body: page.body.replace(/<script type="module".*/, '') })
  expect(await late.page.getByText('Read me first.').isVisible()).toBe(true)
  const visit = await site.visit(page)
  await visit.says('All changes saved')
  await until('it gives way', async () => !(await visit.page.getByText('first').isVisible()))
})

test('ELEMENT-19: it is empty while nothing is to be seen in it, in a frame too', async () => {
  const tag = '<ytopic-editor document="seen" placeholder="Begin here"'
  const visit = await site.visit(pageWith(`${tag}></ytopic-editor>${tag} frame></ytopic-editor>`))
  const put = async (...content: readonly object[]): Promise<void> => {
    const path = '/api/v1/documents/seen/content?format=prosemirror&root=prose'
    const { ok } = await fetch(`${server.http}${path}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ type: 'doc', content }),
    })
    expect(ok).toBe(true)
  }
  const areEmpty = (count: number) => async (): Promise<boolean> =>
    (await visit.page.locator('ytopic-editor:state(empty)').count()) === count
  const begins = visit.page.locator('ytopic-editor .ProseMirror [data-placeholder="Begin here"]')
  const line = { type: 'paragraph' }
  const cell = { type: 'tableCell', content: [line] }
  await until('both are', areEmpty(2))
  for (const something of [
    { type: 'image', attrs: { src: `${server.http}/no.png` } },
    { type: 'horizontalRule' },
    { type: 'table', content: [{ type: 'tableRow', content: [cell, cell] }] },
    { type: 'bulletList', content: [{ type: 'listItem', content: [line] }] },
    { type: 'blockquote', content: [line] },
    { type: 'codeBlock' },
  ]) {
    await put(line, something)
    await until(`${something.type} is something`, areEmpty(0))
    expect(await begins.count()).toBe(0)
    await put(line, line)
    await until('nothing is left', areEmpty(2))
  }
  await begins.waitFor()
})
