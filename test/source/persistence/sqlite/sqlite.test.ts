import * as runner from 'bun:test'
import { afterEach, beforeEach, expect, test } from 'bun:test'
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Batch } from '../../../../persistence/batch.ts'
import { openSqliteStore } from '../../../../persistence/sqlite/store.ts'
import { schemaVersion } from '../../../../persistence/sqlite/migrations.ts'
import { openDatabase } from '../../../../persistence/sqlite/schema.ts'
import type { Store, Stored } from '../../../../persistence/store.ts'
import {
  idempotencyContract,
  messagesContract,
  outboxContract,
  revocationsContract,
  storeContract,
  versionsContract,
} from '../../../../persistence/contract/contract.ts'
import {
  batchOf,
  bytes,
  logOf,
  refusal,
  storeErrorOf,
} from '../../../../persistence/contract/stage.ts'
import { dataDirectory, sqliteStage } from './sqlite-stage.ts'
import type { SqliteStage } from './sqlite-stage.ts'

storeContract(runner, 'SQLite', sqliteStage)
versionsContract(runner, 'SQLite', sqliteStage)
messagesContract(runner, 'SQLite', sqliteStage)
outboxContract(runner, 'SQLite', sqliteStage)
idempotencyContract(runner, 'SQLite', sqliteStage)
revocationsContract(runner, 'SQLite', sqliteStage)

/** A batch whose packed records end within one, as no `Batch` packs them. */
class TornBatch extends Batch {
  override get records(): Uint8Array {
    return super.records.subarray(0, -1)
  }
}

let stage: SqliteStage
let store: Store

beforeEach(async () => {
  stage = await sqliteStage()
  store = stage.store
})
afterEach(() => stage.dispose())

const again = (): Promise<Store> =>
  openSqliteStore({ directory: stage.data.directory, durability: 'full' })

test('SQLITE-4: a second store on the directory is refused until the first closes', async () => {
  await store.append(batchOf(['a', '1']))
  const refused = await storeErrorOf(again())
  expect(refused.kind).toBe('locked')
  expect(refused.message).toContain(`process ${process.pid} `)
  await store.append(batchOf(['a', '2']))
  await store.close()
  store = await again()
  expect(await logOf(store, 'a')).toEqual(['1', '2'])
  await store.close()
})

test('SQLITE-5: a file of a newer schema is refused and left as it was', async () => {
  await store.append(batchOf(['a', '1']))
  await store.close()
  stage.data.sql('PRAGMA user_version = 700')
  const refused = await storeErrorOf(again())
  expect(refused.kind).toBe('version')
  expect(refused.message).toContain('schema version 700')
  stage.data.sql(`PRAGMA user_version = ${schemaVersion}`)
  expect(await logOf(await stage.reopen(), 'a')).toEqual(['1'])
})

test('SQLITE-5: a database of another program is refused and left as it was', async () => {
  await store.close()
  stage.data.sql('PRAGMA application_id = 5')
  const before = await Bun.file(stage.data.file).bytes()
  expect(await refusal(again())).toBe('damaged')
  expect(await Bun.file(stage.data.file).bytes()).toEqual(before)
})

test('SQLITE-5: a file that is no database is refused and left as it was', async () => {
  await store.close()
  const text = 'not a database, but somebody may miss it\n'.repeat(50)
  await writeFile(stage.data.file, text)
  expect(await refusal(again())).toBe('damaged')
  expect(await Bun.file(stage.data.file).text()).toBe(text)
})

test('SQLITE-6: a batch refused midway stores nothing; given again it is there once', async () => {
  await store.append(batchOf(['a', '1']))
  stage.data.sql(`CREATE TRIGGER fault BEFORE INSERT ON log
    WHEN NEW.document <> (SELECT id FROM document WHERE name = 'a')
    BEGIN SELECT RAISE(ABORT, 'a fault made by the test'); END`)
  const batch = batchOf(['a', '2'], ['b', 'x'], ['a', '3'])
  expect(await refusal(store.append(batch))).toBe('unavailable')
  expect(await logOf(store, 'a')).toEqual(['1'])
  expect((await store.list({ limit: 9 })).map(({ document }) => document)).toEqual(['a'])
  stage.data.sql('DROP TRIGGER fault')
  await store.append(batch)
  expect(await logOf(store, 'a')).toEqual(['1', '2', '3'])
  expect(await logOf(store, 'b')).toEqual(['x'])
})

test('SQLITE-7: when the thread dies, those who wait are told, the next is served', async () => {
  await store.append(batchOf(['a', '1']))
  const torn = new TornBatch()
  torn.add('a', bytes('2'))
  const kinds = await Promise.all(
    [torn, batchOf(['a', '3'])].map((at) => refusal(store.append(at))),
  )
  expect(kinds).toEqual(['unavailable', 'unavailable'])
  await store.append(batchOf(['a', '4']))
  expect(await logOf(store, 'a')).toEqual(['1', '4'])
})

test('SQLITE-7: closing while the thread dies resolves and frees the directory', async () => {
  const torn = new TornBatch()
  torn.add('a', bytes('2'))
  const appended = refusal(store.append(torn))
  await store.close()
  expect(await appended).toBe('unavailable')
  expect(await logOf(await stage.reopen(), 'a')).toEqual([])
})

test('SQLITE-8: the directory is made for its owner alone', async () => {
  const { mode } = await stat(stage.data.directory)
  expect(mode & 0o777).toBe(0o700)
})

test('SQLITE-8: a path that cannot be a directory is refused with the path', async () => {
  const { directory, remove } = await dataDirectory()
  await mkdir(dirname(directory), { recursive: true })
  await writeFile(directory, 'a file')
  for (const path of [directory, join(directory, 'below')]) {
    const refused = await storeErrorOf(openSqliteStore({ directory: path, durability: 'full' }))
    expect(refused.kind).toBe('unavailable')
    expect(refused.message).toContain(path)
  }
  await remove()
})

test('SQLITE-9: other programs may read and copy the file while it is served', async () => {
  await store.append(batchOf(['a', '1']))
  const copy = join(stage.data.directory, 'copy.sqlite')
  stage.data.sql(`VACUUM INTO '${copy}'`)
  await store.append(batchOf(['a', '2']))
  const found = stage.data.sql(`ATTACH '${copy}' AS copy`, 'SELECT count(*) AS n FROM copy.log')
  expect(found).toEqual([{ n: 1 }])
})

test('SQLITE-10: closing folds the write-ahead log back and leaves two files', async () => {
  await store.append(batchOf(['a', '1']))
  await store.compact('a', bytes('one'), await store.load('a'))
  await store.list({ limit: 1 })
  await store.delete('a')
  await store.close()
  expect((await readdir(stage.data.directory)).toSorted()).toEqual(['lock.sqlite', 'ytopic.sqlite'])
})

test('SQLITE-11: a document is read whole and compacted across the end of the index', async () => {
  const batches = Array.from({ length: 15 }, (_, at) => `${at}`)
  let toEleven: Stored | undefined
  for (const text of batches) {
    if (text === '12') toEleven = await store.load('a')
    const others = Array.from({ length: 299 }, (_, other) => [`other ${other}`, 'x'] as const)
    await store.append(batchOf(['a', text], ...others))
  }
  const sql = 'SELECT last > indexed AND indexed > 0 AS partly FROM position'
  expect(stage.data.sql(sql)).toEqual([{ partly: 1 }])
  expect(await logOf(store, 'a')).toEqual(batches)
  if (toEleven === undefined) throw new Error('It was never loaded.')
  expect(await store.compact('a', bytes('to 11'), toEleven)).toBe(true)
  expect(await logOf(store, 'a')).toEqual(['12', '13', '14'])
  expect(await store.list({ limit: 1 })).toMatchObject([{ logRows: 3 }])
  expect(stage.data.sql(sql)).toEqual([{ partly: 0 }])
  expect(await logOf(store, 'a')).toEqual(['12', '13', '14'])
})

test('SQLITE-12: full syncs every commit, relaxed leaves that to the system', async () => {
  const { directory, file, remove } = await dataDirectory()
  await mkdir(directory, { recursive: true })
  for (const [durability, synchronous] of [
    ['full', 2],
    ['relaxed', 1],
  ] as const) {
    using database = openDatabase(file, durability)
    expect(database.query('PRAGMA synchronous').get()).toEqual({ synchronous })
    expect(database.query('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' })
  }
  await remove()
})
