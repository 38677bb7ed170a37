import { expect, test } from 'bun:test'
import * as Y from 'yjs'
import { freshDirectory, startProcess } from '../../support/harness/process.ts'
import { converged } from '../../support/harness/provider.ts'
import { until } from '../../support/harness/wait.ts'
import { allSaved, openTab, start, stored, storedText, type Tab } from './stage.ts'

/** Loses what a tab would send, before anybody counts it. */
function dropFrames({ provider }: Tab, isLost: (frame: Uint8Array) => boolean): void {
  const socket = provider.ws
  if (socket === null) throw new Error('the tab is not connected')
  const send = socket.send.bind(socket)
  socket.send = (data) => {
    if (!(data instanceof Uint8Array && isLost(data))) send(data)
  }
}

/** Counts the receipts that a tab hears from now on. */
function countReceipts({ provider }: Tab): () => number {
  const inner = provider.messageHandlers[110]
  let count = 0
  provider.messageHandlers[110] = (...args) => {
    inner?.(...args)
    count++
  }
  return () => count
}

test('CLIENT-1: an edit is pending until it is on disk, and the change is told', async () => {
  const { store, server } = start()
  const tab = openTab(`${server.url}/ws`, 'a')
  expect(tab.saved.saved).toBe(false)
  await allSaved(tab)
  expect(tab.saved.supported).toBe(true)
  store.hold()
  tab.type('one')
  tab.type('two')
  expect([tab.saved.saved, tab.saved.pending]).toEqual([false, 2])
  await until('it is being written', () => store.appends > 0)
  expect([tab.saved.saved, tab.saved.pending]).toEqual([false, 2])
  store.release()
  await allSaved(tab)
  expect(tab.told).toEqual([true, false, true])
  expect(await storedText(store, 'a')).toBe('onetwo')
  tab.end()
  await server.stop()
})

test('CLIENT-1: a change of what is pending is told by `change`', async () => {
  const { store, server } = start()
  const tab = openTab(`${server.url}/ws`, 'a')
  await allSaved(tab)
  store.hold()
  const pending: number[] = []
  tab.saved.on('change', ({ pending: now }) => pending.push(now))
  for (let index = 0; index < 3; index++) tab.type('x')
  store.release()
  await allSaved(tab)
  expect(pending.slice(0, 3)).toEqual([1, 2, 3])
  expect(pending.at(-1)).toBe(0)
  tab.end()
  await server.stop()
})

test('CLIENT-2: a delete alone is an edit as any other', async () => {
  const { store, server } = start()
  const tab = openTab(`${server.url}/ws`, 'a')
  tab.type('hello')
  await allSaved(tab)
  store.hold()
  tab.text.delete(0, 4)
  expect([tab.saved.saved, tab.saved.pending]).toEqual([false, 1])
  store.release()
  await allSaved(tab)
  expect(await storedText(store, 'a')).toBe('o')
  tab.end()
  await server.stop()
})

test('CLIENT-3: offline edits are pending, and saved once after the return', async () => {
  const { store, server } = start()
  const tab = openTab(`${server.url}/ws`, 'a')
  tab.type('on')
  await allSaved(tab)
  tab.provider.disconnect()
  expect(tab.saved.saved).toBe(true)
  tab.type('off')
  tab.text.delete(0, 1)
  expect([tab.saved.saved, tab.saved.pending]).toEqual([false, 2])
  tab.provider.connect()
  await allSaved(tab)
  expect(await storedText(store, 'a')).toBe('noff')
  tab.end()
  await server.stop()
})

test('CLIENT-3: what was under way when the connection broke stays pending', async () => {
  const { store, server } = start()
  const tab = openTab(`${server.url}/ws`, 'a')
  await allSaved(tab)
  store.hold()
  tab.type('lost?')
  await until('it is being written', () => store.appends > 0)
  tab.provider.disconnect()
  expect([tab.saved.saved, tab.saved.pending]).toEqual([false, 1])
  store.release()
  tab.type(' no')
  tab.provider.connect()
  expect([tab.saved.saved, tab.saved.pending]).toEqual([false, 2])
  await allSaved(tab)
  expect(await storedText(store, 'a')).toBe('lost? no')
  tab.end()
  await server.stop()
})

test('CLIENT-3: what a document brought along counts before it is called saved', async () => {
  const { store, server } = start()
  const document = new Y.Doc()
  document.getText('t').insert(0, 'from before')
  store.hold()
  const tab = openTab(`${server.url}/ws`, 'a', { document })
  const connected = () => tab.provider.wsconnected
  await until('connected', connected)
  expect(tab.saved.saved).toBe(false)
  store.release()
  await allSaved(tab)
  expect(await storedText(store, 'a')).toBe('from before')
  tab.end()
  await server.stop()
})

test('CLIENT-4: the edits of another tab are not counted here', async () => {
  const { server } = start()
  const ana = openTab(`${server.url}/ws`, 'a', { tabs: true })
  const bob = openTab(`${server.url}/ws`, 'a', { tabs: true })
  await allSaved(ana)
  await allSaved(bob)
  let most = 0
  bob.saved.on('change', ({ pending }) => (most = Math.max(most, pending)))
  for (let index = 0; index < 20; index++) ana.type('x')
  await converged(ana.document, bob.document)
  await allSaved(ana)
  expect(most).toBe(0)
  ana.end()
  bob.end()
  await server.stop()
})

test('CLIENT-5: an edit on top of what only another tab has is saved with that', async () => {
  const { store, server } = start()
  // One tab cannot reach the server; the other hears it straight from tab to tab.
  const cut = openTab(`${server.url}/ws`, 'a', { tabs: true })
  await allSaved(cut)
  const bob = openTab(`${server.url}/ws`, 'a', { tabs: true })
  await allSaved(bob)
  dropFrames(cut, () => true)
  cut.type('past, ')
  await until('heard from tab to tab', () => bob.text.toString() === 'past, ')
  // The server asks what the edit stands on; for a while the answer does not leave.
  let answers = false
  dropFrames(bob, (frame) => frame[0] === 0 && frame[1] === 1 && !answers)
  const receipts = countReceipts(bob)
  bob.type('future')
  await until('the edit itself is on disk', () => receipts() > 0)
  expect([bob.saved.saved, bob.saved.pending]).toEqual([false, 1])
  answers = true
  bob.type('!')
  await allSaved(bob)
  expect(await storedText(store, 'a')).toBe('past, future!')
  bob.end()
  cut.end()
  await server.stop()
})

test('CLIENT-6: what an observer writes into an update that came is saved too', async () => {
  const { store, server } = start()
  const ana = openTab(`${server.url}/ws`, 'a')
  const bob = openTab(`${server.url}/ws`, 'a')
  await allSaved(ana)
  await allSaved(bob)
  const map = bob.document.getMap('seen')
  bob.text.observe((event) => {
    if (!event.transaction.local) map.set('last', bob.text.length)
  })
  ana.type('hello')
  await until('the observer wrote', () => map.get('last') === 5)
  await allSaved(bob)
  await until('it reached the others', () => ana.document.getMap('seen').get('last') === 5)
  await allSaved(ana)
  expect((await stored(store, 'a')).getMap('seen').get('last')).toBe(5)
  ana.end()
  bob.end()
  await server.stop()
})

test('CLIENT-11: what it called saved is there after kill -9', async () => {
  const directory = await freshDirectory()
  const server = await startProcess(directory.path)
  const tab = openTab(`${server.url}/ws`, 'a')
  await allSaved(tab)
  let known = ''
  tab.saved.on('saved', (saved) => {
    if (saved) known = tab.text.toString()
  })
  for (let index = 0; index < 200; index++) {
    tab.type(`${index},`)
    if (index % 10 === 0) await Bun.sleep(1)
  }
  await until('something was saved', () => known !== '')
  await server.end('SIGKILL')
  tab.provider.disconnect()
  const again = await startProcess(directory.path)
  const reader = openTab(`${again.url}/ws`, 'a')
  await allSaved(reader)
  expect(reader.text.toString().startsWith(known)).toBe(true)
  expect(tab.saved.saved).toBe(tab.saved.pending === 0)
  reader.end()
  tab.end()
  await again.end('SIGTERM')
  await directory.remove()
}, 120_000)
