import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import type { Locator } from 'playwright-core'
import { faults } from '../faults.ts'
import { openStage, patienceMs, type Stage } from '../stage.ts'
import type { Tab } from '../tab.ts'

setDefaultTimeout(2 * patienceMs)

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
}, 300_000)
afterEach(() => stage.clear())
afterAll(() => stage.close())

/** Opens the chat of a view. */
async function talk(tab: Tab, seat: 'first' | 'second'): Promise<Locator> {
  const view = tab.page.getByTestId(`pane-${seat}`)
  await view.getByRole('button', { name: 'Chat' }).click()
  await view.getByRole('textbox', { name: 'Message' }).waitFor()
  return view.getByRole('region', { name: 'Chat' })
}

async function say(chat: Locator, words: string): Promise<void> {
  const field = chat.getByRole('textbox', { name: 'Message' })
  await field.fill(words)
  await field.press('Enter')
}

test('DEMO-47: in the lab views of both protocols talk beside their document', async () => {
  const tab = await stage.visit('talk')
  await tab.page.getByTestId('split').click()
  await tab.second.becomes('All changes saved')
  const left = await talk(tab, 'first')
  const right = await talk(tab, 'second')
  await left.getByText('1 other is here').waitFor()
  await say(left, 'Over y-websocket.')
  await right.getByText('Over y-websocket.').waitFor()
  await say(right, 'Over Hocuspocus.')
  await left.getByText('Over Hocuspocus.').waitFor()
  expect(await faults(tab.page)).toEqual([])
  await tab.page.getByTestId('pane-second').getByRole('button', { name: 'Chat' }).click()
  await left.getByText('Nobody else is here').waitFor()
})
