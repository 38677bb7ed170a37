import { expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { ChatRoom, type HocuspocusChatProvider, overHocuspocus } from '../../../src/client/chat.ts'
import { connectHocuspocus } from '../../support/harness/hocuspocus.ts'
import { patienceMs, share } from '../../support/share.ts'
import { until } from '../../support/harness/wait.ts'
import { faults } from '../browser/faults.ts'
import { expectFits, gather, keep, post, select } from './people.ts'

const people = await share(gather(), patienceMs)

test('PANEL-1: two people and a client of the other protocol talk beside a text', async () => {
  const ada = await people.guest('Ada Byron', 'talk')
  const bob = await people.guest('Bob Ross', 'talk', 'comment')
  const token = await people.tokenOf('Cleo', 'talk')
  const cleo = connectHocuspocus(4, `${people.server.url}/hocuspocus`, 'talk', { token })
  const room = new ChatRoom(overHocuspocus(cleo.provider as unknown as HocuspocusChatProvider))
  await ada.open('Chat')
  await ada.chat.getByText('2 others are here').waitFor()
  await post(ada, 'Shall we meet? See https://example.org/plan.')
  await ada.chat.locator('.own', { hasText: 'Shall we meet?' }).getByText('Sent').waitFor()
  await until('over the other protocol', () => room.messages.length === 1)
  await room.post('Yes, from afar.')
  await bob.page.getByRole('button', { name: 'Chat, 2' }).waitFor()
  await until('in the title', async () => (await bob.page.title()).startsWith('(2) '))
  await bob.open('Chat')
  await bob.chat.locator('.message:not(.own)', { hasText: 'Shall we' }).waitFor()
  expect(await bob.chat.getByText('Ada Byron').count()).toBe(1)
  const link = bob.chat.getByRole('link')
  expect(await link.getAttribute('href')).toBe('https://example.org/plan')
  await until('read', async () => !(await bob.page.title()).startsWith('('))
  await bob.chat.getByText('Today').waitFor()
  expect(await faults(bob.page)).toEqual([])
  room.leave()
  cleo.end()
  await ada.chat.getByText('1 other is here').waitFor()
  expect([...ada.complaints, ...bob.complaints]).toEqual([])
})

test('PANEL-2, PANEL-7: only a receipt marks a message sent, though a server dies', async () => {
  const ada = await people.guest('Ada', 'receipts')
  await ada.open('Chat')
  await post(ada, 'Before.')
  await ada.chat.locator('.own', { hasText: 'Before.' }).getByText('Sent').waitFor()
  await people.kill()
  await ada.chat.getByText('Not connected').waitFor()
  await post(ada, 'While it is away.')
  const waiting = ada.chat.locator('.own', { hasText: 'While it is away.' })
  await waiting.getByText('Sending…').waitFor()
  expect(await waiting.getByText('Sent').count()).toBe(0)
  for (const colorScheme of ['light', 'dark'] as const) {
    await ada.page.emulateMedia({ colorScheme })
    expect(await faults(ada.page)).toEqual([])
  }
  await people.restart()
  await waiting.getByText('Sent').waitFor()
  const bob = await people.guest('Bob', 'receipts')
  await bob.open('Chat')
  await bob.chat.getByText('While it is away.').waitFor()
  expect(await bob.chat.locator('.message').count()).toBe(2)
})

test('PANEL-2: what is refused comes back into the field, with the reason', async () => {
  const ada = await people.guest('Ada', 'refused')
  await ada.open('Chat')
  await post(ada, 'x'.repeat(2_001))
  await ada.chat.getByRole('alert').getByText('2000 characters').waitFor()
  expect(await ada.chat.getByRole('textbox').inputValue()).toHaveLength(2_001)
  await ada.chat.getByRole('textbox').fill('')
  await post(ada, 'Short.')
  await ada.chat.locator('.own', { hasText: 'Short.' }).getByText('Sent').waitFor()
  expect(await ada.chat.getByRole('alert').count()).toBe(0)
})

test('PANEL-3: who types is told in a line that never changes its height', async () => {
  const ada = await people.guest('Ada', 'typing')
  const bob = await people.guest('Bob', 'typing')
  await ada.open('Chat')
  await bob.open('Chat')
  const line = bob.chat.locator('.typing')
  const before = await line.boundingBox()
  await ada.chat.getByRole('textbox').pressSequentially('Hm')
  await line.getByText('Ada is typing…').waitFor()
  expect(await line.boundingBox()).toEqual(before)
  await ada.page.keyboard.press('Enter')
  await bob.chat.getByText('Hm').waitFor()
  await until('not typing', async () => (await line.textContent()) === '')
})

test('PANEL-4: older messages come by scrolling, new ones stand behind a line', async () => {
  const ada = await people.guest('Ada', 'long')
  await ada.open('Chat')
  // One person alone may not say so much at once.
  const say = async (text: string, by = 'Bob'): Promise<void> => {
    const token = await people.tokenOf(by, 'long')
    const answer = await fetch(`${people.server.http}/api/v1/documents/long/chat`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ text }),
    })
    expect(answer.status).toBe(201)
  }
  for (let line = 1; line <= 120; line++) {
    await say(`Line ${line}.`, `Bob ${line % 12}`)
  }
  await ada.chat.getByText('Line 120.').waitFor()
  await ada.page.reload()
  await ada.open('Chat')
  await ada.chat.getByText('Line 120.').waitFor()
  expect(await ada.chat.getByText('Line 10.', { exact: true }).count()).toBe(0)
  const list = ada.chat.getByRole('log')
  await list.evaluate((element) => element.scrollTo(0, 0))
  await ada.chat.getByText('Line 30.', { exact: true }).waitFor()
  // What was read stays where it stood.
  expect(await list.evaluate((element) => element.scrollTop)).toBeGreaterThan(100)
  await ada.chat.getByRole('button', { name: 'Jump to latest' }).click()
  await until('at the end', () =>
    list.evaluate(
      (element) => element.scrollHeight - element.scrollTop - element.clientHeight < 40,
    ),
  )
  await ada.page.keyboard.press('Escape')
  await ada.chat.waitFor({ state: 'hidden' })
  await say('News.')
  await ada.page.getByRole('button', { name: 'Chat, 1' }).click()
  const line = await topOf(ada.page, 'New')
  expect(line).toBeLessThan((await topOf(ada.page, 'News.')) ?? 0)
  expect(line).toBeGreaterThan((await topOf(ada.page, 'Line 120.')) ?? Infinity)
})

async function topOf(page: Page, text: string): Promise<number | undefined> {
  const found = page.getByRole('log').getByText(text, { exact: true })
  return (await found.first().boundingBox())?.y
}

test('PANEL-5: one changes and deletes what one has said, and a reader reads along', async () => {
  const ada = await people.guest('Ada', 'own')
  const reader = await people.guest('Rita', 'own', 'read')
  await ada.open('Chat')
  await reader.open('Chat')
  await post(ada, 'Helo')
  const own = ada.chat.locator('.own')
  await own.getByRole('button', { name: 'Change this message' }).click()
  await own.getByRole('button', { name: 'Edit' }).click()
  await post(ada, 'Hello')
  await reader.chat.getByText('Hello', { exact: true }).waitFor()
  await reader.chat.getByText('edited').waitFor()
  expect(await reader.chat.getByRole('button', { name: 'Change this message' }).count()).toBe(0)
  expect(await reader.chat.getByRole('textbox').count()).toBe(0)
  await reader.chat.getByText('You may read along here').waitFor()
  await own.getByRole('button', { name: 'Change this message' }).click()
  await own.getByRole('button', { name: 'Delete' }).click()
  await reader.chat.getByText('This message was deleted.').waitFor()
})

test('PANEL-6: a message quotes what is selected, and leads to it', async () => {
  const ada = await people.guest('Ada', 'quoted')
  const bob = await people.guest('Bob', 'quoted')
  await ada.write('The tide comes in at noon.')
  await ada.open('Chat')
  await select(ada, 'at noon')
  await ada.chat.getByRole('button', { name: 'Quote the selected text' }).click()
  await post(ada, 'Sure?')
  await bob.open('Chat')
  await bob.chat.getByRole('button', { name: 'at noon' }).click()
  await until('selected', () => bob.page.evaluate(() => getSelection()?.toString() === 'at noon'))
})

for (const width of [360, 768, 1440]) {
  test(`PANEL-7: the chat stands well at ${width} pixels, light and dark`, async () => {
    const viewport = { width, height: 800 }
    const name = `look ${width}`
    const ada = await people.guest('Ada Byron', name, 'write', { viewport })
    const bob = await people.guest('Bob Ross', name)
    await ada.write('A text beside which one talks, for as long as one likes.')
    await bob.open('Chat')
    await post(bob, 'Have you seen the plan? https://example.org/plan')
    await post(bob, 'It is long.')
    await ada.open('Chat')
    await post(ada, 'Yes. I like the second part, the one about the boats and the weather.')
    await bob.chat.getByRole('textbox').pressSequentially('Me')
    await ada.chat.getByText('Bob Ross is typing…').waitFor()
    const box = await ada.chat.boundingBox()
    if (width === 360) expect(box).toMatchObject({ x: 0, width: 360 })
    else expect(box).toMatchObject({ x: width - 340, width: 340 })
    const textWidth = (await ada.page.locator('ytopic-editor .ProseMirror').boundingBox())?.width
    // Only a column takes room of the text.
    if (width === 1440) expect(textWidth).toBeLessThan(1440 - 340)
    else expect(textWidth).toBeGreaterThan(width - 100)
    for (const colorScheme of ['light', 'dark'] as const) {
      await ada.page.emulateMedia({ colorScheme })
      await keep(ada.page, `chat-${width}-${colorScheme}`)
      expect(await faults(ada.page)).toEqual([])
    }
    await expectFits(ada.page, ada.chat, width)
    await ada.page.getByRole('button', { name: 'History' }).click()
    await ada.chat.waitFor({ state: 'hidden' })
  })
}
