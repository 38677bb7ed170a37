import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { faults } from '../browser/faults.ts'
import { smallTargets } from './targets.ts'
import { pageStates } from './page-states.ts'
import { openStudio, type Studio } from './studio.ts'

/** Some states need three browsers, which a busy machine opens one after another. */
setDefaultTimeout(300_000)

let studio: Studio
beforeAll(async () => {
  studio = await openStudio()
}, 300_000)
afterEach(() => studio.clear())
afterAll(() => studio.close())

const states = Object.entries(pageStates)

test.each(states)('DEMO-28: axe finds nothing serious in the state %s', async (_, state) => {
  const page = await state(studio)
  for (const [width, colorScheme] of [
    [360, 'light'],
    [1440, 'dark'],
  ] as const) {
    await page.setViewportSize({ width, height: 740 })
    await page.emulateMedia({ colorScheme })
    expect(await faults(page), `${width}`).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
    if (width === 360) expect(await smallTargets(page)).toEqual([])
  }
})
