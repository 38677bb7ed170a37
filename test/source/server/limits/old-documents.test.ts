import { afterEach, expect, test } from 'bun:test'
import * as Y from 'yjs'
import type { Limits } from '../../../../src/base/limits/limits.ts'
import { craftUpdate } from '../../../support/harness/crafted.ts'
import { allSaved, connectHocuspocus, versions } from '../../../support/harness/hocuspocus.ts'
import { connect, converged, synced } from '../../../support/harness/provider.ts'
import { RawClient } from '../../../support/harness/raw-client.ts'
import { startServer, type TestServer } from '../../../support/harness/server.ts'

const servers: TestServer[] = []

afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop()
})

function serve(limits: Partial<Limits> = {}): TestServer {
  const server = startServer({ deny_delay_ms: 10, ...limits })
  servers.push(server)
  return server
}

/** What so many people wrote in the course of the years, a letter each. */
function years(people: number, root = 't'): Uint8Array {
  return craftUpdate(Array.from({ length: people }, (_, index) => ({ client: index + 1, root })))
}

function documentOf(update: Uint8Array): Y.Doc {
  const document = new Y.Doc()
  Y.applyUpdate(document, update)
  return document
}

const open = async ({ url }: TestServer) => (await RawClient.connect(`${url}/ws/d`)).open()

test('LIMIT-14: a client brings an old document of 20,000 client ids to a new server', async () => {
  const server = serve()
  const old = connect(`${server.url}/ws`, 'old', documentOf(years(20_000)))
  const fresh = connect(`${server.url}/ws`, 'old')
  await synced(old, fresh)
  await converged(old.document, fresh.document)
  expect(fresh.document.getText('t').toString()).toHaveLength(20_000)
  old.end()
  fresh.end()
})

test('LIMIT-14: so do Hocuspocus clients of every version', async () => {
  const server = serve()
  for (const version of versions) {
    const document = documentOf(years(10_001))
    const client = connectHocuspocus(version, server.url, `old ${version}`, { document })
    await allSaved(client)
    client.end()
  }
  expect(server.ytopic.metrics).not.toContainKey('refused.too-many-clients')
})

test('LIMIT-14: a page may open its own copy after it has connected', async () => {
  const server = serve()
  const [old, fresh] = [connect(`${server.url}/ws`, 'd'), connect(`${server.url}/ws`, 'd')]
  await synced(old, fresh)
  Y.applyUpdate(old.document, years(10_001))
  await converged(old.document, fresh.document)
  expect(fresh.document.getText('t').toString()).toHaveLength(10_001)
  old.end()
  fresh.end()
})

test('LIMIT-14: what comes beside the whole document is counted as ever', async () => {
  const server = serve({ session_new_clients_max: 5, session_root_names_max: 5 })
  const busy = await open(server)
  busy.say({ kind: 'step-2', update: years(20) })
  for (let client = 21; client <= 25; client++) {
    busy.say({ kind: 'update', update: craftUpdate([{ client }]) })
  }
  await busy.settled()
  expect(busy.closed).toBeUndefined()
  busy.say({ kind: 'step-2', update: years(26) })
  expect((await busy.closes()).code).toBe(4429)
})

test('LIMIT-14: names of root types may come with a whole document, once', async () => {
  const server = serve({ session_root_names_max: 5 })
  const busy = await open(server)
  const named = (from: number) =>
    craftUpdate(Array.from({ length: 6 }, (_, i) => ({ client: from + i, root: `${from + i}` })))
  busy.say({ kind: 'update', update: named(1) })
  await busy.settled()
  expect(busy.closed).toBeUndefined()
  busy.say({ kind: 'update', update: named(7) })
  expect((await busy.closes()).code).toBe(4429)
})

test('LIMIT-14: the client ids of a document are bounded', async () => {
  const server = serve({ document_clients_max: 30 })
  const [first, second] = [await open(server), await open(server)]
  first.say({ kind: 'step-2', update: years(30) })
  await first.settled()
  second.say({ kind: 'step-2', update: years(30) })
  await second.settled()
  expect(second.closed).toBeUndefined()
  second.say({ kind: 'update', update: craftUpdate([{ client: 31 }]) })
  expect((await second.closes()).code).toBe(4413)
})
