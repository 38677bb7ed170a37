import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { BrowserContextOptions } from 'playwright-core'
import { gather, type Guest } from '../panels/people.ts'
import { tellStory } from './story.ts'

// Two people and a guest through a whole story at `/d/NAME`, at three widths in three looks, with
// a log of what happened and a picture of each step. `npm run story`
const pictures = resolve(import.meta.dir, '../../screenshots/story')

const sizes = [
  { name: 'wide', viewport: { width: 1440, height: 900 } },
  { name: 'tablet', viewport: { width: 768, height: 1024 } },
  { name: 'phone', viewport: { width: 360, height: 740 } },
] as const
const colors = [
  { name: 'light', colorScheme: 'light' },
  { name: 'dark', colorScheme: 'dark' },
  { name: 'forced', colorScheme: 'light', forcedColors: 'active' },
] as const

await mkdir(pictures, { recursive: true })
const people = await gather()
try {
  for (const { name: size, viewport } of sizes) {
    for (const { name: color, ...look } of colors) {
      await tell(`${size}-${color}`, { viewport, ...look })
    }
  }
} finally {
  await people.close()
}

async function tell(name: string, look: BrowserContextOptions): Promise<void> {
  const began = performance.now()
  const step = async ({ page }: Guest, what: string): Promise<void> => {
    const file = `${name}-${what.replaceAll(/\W+/g, '-')}.png`
    await page.screenshot({ path: join(pictures, file) })
    const at = ((performance.now() - began) / 1_000).toFixed(1).padStart(6)
    await Bun.write(Bun.stdout, `${name.padEnd(13)} ${at} s  ${what}  ${file}\n`)
  }
  await tellStory(people, { document: `story-${name}`, look, step })
  await people.clear()
}
