import { expect, test } from 'bun:test'
import { cp, mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { SqliteReader } from '../../../../persistence/sqlite/reader.ts'
import { openSqliteStore } from '../../../../persistence/sqlite/store.ts'
import { batchOf, logOf } from '../../../../persistence/contract/stage.ts'
import { dataDirectory, sqliteStage } from './sqlite-stage.ts'

/** A file that ytopic 0.1.0 wrote: a snapshot with a log, logs, and an entry set aside. */
const firstVersion = resolve(import.meta.dir, '../../../support/fixtures/data/0.1.0.sqlite')
/** One that was written before there were versions, with lives, times and authors. */
const beforeVersions = resolve(
  import.meta.dir,
  '../../../support/fixtures/data/before-versions.sqlite',
)
/** One that was written before there were events, with a version. */
const beforeEvents = resolve(import.meta.dir, '../../../support/fixtures/data/before-events.sqlite')

/** One that was written before there were messages, with events. */
const beforeMessages = resolve(
  import.meta.dir,
  '../../../support/fixtures/data/before-messages.sqlite',
)

/** One that was written before there were idempotency keys, with a message. */
const beforeIdempotency = resolve(
  import.meta.dir,
  '../../../support/fixtures/data/before-idempotency.sqlite',
)

test('SQLITE-13: a file of 0.1.0 opens with all that it holds, and goes on', async () => {
  const { directory, file, remove } = await dataDirectory()
  await mkdir(directory, { recursive: true })
  await cp(firstVersion, file)
  const reader = new SqliteReader(file)
  expect(reader.sizes().map(({ document }) => document)).toEqual(['a/b', 'hurt', 'new', 'notes'])
  expect(reader.names()).toEqual(['a/b', 'hurt', 'new', 'notes'])
  expect(reader.read('notes')?.log).toHaveLength(1)
  reader.close()
  const store = await openSqliteStore({ directory, durability: 'full' })
  const notes = await store.load('notes')
  expect(new TextDecoder().decode(notes.snapshot)).toBe('all three')
  expect(await logOf(store, 'notes')).toEqual(['four'])
  expect(notes).toMatchObject({ epoch: 1, exists: true, deleted: undefined })
  expect(notes.log[0]).toMatchObject({ time: undefined, by: undefined })
  expect(await logOf(store, 'hurt')).toEqual(['sound'])
  expect((await store.load('hurt')).damage).toMatchObject([{ reason: 'It does not load.' }])
  expect((await store.list({ limit: 9 })).map(({ document }) => document)).toEqual([
    'a/b',
    'hurt',
    'new',
    'notes',
  ])
  const [appended] = await store.append(batchOf(['notes', 'five']))
  expect(appended).toMatchObject({ kind: 'stored', previous: notes.position })
  const all = new TextEncoder().encode('all')
  expect(await store.compact('notes', all, await store.load('notes'))).toBe(true)
  expect(await store.delete('a/b')).toBe(true)
  await store.close()
  await remove()
})

test('SQLITE-14: what was purged is in none of the files any more', async () => {
  const stage = await sqliteStage()
  const secret = 'a secret that nobody may find again'
  const holds = async (): Promise<boolean> => {
    const names = ['', '-wal'].map((end) => Bun.file(`${stage.data.file}${end}`))
    const texts = await Promise.all(
      names.map(async (part) => ((await part.exists()) ? part.text() : '')),
    )
    return texts.some((text) => text.includes(secret))
  }
  await stage.store.append(batchOf(['a', `1 ${secret}`], ['b', 'x']))
  await stage.store.compact('a', new TextEncoder().encode(secret), await stage.store.load('a'))
  await stage.store.append(batchOf(['a', `2 ${secret}`]))
  expect(await holds()).toBe(true)
  await stage.store.delete('a')
  await stage.store.purge('a', new Uint8Array())
  expect(await holds()).toBe(false)
  expect(await logOf(stage.store, 'b')).toEqual(['x'])
  await stage.dispose()
})

test('SQLITE-13: a file without versions opens with all it holds, and keeps some', async () => {
  const { directory, file, remove } = await dataDirectory()
  await mkdir(directory, { recursive: true })
  await cp(beforeVersions, file)
  const reader = new SqliteReader(file)
  expect(reader.names()).toEqual(['a/b', 'deleted', 'empty', 'hurt', 'notes'])
  expect(reader.read('notes')?.badVersions).toEqual([])
  reader.close()
  const store = await openSqliteStore({ directory, durability: 'full' })
  const ada = { id: 'ada', name: 'Ada' }
  const notes = await store.load('notes')
  const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes)
  expect([notes.snapshot, notes.attribution].map(text)).toEqual(['one and two', 'by Ada'])
  expect(await logOf(store, 'notes')).toEqual(['three'])
  expect(notes.log[0]?.by).toEqual(ada)
  expect((await store.load('hurt')).damage).toHaveLength(1)
  expect((await store.load('deleted')).deleted).toBeGreaterThan(0)
  expect(text((await store.load('gone')).dead)).toBe('dead')
  expect(await store.versions?.list({ document: 'notes', limit: 9 })).toEqual([])
  const version = { document: 'notes', epoch: notes.epoch, after: undefined, authors: [ada] }
  const bytes = new TextEncoder().encode('one, two, three')
  const kept = { ...version, kind: 'auto', form: 'keyframe', bytes, stateBytes: 1 } as const
  expect(await store.versions?.add(kept)).toMatchObject({ authors: [ada] })
  await store.close()
  await remove()
})

test('STORE-23: a version whose bytes do not check out is named, also by those on it', async () => {
  const stage = await sqliteStage()
  const { versions } = stage.store
  if (versions === undefined) throw new Error('no versions')
  await stage.store.append(batchOf(['a', '1']))
  const ids: string[] = []
  for (const form of ['keyframe', 'increment', 'increment', 'keyframe'] as const) {
    const bytes = new TextEncoder().encode(`version ${ids.length}`)
    const version = { document: 'a', epoch: 1, after: ids.at(-1), form, bytes, stateBytes: 1 }
    const added = await versions.add({ ...version, kind: 'auto', authors: [] })
    ids.push(added?.id ?? '')
  }
  stage.data.sql(`UPDATE version SET bytes = 'x' WHERE rowid = 2`)
  const [first, second = '', third, fourth] = ids
  expect(await versions.chain('a', first)).toMatchObject({ kind: 'chain' })
  const bad = { kind: 'damaged', id: second } as const
  expect(await versions.chain('a', second)).toEqual(bad)
  expect(await versions.chain('a', third)).toEqual(bad)
  expect(await versions.chain('a', fourth)).toMatchObject({ kind: 'chain' })
  const reader = new SqliteReader(stage.data.file)
  expect(reader.read('a')?.badVersions).toEqual([second])
  reader.close()
  await stage.dispose()
})

test('SQLITE-13: a file without events opens, and tells of what comes from then on', async () => {
  const { directory, file, remove } = await dataDirectory()
  await mkdir(directory, { recursive: true })
  await cp(beforeEvents, file)
  const store = await openSqliteStore({ directory, durability: 'full' })
  const { outbox, versions } = store
  if (outbox === undefined || versions === undefined) throw new Error('Nothing is kept beside.')
  expect(await logOf(store, 'notes')).toEqual(['one', 'two'])
  expect(await versions.list({ document: 'notes', limit: 9 })).toMatchObject([{ name: 'First' }])
  expect(await outbox.after({ after: 0, limit: 9 })).toMatchObject({ events: [] })
  expect(await outbox.changed()).toEqual([])
  await store.append(batchOf(['notes', 'three']))
  expect(await outbox.changed()).toEqual(['notes'])
  await store.close()
  await remove()
})

test('STORE-31: old events go, but for those that an endpoint still has to be told', async () => {
  const { data, dispose, store } = await sqliteStage()
  const { outbox } = store
  if (outbox === undefined) throw new Error('no events')
  const names = Array.from({ length: 63 }, (_, at) => `d${at}`)
  for (const name of names) await store.create(name)
  const page = await outbox.after({ after: 0, limit: 1 })
  const [event] = page.kind === 'events' ? page.events : []
  if (event === undefined) throw new Error('no event')
  const hook = { id: 'w', url: 'https://example.org/', events: [], secret: '', created: 1 }
  await outbox.putWebhook({ ...hook, prefix: undefined, disabled: undefined, cursor: 1 })
  const last = { attempt: 1, at: 1, status: 500, error: 'It failed.', next: 2 }
  const keep = [{ event, ...last }]
  await outbox.progress({ webhook: 'w', cursor: 1, keep, drop: [], disabled: undefined })
  data.sql('UPDATE event SET time = 1 WHERE sequence <= 60')
  await store.create('last')
  expect(await outbox.after({ after: 59, limit: 9 })).toEqual({ kind: 'gone', kept: 60 })
  const rest = await outbox.after({ after: 60, limit: 9 })
  expect(rest).toMatchObject({ kind: 'events', through: 64 })
  expect(data.sql('SELECT count(*) AS count FROM event')).toEqual([{ count: 5 }])
  expect(await outbox.deliveries('w')).toMatchObject([last])
  await dispose()
})

test('SQLITE-13: a file without messages opens, and takes some', async () => {
  const { directory, file, remove } = await dataDirectory()
  await mkdir(directory, { recursive: true })
  await cp(beforeMessages, file)
  const store = await openSqliteStore({ directory, durability: 'full' })
  const { messages, outbox } = store
  if (messages === undefined || outbox === undefined) throw new Error('Nothing is kept beside.')
  expect(await logOf(store, 'notes')).toEqual(['one', 'two'])
  expect(await outbox.newest()).toBe(3)
  expect(await messages.page('notes', 9, 9)).toEqual([])
  const [posted] = await messages.post([{ room: 'notes', by: {}, text: 'hello' }], {
    count: 9,
    ms: 60_000,
  })
  expect(await messages.page('notes', 9, 9)).toEqual(posted === undefined ? [] : [posted])
  await store.close()
  await remove()
})

test('SQLITE-13: a file without idempotency keys opens, and takes some', async () => {
  const { directory, file, remove } = await dataDirectory()
  await mkdir(directory, { recursive: true })
  await cp(beforeIdempotency, file)
  const store = await openSqliteStore({ directory, durability: 'full' })
  expect(await store.messages?.page('notes', 9, 9)).toMatchObject([{ seq: 1, text: 'hello' }])
  expect(await store.messages?.since('notes', 0, 9)).toMatchObject({ act: 1, last: 1 })
  const kept = { count: 9, ms: 60_000 }
  expect(await store.idempotency?.claim('k', 'r', kept)).toEqual({ kind: 'claimed' })
  await store.close()
  await remove()
})
