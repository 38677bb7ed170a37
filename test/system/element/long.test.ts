import { expect, test } from 'bun:test'
import { patienceMs, share } from '../../support/share.ts'
import { until } from '../../support/harness/wait.ts'
import { type Editor, openServedSite, type Visit } from './site.ts'

const { server, site } = await share(openServedSite(), patienceMs)

const paragraphs = 3000
const keys = 20

/** A document of so many paragraphs, open in the middle. */
async function openLong(name: string, first: string): Promise<Visit> {
  const body = [first, ...Array.from({ length: paragraphs - 1 }, (_one, at) => `<p>At ${at}.</p>`)]
  const at = `${server.http}/api/v1/documents/${name}/content?format=html&root=prose`
  const made = await fetch(at, {
    method: 'PUT',
    headers: { 'content-type': 'text/html' },
    body: body.join(''),
  })
  expect(made.ok).toBe(true)
  const visit = await site.visit({
    body:
      `<ytopic-editor document="${name}"></ytopic-editor>` +
      `<script type="module" src="${server.http}/embed.js"></script>`,
  })
  const blocks = visit.element.locator('.ProseMirror > p')
  await until('all of it', async () => (await blocks.count()) === paragraphs)
  await visit.says('All changes saved')
  await blocks.nth(paragraphs / 2).click()
  return visit
}

/** Counts the nodes that anybody visits in a walk through a document of ProseMirror. */
function countVisits(element: Editor): void {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Tiptap's, as far as it is asked
  const { content } = (element.editor as { state: { doc: { content: object } } }).state.doc
  const walks: unknown = Object.getPrototypeOf(content)
  if (typeof walks !== 'object' || walks === null) return
  const walk: unknown = Reflect.get(walks, 'nodesBetween')
  let visits = 0
  Reflect.set(walks, 'nodesBetween', function (this: object, ...args: unknown[]) {
    const [from, to, visit, ...rest] = args
    const counted = (...seen: unknown[]): unknown => {
      document.body.dataset['visits'] = String(++visits)
      return typeof visit === 'function' ? Reflect.apply(visit, undefined, seen) : undefined
    }
    if (typeof walk === 'function') Reflect.apply(walk, this, [from, to, counted, ...rest])
  })
}

test.each([
  ['plain', '<p>First.</p>'],
  ['suggested', '<p>First <ins data-id="1 Bob">one</ins>.</p>'],
])('ELEMENT-18: a key looks through no long document: %s', async (name, first) => {
  const visit = await openLong(name, first)
  await visit.element.evaluate(countVisits)
  await visit.page.keyboard.type('x'.repeat(keys))
  await visit.element.locator('.ProseMirror > p', { hasText: 'x'.repeat(keys) }).waitFor()
  await visit.says('All changes saved')
  const visits = Number(await visit.page.evaluate(() => document.body.dataset['visits'] ?? 0))
  expect(visits / keys).toBeLessThan(300)
})
