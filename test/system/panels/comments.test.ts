import { expect, test } from 'bun:test'
import { drawn } from '../../support/harness/browser.ts'
import { patienceMs, share } from '../../support/share.ts'
import { until } from '../../support/harness/wait.ts'
import { faults } from '../browser/faults.ts'
import { cardOf, comment, commentOnSelected, marked, openNone, send } from './commenting.ts'
import { expectFits, gather, keep, select } from './people.ts'

const people = await share(gather(), patienceMs)

test('PANEL-8: a comment is seen by others at once, and its words stay marked', async () => {
  const ada = await people.guest('Ada Byron', 'words')
  const bob = await people.guest('Bob Ross', 'words', 'comment')
  await ada.write('The tide comes in at noon.')
  await bob.text.getByText('The tide').waitFor()
  await ada.page.evaluate(() => {
    addEventListener('comment', (event) => {
      if (event instanceof CustomEvent) Reflect.set(globalThis, 'told', event.detail)
    })
  })
  // What is there when the comments are loaded is no news.
  await openNone(ada)
  await comment(bob, 'at noon', 'Or at one?')
  await until('marked', async () => (await marked(ada)).join('') === 'at noon')
  await ada.page.getByRole('button', { name: 'Comments, 1' }).waitFor()
  await cardOf(ada, 'Or at one?').getByText('Bob Ross').waitFor()
  const told = await ada.page.evaluate(() => Reflect.get(globalThis, 'told') as object)
  expect(told).toMatchObject({ quote: 'at noon', text: 'Or at one?', by: { name: 'Bob Ross' } })
  await ada.text.click()
  await ada.page.keyboard.press('Home')
  await ada.page.keyboard.type('Today, they say: ')
  await until('followed', async () => (await marked(bob)).join('') === 'at noon')
  await bob.text.getByText('Today, they say').waitFor()
  expect((await marked(ada)).join('')).toBe('at noon')
  expect(await bob.text.getAttribute('contenteditable')).toBe('false')
  expect(await faults(ada.page)).toEqual([])
  expect([...ada.complaints, ...bob.complaints]).toEqual([])
})

test('PANEL-8: by keyboard one comments on a paragraph, and is back in it', async () => {
  const ada = await people.guest('Ada', 'keys')
  await ada.write('First line.')
  await ada.page.keyboard.press('Enter')
  await ada.page.keyboard.type('Second line.')
  await ada.page.keyboard.press('Control+Alt+m')
  await ada.comments.getByRole('textbox', { name: 'Comment' }).waitFor()
  await ada.page.keyboard.type('Too short.')
  await ada.page.keyboard.press('Control+Enter')
  await cardOf(ada, 'Too short.').and(ada.page.locator(':focus')).waitFor()
  expect((await marked(ada)).join('')).toBe('Second line.')
  await ada.page.keyboard.press('Escape')
  await until('in the text', () => ada.text.evaluate((text) => text === document.activeElement))
  await ada.page.keyboard.press('End')
  await ada.page.keyboard.type(' Really.')
  await ada.text.getByText('Second line. Really.').waitFor()
})

test('PANEL-15: by keyboard one selects and comments anywhere in a locked text', async () => {
  const ada = await people.guest('Ada', 'locked')
  const bob = await people.guest('Bob', 'locked', 'comment')
  await ada.write('First line.')
  await ada.page.keyboard.press('Enter')
  await ada.page.keyboard.type('Second line by ear.')
  await bob.text.getByText('by ear').waitFor()
  await bob.text.focus()
  const selected = (): Promise<string> => bob.page.evaluate(() => String(getSelection()).trim())
  for (const [key, words] of [
    ['ArrowDown', 'First'],
    ['ArrowRight', 'line'],
    ['ArrowDown', 'Second'],
    ['ArrowRight', 'line'],
    ['ArrowLeft', 'Second'],
    ['ArrowRight', 'line'],
    ['Shift+ArrowRight', 'line by'],
  ] as const) {
    await bob.page.keyboard.press(key)
    expect(await selected()).toStartWith(words)
  }
  await bob.page.keyboard.press('Control+Alt+m')
  await bob.comments.getByRole('textbox', { name: 'Comment' }).waitFor()
  await bob.page.keyboard.type('Whose?')
  await bob.page.keyboard.press('Control+Enter')
  await until('marked', async () => (await marked(ada)).join('').startsWith('line by'))
})

test('PANEL-9: deleted words leave their quote, and undo brings the mark back', async () => {
  const ada = await people.guest('Ada', 'orphan')
  const bob = await people.guest('Bob', 'orphan')
  // What one has written oneself just before would be undone together with the deletion.
  await bob.write('One two three two one.')
  await ada.text.getByText('three').waitFor()
  const card = await comment(ada, 'three two', 'Count again.')
  await bob.open('Comments')
  await cardOf(bob, 'Count again.').waitFor()
  await select(ada, 'three two')
  await ada.page.keyboard.press('Delete')
  await bob.comments.getByRole('heading', { name: 'On deleted text' }).waitFor()
  expect(await cardOf(bob, 'Count again.').locator('del').textContent()).toBe('three two')
  expect(await marked(bob)).toEqual([])
  await ada.page.keyboard.press('Control+z')
  await until('back', async () => (await marked(bob)).join('') === 'three two')
  await until('back here', async () => (await marked(ada)).join('') === 'three two')
  await cardOf(bob, 'Count again.').locator('q').waitFor()
  expect(await card.locator('del').count()).toBe(0)
})

test('PANEL-10: threads are answered, changed, reacted to, resolved and opened again', async () => {
  const ada = await people.guest('Ada', 'thread')
  const bob = await people.guest('Bob', 'thread')
  await ada.write('Some words to talk about.')
  await bob.text.getByText('Some words').waitFor()
  await comment(ada, 'words', 'Which ones?')
  await bob.open('Comments')
  const card = cardOf(bob, 'Which ones?')
  await card.getByRole('textbox', { name: 'Reply' }).fill('These onse.')
  await bob.page.keyboard.press('Control+Enter')
  const answer = card.locator('.comment', { hasText: 'These onse.' })
  await answer.getByRole('button', { name: 'Change this comment' }).click()
  await answer.getByRole('button', { name: 'Edit' }).click()
  await bob.comments.getByRole('textbox', { name: 'Change the comment' }).fill('These ones.')
  await bob.page.keyboard.press('Control+Enter')
  const seen = cardOf(ada, 'These ones.')
  await seen.getByText('edited').waitFor()
  const second = seen.locator('.comment').nth(1)
  await second.getByRole('button', { name: 'React', exact: true }).click()
  await second.getByRole('button', { name: 'React with 🎉' }).click()
  await card.getByRole('button', { name: '🎉 1, Ada' }).waitFor()
  await card.getByRole('button', { name: '🎉 1, Ada' }).click()
  await seen.getByRole('button', { name: '🎉 2, Ada, Bob' }).waitFor()
  await seen.getByRole('button', { name: 'Resolve' }).click()
  await bob.comments.getByText('Resolved (1)').click()
  await card.getByText('Resolved by Ada').waitFor()
  expect(await marked(bob)).toEqual([])
  await card.getByRole('button', { name: 'Open again' }).click()
  await until('open', async () => (await marked(ada)).join('') === 'words')
  await bob.comments.locator('.comment', { hasText: 'These ones.' }).hover()
  await bob.comments.locator('.comment').nth(1).getByRole('button', { name: 'Change this' }).click()
  await bob.comments.getByRole('button', { name: 'Delete' }).click()
  await until('one', async () => (await ada.comments.locator('.comment').count()) === 1)
})

test('PANEL-11: who is mentioned is told', async () => {
  const ada = await people.guest('Ada', 'mention')
  const bob = await people.guest('Bob Ross', 'mention')
  await ada.write('A plan.')
  await bob.page.evaluate(() => {
    addEventListener('mention', (event) => {
      if (event instanceof CustomEvent) Reflect.set(globalThis, 'told', event.detail)
    })
  })
  await openNone(bob)
  await ada.page.getByRole('button', { name: 'Who is where' }).waitFor()
  await select(ada, 'plan')
  await ada.page.keyboard.press('Control+Alt+m')
  const field = ada.comments.getByRole('textbox', { name: 'Comment' })
  await field.pressSequentially('What do you say, @bo')
  await ada.comments.getByRole('option', { name: 'Bob Ross' }).waitFor()
  await ada.page.keyboard.press('Enter')
  expect(await field.inputValue()).toBe('What do you say, @Bob Ross ')
  await ada.page.keyboard.press('Control+Enter')
  await ada.comments.locator('.mention', { hasText: '@Bob Ross' }).waitFor()
  await until('told', () => bob.page.evaluate(() => Reflect.get(globalThis, 'told') !== undefined))
  await bob.page.getByRole('status').getByText('Ada mentioned you in a comment').waitFor()
})

test('PANEL-12: card and words lead to each other, in code too', async () => {
  for (const kind of ['rich', 'code'] as const) {
    const options = { query: `?kind=${kind}` }
    const ada = await people.guest('Ada', `both-${kind}`, 'write', options)
    await ada.write('first()')
    for (let line = 0; line < 60; line++) await ada.page.keyboard.press('Enter')
    await ada.page.keyboard.type('last()')
    await ada.text.getByText('last()').waitFor()
    await comment(ada, 'last', 'About the end.')
    await ada.page.keyboard.press('Escape')
    await ada.page.evaluate(() => scrollTo(0, 0))
    // By hand: focus alone would take the page to where the caret was.
    await ada.text.getByText('first()').dblclick({ position: { x: 10, y: 10 } })
    await commentOnSelected(ada, 'About the start.')
    const end = cardOf(ada, 'About the end.')
    await end.getByRole('button', { name: 'last' }).click()
    await until('there', () => ada.page.evaluate(() => scrollY > 200))
    await ada.text.locator('.ytopic-mark.active', { hasText: 'last' }).waitFor()
    let seen = -1
    await until('the page stands', async () => {
      const before = seen
      seen = await ada.page.evaluate(() => scrollY)
      return before === seen
    })
    await ada.page.evaluate(() => scrollTo(0, 0))
    // Not where it was pressed just before: that would be a third click, on the whole line.
    const mark = ada.text.locator('.ytopic-mark', { hasText: 'first' })
    await mark.click({ position: { x: 26, y: 8 } })
    const start = cardOf(ada, 'About the start.')
    await until('active', async () => (await start.getAttribute('aria-current')) === 'true')
    expect(await end.getAttribute('aria-current')).toBeNull()
  }
})

test('PANEL-12: who goes to another card before an answer has come stays there', async () => {
  const ada = await people.guest('Ada', 'meanwhile')
  await ada.write('The tide comes in at noon.')
  const first = await comment(ada, 'tide', 'High?')
  const answer = Promise.withResolvers<undefined>()
  await ada.page.route('**/comments', async (route) => {
    const response = await route.fetch()
    await answer.promise
    await route.fulfill({ response })
  })
  await select(ada, 'noon')
  await send(ada, 'Or at one?')
  await first.getByRole('button', { name: 'tide' }).click()
  await ada.text.locator('.ytopic-mark.active', { hasText: 'tide' }).waitFor()
  answer.resolve(undefined)
  await ada.comments.locator('.draft textarea').waitFor({ state: 'detached' })
  await drawn(ada.page)
  expect(await ada.text.locator('.ytopic-mark.active').allTextContents()).toEqual(['tide'])
})

test('PANEL-13: comments are there after the server died, and a reader sees them', async () => {
  const ada = await people.guest('Ada', 'died')
  await ada.write('Kept for ever.')
  await comment(ada, 'ever', 'Really?')
  await people.kill()
  await ada.page.locator('.top .status[data-kind=away]').waitFor({ state: 'attached' })
  const reply = cardOf(ada, 'Really?').getByRole('textbox', { name: 'Reply' })
  await reply.fill('Yes.')
  await ada.page.keyboard.press('Control+Enter')
  await ada.comments.getByText('The server cannot be reached').waitFor()
  expect(await reply.inputValue()).toBe('Yes.')
  await people.restart()
  await ada.page.locator('.top .status[data-kind=saved]').waitFor({ state: 'attached' })
  await reply.press('Control+Enter')
  const reader = await people.guest('Rita', 'died', 'read')
  await reader.open('Comments')
  await cardOf(reader, 'Really?').getByText('Yes.').waitFor()
  expect(await reader.comments.getByRole('textbox').count()).toBe(0)
  expect(await reader.comments.getByRole('button', { name: 'React' }).count()).toBe(0)
})

for (const width of [360, 768, 1440]) {
  test(`PANEL-7: comments stand well at ${width} pixels, light and dark`, async () => {
    const viewport = { width, height: 800 }
    const ada = await people.guest('Ada Byron', `cards ${width}`, 'write', { viewport })
    const bob = await people.guest('Bob Ross', `cards ${width}`)
    await ada.write('The tide comes in at noon, and goes out again before the evening comes.')
    await bob.text.getByText('The tide').waitFor()
    await comment(bob, 'at noon', 'Or at one? Look at https://example.org/tides before we go.')
    await comment(bob, 'evening', 'Which one?')
    await comment(bob, 'goes out', 'Done.')
    await cardOf(bob, 'Done.').getByRole('button', { name: 'Resolve' }).click()
    await ada.open('Comments')
    await cardOf(ada, 'Or at one?').waitFor()
    const first = cardOf(ada, 'Or at one?')
    await first.getByRole('button', { name: 'React', exact: true }).click()
    await first.getByRole('button', { name: 'React with 👍' }).click()
    await first.getByRole('button', { name: '👍 1, Ada Byron' }).waitFor()
    await first.getByRole('textbox', { name: 'Reply' }).fill('At one, then.')
    await ada.page.keyboard.press('Control+Enter')
    await first.getByText('At one, then.').waitFor()
    for (const colorScheme of ['light', 'dark'] as const) {
      await ada.page.emulateMedia({ colorScheme })
      await keep(ada.page, `comments-${width}-${colorScheme}`)
      expect(await faults(ada.page)).toEqual([])
    }
    await expectFits(ada.page, ada.comments, width)
    await ada.page.keyboard.press('Escape')
    await select(ada, 'comes in')
    await ada.page.getByRole('button', { name: 'Comment', exact: true }).waitFor()
    await keep(ada.page, `comment-bubble-${width}`)
  })
}
