import { afterAll, beforeAll, expect, test } from 'bun:test'
import { join, resolve } from 'node:path'
import { freshDirectory, type ServerProcess, startProcess } from '../../support/harness/process.ts'
import { patienceMs, share } from '../../support/share.ts'
import { violations } from '../browser/faults.ts'
import { type Editor, openSite, type SitePage, type Visit } from './site.ts'

const screenshots = resolve(import.meta.dir, '../../screenshots')
const site = await share(openSite(), patienceMs)
let server: ServerProcess
let shut: ServerProcess
let directories: readonly Awaited<ReturnType<typeof freshDirectory>>[]

beforeAll(async () => {
  directories = [await freshDirectory(), await freshDirectory()]
  const [first, second] = directories.map(({ path }) => path)
  server = await startProcess(first ?? '', 0, ['--origin', site.origin])
  shut = await startProcess(second ?? '')
}, 300_000)
afterAll(async () => {
  for (const one of [server, shut]) await one.end('SIGKILL')
  for (const directory of directories) await directory.remove()
})

function pageWith(tag: string, scheme: string, from = server): SitePage {
  const style = `<style>:root { color-scheme: ${scheme} } body { font-family: serif }</style>`
  const load = `<script type="module" src="${from.http}/embed.js"></script>`
  return { body: `${style}<h1>A site</h1>${tag}${load}` }
}

async function faults({ page }: Visit): Promise<readonly string[]> {
  const found = await violations(page, 'ytopic-editor')
  return found.map(({ help, id, nodes }) => `${id}: ${help}, ${nodes[0]?.html ?? ''}`)
}

const keep = (visit: Visit, name: string): Promise<unknown> =>
  visit.page.screenshot({ path: join(screenshots, `element-${name}.png`) })

for (const scheme of ['light', 'dark'] as const) {
  for (const width of [360, 1440]) {
    test(`ELEMENT-11: it can be read and used by all (${scheme}, ${width} pixels)`, async () => {
      const name = `${scheme}-${width}`
      for (const kind of ['rich', 'code']) {
        const tag = `<ytopic-editor document="${kind}-${name}" kind="${kind}"></ytopic-editor>`
        const guest = await site.visit(pageWith(tag, scheme), width, scheme)
        const visit = await site.visit(pageWith(tag, scheme), width, scheme)
        await visit.type('const twice = (x) => x * 2 // the same for all')
        await guest.shows('for all')
        await guest.element.locator('[contenteditable]').first().press('Control+a')
        await visit.says('All changes saved')
        await visit.element.locator('[part~=avatar]').waitFor()
        await keep(visit, `${kind}-${name}`)
        expect(await faults(visit), kind).toEqual([])
        const overflow = await visit.page.evaluate(
          () => document.documentElement.scrollWidth - innerWidth,
        )
        expect(overflow).toBe(0)
        if (kind !== 'rich') continue
        await visit.page.emulateMedia({ forcedColors: 'active' })
        await keep(visit, `forced-${name}`)
        await visit.page.emulateMedia({ forcedColors: 'none' })
        await visit.element.evaluate((editor: Editor) => editor.disconnect())
        await visit.type(' more')
        await keep(visit, `offline-${name}`)
        expect(await faults(visit), 'offline').toEqual([])
      }
      const tag = '<ytopic-editor document="d"></ytopic-editor>'
      const refused = await site.visit(pageWith(tag, scheme, shut), width, scheme)
      await refused.says('This site may not use the server')
      await keep(refused, `refused-${name}`)
      expect(await faults(refused), 'refused').toEqual([])
    })
  }
}

test('ELEMENT-11: what is pressed is 44 pixels wide and high on narrow screens', async () => {
  const tag = '<ytopic-editor document="touch"></ytopic-editor>'
  const visit = await site.visit(pageWith(tag, 'light'), 360)
  await visit.says('All changes saved')
  await visit.element.locator('[data-command=bold]').waitFor()
  const boxes = await visit.element
    .locator('[part=button]:visible')
    .evaluateAll((buttons) => buttons.map((button) => button.getBoundingClientRect().toJSON()))
  expect(boxes.length).toBeGreaterThan(5)
  for (const { height, width } of boxes) expect(Math.min(height, width)).toBeGreaterThanOrEqual(44)
})
