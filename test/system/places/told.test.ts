import { expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { until } from '../../support/harness/wait.ts'
import { patienceMs, share } from '../../support/share.ts'
import { openStage } from '../browser/stage.ts'
import { fill, stands, textOn } from '../pictures/studio.ts'

const stage = await share(openStage(), patienceMs)

async function narrow(name: string): Promise<Page> {
  const page = await (await stage.person({ viewport: { width: 360, height: 740 } })).newPage()
  page.setDefaultTimeout(60_000)
  await page.goto(`${stage.server.http}/d/${name}`)
  await stands(page, 'saved')
  return page
}

const boxOf = async (page: Page, selector: string) => {
  const box = await page.locator(selector).first().boundingBox()
  if (box === null) throw new Error(`${selector} is not to be seen.`)
  return box
}

test('DEMO-35: what stops a document is said below the bar wherever one is', async () => {
  const lines = Array.from({ length: 80 }, (_, at) => `Line ${at}.`)
  await fill(stage.server, 'gone', lines.join('\n\n'))
  const page = await narrow('gone')
  await textOn(page).getByText('Line 79.').scrollIntoViewIfNeeded()
  await fetch(`${stage.server.http}/api/v1/documents/gone`, { method: 'DELETE' })
  await stands(page, 'deleted')
  const status = await boxOf(page, '.top .status')
  expect(status.y).toBeGreaterThanOrEqual(48)
  expect(status.y).toBeLessThan(60)
  expect(status.width).toBe(360)
})

test('DEMO-35: words that take two lines below the bar cover no text', async () => {
  const page = await (await stage.person({ viewport: { width: 360, height: 740 } })).newPage()
  let isCut = false
  const sockets: (() => void)[] = []
  await page.routeWebSocket(/./, (socket) => {
    const cut = (): void => void socket.close({ code: 1012, reason: 'Restarting.' })
    sockets.push(cut)
    if (isCut) cut()
    else socket.connectToServer()
  })
  await page.goto(`${stage.server.http}/d/two-lines`)
  await stands(page, 'saved')
  isCut = true
  for (const cut of sockets) cut()
  await stands(page, 'restarting')
  await textOn(page).click()
  await page.keyboard.type('The first line of all.')
  await until('it is kept', async () =>
    /kept on this device/.test((await page.locator('.top .status').textContent()) ?? ''),
  )
  const [status, line] = [await boxOf(page, '.top .status'), await boxOf(page, '.ProseMirror p')]
  expect(status.height).toBeGreaterThan(36)
  expect(line.y).toBeGreaterThanOrEqual(status.y + status.height)
})

test('DEMO-35: no button of the toolbar is cut where there is room for it', async () => {
  const page = await (await stage.person({ viewport: { width: 1280, height: 740 } })).newPage()
  await page.goto(`${stage.server.http}/d/buttons`)
  await stands(page, 'saved')
  await page.getByRole('button', { name: 'Suggesting (experimental)' }).click()
  await page.locator('[data-command=suggest][aria-pressed=true]').waitFor()
  await textOn(page).click()
  await page.keyboard.type('Suggested.')
  await page.getByRole('button', { name: 'Reject all suggestions' }).waitFor()
  const toolbar = page.getByRole('toolbar', { name: 'Formatting' })
  expect(await toolbar.evaluate(({ clientWidth, scrollWidth }) => scrollWidth - clientWidth)).toBe(
    0,
  )
  const [button, text] = [
    await boxOf(page, '[data-command=bold]'),
    await boxOf(page, '.ProseMirror'),
  ]
  expect(Math.abs(button.x - text.x - 16)).toBeLessThan(12)
})

test('DEMO-35: how a document stands is said whole beside a long title', async () => {
  await fill(
    stage.server,
    'titled',
    'A title that goes on and on and on, and on and on. '.repeat(4),
  )
  const page = await (await stage.person({ viewport: { width: 1440, height: 740 } })).newPage()
  await page.goto(`${stage.server.http}/d/titled`)
  await stands(page, 'saved')
  await stage.kill()
  await textOn(page).click()
  await page.keyboard.type('Not saved.')
  const status = page.locator('.top .status')
  await until('it is kept', async () => /kept on this/.test((await status.textContent()) ?? ''))
  const cut = await status.evaluate(({ clientWidth, scrollWidth }) => scrollWidth - clientWidth)
  expect(cut).toBe(0)
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(1440)
  await stage.restart()
})
