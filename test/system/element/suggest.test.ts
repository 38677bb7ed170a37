import { expect, test } from 'bun:test'
import { patienceMs, share } from '../../support/share.ts'
import { until } from '../../support/harness/wait.ts'
import { openServedSite, type SitePage, type Visit } from './site.ts'

const { server, site } = await share(openServedSite(), patienceMs)

function pageWith(document: string, user: string): SitePage {
  const tag = `<ytopic-editor document="${document}" user-name="${user}"></ytopic-editor>`
  return { body: `${tag}<script type="module" src="${server.http}/embed.js"></script>` }
}

/** Ada suggests in what both have; Bob writes as always. */
async function begin(document: string): Promise<{ readonly ada: Visit; readonly bob: Visit }> {
  const ada = await site.visit(pageWith(document, 'Ada'))
  await ada.type('Plain words here.')
  await ada.page.keyboard.press('Enter')
  await ada.page.keyboard.type('Second.')
  await ada.says('All changes saved')
  const bob = await site.visit(pageWith(document, 'Bob'))
  await bob.says('All changes saved')
  await bob.shows('Plain words here.')
  await press(ada, 'Suggesting (experimental)')
  await until('it is on', async () => {
    const pressed = await button(ada, 'Suggesting (experimental)').getAttribute('aria-pressed')
    return pressed === 'true'
  })
  return { ada, bob }
}

const button = ({ element }: Visit, name: string) => element.getByRole('button', { name })
const press = (visit: Visit, name: string): Promise<void> => button(visit, name).click()

/** Suggests to replace "words" by "ideas", and one more paragraph. */
async function suggest({ element, page }: Visit): Promise<void> {
  const first = element.locator('.ProseMirror p').first()
  await first.click()
  await page.keyboard.press('Home')
  for (let step = 0; step < 6; step++) await page.keyboard.press('ArrowRight')
  for (let step = 0; step < 5; step++) await page.keyboard.press('Shift+ArrowRight')
  await page.keyboard.type('ideas')
  await page.keyboard.press('Control+End')
  await page.keyboard.type(' More.')
  await page.keyboard.press('Enter')
  await page.keyboard.type('Third.')
}

/** Both have the same, and nothing is suggested any more. */
async function agree(ada: Visit, bob: Visit, text: string): Promise<void> {
  for (const visit of [ada, bob]) {
    await until(`"${text}"`, async () => (await visit.text()) === text)
    expect(await visit.element.locator('ins, del').count()).toBe(0)
  }
}

test('SUGGEST-1: a suggestion shows elsewhere with its author, and others go on', async () => {
  const { ada, bob } = await begin('shown')
  await suggest(ada)
  const inserted = bob.element.locator('ins[data-by=Ada]')
  await until('inserted', async () =>
    (await inserted.allTextContents()).join('|').includes('ideas'),
  )
  const drawn = await inserted.first().evaluate((one) => getComputedStyle(one, '::after').content)
  expect(drawn).toBe('"Ada"')
  expect(await bob.element.locator('del[data-by=Ada]').allTextContents()).toEqual(['words'])
  await bob.element.locator('.ProseMirror p').first().click()
  await bob.page.keyboard.press('Home')
  await bob.page.keyboard.type('Bob: ')
  await until('Bob', async () => (await ada.text()).startsWith('Bob: Plain'))
  expect((await ada.element.locator('ins').allTextContents()).join('')).not.toContain('Bob')
  expect(await ada.element.locator('del').allTextContents()).toEqual(['words'])
})

test('SUGGEST-2: all are accepted, exactly, on both sides', async () => {
  const { ada, bob } = await begin('accepted')
  await suggest(ada)
  await until('all of it', async () => (await bob.text()).includes('Third.'))
  await press(bob, 'Accept all suggestions')
  await agree(ada, bob, 'Plain ideas here.\n\nSecond. More.\n\nThird.')
})

test('SUGGEST-2: all are rejected, exactly, on both sides', async () => {
  const { ada, bob } = await begin('rejected')
  await suggest(ada)
  await until('all of it', async () => (await bob.text()).includes('Third.'))
  await press(bob, 'Reject all suggestions')
  await agree(ada, bob, 'Plain words here.\n\nSecond.')
})

test.each([
  ['Accept all suggestions', 'Plain words here.Second.'],
  ['Reject all suggestions', 'Plain words here.\n\nSecond.'],
])('SUGGEST-2: paragraphs that are to become one do or do not: %s', async (decision, text) => {
  const { ada, bob } = await begin(`joined-${decision}`)
  await ada.element.locator('.ProseMirror p').nth(1).click()
  await ada.page.keyboard.press('Home')
  await ada.page.keyboard.press('Backspace')
  await until('suggested', async () => (await bob.element.locator('del').count()) > 0)
  await press(bob, decision)
  await agree(ada, bob, text)
})

test('SUGGEST-2: one is decided by itself', async () => {
  const { ada, bob } = await begin('one')
  await suggest(ada)
  await until('all of it', async () => (await bob.text()).includes('Third.'))
  await bob.element.locator('ins').first().click()
  await press(bob, 'Accept the suggestion')
  await until('one is left', async () => (await bob.element.locator('del').count()) === 0)
  expect(await bob.text()).toStartWith('Plain ideas here.')
  expect(await bob.element.locator('ins').count()).toBeGreaterThan(0)
  await press(bob, 'Reject all suggestions')
  await agree(ada, bob, 'Plain ideas here.\n\nSecond.')
})

test('SUGGEST-3: Markdown and HTML lose no text of suggestions, and bring HTML back', async () => {
  const { ada, bob } = await begin('markup')
  await suggest(ada)
  await until('all of it', async () => (await bob.text()).includes('Third.'))
  await ada.says('All changes saved')
  const read = async (format: string): Promise<string> => {
    const at = `${server.http}/api/v1/documents/markup/content?format=${format}`
    return (await fetch(at)).text()
  }
  for (const format of ['markdown', 'html']) {
    const text = await read(format)
    for (const word of ['words', 'ideas', 'More.', 'Third.']) expect(text).toContain(word)
  }
  const html = await read('html')
  await fetch(`${server.http}/api/v1/documents/markup/content?format=html`, {
    method: 'PUT',
    headers: { 'content-type': 'text/html', 'if-match': '*' },
    body: html.replace('Second.', 'Second of all.'),
  })
  await bob.shows('Second of all.')
  await press(bob, 'Reject all suggestions')
  await agree(ada, bob, 'Plain words here.\n\nSecond of all.')
})

/** Where the caret goes without the browser having told of it, as a spelling aid does. */
function replaceFirstWord(): void {
  const selection = getSelection()
  selection?.modify('move', 'backward', 'lineboundary')
  for (let step = 0; step < 5; step++) selection?.modify('extend', 'forward', 'character')
  // oxlint-disable-next-line typescript/no-deprecated -- what else writes in the same turn?
  document.execCommand('insertText', false, 'S')
}

const firstOf = ({ element }: Visit) => element.locator('.ProseMirror p').first()
const shown = (visit: Visit): Promise<string> =>
  firstOf(visit).evaluate((one) =>
    [...one.childNodes].map(({ nodeName, textContent }) => `${nodeName}:${textContent}`).join('|'),
  )

test('SUGGEST-4: one writes on behind what was replaced, however that was done', async () => {
  const { ada } = await begin('replaced')
  await firstOf(ada).click()
  await ada.page.evaluate(replaceFirstWord)
  await ada.page.keyboard.type('imple')
  await until('all of it', async () => (await shown(ada)).includes('imple'))
  expect(await shown(ada)).toBe('DEL:Plain|INS:Simple|#text: words here.')
})

test('SUGGEST-4: keys that delete go on, forwards and backwards', async () => {
  const { ada } = await begin('deleted')
  await firstOf(ada).click()
  const { keyboard } = ada.page
  for (const key of ['Home', 'Delete', 'Delete', 'Delete', 'x']) await keyboard.press(key)
  for (const key of ['End', 'Backspace', 'Backspace', 'y']) await keyboard.press(key)
  await until('all of it', async () => (await shown(ada)).includes('INS:y'))
  expect(await shown(ada)).toBe('DEL:Pla|INS:x|#text:in words her|DEL:e.|INS:y')
})

test.each([
  ['Accept all suggestions', 1],
  ['Reject all suggestions', 0],
])('SUGGEST-5: a format of words is suggested with them: %s', async (decision, strong) => {
  const { ada, bob } = await begin(`format-${decision}`)
  const { keyboard } = ada.page
  await firstOf(ada).click()
  await keyboard.press('Home')
  for (let step = 0; step < 5; step++) await keyboard.press('Shift+ArrowRight')
  await keyboard.press('Control+b')
  await bob.element.locator('ins strong, strong ins').waitFor()
  await press(bob, decision)
  await agree(ada, bob, 'Plain words here.\n\nSecond.')
  for (const { element } of [ada, bob]) {
    expect(await element.locator('.ProseMirror strong', { hasText: 'Plain' }).count()).toBe(strong)
  }
})

test('SUGGEST-5: what is written in code is suggested, in a line and in a block', async () => {
  const { ada, bob } = await begin('code')
  await ada.element.locator('.ProseMirror').press('Control+End')
  await ada.page.keyboard.type(' Run `tides --high` now.')
  await bob.element.locator('code ins, ins code', { hasText: 'tides --high' }).waitFor()
  await press(bob, 'Reject all suggestions')
  await agree(ada, bob, 'Plain words here.\n\nSecond.')
})

test.each([
  ['Accept all suggestions', 'run(tides.high)'],
  ['Reject all suggestions', 'run(tides)'],
])('SUGGEST-5: in a block of code, between what stands there: %s', async (decision, code) => {
  const { ada, bob } = await begin(`block-${decision}`)
  await bob.element.locator('.ProseMirror').press('Control+End')
  for (const key of ['Enter', '`', '`', '`', 'Enter']) await bob.page.keyboard.press(key)
  await bob.page.keyboard.type('run(tides)')
  const block = ada.element.locator('pre code')
  await block.getByText('run(tides)').click()
  await ada.page.keyboard.press('End')
  await ada.page.keyboard.press('ArrowLeft')
  await ada.page.keyboard.type('.high')
  await bob.element.locator('pre ins[data-by=Ada]', { hasText: '.high' }).waitFor()
  await press(bob, decision)
  await agree(ada, bob, `Plain words here.\n\nSecond.\n\n${code}`)
})

test('SUGGEST-6: those of one person are decided together, and no others', async () => {
  const { ada, bob } = await begin('persons')
  await press(bob, 'Suggesting (experimental)')
  await until('it is on for Bob', async () => {
    return (await button(bob, 'Suggesting (experimental)').getAttribute('aria-pressed')) === 'true'
  })
  await ada.type(' By Ada.')
  await bob.element.locator('ins[data-by=Ada]').waitFor()
  await firstOf(bob).click()
  await bob.page.keyboard.press('Home')
  await bob.page.keyboard.type('Bob: ')
  await bob.page.keyboard.press('End')
  await bob.page.keyboard.type(' So says Bob.')
  await until('both of Bob', async () => {
    return (await ada.element.locator('ins[data-by=Bob]').count()) === 2
  })
  await ada.element.locator('ins[data-by=Bob]').first().click()
  await press(ada, 'Reject all by this person')
  for (const one of [ada, bob]) {
    await until('none of Bob', async () => (await one.text()).startsWith('Plain words here.\n'))
    expect(await one.element.locator('ins[data-by=Ada]').count()).toBe(1)
  }
  await bob.element.locator('ins[data-by=Ada]').click()
  await press(bob, 'Accept all by this person')
  await agree(ada, bob, 'Plain words here.\n\nSecond. By Ada.')
})
