import { expect, test } from 'bun:test'
import { patienceMs, share } from '../../support/share.ts'
import { until } from '../../support/harness/wait.ts'
import { openStage } from './stage.ts'

const protocols = ['y-websocket', 'hocuspocus']
const stage = await share(openStage(), patienceMs)

test.each(protocols)(
  'OFFLINE-1: what was written without the server outlasts the tab and is saved later (%s)',
  async (protocol) => {
    const visit = { document: `away-${protocol}`, protocol }
    const device = await stage.device()
    const first = await stage.open(device, visit)
    await first.write('Before. ')
    await first.saved()
    await stage.kill()
    await first.write('Alone. ')
    await first.kept()
    await first.page.close()
    const second = await stage.open(device, visit)
    expect(await second.text()).toBe('Before. Alone. ')
    expect(await second.pending()).toBe(1)
    await second.write('Again.')
    await second.kept()
    expect(await second.pending()).toBe(2)
    await stage.restart()
    const other = await stage.open(await stage.device(), visit)
    await other.shows('Before. Alone. Again.')
    await second.saved()
  },
)

test.each(protocols)(
  'OFFLINE-4: a document that was made anew with the same words is not doubled (%s)',
  async (protocol) => {
    const visit = { document: `anew-${protocol}`, protocol }
    const device = await stage.device()
    const before = await stage.open(device, visit)
    await before.write('The same words.')
    await before.saved()
    await stage.kill()
    await before.write(' And mine.')
    await before.kept()
    await before.page.close()
    await stage.restart(true)
    const stranger = await stage.open(await stage.device(), visit)
    await stranger.write('The same words.')
    await stranger.saved()

    const reopened = await stage.open(device, visit)
    await reopened.tells('replaced')
    const anew = await stage.open(device, visit)
    await anew.shows('The same words.')
    expect(await anew.earlierTexts()).toEqual(['The same words. And mine.'])
    const [pending] = await anew.page.evaluate(async () => {
      const earlier = await window.notes.copy.earlier()
      return earlier.map((one) => one.pending)
    })
    expect(pending).toBe(1)
    await anew.write(' More.')
    await anew.saved()
    await stranger.shows('The same words. More.')
    await anew.page.evaluate(async () => {
      for (const one of await window.notes.copy.earlier()) await one.discard()
    })
    expect(await anew.earlierTexts()).toEqual([])
  },
)

test.each(protocols)(
  'OFFLINE-4: nor is one that was purged while a tab had no connection (%s)',
  async (protocol) => {
    const visit = { document: `purged-${protocol}`, protocol }
    const tab = await stage.open(await stage.device(), visit)
    await tab.write('Words.')
    await tab.saved()
    await tab.disconnect()
    const at = `${stage.server.http}/api/v1/documents/${visit.document}`
    await fetch(at, { method: 'DELETE' })
    const purged = await fetch(`${at}/purge`, { method: 'POST' })
    expect(purged.ok).toBe(true)
    const stranger = await stage.open(await stage.device(), visit)
    await stranger.write('Words.')
    await stranger.saved()
    await tab.write(' Mine.')
    await tab.connect()
    await tab.tells('replaced')
    expect(await stranger.text()).toBe('Words.')
    await until('kept apart', async () => (await tab.earlierTexts()).includes('Words. Mine.'))
  },
)

test.each(protocols)(
  'OFFLINE-5: what the server has deleted the device deletes (%s)',
  async (protocol) => {
    const visit = { document: `deleted-${protocol}`, protocol }
    const device = await stage.device()
    const tab = await stage.open(device, visit)
    await tab.write('Not to be kept.')
    await tab.saved()
    const at = `${stage.server.http}/api/v1/documents/${visit.document}`
    await fetch(at, { method: 'DELETE' })
    await tab.tells('deleted')
    expect(await tab.stored()).toEqual({ rows: 0, bytes: 0, words: '' })
  },
)
