import type { CDPSession } from 'playwright-core'
import { openServedSite, type Visit } from '../test/system/element/site.ts'
import { quantile } from './report/quantile.ts'

// What the element costs in a long document: how long after a cold load one can write, and how long
// a key takes until the browser has painted what it wrote, in the first, the middle and the last
// paragraph. `npm run bench:editor [-- PARAGRAPHS]`
const paragraphs = Number(process.argv[2] ?? 3_000)
const [loads, keys] = [7, 60]
const pauseMs = 80
const words = 'The tide comes in and goes out again, and nobody by the sea is surprised by that.'

const { close, server, site } = await openServedSite()
const made = await fetch(`${server.http}/api/v1/documents/long/content?format=html&root=prose`, {
  method: 'PUT',
  headers: { 'content-type': 'text/html' },
  body: Array.from({ length: paragraphs }, (_one, at) => `<p>${at} ${words}</p>`).join(''),
})
if (!made.ok) throw new Error(`The document was not made: ${made.status}.`)

const opened: number[] = []
for (let load = 0; load < loads; load++) {
  const visit = await open()
  opened.push(await whenWritable(visit))
  await site.clear()
}
console.log(`${paragraphs} paragraphs, cold load to first edit, ms: ${told(opened)}`)
for (const [where, at] of [
  ['first', 0],
  ['middle', Math.floor(paragraphs / 2)],
  ['last', paragraphs - 1],
] as const) {
  const visit = await open()
  await whenWritable(visit)
  await visit.says('All changes saved')
  await visit.element.locator('.ProseMirror > p').nth(at).click()
  const { cpuMs, painted } = await type(visit)
  console.log(`a key in the ${where} paragraph, ms: ${told(painted)}; of CPU: ${cpuMs.toFixed(1)}`)
  await site.clear()
}
await close()

function open(): Promise<Visit> {
  const panels = 'panels="comments chat"'
  const tag = `<ytopic-editor document="long" ${panels}></ytopic-editor>`
  return site.visit({ body: `${tag}<script type="module" src="${server.http}/embed.js"></script>` })
}

/** When it shows the whole document and takes text, since the page was begun. */
function whenWritable({ page }: Visit): Promise<number> {
  return page.evaluate(
    (count) =>
      new Promise<number>((resolve) => {
        const look = (): void => {
          const place = document.querySelector('ytopic-editor [contenteditable=true]')
          if ((place?.childElementCount ?? 0) >= count) resolve(performance.now())
          else requestAnimationFrame(look)
        }
        look()
      }),
    paragraphs,
  )
}

async function type({ page }: Visit): Promise<{ cpuMs: number; painted: readonly number[] }> {
  await page.evaluate(() => {
    const painted: number[] = []
    Object.assign(window, { painted })
    addEventListener(
      'keydown',
      ({ timeStamp }) => {
        requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel()
          port1.onmessage = () => painted.push(performance.now() - timeStamp)
          port2.postMessage('after the frame')
        })
      },
      { capture: true },
    )
  })
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  const before = await busyMs(session)
  for (let key = 0; key < keys; key++) {
    await page.keyboard.type('x')
    await page.waitForTimeout(pauseMs)
  }
  const cpuMs = ((await busyMs(session)) - before) / keys
  const painted = await page.evaluate((): unknown => Reflect.get(window, 'painted'))
  return { cpuMs, painted: Array.isArray(painted) ? painted.map(Number) : [] }
}

/** So long the page's thread has been at work. */
async function busyMs(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics')
  return 1_000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0)
}

function told(all: readonly number[]): string {
  const at = (share: number): string => quantile(all, share).toFixed(1)
  return `p50 ${at(0.5)}, p95 ${at(0.95)}, longest ${at(1)}`
}
