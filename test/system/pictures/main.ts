import { writeSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { Page } from 'playwright-core'
import { drawn } from '../../support/harness/browser.ts'
import { elementStates } from './element-states.ts'
import { pageStates } from './page-states.ts'
import { openStudio } from './studio.ts'

const folder = resolve(import.meta.dir, '../../screenshots/states')

const widths = [360, 1440] as const
const looks = [
  { name: 'light', media: { colorScheme: 'light', forcedColors: 'none' } },
  { name: 'dark', media: { colorScheme: 'dark', forcedColors: 'none' } },
  { name: 'forced', media: { colorScheme: 'dark', forcedColors: 'active' } },
] as const

// `npm run screenshots`: all of them, or those whose name has a word in it.
const { values } = parseArgs({ options: { only: { type: 'string', default: '' } } })
const { only } = values
const studio = await openStudio()
try {
  if (only === '') await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  for (const [name, state] of Object.entries({ ...pageStates, ...elementStates })) {
    if (!name.includes(only)) continue
    try {
      await take(await state(studio), name)
      say(name)
    } catch (error) {
      process.exitCode = 1
      say(`${name}: ${error instanceof Error ? error.message : String(error)}`)
    }
    await studio.clear()
  }
  say(`The pictures are in ${folder}`)
} finally {
  await studio.close()
}

function say(line: string): void {
  writeSync(1, `${line}\n`)
}

/** Takes one state at every width and in every look. */
async function take(page: Page, name: string): Promise<void> {
  for (const width of widths) {
    await page.setViewportSize({ width, height: 740 })
    for (const { media, name: look } of looks) {
      await page.emulateMedia(media)
      // What moves with the width has come to rest.
      await drawn(page)
      await page.screenshot({ path: join(folder, `${name}-${width}-${look}.png`) })
    }
  }
}
