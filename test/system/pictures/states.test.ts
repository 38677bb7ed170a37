import { expect, test } from 'bun:test'
import { share } from '../../support/share.ts'
import { faults } from '../browser/faults.ts'
import { smallTargets } from './targets.ts'
import { pageStates } from './page-states.ts'
import { openStudio } from './studio.ts'

// Some states need three browsers, which a busy machine opens one after another.
const studio = await share(openStudio(), 300_000)

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
