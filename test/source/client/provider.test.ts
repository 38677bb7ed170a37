import { expect, test } from 'bun:test'
import * as Y from 'yjs'
import { trackSaved } from '../../../src/client/saved.ts'
import { FakeAuthority } from '../../support/fakes/authority.ts'
import { quietProvider } from '../../support/harness/provider.ts'
import { until } from '../../support/harness/wait.ts'
import { allSaved, openTab, start, storedText } from './stage.ts'

test('CLIENT-7: a reader is told why nothing of theirs is saved', async () => {
  const { server } = start({}, { authority: new FakeAuthority() })
  const tab = openTab(`${server.url}/ws`, 'a', { params: { token: 'reader' } })
  await until('connected', () => tab.provider.synced)
  const reasons: string[] = []
  tab.saved.on('refused', (reason) => reasons.push(reason))
  tab.type('mine')
  await until('refused', () => reasons.length > 0)
  expect(tab.saved.refusal).toContain('not change it')
  expect([tab.saved.saved, tab.saved.pending]).toEqual([false, 1])
  tab.end()
  await server.stop()
})

test('CLIENT-7: a refusal that has passed is forgotten when the edits are taken', async () => {
  const { store, server } = start({ journal_bytes_max: 200 })
  const tab = openTab(`${server.url}/ws`, 'a')
  await allSaved(tab)
  store.failAppends = Number.POSITIVE_INFINITY
  const typed = 'y'.repeat(150)
  tab.type(typed)
  tab.type(typed)
  await until('turned away', () => tab.saved.refusal !== undefined)
  expect(tab.saved.refusal).toContain('store')
  expect([tab.saved.saved, tab.saved.pending]).toEqual([false, 2])
  store.failAppends = 0
  await until('all is well again', () => tab.saved.saved && tab.saved.refusal === undefined)
  expect(tab.saved.pending).toBe(0)
  expect(await storedText(store, 'a')).toBe(typed + typed)
  tab.end()
  await server.stop()
})

test('CLIENT-8: where nobody gives receipts nothing is called saved, and all works', async () => {
  const { server } = start()
  // A server that does not know the parameter: the name swallows it.
  const provider = quietProvider(`${server.url}/ws`, 'a', new Y.Doc(), { disableBc: true })
  Object.defineProperty(provider, 'url', { value: `${server.url}/ws/a` })
  const saved = trackSaved(provider)
  await until('synced', () => provider.synced)
  provider.doc.getText('t').insert(0, 'x')
  const reader = openTab(`${server.url}/ws`, 'a')
  await until('the other has it', () => reader.text.toString() === 'x')
  expect([saved.saved, saved.supported, saved.pending]).toEqual([false, false, 1])
  reader.end()
  provider.destroy()
  await server.stop()
})

test('CLIENT-9: a provider that is connected already is connected anew and counted', async () => {
  const { store, server } = start()
  const document = new Y.Doc()
  const provider = quietProvider(`${server.url}/ws`, 'a', document, { disableBc: true })
  await until('synced', () => provider.synced)
  document.getText('t').insert(0, 'early')
  const saved = trackSaved(provider)
  expect(saved.saved).toBe(false)
  await until('all is saved', () => saved.saved)
  expect(await storedText(store, 'a')).toBe('early')
  provider.destroy()
  await server.stop()
})

test('CLIENT-10: who stops tracking leaves the provider as it was', async () => {
  const { server } = start()
  const tab = openTab(`${server.url}/ws`, 'a')
  const untouched = quietProvider(server.url, 'b', new Y.Doc(), { connect: false })
  await allSaved(tab)
  tab.saved.destroy()
  const { messageHandlers } = untouched
  // But for the receipts that still come: nobody listens, and nobody complains.
  expect(tab.provider.messageHandlers.slice(0, 4)).toEqual(messageHandlers.slice(0, 4))
  tab.type('goes on')
  const reader = openTab(`${server.url}/ws`, 'a')
  await until('the other has it', () => reader.text.toString() === 'goes on')
  expect(tab.told).toEqual([true])
  untouched.destroy()
  reader.end()
  tab.end()
  await server.stop()
})
