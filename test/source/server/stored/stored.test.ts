import { expect, test } from 'bun:test'
import * as encoding from 'lib0/encoding'
import * as Y from 'yjs'
import { defaultLimits } from '../../../../src/base/limits/limits.ts'
import { Batch } from '../../../../persistence/batch.ts'
import { createMemoryStore } from '../../../../persistence/memory/store.ts'
import type { Store } from '../../../../persistence/store.ts'
import { textOf } from '../../cli/stage.ts'
import { craftDeletes, craftUpdate } from '../../../support/harness/crafted.ts'
import { RawClient } from '../../../support/harness/raw-client.ts'
import { startServer } from '../../../support/harness/server.ts'
import { until } from '../../../support/harness/wait.ts'

const kib = 1024

async function append(store: Store, ...updates: readonly Uint8Array[]): Promise<void> {
  for (const update of updates) {
    const batch = new Batch()
    batch.add('notes', update)
    await store.append(batch)
  }
}

async function opened(url: string, document?: Y.Doc): Promise<RawClient> {
  return (await RawClient.connect(`${url}/ws/notes`)).open(document)
}

/** Says an edit of a client that is new to the document. @returns how it ends */
async function refused(client: RawClient): Promise<{ code: number; reason: string }> {
  client.say({ kind: 'update', update: craftUpdate([{ client: 77, text: 'more' }]) })
  return client.closes()
}

test('ROOM-7: a fold may pass the limit that its updates kept', async () => {
  // Every second letter is deleted: a few bytes each, until each is an item of its own.
  const text = craftUpdate([{ client: 1, text: 'ab'.repeat(20_000) }])
  const deletes = craftDeletes(1, 20_000)
  expect(text.length + deletes.length).toBeLessThan(120 * kib)
  const limits = { document_bytes_max: 256 * kib, room_idle_ms_max: 10 }
  const store = createMemoryStore()
  const server = startServer(limits, store)
  const writer = await opened(server.url)
  for (const update of [text, deletes]) writer.say({ kind: 'update', update })
  await writer.settled()
  writer.close()
  await until('it is folded', () => server.ytopic.metrics.compactions === 1)
  expect((await store.load('notes')).snapshot?.length).toBeGreaterThan(limits.document_bytes_max)
  const reader = await opened(server.url)
  expect(textOf(reader.document())).toBe('b'.repeat(20_000))
  const { code, reason } = await refused(reader)
  expect([code, reason]).toEqual([
    4413,
    'The document has reached its size limit; delete content or go on in another one.',
  ])
  // Who comes back with all of it has nothing new, and is let in.
  const back = await opened(server.url, reader.document())
  back.say({ kind: 'step-2', update: Y.encodeStateAsUpdate(reader.document()) })
  await back.settled()
  expect(back.closed).toBeUndefined()
  await server.stop()
}, 60_000)

test('ROOM-7: a start with a lower limit sets nothing aside', async () => {
  const store = createMemoryStore()
  await append(store, craftUpdate([{ client: 1, text: 'large '.repeat(1_000) }]))
  await append(store, craftUpdate([{ client: 2, text: 'small' }]))
  const low = startServer({ document_bytes_max: 2 * kib }, store)
  const reader = await opened(low.url)
  expect(textOf(reader.document())).toHaveLength(6_005)
  expect((await refused(reader)).code).toBe(4413)
  expect((await store.load('notes')).damage).toEqual([])
  await low.stop()
})

/** One letter of each of so many clients, each deleted; without the structs, just deleted. */
function lettersOf(clients: number, structs: 'with-structs' | 'deletes-only'): Uint8Array {
  const encoder = encoding.createEncoder()
  const written = structs === 'with-structs' ? clients : 0
  encoding.writeVarUint(encoder, written)
  for (let client = written; client > 0; client--) {
    for (const part of [1, client, 0]) encoding.writeVarUint(encoder, part)
    encoding.writeUint8(encoder, 4)
    encoding.writeVarUint(encoder, 1)
    encoding.writeVarString(encoder, 't')
    encoding.writeVarString(encoder, 'x')
  }
  encoding.writeVarUint(encoder, clients)
  for (let client = clients; client > 0; client--) {
    for (const part of [client, 1, 0, 1]) encoding.writeVarUint(encoder, part)
  }
  return encoding.toUint8Array(encoder)
}

test('ROOM-7: more client ids than an update may name are opened, and no more taken', async () => {
  // What 101 sessions could bring before there was a limit for the document, folded; all limits
  // are a hundredth of the defaults.
  const clients = (101 * defaultLimits.session_new_clients_max) / 100
  const clientsMax = defaultLimits.update_clients_max / 100
  const snapshot = lettersOf(clients, 'with-structs')
  expect(clients).toBeGreaterThan(clientsMax)
  const store = createMemoryStore()
  await append(store, craftUpdate([{ client: 1 }]))
  await store.compact('notes', snapshot, await store.load('notes'))
  const limits = { update_clients_max: clientsMax, document_clients_max: clientsMax }
  const server = startServer(limits, store)
  const client = await opened(server.url)
  const told = client.updates().reduce((sum, { length }) => sum + length, 0)
  expect(told).toBeGreaterThanOrEqual(snapshot.length)
  // Who has it all, or nearly, says so with as many ids.
  client.say({ kind: 'step-1', stateVector: Y.encodeStateVectorFromUpdate(snapshot) })
  await client.hears('step-2', 2)
  client.say({ kind: 'step-2', update: lettersOf(clients - 1, 'deletes-only') })
  const more = craftUpdate([{ client: 5, clock: 1, origin: [5, 0] }])
  client.say({ kind: 'update', update: more })
  await client.settled()
  expect(client.closed).toBeUndefined()
  client.say({ kind: 'update', update: craftUpdate([{ client: 2 ** 32 }]) })
  expect((await client.closes()).code).toBe(4413)
  await server.stop()
}, 120_000)
