import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import * as Y from 'yjs'
import { allSaved, openTab } from '../../client/stage.ts'
import { craftHollow } from '../../../support/harness/crafted.ts'
import { connectHocuspocus, versions } from '../../../support/harness/hocuspocus.ts'
import { connect, synced } from '../../../support/harness/provider.ts'
import { RawClient } from '../../../support/harness/raw-client.ts'
import { startServer, type TestServer } from '../../../support/harness/server.ts'
import { until } from '../../../support/harness/wait.ts'

let server: TestServer
let names = 0
let name = ''

beforeAll(() => {
  server = startServer({ deny_delay_ms: 20 })
})
beforeEach(() => {
  name = `taken-${names++}`
})
afterAll(() => server.stop())

/** Takes the clocks that a client will use next, as somebody who may write can try. */
async function takeClocks({ clientID, store }: Y.Doc): Promise<void> {
  const attacker = await (await RawClient.connect(`${server.url}/ws/${name}`)).open()
  const update = craftHollow(clientID, Y.getState(store, clientID), 2 ** 20)
  attacker.say({ kind: 'update', update })
  attacker.say({ kind: 'step-2', update })
  await attacker.settled()
  attacker.close()
}

/** What somebody sees who opens the document now. */
async function textNow(): Promise<string> {
  const reader = connect(`${server.url}/ws`, name)
  await synced(reader)
  const text = reader.document.getText('t').toString()
  reader.end()
  return text
}

test('RELAY-13: nobody takes the clocks that a y-websocket client will write at', async () => {
  const ana = openTab(`${server.url}/ws`, name)
  ana.type('hello')
  await allSaved(ana)
  await takeClocks(ana.document)
  ana.type(' world')
  await allSaved(ana)
  expect(await textNow()).toBe('hello world')
  ana.end()
})

test('RELAY-13: nor those of one who is off line and comes back', async () => {
  const ana = openTab(`${server.url}/ws`, name)
  ana.type('hello')
  await allSaved(ana)
  ana.provider.disconnect()
  await takeClocks(ana.document)
  ana.type(' world')
  ana.provider.connect()
  await allSaved(ana)
  expect(await textNow()).toBe('hello world')
  ana.end()
})

for (const version of versions) {
  test(`RELAY-13: nobody takes the clocks of a client of version ${version}`, async () => {
    const ana = connectHocuspocus(version, server.url, name)
    const saved = () => ana.provider.synced && ana.provider.unsyncedChanges === 0
    await until('it is synced', saved)
    ana.document.getText('t').insert(0, 'hello')
    await until('all is acknowledged', saved)
    await takeClocks(ana.document)
    ana.document.getText('t').insert(5, ' world')
    await until('all is acknowledged', saved)
    expect(await textNow()).toBe('hello world')
    ana.end()
  })
}

test('RELAY-13: what a client loads while connected is asked for with its deletes', async () => {
  const before = new Y.Doc()
  const list = before.getArray<unknown>('list')
  list.insert(0, [new Y.Map([['gone', 'with its map']]), 'stays'])
  list.delete(0)
  before.getText('t').insert(0, 'behind it')
  const kept = Y.encodeStateAsUpdate(before)
  const ana = connect(`${server.url}/ws`, name)
  await synced(ana)
  // As an offline store does when it has read what it keeps.
  Y.applyUpdate(ana.document, kept, 'offline store')
  const seen = async () => {
    const reader = connect(`${server.url}/ws`, name)
    await synced(reader)
    const state = Y.encodeStateAsUpdate(reader.document)
    reader.end()
    return Bun.deepEquals(state, kept)
  }
  await until('all of it is there', seen)
  ana.end()
})
