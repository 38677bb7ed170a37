import { afterAll, beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { freshDirectory, type ServerProcess, startProcess } from '../../support/harness/process.ts'
import { patienceMs, share } from '../../support/share.ts'
import { until } from '../../support/harness/wait.ts'
import { openSite } from './site.ts'
import { secret, tokenFor } from './tokens.ts'

const site = await share(openSite(), patienceMs)
/** One that nobody has listed. */
const other = await share(openSite('other.localhost'))
let server: ServerProcess
let directory: Awaited<ReturnType<typeof freshDirectory>>

beforeAll(async () => {
  directory = await freshDirectory()
  const file = join(directory.path, 'secret')
  await Bun.write(file, secret)
  const flags = ['--origin', site.origin, '--jwt-secret-file', file]
  server = await startProcess(directory.path, 0, flags)
}, 300_000)
afterAll(async () => {
  await server.end('SIGKILL')
  await directory.remove()
})

/** The page around the frame, as the documentation has it. */
function pageAround(token: string, document = 'team/plan'): string {
  const address = `${server.http}/embed/${encodeURIComponent(document)}?token=ask`
  return `<iframe src="${address}" title="Plan" style="width: 100%"></iframe>
    <script>
      const frame = document.querySelector('iframe')
      const server = new URL(frame.src).origin
      addEventListener('message', ({ data, origin, source }) => {
        if (origin !== server || source !== frame.contentWindow) return
        if (data.type === 'ytopic-height') frame.style.height = data.height + 'px'
        if (data.type === 'ytopic-standing') document.title = data.title
        if (data.type === 'ytopic-token-wanted') {
          source.postMessage({ type: 'ytopic-token', token: ${JSON.stringify(token)} }, server)
        }
      })
    </script>`
}

test('ELEMENT-12: a frame in a listed site gets its token by message, and fits', async () => {
  const token = await tokenFor('team/plan', 'write')
  const { page } = await site.visit({ body: pageAround(token) })
  await until('saved', async () => (await page.title()) === 'All changes saved')
  const frame = page.frameLocator('iframe')
  const text = frame.locator('[contenteditable=true]')
  await text.click()
  const heightOf = (): Promise<number> =>
    page.locator('iframe').evaluate(({ offsetHeight }: HTMLElement) => offsetHeight)
  await until('its height', async () => (await heightOf()) > 150)
  const before = await heightOf()
  for (let line = 0; line < 20; line++) await text.press('Enter')
  await text.pressSequentially('At the end.')
  await until('more height', async () => (await heightOf()) > before + 200)
  expect(
    page
      .frames()
      .map((one) => one.url())
      .join(),
  ).not.toContain(token)
})

test('ELEMENT-12: a site that is not listed can show no frame', async () => {
  const { page } = await other.visit({ body: pageAround(await tokenFor('team/plan', 'write')) })
  await until('an error in its place', () =>
    page.frames().some((frame) => frame.url().startsWith('chrome-error:')),
  )
})
