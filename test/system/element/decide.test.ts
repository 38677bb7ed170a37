import { expect, test } from 'bun:test'
import { patienceMs, share } from '../../support/share.ts'
import { until } from '../../support/harness/wait.ts'
import { type Editor, openServedSite, type Visit } from './site.ts'

const { server, site } = await share(openServedSite(), patienceMs)

const plain = (text: string): object => ({ type: 'text', text })
const suggested = (type: 'insertion' | 'deletion', id: string, text: string): object => ({
  type: 'text',
  text,
  marks: [{ type, attrs: { id } }],
})

/** A document in which others have suggested, paragraph by paragraph, and somebody who decides. */
async function visit(document: string, paragraphs: readonly (readonly object[])[]): Promise<Visit> {
  const tag = `<ytopic-editor document="${document}" user-name="Eve"></ytopic-editor>`
  const load = `<script type="module" src="${server.http}/embed.js"></script>`
  const decider = await site.visit({ body: tag + load })
  await decider.says('All changes saved')
  const content = paragraphs.map((each) => ({ type: 'paragraph', content: each }))
  const path = `/api/v1/documents/${document}/content?format=prosemirror&root=prose`
  const { ok } = await fetch(`${server.http}${path}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ type: 'doc', content }),
  })
  expect(ok).toBe(true)
  await decider.element.locator('ins').first().waitFor()
  return decider
}

const press = async ({ element }: Visit, name: string): Promise<void> => {
  const button = element.getByRole('button', { name })
  await until(
    'it is possible',
    async () => (await button.getAttribute('aria-disabled')) === 'false',
  )
  await button.click()
}

test.each(['Accept', 'Reject'])(
  'SUGGEST-6: what stands next to it by others stays: %s',
  async (decision) => {
    const one = await visit(`next-${decision}`, [
      [
        plain('So '),
        suggested('insertion', '1 Ada', 'Ada'),
        suggested('insertion', '2 Bob', 'Bob'),
        plain(' and '),
        suggested('deletion', '3 Bob', 'not'),
        suggested('deletion', '4 Ada', 'never'),
        plain(' more.'),
      ],
    ])
    await one.element.locator('ins', { hasText: 'Ada' }).click()
    await press(one, `${decision} all by this person`)
    const says = decision === 'Accept' ? 'So AdaBob and not more.' : 'So Bob and notnever more.'
    await until(says, async () => (await one.text()) === says)
    expect(await one.element.locator('ins').allTextContents()).toEqual(['Bob'])
    expect(await one.element.locator('del').allTextContents()).toEqual(['not'])
    await one.element.locator('ins').click()
    await press(one, `${decision} the suggestion`)
    await until('one is left', async () => (await one.element.locator('ins').count()) === 0)
    expect(await one.element.locator('del').allTextContents()).toEqual(['not'])
  },
)

test('SUGGEST-8: those of one person are decided in one walk, however many they are', async () => {
  const walksOf = async (count: number): Promise<number> => {
    const lines = Array.from({ length: count }, (_, at) => [
      plain(`Line ${at}`),
      suggested('insertion', `${at} Ada`, ' by Ada'),
    ])
    const one = await visit(`walks-${count}`, lines)
    await one.element.locator('ins').first().click()
    await one.element.evaluate((element: Editor) => {
      const { doc } = (element.editor as { state: { doc: object } }).state
      const proto = Object.getPrototypeOf(doc) as { descendants: (...given: unknown[]) => void }
      const { descendants } = proto
      Object.assign(globalThis, { walks: 0 })
      proto.descendants = function counted(...given) {
        Reflect.set(globalThis, 'walks', Number(Reflect.get(globalThis, 'walks')) + 1)
        return descendants.apply(this, given)
      }
    })
    await press(one, 'Accept all by this person')
    await until('all are', async () => (await one.element.locator('ins').count()) === 0)
    return one.page.evaluate(() => Number(Reflect.get(globalThis, 'walks')))
  }
  const few = await walksOf(2)
  expect(few).toBeGreaterThan(0)
  expect(await walksOf(40)).toBe(few)
})
