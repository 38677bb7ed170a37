import { expect, test } from 'bun:test'
import type { Locator } from 'playwright-core'
import { patienceMs, share } from '../../../support/share.ts'
import { faults } from '../faults.ts'
import { openStage } from '../stage.ts'
import type { Tab } from '../tab.ts'

const stage = await share(openStage(), 2 * patienceMs)

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

for (const name of ['Chat', 'Inspect']) {
  test(`DEMO-53: ${name} is there once, and goes, when it is pressed while it loads`, async () => {
    const tab = await stage.visit(`hurry ${name}`)
    const view = tab.page.getByTestId('pane-first')
    const button = view.getByRole('button', { name })
    await button.evaluate((element: HTMLElement) => {
      for (let times = 0; times < 3; times++) element.click()
    })
    const opened = view.locator(name === 'Chat' ? '.room > form' : '.inspector > *')
    await opened.first().waitFor()
    const count = await opened.count()
    await button.click()
    expect(await opened.count()).toBe(0)
    await button.click()
    await opened.first().waitFor()
    expect(await opened.count()).toBe(count)
  })
}
