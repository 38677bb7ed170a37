import { afterAll, beforeAll, setDefaultTimeout, test } from 'bun:test'
import { type Gathering, gather, patienceMs } from './people.ts'

setDefaultTimeout(patienceMs)

let people: Gathering
beforeAll(async () => {
  people = await gather()
}, 300_000)
afterAll(() => people.close())

test('SUGGEST-7: a suggestion bears the name that the server has for somebody', async () => {
  const ada = await people.guest('Ada', 'suggested')
  const bob = await people.guest('Bob', 'suggested')
  await ada.page.getByRole('button', { name: 'Suggesting (experimental)' }).click()
  await ada.page.locator('[data-command=suggest][aria-pressed=true]').waitFor()
  await ada.write('Mostly.')
  await bob.text.locator('ins[data-by=Ada]').waitFor()
})
