import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { until } from '../../support/harness/wait.ts'
import { type Gathering, gather, type Guest, post, select } from '../panels/people.ts'

// Two people and a guest through a whole story at `/d/NAME`, once for every look, with a log of
// what happened and a picture of each step. `npm run story`
const pictures = resolve(import.meta.dir, '../../screenshots/story')

const looks = [
  { name: 'wide', viewport: { width: 1440, height: 900 }, colorScheme: 'light' },
  { name: 'tablet', viewport: { width: 768, height: 1024 }, colorScheme: 'dark' },
  {
    name: 'phone',
    viewport: { width: 360, height: 740 },
    colorScheme: 'light',
    forcedColors: 'active',
  },
] as const

type Look = (typeof looks)[number]

await mkdir(pictures, { recursive: true })
const people = await gather()
try {
  for (const look of looks) await tell(people, look)
} finally {
  await people.close()
}

async function tell(gathering: Gathering, look: Look): Promise<void> {
  const { name, ...options } = look
  const document = `story-${name}`
  const began = performance.now()
  const step = async ({ page }: Guest, what: string): Promise<void> => {
    const file = `${name}-${what.replaceAll(/\W+/g, '-')}.png`
    await page.screenshot({ path: join(pictures, file) })
    const at = ((performance.now() - began) / 1_000).toFixed(1).padStart(6)
    await Bun.write(Bun.stdout, `${name.padEnd(6)} ${at} s  ${what}  ${file}\n`)
  }
  const ada = await gathering.guest('Ada', document, 'write', options)
  await ada.write('The tide comes in at noon.')
  const bob = await gathering.guest('Bob', document, 'write', options)
  await bob.text.getByText('at noon').waitFor()
  await bob.write(' It goes out at six.')
  await ada.text.getByText('at six').waitFor()
  await step(ada, 'two have written')

  const guest = await gathering.guest('Guest', document, 'comment', options)
  await guest.text.getByText('at six').waitFor()
  await select(guest, 'at noon')
  await guest.page.getByRole('button', { name: 'Comment', exact: true }).click()
  await guest.comments.getByRole('textbox', { name: 'Comment' }).fill('Or at one?')
  await guest.page.keyboard.press('Control+Enter')
  await guest.comments.getByRole('article').filter({ hasText: 'Or at one?' }).waitFor()
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
  await ada.page.keyboard.press('Escape')
  await ada.text.click()
  await ada.page.keyboard.press('Control+End')
  await ada.page.keyboard.type(' Written alone.')
  const status = ada.page.locator('.top .status')
  await until('it is kept', async () => (await status.textContent())?.includes('kept') === true)
  await step(ada, 'Ada writes without the server')

  await gathering.restart()
  await bob.text.getByText('Written alone.').waitFor({ timeout: 60_000 })
  await step(bob, 'all are back')
  await ada.page.locator('.top').getByRole('button', { name: 'History' }).click()
  const past = ada.page.getByRole('region', { name: 'The document as it was' })
  await past.waitFor()
  await step(ada, 'Ada looks back')
  for (const { complaints } of [ada, bob, guest]) {
    if (complaints.length > 0) throw new Error(`A page complained: ${complaints.join('; ')}.`)
  }
  await gathering.clear()
}
