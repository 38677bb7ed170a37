import { test } from 'bun:test'
import { patienceMs, share } from '../../support/share.ts'
import { gather } from './people.ts'

const people = await share(gather(), patienceMs)

test('SUGGEST-7: a suggestion bears the name that the server has for somebody', async () => {
  const ada = await people.guest('Ada', 'suggested')
  const bob = await people.guest('Bob', 'suggested')
  await ada.page.getByRole('button', { name: 'Suggesting (experimental)' }).click()
  await ada.page.locator('[data-command=suggest][aria-pressed=true]').waitFor()
  await ada.write('Mostly.')
  await bob.text.locator('ins[data-by=Ada]').waitFor()
})
