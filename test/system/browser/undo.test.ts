import { expect, test } from 'bun:test'
import { patienceMs, share } from '../../support/share.ts'
import { openStage } from './stage.ts'
import { agree, type Pane } from './tab.ts'

const stage = await share(openStage(), patienceMs)

/** What is typed to begin a block, and how the block shows. */
const blocks = [
  { name: 'list', begin: '- ', shown: 'ul li' },
  { name: 'numbered list', begin: '1. ', shown: 'ol li' },
  { name: 'heading', begin: '## ', shown: 'h2' },
  { name: 'quote', begin: '> ', shown: 'blockquote' },
  { name: 'code block', begin: '``` ', shown: 'pre' },
] as const

/** Ada writes over y-websocket, Bob over Hocuspocus. */
async function twoPeople(document: string): Promise<readonly [Pane, Pane]> {
  const ada = (await stage.visit(document)).first
  const bob = (await stage.visit(document)).first
  await bob.protocol.selectOption('hocuspocus')
  await bob.becomes('All changes saved')
  return [ada, bob]
}

/** Types at the end of the line that holds the words. */
async function writeBehind(pane: Pane, words: string, text: string): Promise<void> {
  await pane.prose.getByText(words).click()
  await pane.prose.press('End')
  await pane.prose.pressSequentially(text)
}

/** Presses the keys until the button says that there is nothing left. */
async function exhaust(pane: Pane, button: 'Undo' | 'Redo', keys: string): Promise<void> {
  const left = pane.toolbar.getByRole('button', { name: button })
  await pane.prose.click()
  for (let presses = 0; (await left.getAttribute('aria-disabled')) !== 'true'; presses++) {
    expect(presses, `presses of ${button}`).toBeLessThan(20)
    await pane.prose.press(keys)
  }
}

for (const { name, begin, shown } of blocks) {
  test(`DEMO-19: undo in a ${name} leaves others' words, redo brings one's own`, async () => {
    const [ada, bob] = await twoPeople(`undo ${name}`)
    await ada.type('prose', `${begin}mine `)
    const block = bob.prose.locator(shown)
    await block.filter({ hasText: 'mine' }).waitFor()
    // With the blank: what is written before that has come stands on either side of it.
    await bob.shows('prose', 'mine ')
    await writeBehind(bob, 'mine', 'yours')
    await ada.shows('prose', 'mine yours')
    await exhaust(ada, 'Undo', 'Control+z')
    await agree(ada, bob)
    expect((await bob.text('prose')).trim()).toBe('yours')
    await block.filter({ hasText: 'yours' }).waitFor()
    await exhaust(ada, 'Redo', 'Control+y')
    await agree(ada, bob)
    expect((await bob.text('prose')).trim()).toBe('mine yours')
    // The caret of Ada stands between the words.
    await block.filter({ hasText: /mine .*yours/ }).waitFor()
  })
}

test('DEMO-19: what was undone to the last word comes back as it was', async () => {
  const [ada, bob] = await twoPeople('undo all')
  await ada.type('prose', 'mine')
  await bob.shows('prose', 'mine')
  await exhaust(ada, 'Undo', 'Control+z')
  await agree(ada, bob)
  expect(await bob.text('prose')).toBe('')
  await exhaust(ada, 'Redo', 'Control+y')
  await agree(ada, bob)
  expect(await bob.text('prose')).toBe('mine')
})

test('DEMO-19: undo leaves what others have put below an item of a list', async () => {
  const [ada, bob] = await twoPeople('undo nested')
  await ada.type('prose', '- mine')
  await bob.shows('prose', 'mine')
  await writeBehind(bob, 'mine', '')
  await bob.prose.press('Enter')
  await bob.prose.press('Tab')
  await bob.prose.pressSequentially('yours')
  await ada.prose.locator('ul ul li', { hasText: 'yours' }).waitFor()
  await exhaust(ada, 'Undo', 'Control+z')
  await agree(ada, bob)
  expect((await bob.text('prose')).trim()).toBe('yours')
  await exhaust(ada, 'Redo', 'Control+y')
  await agree(ada, bob)
  expect((await bob.text('prose')).trim()).toBe('mineyours')
  await bob.prose.locator('ul ul li', { hasText: 'yours' }).waitFor()
})

test('DEMO-20: the editor puts nothing into the document that nobody has written', async () => {
  const [ada, bob] = await twoPeople('no trailing')
  await ada.type('prose', '## last')
  await bob.prose.locator('h2', { hasText: 'last' }).waitFor()
  expect(await bob.prose.locator('p').count()).toBe(0)
  // The keyboard leads out of a last block all the same.
  await ada.prose.press('Enter')
  await ada.prose.pressSequentially('``` code')
  await bob.prose.locator('pre', { hasText: 'code' }).waitFor()
  await ada.prose.press('ArrowDown')
  await ada.prose.pressSequentially('below')
  await bob.prose.locator('p', { hasText: 'below' }).waitFor()
})
