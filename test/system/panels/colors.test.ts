import { expect, test } from 'bun:test'
import { until } from '../../support/harness/wait.ts'
import { share } from '../../support/share.ts'
import { SignJWT } from 'jose'
import { secret } from '../element/tokens.ts'
import { gather, type Guest, post, select } from './people.ts'

const gathering = await share(gather(), 120_000)

const background = (element: Element): string => getComputedStyle(element).backgroundColor

async function colorInHistory({ page }: Guest, name: string): Promise<string> {
  const versions = `${gathering.server.http}/api/v1/documents/colors/versions`
  const token = await gathering.tokenOf('Keeper', 'colors')
  const headers = { authorization: `Bearer ${token}` }
  const kept = await fetch(versions, { method: 'POST', headers, body: '{}' })
  const { id } = (await kept.json()) as { readonly id: string }
  await page.locator('.top').getByRole('button', { name: 'History' }).click()
  // What was listed before stands there until this is.
  await page.locator(`[data-version="${id}"][aria-current]`).waitFor()
  const author = page.locator('.versions button').filter({ hasText: name }).first()
  const color = await author.locator('.dot').first().evaluate(background)
  await page.keyboard.press('Escape')
  return color
}

test('DEMO-52: a person has one color, in faces, at the caret and in the history', async () => {
  const bob = await gathering.guest('Bob Ross', 'colors')
  const ada = await gathering.guest('Ada Byron', 'colors')
  await ada.write('Written by Ada.')
  const caret = bob.text.locator('.collaboration-carets__label')
  await caret.filter({ hasText: 'Ada Byron' }).waitFor()
  const color = await caret.evaluate(background)
  // Not the gray of those of whom nothing is known.
  expect(color).not.toBe('rgb(91, 100, 114)')
  expect(await bob.page.locator('.people .face').first().evaluate(background)).toBe(color)
  await bob.open('Chat')
  await ada.open('Chat')
  await post(ada, 'Hello.')
  expect(await bob.chat.locator('.face').first().evaluate(background)).toBe(color)
  await bob.page.keyboard.press('Escape')
  expect(await colorInHistory(bob, 'Ada Byron')).toBe(color)
  await ada.page.close()
  await bob.page.locator('.people').waitFor({ state: 'hidden' })
  expect(await colorInHistory(bob, 'Ada Byron')).toBe(color)
  // One that comes with a color of her own.
  const token = await new SignJWT({
    documents: { colors: 'write' },
    name: 'Ada Byron',
    color: '#1d5fb0',
  })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject('ada byron')
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(secret))
  await ada.page.context().close()
  const other = await bob.page.context().browser()?.newPage()
  await other?.goto(`${gathering.server.http}/d/colors#token=${token}`)
  const face = bob.page.locator('.people .face').first()
  await until('she is back', () => face.isVisible())
  expect(await face.evaluate(background)).toBe('rgb(29, 95, 176)')
  expect(await colorInHistory(bob, 'Ada Byron')).toBe('rgb(29, 95, 176)')
  // DEMO-30 of the version that is seen: its people can be read on what marks it.
  await bob.page.emulateMedia({ forcedColors: 'active' })
  await bob.page.locator('.top').getByRole('button', { name: 'History' }).click()
  const chosen = bob.page.locator('.versions [aria-current]')
  const ink = (element: Element): string => getComputedStyle(element).color
  expect(await chosen.locator('.authors').evaluate(ink)).toBe(await chosen.evaluate(ink))
})

test('DEMO-30: in forced colors the thread that one is at and carets stand out', async () => {
  const bob = await gathering.guest('Bob Ross', 'forced')
  const ada = await gathering.guest('Ada Augusta Byron', 'forced')
  await ada.write('One and two.')
  for (const words of ['One', 'two']) {
    await select(ada, words)
    await ada.page.keyboard.press('Control+Alt+M')
    await ada.comments.getByRole('textbox', { name: 'Comment' }).fill(`About ${words}.`)
    await ada.page.keyboard.press('Control+Enter')
    await ada.comments.getByText(`About ${words}.`).waitFor()
  }
  // PANEL-7: of who has said it when nothing is cut.
  const heads = ada.comments.locator('.comment-head :is(.by, .at)')
  const isWhole = (all: readonly Element[]) =>
    all.every(({ clientWidth, scrollWidth }) => scrollWidth <= clientWidth)
  expect(await heads.evaluateAll(isWhole)).toBe(true)
  await ada.text.locator('.ytopic-mark', { hasText: 'two' }).click()
  const label = bob.text.locator('.collaboration-carets__label')
  const color = await label.evaluate(background)
  for (const { page } of [ada, bob]) await page.emulateMedia({ forcedColors: 'active' })
  expect(await label.evaluate(background)).toBe(color)
  const edge = (element: Element): string => getComputedStyle(element).borderTopColor
  const threads = ada.comments.locator('[part=thread]')
  await until('one is the one', async () => (await threads.and(activeIn(ada)).count()) === 1)
  const [first, second] = await threads.evaluateAll((all) =>
    all.map((one) => getComputedStyle(one).borderTopColor),
  )
  expect(first).not.toBe(second ?? '')
  expect(await activeIn(ada).evaluate(edge)).toBe(second ?? '')
})

const activeIn = ({ comments }: Guest) => comments.locator('[part=thread].active')
