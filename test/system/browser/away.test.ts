import { expect, test } from 'bun:test'
import { patienceMs, share } from '../../support/share.ts'
import { until } from '../../support/harness/wait.ts'
import { openStage } from './stage.ts'
import { agree } from './tab.ts'

const stage = await share(openStage(), patienceMs)

test('DEMO-6: the switch goes offline and back, and the edits of both sides merge', async () => {
  const ada = (await stage.visit('spell')).first
  const bob = (await stage.visit('spell')).first
  await ada.type('prose', 'Before. ')
  await bob.shows('prose', 'Before. ')
  await ada.becomes('All changes saved')
  await ada.offline.click()
  await ada.becomes('Offline')
  expect(await ada.offline.getAttribute('aria-checked')).toBe('true')
  expect(await ada.detail.textContent()).toContain('as long as this tab is open')
  await bob.listsOthers([])
  await ada.type('prose', 'Ada alone. ')
  await ada.type('code', 'const ada = 1')
  await bob.type('prose', 'Bob alone. ')
  await bob.type('code', 'const bob = 2')
  expect(await bob.text('prose')).not.toContain('Ada alone')
  expect(await ada.text('prose')).not.toContain('Bob alone')
  await ada.offline.click()
  await ada.becomes('All changes saved')
  expect(await ada.detail.textContent()).toBe('')
  for (const side of [ada, bob]) {
    await side.shows('prose', 'Ada alone.')
    await side.shows('prose', 'Bob alone.')
    await side.shows('code', 'const ada = 1')
    await side.shows('code', 'const bob = 2')
  }
  await agree(ada, bob)
})

test('DEMO-7: tabs survive that the server is killed, lose nothing and go on', async () => {
  const ada = (await stage.visit('crash')).first
  const bob = (await stage.visit('crash')).first
  await ada.type('prose', 'Before the crash.')
  await bob.shows('prose', 'Before the crash.')
  await bob.type('code', 'let before = true')
  await ada.shows('code', 'let before = true')
  await stage.kill()
  await ada.becomes('Server away, trying again')
  await bob.becomes('Server away, trying again')
  expect(await ada.detail.textContent()).toContain('as long as this tab is open')
  await ada.type('prose', ' Ada while it was down.')
  await bob.type('code', '; let down = true')
  await stage.restart()
  await ada.becomes('All changes saved')
  await bob.becomes('All changes saved')
  await bob.shows('prose', 'Before the crash. Ada while it was down.')
  await ada.shows('code', 'let before = true; let down = true')
  await bob.type('prose', ' And on.')
  await ada.shows('prose', 'And on.')
  const late = (await stage.visit('crash')).first
  await late.shows('prose', 'Before the crash. Ada while it was down. And on.')
  await agree(ada, late)
})

test('DEMO-7: with no tab left that knows it, the text comes back from the disk', async () => {
  const ada = (await stage.visit('disk')).first
  await ada.type('prose', 'On paper.')
  await ada.type('code', 'const kept = true')
  const reader = (await stage.visit('disk')).first
  await reader.shows('code', 'const kept = true')
  await until('everything is on disk', async () => {
    const health = await fetch(`${stage.server.http}/healthz`)
    return (await health.text()).includes('"pendingBytes":0')
  })
  await stage.clear()
  await stage.kill()
  await stage.restart()
  const late = (await stage.visit('disk')).first
  await late.shows('prose', 'On paper.')
  await late.shows('code', 'const kept = true')
})

test('DEMO-8: tabs of one browser keep in touch while the server is away', async () => {
  const browser = await stage.person()
  const one = (await stage.open(browser, 'tabs')).first
  const two = (await stage.open(browser, 'tabs')).first
  // Their editors come from the server.
  for (const { prose } of [one, two]) await prose.waitFor()
  await stage.kill()
  await one.becomes('Server away, trying again')
  await two.becomes('Server away, trying again')
  await one.type('prose', 'Still here.')
  await two.shows('prose', 'Still here.')
  await stage.restart()
  await one.becomes('All changes saved')
  const late = (await stage.visit('tabs')).first
  await late.shows('prose', 'Still here.')
})

test('DEMO-9: two people side by side in one page meet through the server only', async () => {
  const tab = await stage.visit('split')
  const watcher = (await stage.visit('split')).first
  await tab.page.getByTestId('split').click()
  await tab.second.becomes('All changes saved')
  const names = [await tab.first.name.inputValue(), await tab.second.name.inputValue()]
  await watcher.listsOthers(names)
  await tab.first.type('prose', 'Left. ')
  await tab.second.shows('prose', 'Left. ')
  await tab.second.type('code', 'right()')
  await tab.first.shows('code', 'right()')
  await tab.second.becomes('All changes saved')
  await tab.second.offline.click()
  await tab.second.becomes('Offline')
  await tab.first.type('prose', 'Unheard. ')
  await watcher.shows('prose', 'Unheard. ')
  expect(await tab.second.text('prose')).not.toContain('Unheard')
  await tab.second.offline.click()
  await tab.second.shows('prose', 'Unheard.')
  await agree(tab.first, tab.second)
  await tab.page.getByTestId('split').click()
  await watcher.listsOthers(names.slice(0, 1))
})

test('DEMO-10: edits made offline outlast a look at another document', async () => {
  const tab = await stage.visit('kept')
  await tab.first.offline.click()
  await tab.first.becomes('Offline')
  await tab.first.type('prose', 'Kept in the tab.')
  await tab.switchTo('elsewhere')
  await tab.first.becomes('All changes saved')
  expect(await tab.first.text('prose')).not.toContain('Kept')
  await tab.switchTo('kept')
  await tab.first.shows('prose', 'Kept in the tab.')
  await tab.first.offline.click()
  await tab.first.becomes('All changes saved')
  const late = (await stage.visit('kept')).first
  await late.shows('prose', 'Kept in the tab.')
})
