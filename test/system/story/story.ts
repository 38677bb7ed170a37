import type { BrowserContextOptions } from 'playwright-core'
import { until } from '../../support/harness/wait.ts'
import { type Gathering, type Guest, post, select } from '../panels/people.ts'

/** How the pages of a story look, and what becomes of each of its steps. */
export interface Telling {
  readonly document: string
  readonly look: BrowserContextOptions
  /** Hears of a step when it is done, with the page that shows it. */
  readonly step?: (shown: Guest, what: string) => Promise<void>
}

/**
 * Two people and a guest write, comment, suggest, talk, go on without the server, come back and
 * restore a version, at `/d/NAME`.
 * @throws where a step does not come to its end, or a page complained
 */
export async function tellStory(gathering: Gathering, telling: Telling): Promise<void> {
  const { document, look, step = async () => undefined } = telling
  const ada = await gathering.guest('Ada', document, 'write', look)
  await ada.write('The tide comes in at noon.')
  const bob = await gathering.guest('Bob', document, 'write', look)
  await bob.text.getByText('at noon').waitFor()
  await bob.write(' It goes out at six.')
  await ada.text.getByText('at six').waitFor()
  await step(ada, 'two have written')
  await keepVersion(gathering, document)

  const guest = await gathering.guest('Guest', document, 'comment', look)
  await guest.text.getByText('at six').waitFor()
  await comment(guest)
  await ada.text.locator('.ytopic-mark').first().waitFor()
  await step(guest, 'the guest has commented')

  await bob.page.getByRole('button', { name: 'Suggesting (experimental)' }).click()
  await bob.page.locator('button[aria-pressed=true][data-command=suggest]').waitFor()
  await bob.write(' Mostly.')
  await ada.text.locator('ins').filter({ hasText: 'Mostly.' }).waitFor()
  await step(ada, 'Bob has suggested')

  await ada.open('Chat')
  await post(ada, 'Who has a table of tides?')
  await bob.open('Chat')
  await bob.chat.getByText('Who has a table of tides?').waitFor()
  await post(bob, 'I do.')
  await ada.chat.getByText('I do.').waitFor()
  await step(ada, 'they have talked')

  await gathering.kill()
  await writeAlone(ada)
  await step(ada, 'Ada writes without the server')
  await gathering.restart()
  await bob.text.getByText('Written alone.').waitFor({ timeout: 60_000 })
  await step(bob, 'all are back')

  await restore(ada, () => step(ada, 'Ada looks back'))
  for (const { text } of [ada, bob, guest]) {
    await until('it is as it was', async () => {
      const now = (await text.textContent()) ?? ''
      return now.includes('at six.') && !/Mostly|alone/.test(now)
    })
  }
  await step(bob, 'it is as it was')
  for (const { complaints } of [ada, bob, guest]) {
    if (complaints.length > 0) throw new Error(`A page complained: ${complaints.join('; ')}.`)
  }
}

async function keepVersion({ server, tokenOf }: Gathering, document: string): Promise<void> {
  const kept = await fetch(`${server.http}/api/v1/documents/${document}/versions`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await tokenOf('Ada', document)}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ name: 'The first evening' }),
  })
  if (!kept.ok) throw new Error(`No version was kept: ${await kept.text()}`)
}

async function comment(guest: Guest): Promise<void> {
  await select(guest, 'at noon')
  await guest.page.getByRole('button', { name: 'Comment', exact: true }).click()
  await guest.comments.getByRole('textbox', { name: 'Comment' }).fill('Or at one?')
  await guest.page.keyboard.press('Control+Enter')
  await guest.comments.getByRole('article').filter({ hasText: 'Or at one?' }).waitFor()
}

async function writeAlone({ page, text }: Guest): Promise<void> {
  await page.keyboard.press('Escape')
  await text.click()
  await page.keyboard.press('Control+End')
  await page.keyboard.type(' Written alone.')
  const status = page.locator('.top .status')
  await until('it is kept', async () => (await status.textContent())?.includes('kept') === true)
}

async function restore({ page }: Guest, seen: () => Promise<void>): Promise<void> {
  await page.locator('.top').getByRole('button', { name: 'History' }).click()
  const past = page.getByRole('region', { name: 'The document as it was' })
  await past.getByText('It goes out at six.').waitFor()
  await page.getByRole('slider', { name: 'Time' }).press('Home')
  await until(
    'it is the oldest',
    async () => (await past.textContent())?.includes('alone') !== true,
  )
  await seen()
  await page.getByRole('button', { name: 'Restore' }).click()
}
