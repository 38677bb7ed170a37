import { afterAll, beforeAll, expect, test } from 'bun:test'
import * as Y from 'yjs'
import { type Client, connect, converged, synced } from '../../support/harness/provider.ts'
import { freshDirectory, type ServerProcess } from '../../support/harness/process.ts'
import { startOne, startProcess } from '../../support/harness/process.ts'
import { until } from '../../support/harness/wait.ts'

let server: ServerProcess
let directory: Awaited<ReturnType<typeof freshDirectory>>
const clients: Client[] = []
let names = 0

beforeAll(async () => {
  directory = await freshDirectory()
  server = await startProcess(directory.path)
}, 60_000)

afterAll(async () => {
  for (const client of clients) client.end()
  await server.end('SIGTERM')
  await directory.remove()
}, 60_000)

function open(name: string): Client {
  const client = connect(`${server.url}/ws`, name)
  clients.push(client)
  return client
}

async function openMany(count: number): Promise<{ name: string; all: Client[] }> {
  const name = `interop ${names++}`
  const all = Array.from({ length: count }, () => open(name))
  await synced(...all)
  return { name, all }
}

/** All shared types, edited by everybody at once. */
function editEverything(document: Y.Doc, who: number): void {
  const text = document.getText('text')
  text.insert(Math.floor(text.length / 2), `[${who}]`, { bold: who % 2 === 0 })
  text.insertEmbed(text.length, { image: `${who}.png` })
  if (text.length > 8) text.delete(1, 2)
  document.getMap('map').set(`key ${who % 4}`, { who, nested: [1, 'two', null, true, 2.5] })
  document.getMap('map').set('bytes', Uint8Array.of(1, 2, who))
  const array = document.getArray('array')
  array.insert(0, [who, { of: who }, `item ${who}`])
  if (array.length > 5) array.delete(2, 1)
  const xml = document.getXmlFragment('xml')
  const paragraph = new Y.XmlElement('paragraph')
  paragraph.setAttribute('by', String(who))
  paragraph.insert(0, [new Y.XmlText(`written by ${who}`)])
  xml.insert(0, [paragraph])
  const inner = new Y.Doc({ guid: `inner-${who}`, meta: { title: who } })
  document.getMap('docs').set(String(who), inner)
}

async function settled(...all: readonly Client[]): Promise<void> {
  await converged(...all.map(({ document }) => document))
}

test('SYNC-9: two clients that edit every shared type at once converge', async () => {
  const { all } = await openMany(2)
  for (let round = 0; round < 20; round++) {
    for (const [who, { document }] of all.entries()) editEverything(document, who + round)
    if (round % 5 === 0) await Bun.sleep(1)
  }
  await settled(...all)
  expect(all[0]?.document.getXmlFragment('xml').length).toBe(40)
})

test('SYNC-9: fifty clients that edit every shared type at once converge', async () => {
  const { name, all } = await openMany(50)
  for (const [who, { document }] of all.entries()) editEverything(document, who)
  await settled(...all)
  const fresh = open(name)
  await synced(fresh)
  await settled(fresh, ...all.slice(0, 1))
  expect(fresh.document.getMap('docs').size).toBe(50)
}, 120_000)

test('SYNC-6: offline edits of two clients come up and merge', async () => {
  const { all } = await openMany(3)
  const [ana, bob, watcher] = all
  if (ana === undefined || bob === undefined || watcher === undefined) throw new Error('three')
  ana.document.getText('t').insert(0, 'shared ')
  await settled(...all)
  ana.provider.disconnect()
  bob.provider.disconnect()
  ana.document.getText('t').insert(7, 'by Ana ')
  ana.document.getText('t').delete(0, 3)
  bob.document.getText('t').insert(7, 'by Bob ')
  expect(watcher.document.getText('t').toString()).toBe('shared ')
  ana.provider.connect()
  bob.provider.connect()
  await until('both are there', () => {
    const text = watcher.document.getText('t').toString()
    return text.includes('by Ana') && text.includes('by Bob') && text.startsWith('red')
  })
  await settled(...all)
})

test('SYNC-6: deletes made offline come up', async () => {
  const { all } = await openMany(2)
  const [ana, bob] = all
  if (ana === undefined || bob === undefined) throw new Error('two')
  ana.document.getText('t').insert(0, 'to be deleted')
  await settled(...all)
  ana.provider.disconnect()
  ana.document.getText('t').delete(0, 6)
  ana.provider.connect()
  await until('deleted there too', () => bob.document.getText('t').toString() === 'deleted')
})

test('SYNC-9: a paste of a megabyte arrives whole', async () => {
  const { name, all } = await openMany(2)
  const [ana, bob] = all
  const paste = 'All work and no play. '.repeat(50_000)
  ana?.document.getText('t').insert(0, paste)
  await until('the paste', () => bob?.document.getText('t').length === paste.length)
  const fresh = open(name)
  await synced(fresh)
  expect(fresh.document.getText('t').toString()).toBe(paste)
}, 60_000)

test('SERVER-3: after kill -9 clients go on and nothing is doubled', async () => {
  const { name, all } = await openMany(4)
  for (const [who, { document }] of all.entries()) editEverything(document, who)
  await settled(...all)
  const { port } = server
  // What others have seen is on disk within a commit; the last edits are still on their way.
  expect(await server.end('SIGKILL')).not.toBe(0)
  for (const [who, { document }] of all.entries()) {
    document.getText('text').insert(0, `(${who} while away)`)
  }
  server = await startProcess(directory.path, port)
  await until('all are back', () => all.every(({ provider }) => provider.wsconnected))
  await settled(...all)
  const text = all[0]?.document.getText('text').toString() ?? ''
  for (let who = 0; who < 4; who++) {
    expect(text.split(`(${who} while away)`)).toHaveLength(2)
  }
  const fresh = open(name)
  await synced(fresh)
  await settled(fresh, ...all)
}, 120_000)

test('SERVER-2: SIGTERM writes everything and exits 0', async () => {
  const { name, all } = await openMany(3)
  const [ana] = all
  for (let index = 0; index < 500; index++) ana?.document.getText('t').insert(0, `${index},`)
  await settled(...all)
  const started = performance.now()
  const { port } = server
  expect(await server.end('SIGTERM')).toBe(0)
  expect(performance.now() - started).toBeLessThan(10_000)
  expect(all.every(({ provider }) => !provider.wsconnected)).toBe(true)
  server = await startProcess(directory.path, port)
  const fresh = open(name)
  await synced(fresh)
  expect(fresh.document.getText('t').toString()).toBe(ana?.document.getText('t').toString() ?? '')
}, 120_000)

test('SERVER-7: a second server on the data directory refuses, and says why', async () => {
  const own = await freshDirectory()
  const first = await startOne(own.path)
  const second = startOne(own.path)
  await expect(second).rejects.toThrow(/ended with 2: ytopic: .*another/s)
  await first.end('SIGTERM')
  await own.remove()
}, 120_000)

test('NAME-4: a client pointed at the root of the server meets one pointed at /ws', async () => {
  const name = `interop ${names++}/with/slashes`
  const ana = open(name)
  const bob = connect(server.url, name)
  clients.push(bob)
  await synced(ana, bob)
  ana.document.getText('t').insert(0, 'hello')
  await until('hello', () => bob.document.getText('t').toString() === 'hello')
})
