import { afterEach, beforeEach, expect, test } from 'bun:test'
import * as Y from 'yjs'
import { createMemoryStore } from '../../../persistence/memory/store.ts'
import { Batch } from '../../../persistence/batch.ts'
import type { Limits } from '../../../src/base/limits/limits.ts'
import { anonymous } from '../../../src/auth/anonymous.ts'
import { SharedDatabase } from '../../support/fakes/shared-store.ts'
import { connectHocuspocus } from '../../support/harness/hocuspocus.ts'
import { type Client, connect, converged, synced } from '../../support/harness/provider.ts'
import { RawClient } from '../../support/harness/raw-client.ts'
import { startServer, type TestServer } from '../../support/harness/server.ts'
import { until } from '../../support/harness/wait.ts'

let database: SharedDatabase
let ends: (() => Promise<void> | void)[]

beforeEach(() => {
  database = new SharedDatabase()
  ends = []
})
afterEach(async () => {
  for (const end of ends.toReversed()) await end()
})

function serverOf(limits: Partial<Limits> = {}): TestServer {
  const server = startServer({ heads_poll_ms: 20, ...limits }, database.opened(), {
    authority: anonymous('admin'),
  })
  ends.push(() => server.stop())
  return server
}

async function clientOf({ url }: TestServer, document = 'notes'): Promise<Client> {
  const client = connect(`${url}/ws`, document)
  ends.push(() => client.end())
  await synced(client)
  return client
}

const textOf = (document: Y.Doc): string => document.getText('t').toString()

function type({ document }: { readonly document: Y.Doc }, text: string): void {
  document.getText('t').insert(document.getText('t').length, text)
}

test('CLUSTER-1: what is typed on one server appears on all, on both protocols', async () => {
  const [a, b, c] = [serverOf(), serverOf(), serverOf()]
  const [one, two] = [await clientOf(a), await clientOf(b)]
  const three = connectHocuspocus(4, `${c.url}/hocuspocus`, 'notes')
  ends.push(() => three.end())
  await until('synced', () => three.provider.synced)
  type(one, 'one ')
  type(two, 'two ')
  type(three, 'three ')
  await until('all there', () => textOf(one.document).length === 14)
  await converged(one.document, two.document, three.document)
})

test('CLUSTER-1: a store that one server alone can have open is not asked', async () => {
  const server = startServer({ heads_poll_ms: 10 }, database)
  ends.push(() => server.stop())
  const client = await clientOf(server)
  type(client, 'mine')
  await until('stored', async () => (await database.load('notes')).log.length > 0)
  const shared = serverOf({ heads_poll_ms: 10 })
  await clientOf(shared)
  const before = database.looks
  await until('the other one asks', () => database.looks > before + 3)
  expect(server.ytopic.metrics.updatesFollowed).toBe(0)
})

test('CLUSTER-3: what a failover has lost is stored again by whoever has it open', async () => {
  const [a, b] = [serverOf(), serverOf()]
  const [one, two] = [await clientOf(a), await clientOf(b)]
  type(one, 'kept ')
  await until('there', () => textOf(two.document) === 'kept ')
  const { log } = await database.load('notes')
  type(one, 'lost')
  await until('there too', () => textOf(two.document) === 'kept lost')
  const behind = createMemoryStore()
  for (const { bytes } of log) {
    const batch = new Batch()
    batch.add('notes', bytes)
    await behind.append(batch)
  }
  // Nobody but the servers is there to say it again.
  one.end()
  two.end()
  database.failover(behind)
  await until('put back', async () => {
    const document = new Y.Doc()
    for (const { bytes } of (await behind.load('notes')).log) Y.applyUpdate(document, bytes)
    return textOf(document) === 'kept lost'
  })
})

test('CLUSTER-4: a compaction by one server costs the others nothing', async () => {
  const limits = { tail_updates_max: 20 }
  const [a, b] = [serverOf(limits), serverOf(limits)]
  const [one, two] = [await clientOf(a), await clientOf(b)]
  for (let round = 0; round < 60; round++) {
    type(round % 2 === 0 ? one : two, `${round} `)
    await until('across', () => textOf(one.document) === textOf(two.document))
  }
  await until('compacted', async () => (await database.load('notes')).snapshot !== undefined)
  await until('short on both', () =>
    [a, b].every(({ ytopic }) => ytopic.metrics.compactions > 0 || ytopic.metrics.roomsReread > 0),
  )
  const late = await clientOf(serverOf())
  expect(textOf(late.document)).toBe(textOf(one.document))
  await converged(one.document, two.document, late.document)
}, 60_000)

test('CLUSTER-4: who was away during a compaction is brought up to it', async () => {
  const [a, b] = [serverOf(), serverOf({ heads_poll_ms: 400 })]
  const [one, two] = [await clientOf(a), await clientOf(b)]
  type(one, 'folded ')
  await until('stored', async () => (await database.load('notes')).log.length > 0)
  const stored = await database.load('notes')
  await database.compact('notes', Y.mergeUpdates(stored.log.map(({ bytes }) => bytes)), stored)
  type(two, 'meanwhile ')
  await converged(one.document, two.document)
  expect(textOf(two.document)).toContain('folded')
})

test('CLUSTER-5: a document that is deleted on one server is closed on the other', async () => {
  const [a, b] = [serverOf(), serverOf()]
  const two = await clientOf(b)
  type(two, 'to be deleted')
  await until('stored', async () => (await database.load('notes')).log.length > 0)
  const gone = Promise.withResolvers<void>()
  two.provider.on('connection-close', () => gone.resolve())
  const answer = await fetch(`${a.http}/api/v1/documents/notes`, { method: 'DELETE' })
  expect(answer.ok).toBe(true)
  type(two, ' and written too late')
  await gone.promise
  await until('refused', () => !two.provider.shouldConnect)
  const { deleted, log } = await database.load('notes')
  expect(deleted).toBeDefined()
  const document = new Y.Doc()
  for (const { bytes } of log) Y.applyUpdate(document, bytes)
  expect(textOf(document)).toBe('to be deleted')
})

test('CLUSTER-20: what an update stands on is read from the store', async () => {
  const [a, b] = [serverOf({ heads_poll_ms: 60_000 }), serverOf({ heads_poll_ms: 60_000 })]
  const reader = await clientOf(b)
  const writer = await clientOf(a)
  type(writer, 'before; ')
  await until('it is stored', async () => (await database.load('notes')).log.length > 0)
  const updates: Uint8Array[] = []
  writer.document.on('update', (update: Uint8Array) => updates.push(update))
  type(writer, 'after')
  // It answers nothing when it is asked for the past.
  const mover = await (await RawClient.connect(`${b.url}/ws/notes`)).open()
  for (const update of updates) mover.say({ kind: 'update', update })
  await until('whole', () => textOf(reader.document) === 'before; after')
})

test('CLUSTER-21: a store that may be another one is asked at once', async () => {
  let renewed = (): void => undefined
  const store = Object.assign(database.opened(), {
    onRenewed: (listen: () => void): void => {
      renewed = listen
    },
  })
  const limits = { heads_poll_ms: 60_000 }
  const server = startServer(limits, store, { authority: anonymous('admin') })
  ends.push(() => server.stop())
  const client = await clientOf(server)
  const other = await clientOf(serverOf(limits))
  type(other, 'elsewhere')
  await until('it is stored', async () => (await database.load('notes')).log.length > 0)
  renewed()
  await until('across', () => textOf(client.document) === 'elsewhere')
})
