import { expect, test } from 'bun:test'
import { until } from '../../support/harness/wait.ts'
import { allSaved, openTab, start, stored, storedText, type Tab } from './stage.ts'

/** Two tabs of one browser on a document of which the server has this text on its disk. */
async function twoTabs(url: string, text: string): Promise<readonly [ana: Tab, bob: Tab]> {
  const ana = openTab(url, 'a', { tabs: true })
  await allSaved(ana)
  ana.type(text)
  await allSaved(ana)
  const bob = openTab(url, 'a', { tabs: true })
  await allSaved(bob)
  await until('both have it', () => bob.text.toString() === text)
  return [ana, bob]
}

/** From now on nothing that the tab says gets to the server. */
function cutOff({ provider }: Tab): void {
  if (provider.ws === null) throw new Error('the tab is not connected')
  provider.ws.send = () => undefined
}

const offlineEdits: readonly (readonly [what: string, edit: (tab: Tab) => void, left: string])[] = [
  ['what a closed tab wrote', (tab) => tab.type(' and more'), 'some text and more'],
  ['what a closed tab deleted', (tab) => tab.text.delete(4, 5), 'some'],
]

for (const [what, edit, left] of offlineEdits) {
  test(`CLIENT-12: off line ${what} is not called saved by the tab that has it`, async () => {
    const first = start()
    const [ana, bob] = await twoTabs(`${first.server.url}/ws`, 'some text')
    await first.server.stop()
    for (const { provider } of [ana, bob]) {
      await until('it is off line', () => !provider.wsconnected)
    }
    expect(bob.saved.saved).toBe(true)
    edit(ana)
    await until('bob has it', () => bob.text.toString() === left)
    ana.end()
    expect([bob.saved.saved, bob.saved.pending]).toEqual([false, 0])
    // A server that has nothing: all that it gets comes from this tab.
    const { server, store } = start()
    store.failAppends = Number.POSITIVE_INFINITY
    bob.provider.serverUrl = `${server.url}/ws`
    await until('it is being written', () => store.appends > 0)
    expect(bob.saved.saved).toBe(false)
    store.failAppends = 0
    await allSaved(bob)
    expect(await storedText(store, 'a')).toBe(left)
    bob.end()
    await server.stop()
  })
}

test('CLIENT-12: what a tab that is cut off wrote is brought by one that heard it', async () => {
  const { server, store } = start()
  const [ana, bob] = await twoTabs(`${server.url}/ws`, 'some')
  cutOff(ana)
  ana.type(' more')
  await until('bob has it', () => bob.text.toString() === 'some more')
  expect([bob.saved.saved, bob.saved.pending]).toEqual([false, 0])
  await allSaved(bob)
  expect(await storedText(store, 'a')).toBe('some more')
  ana.end()
  bob.end()
  await server.stop()
})

test('CLIENT-12: what the server has relayed but not written is not saved yet', async () => {
  const { server, store } = start()
  const [ana, bob] = await twoTabs(`${server.url}/ws`, 'some')
  const watcher = openTab(`${server.url}/ws`, 'a')
  await allSaved(watcher)
  store.hold()
  ana.type(' more')
  await until('the server has said it', () => watcher.text.toString() === 'some more')
  const { updatesKnown } = server.ytopic.metrics
  ana.end()
  await until('its disk was asked for', () => server.ytopic.metrics.updatesKnown > updatesKnown)
  expect(bob.saved.saved).toBe(false)
  store.release()
  await allSaved(bob)
  expect(await storedText(store, 'a')).toBe('some more')
  bob.end()
  watcher.end()
  await server.stop()
})

test('CLIENT-12: what waits for what no tab has brought is not called saved either', async () => {
  const { server, store } = start()
  const [ana, bob] = await twoTabs(`${server.url}/ws`, 'some')
  cutOff(ana)
  // Of two edits only the second one gets from tab to tab.
  const { bcconnected } = ana.provider
  expect(bcconnected).toBe(true)
  ana.provider.bcconnected = false
  ana.type(' lost')
  ana.provider.bcconnected = true
  ana.type(' late')
  await until('bob holds it', () => bob.document.store.pendingStructs !== null)
  await until('bob says so', () => !bob.saved.saved)
  ana.end()
  await allSaved(bob)
  const whole = await stored(store, 'a')
  expect(whole.store.pendingStructs).not.toBeNull()
  bob.end()
  await server.stop()
})
