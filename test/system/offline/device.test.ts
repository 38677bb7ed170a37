import { expect, test } from 'bun:test'
import { resolve } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { patienceMs, share } from '../../support/share.ts'
import { until } from '../../support/harness/wait.ts'
import { openStage } from './stage.ts'

const stage = await share(openStage(), patienceMs)

test('OFFLINE-2: an edit is called kept when its transaction is complete, not before', async () => {
  const device = await stage.device()
  await device.addInitScript(() => {
    const seen: string[] = []
    Reflect.set(window, 'seen', seen)
    const { transaction } = IDBDatabase.prototype
    IDBDatabase.prototype.transaction = function (...given) {
      const made = transaction.apply(this, given)
      const [, mode, options] = given
      if (mode === 'readwrite' && options?.durability === 'strict') {
        seen.push('begun')
        made.addEventListener('complete', () => seen.push('complete'))
      }
      return made
    }
  })
  const tab = await stage.open(device, { document: 'promise' })
  await tab.saved()
  const seen = await tab.page.evaluate(async () => {
    const { copy, text } = window.notes
    const told: string[] = Reflect.get(window, 'seen')
    // The life of the document is kept too, when the server has told it.
    while (told.length < 2 || told.length % 2 !== 0) {
      await new Promise((done) => setTimeout(done, 1))
    }
    told.length = 0
    copy.on('change', () => told.push(copy.kept ? 'kept' : 'not kept'))
    text.insert(0, 'x')
    const isEarly = copy.kept
    while (!copy.kept) await new Promise((done) => setTimeout(done, 1))
    return { isEarly, told }
  })
  expect(seen.isEarly).toBe(false)
  expect(seen.told.slice(0, 4)).toEqual(['not kept', 'begun', 'complete', 'kept'])
})

test('OFFLINE-3: what waits is counted once for all tabs of the device', async () => {
  const device = await stage.device()
  const one = await stage.open(device, { document: 'tabs' })
  const two = await stage.open(device, { document: 'tabs' })
  await one.saved()
  await two.saved()
  await one.disconnect()
  await two.disconnect()
  await one.write('a')
  await two.write('b')
  await one.write('c')
  await until(
    'three in both',
    async () => (await one.pending()) === 3 && (await two.pending()) === 3,
  )
  await until('the same text', async () => {
    const text = await one.text()
    return text.length === 3 && text === (await two.text())
  })
  await one.page.close()
  await two.connect()
  await two.saved()
  const other = await stage.open(await stage.device(), { document: 'tabs' })
  await other.shows(await two.text())
})

test('OFFLINE-6: many edits are folded by one tab, and opening adds nothing', async () => {
  const device = await stage.device()
  const one = await stage.open(device, { document: 'many' })
  const two = await stage.open(device, { document: 'many' })
  await Promise.all([one.writeMany(100), two.writeMany(100)])
  await one.saved()
  await two.saved()
  await one.shows('e'.repeat(200))
  await until('they are folded', async () => (await one.stored()).rows < 64)
  const locks = await one.page.evaluate(async () => (await navigator.locks.query()).held?.length)
  expect(locks).toBe(1)
  await two.page.close()
  const before = await one.stored()
  await one.page.close()
  for (let visit = 0; visit < 50; visit++) {
    const tab = await stage.open(device, { document: 'many' })
    await tab.saved()
    if (visit === 49) expect(await tab.stored()).toEqual(before)
    await tab.page.close()
  }
})

test('OFFLINE-6: the tab that folds does so while another writes without the server', async () => {
  const device = await stage.device()
  const folds = await stage.open(device, { document: 'alone' })
  const writes = await stage.open(device, { document: 'alone' })
  for (const tab of [folds, writes]) await tab.disconnect()
  await writes.writeMany(100)
  await until('they are folded', async () => (await writes.stored()).rows < 64)
  await folds.shows('e'.repeat(100))
  expect(await folds.pending()).toBe(100)
  for (const tab of [folds, writes]) {
    await tab.connect()
    await tab.saved()
  }
})

test('OFFLINE-6: another tab goes on keeping what others write', async () => {
  const device = await stage.device()
  const one = await stage.open(device, { document: 'handed' })
  const two = await stage.open(device, { document: 'handed' })
  const stranger = await stage.open(await stage.device(), { document: 'handed' })
  await one.saved()
  await one.page.close()
  await stranger.write('From afar.')
  await two.shows('From afar.')
  await until('kept', async () => (await two.stored()).words.includes('From afar.'))
  await stage.kill()
  await two.page.close()
  const again = await stage.open(device, { document: 'handed' })
  expect(await again.text()).toBe('From afar.')
  await stage.restart()
})

test('OFFLINE-7: a device without room says so, and keeps all when it has room again', async () => {
  const device = await stage.device()
  const other = await device.newPage()
  await other.goto(`${stage.origin}/page.js`)
  await quota(other, 1_000)
  const tab = await stage.open(device, { document: 'full' })
  await tab.write('Much. ')
  await until('told', async () => (await tab.problem()) !== undefined)
  expect(await tab.problem()).toBe(
    'This device has no room left. Your last changes are in this tab only: ' +
      'leave it open until they are saved.',
  )
  expect(await tab.page.evaluate(() => window.notes.copy.kept)).toBe(false)
  await quota(other, undefined)
  await tab.write('More.')
  await tab.kept()
  expect(await tab.problem()).toBeUndefined()
  await stage.kill()
  await tab.page.close()
  const again = await stage.open(device, { document: 'full' })
  expect(await again.text()).toBe('Much. More.')
  await stage.restart()
})

test('OFFLINE-8: with a key the device holds nothing that can be read without it', async () => {
  const device = await stage.device()
  const visit = { document: 'sealed', key: 'first' }
  const first = await stage.open(device, visit)
  await first.disconnect()
  await first.write('Between us.')
  await first.kept()
  expect((await first.stored()).words).not.toContain('Between')
  await first.page.close()
  const again = await stage.open(device, visit)
  await again.shows('Between us.')
  await again.saved()
  await again.page.close()
  await stage.kill()
  const other = await stage.open(device, { ...visit, key: 'second' })
  expect(await other.text()).toBe('')
  const failed = other.page.evaluate(() => window.notes.earlierTexts())
  expect(failed).rejects.toThrow()
  await failed.catch(() => undefined)
  await stage.restart()
  await other.shows('Between us.')
})

test('OFFLINE-9: nobody else on the device sees a copy, or hears of it', async () => {
  const device = await stage.device()
  const ada = await stage.open(device, { document: 'shared', person: 'ada' })
  const bob = await stage.open(device, { document: 'shared', person: 'bob' })
  await ada.saved()
  await bob.saved()
  await stage.kill()
  await ada.write("Ada's.")
  await ada.kept()
  await bob.write("Bob's.")
  await bob.kept()
  expect([await ada.text(), await bob.text()]).toEqual(["Ada's.", "Bob's."])
  expect([await ada.pending(), await bob.pending()]).toEqual([1, 1])
  const again = await stage.open(device, { document: 'shared', person: 'bob' })
  expect(await again.text()).toBe("Bob's.")
  await stage.restart()
})

test('OFFLINE-10: the browser is asked not to clear what nobody else has, once', async () => {
  const device = await stage.device()
  await device.addInitScript(() => {
    Reflect.set(window, 'asked', 0)
    navigator.storage.persist = async () => {
      Reflect.set(window, 'asked', Reflect.get(window, 'asked') + 1)
      return true
    }
  })
  const tab = await stage.open(device, { document: 'persist' })
  await tab.saved()
  const asked = (): Promise<number> => tab.page.evaluate(() => Reflect.get(window, 'asked'))
  expect(await asked()).toBe(0)
  await tab.disconnect()
  await tab.write('one')
  await tab.kept()
  await tab.write('two')
  await tab.kept()
  await until('asked', async () => (await asked()) > 0)
  expect(await asked()).toBe(1)
})

test('OFFLINE-11: it takes at most 5 KB beside yjs', async () => {
  const { outputs } = await Bun.build({
    entrypoints: [resolve(import.meta.dir, '../../../editor/offline.ts')],
    target: 'browser',
    minify: true,
    external: ['yjs'],
  })
  const bytes = brotliCompressSync((await outputs[0]?.text()) ?? '').length
  expect(bytes).toBeLessThan(5_000)
})

async function quota(page: Page, bytes: number | undefined): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const size = bytes === undefined ? {} : { quotaSize: bytes }
  await session.send('Storage.overrideQuotaForOrigin', { origin: stage.origin, ...size })
}
