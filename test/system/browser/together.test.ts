import { expect, test } from 'bun:test'
import { patienceMs, share } from '../../support/share.ts'
import { until } from '../../support/harness/wait.ts'
import { openStage } from './stage.ts'
import { agree } from './tab.ts'

const stage = await share(openStage(), patienceMs)

test('DEMO-1: text and code typed in one tab show in the other, both ways', async () => {
  const ada = (await stage.visit('typing')).first
  const bob = (await stage.visit('typing')).first
  await ada.type('prose', 'High water at noon.')
  await bob.shows('prose', 'High water at noon.')
  await bob.type('prose', ' Low water at six.')
  await ada.shows('prose', 'High water at noon. Low water at six.')
  await bob.type('code', 'const tide = 6')
  await ada.shows('code', 'const tide = 6')
  await ada.type('code', ' * 60')
  await bob.shows('code', 'const tide = 6 * 60')
  await agree(ada, bob)
})

test('DEMO-1: both type at the same time and end with the same', async () => {
  const ada = (await stage.visit('at-once')).first
  const bob = (await stage.visit('at-once')).first
  await Promise.all([
    ada.type('prose', 'aaaaaaaaaaaaaaaaaaaa').then(() => ada.type('code', 'cccccccccc')),
    bob.type('code', 'dddddddddd').then(() => bob.type('prose', 'bbbbbbbbbbbbbbbbbbbb')),
  ])
  await agree(ada, bob)
  const letters = async (place: 'prose' | 'code'): Promise<string> =>
    (await ada.text(place)).replaceAll('\n', '').split('').toSorted().join('')
  expect(await letters('prose')).toBe('a'.repeat(20) + 'b'.repeat(20))
  expect(await letters('code')).toBe('c'.repeat(10) + 'd'.repeat(10))
})

test('DEMO-2: formatting chosen in the toolbar shows in the other tab', async () => {
  const ada = (await stage.visit('formats')).first
  const bob = (await stage.visit('formats')).first
  const bold = ada.toolbar.getByRole('button', { name: 'Bold' })
  await ada.prose.click()
  await bold.click()
  expect(await bold.getAttribute('aria-pressed')).toBe('true')
  await ada.prose.pressSequentially('loud')
  await bob.prose.locator('strong', { hasText: 'loud' }).waitFor()
  await ada.toolbar.getByRole('button', { name: 'Heading' }).click()
  await bob.prose.locator('h2', { hasText: 'loud' }).waitFor()
  await bob.toolbar.getByRole('button', { name: 'Bulleted list' }).click()
  await ada.prose.locator('ul li').waitFor()
})

test('DEMO-3: undo takes back only what was done here', async () => {
  const ada = (await stage.visit('undo')).first
  const bob = (await stage.visit('undo')).first
  for (const place of ['prose', 'code'] as const) {
    await ada.type(place, 'mine ')
    await bob.shows(place, 'mine ')
    await bob.type(place, 'yours')
    await ada.shows(place, 'mine yours')
    await ada[place].click()
    // What is typed slowly is undone, and done again, in several steps.
    await ada.pressUntil(place, 'Control+z', 'yours')
    await until('mine is gone', async () => !(await bob.text(place)).includes('mine'))
    expect(await bob.text(place)).toBe('yours')
    await ada.pressUntil(place, 'Control+y', 'mine yours')
    await bob.shows(place, 'mine yours')
  }
})

test('DEMO-4: everybody sees the names of the others, and a new name at once', async () => {
  const [ada, bob] = [await stage.visit('names'), await stage.visit('names')]
  await ada.first.rename('Ada')
  await bob.first.rename('Bob')
  await ada.first.listsOthers(['Bob'])
  await bob.first.listsOthers(['Ada'])
  await ada.first.rename('Ada Lovelace')
  await bob.first.listsOthers(['Ada Lovelace'])
  await ada.page.reload()
  await ada.first.becomes('All changes saved')
  expect(await ada.first.name.inputValue()).toBe('Ada Lovelace')
  await bob.first.listsOthers(['Ada Lovelace'])
  await ada.page.close()
  await bob.first.listsOthers([])
})

test('DEMO-5: the caret and selection of another show with a name in both editors', async () => {
  const ada = (await stage.visit('carets')).first
  const bob = (await stage.visit('carets')).first
  await ada.rename('Ada')
  await ada.type('prose', 'a spring tide')
  await bob.prose.locator('.collaboration-carets__label', { hasText: 'Ada' }).waitFor()
  await ada.prose.press('Control+Shift+ArrowLeft')
  await bob.prose.locator('span[style*="background-color"]', { hasText: 'tide' }).waitFor()
  await ada.type('code', 'return height')
  await bob.code.locator('.cm-ySelectionInfo', { hasText: 'Ada' }).waitFor()
  await bob.prose.locator('.collaboration-carets__label').waitFor({ state: 'detached' })
  await ada.code.press('Control+Shift+ArrowLeft')
  await bob.code.locator('.cm-ySelection', { hasText: 'height' }).waitFor()
  await ada.rename('Countess')
  await ada.code.click()
  await bob.code.locator('.cm-ySelectionInfo', { hasText: 'Countess' }).waitFor()
})

test('DEMO-5: a name that has faded comes back when its caret moves', async () => {
  const ada = (await stage.visit('fading')).first
  const bob = (await stage.visit('fading')).first
  await ada.rename('Ada')
  for (const [place, label] of [
    ['prose', '.collaboration-carets__label'],
    ['code', '.cm-ySelectionInfo'],
  ] as const) {
    await ada.type(place, 'slack water')
    await bob.shows(place, 'slack water')
    const name = bob[place].locator(label, { hasText: 'Ada' })
    const opacity = (): Promise<string> => name.evaluate((tag) => getComputedStyle(tag).opacity)
    // What was told of the caret before may still come, and wake the name again.
    await until('the name has faded', async () => {
      await name.evaluate((element) => {
        for (const animation of element.getAnimations()) animation.finish()
      })
      return (await opacity()) === '0'
    })
    await ada[place].press('ArrowLeft')
    await until('the name is back', async () => (await opacity()) === '1')
  }
})
