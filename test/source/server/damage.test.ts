import { expect, test } from 'bun:test'
import * as Y from 'yjs'
import { Batch } from '../../../persistence/batch.ts'
import { createMemoryStore } from '../../../persistence/memory/store.ts'
import { fill, flip, sql, textOf, typed, ytopic } from '../cli/stage.ts'
import { freshDirectory, startProcess } from '../../support/harness/process.ts'
import { startServer } from '../../support/harness/server.ts'
import { RawClient } from '../../support/harness/raw-client.ts'

test('ROOM-4, ROOM-5: flipped bits cost their entries, or the document; no other', async () => {
  const directory = await freshDirectory()
  const { path: data } = directory
  await fill(data, { folded: typed('folded').updates })
  await ytopic('compact', '--data', data)
  const tail = typed('tail').updates
  await fill(data, { sound: typed('sound').updates, tail })
  sql(data, flip('snapshot', '1'))
  const last = '(SELECT max(sequence) FROM log)'
  sql(data, flip('log', `sequence = ${last}`))
  const server = await startProcess(data)
  const open = async (name: string): Promise<string> =>
    textOf((await (await RawClient.connect(`${server.url}/ws/${name}`)).open()).document())
  expect(await open('sound')).toBe('sound')
  expect(await open('tail')).toBe('tai')
  const refused = await RawClient.connect(`${server.url}/ws/folded`)
  refused.say({ kind: 'step-1', stateVector: Y.encodeStateVector(new Y.Doc()) })
  await refused.hears('denied')
  expect((await refused.closes()).code).toBe(4500)
  expect(refused.updates()).toEqual([])
  expect(server.output()).toContain('stored-damage document="tail" entry=')
  expect(server.output()).toContain('document-damaged document="folded"')
  await server.end('SIGTERM')
  // Set aside, not deleted: named for as long as the document is there.
  const { code, out } = await ytopic('verify', '--data', data)
  expect([code, out.match(/\(set aside\)/g)?.length]).toEqual([1, 2])
  await directory.remove()
}, 30_000)

test('COMPACT-5: clients leave what does not apply and come back to the rest', async () => {
  const store = createMemoryStore()
  const server = startServer({ tail_updates_max: 20 }, store)
  const url = `${server.url}/ws/shared`
  const writer = await (await RawClient.connect(url)).open()
  const batch = new Batch()
  batch.add('shared', Uint8Array.of(1, 2, 3))
  await store.append(batch)
  for (const update of typed('twenty-four letters here').updates) {
    writer.say({ kind: 'update', update })
    // Each by itself: what is written in one go is one entry of the log.
    await writer.settled()
  }
  expect((await writer.closes()).code).toBe(1011)
  const reader = await (await RawClient.connect(url)).open()
  expect(textOf(reader.document())).toBe('twenty-four letters here')
  const { damage, snapshot } = await store.load('shared')
  expect([damage.length, snapshot !== undefined]).toEqual([1, true])
  expect(server.ytopic.metrics.entriesSetAside).toBe(1)
  await server.stop()
}, 30_000)
