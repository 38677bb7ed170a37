import { expect, test } from 'bun:test'
import * as Y from 'yjs'
import { Batch } from '../../../../persistence/batch.ts'
import { createMemoryStore } from '../../../../persistence/memory/store.ts'
import { fill, flip, sql, textOf, typed, ytopic } from '../../cli/stage.ts'
import { freshDirectory, startProcess } from '../../../support/harness/process.ts'
import { craftUpdate } from '../../../support/harness/crafted.ts'
import { startServer } from '../../../support/harness/server.ts'
import { RawClient } from '../../../support/harness/raw-client.ts'
import { until } from '../../../support/harness/wait.ts'

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
  expect([code, out.match(/It is set aside\./g)?.length]).toEqual([1, 2])
  await directory.remove()
}, 60_000)

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
  expect(server.ytopic.metrics.entriesQuarantined).toBe(1)
  await server.stop()
}, 60_000)

test('ROOM-9: who brings again what was set aside is told, and everybody goes on', async () => {
  const store = createMemoryStore()
  const server = startServer({ tail_updates_max: 4 }, store)
  const url = `${server.url}/ws/deep?saved=1`
  const deep = new Y.Doc()
  deep.transact(() => {
    let map = deep.getMap('deep')
    for (let level = 0; level < 20_000; level++) {
      const inner = new Y.Map<unknown>()
      map.set('a', inner)
      map = inner
    }
  })
  const nested = Y.encodeStateAsUpdate(deep)
  const remove = craftUpdate([], [{ client: deep.clientID, clock: 0, length: 1 }])
  const owner = await (await RawClient.connect(url)).open()
  for (const update of [nested, remove, ...typed('four').updates]) {
    owner.say({ kind: 'update', update })
    await owner.settled()
  }
  expect((await owner.closes()).code).toBe(1011)
  expect(server.ytopic.metrics.entriesQuarantined).toBe(1)

  // The page has it still, and what was written meanwhile.
  const written = craftUpdate([{ client: 9, text: ' and offline' }])
  const back = await (await RawClient.connect(url)).open()
  back.say({ kind: 'step-2', update: Y.mergeUpdates([nested, remove, written]) })
  await back.hears('denied')
  const reasons = back.heard.flatMap((frame) => (frame.kind === 'denied' ? [frame.reason] : []))
  expect(reasons).toEqual([
    'Some of your edits cannot be applied; they were set aside and are not in the document.',
  ])
  back.say({ kind: 'update', update: remove })
  await back.hears('denied', 2)
  // Nothing of these is confirmed; what comes behind them is, and is one of one.
  back.say({ kind: 'update', update: craftUpdate([{ client: 10, text: '!' }]) })
  await until('it is saved', () => back.savedCount === 1)
  expect(back.closed).toBeUndefined()
  back.close()

  const reader = await (await RawClient.connect(url)).open()
  const text = textOf(reader.document())
  expect([text.includes('four'), text.includes(' and offline'), text.length]).toEqual([
    true,
    true,
    17,
  ])
  const { compactions } = server.ytopic.metrics
  for (const update of typed('and it is folded as before').updates) {
    reader.say({ kind: 'update', update })
    await reader.settled()
  }
  await until('it is folded', () => server.ytopic.metrics.compactions > compactions)
  expect([server.ytopic.metrics.entriesQuarantined, reader.closed]).toEqual([1, undefined])
  await server.stop()
}, 120_000)
