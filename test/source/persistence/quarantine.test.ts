import { afterEach, beforeEach, expect, test } from 'bun:test'
import type { Store } from '../../../persistence/store.ts'
import { batchOf, bytes, logOf } from '../../../persistence/contract/stage.ts'
import { sqliteStage } from './sqlite/sqlite-stage.ts'
import type { SqliteStage } from './sqlite/sqlite-stage.ts'

let stage: SqliteStage
let store: Store

beforeEach(async () => {
  stage = await sqliteStage()
  store = stage.store
  await store.append(batchOf(['a', 'one']))
  await store.append(batchOf(['b', 'x']))
})
afterEach(() => stage.dispose())

test('SQLITE-3: what is set aside by request is kept with bytes, reason and time', async () => {
  const through = (await store.load('a')).through.number
  const [row] = stage.data.sql(`SELECT hex(bytes) AS bytes FROM log WHERE sequence = ${through}`)
  const before = new Date().toISOString()
  expect(await store.quarantine('a', through, 'It does not load.')).toBe(true)
  const after = new Date().toISOString()
  const sql = 'SELECT document, entry, hex(bytes) AS bytes, reason FROM damaged'
  const kept = { document: 'a', entry: `${through}`, reason: 'It does not load.' }
  expect(stage.data.sql(sql)).toEqual([{ ...kept, ...Object(row) }])
  const timely = `SELECT time BETWEEN '${before}' AND '${after}' AS timely FROM damaged`
  expect(stage.data.sql(timely)).toEqual([{ timely: 1 }])
})

test('SQLITE-3: bytes that turned into something else are kept as what they are', async () => {
  stage.data.sql("UPDATE log SET bytes = 'a text' WHERE sequence = 1")
  expect((await store.load('a')).damage).toHaveLength(1)
  const kept = stage.data.sql('SELECT typeof(bytes) AS type, bytes FROM damaged')
  expect(kept).toEqual([{ type: 'text', bytes: 'a text' }])
})

test("SQLITE-3: a damaged index costs no other document's row", async () => {
  const through = (await store.load('b')).through.number
  await store.list({ limit: 1 })
  stage.data.sql(`INSERT INTO entry SELECT id, ${through} FROM document WHERE name = 'a'`)
  expect(await logOf(store, 'a')).toEqual(['one'])
  expect((await store.load('a')).damage).toMatchObject([{ entry: through }])
  expect(await logOf(store, 'b')).toEqual(['x'])
  expect((await store.load('b')).damage).toEqual([])
})

test('SQLITE-3: a snapshot with one flipped byte is kept aside, others are served', async () => {
  for (const document of ['a', 'b']) {
    await store.compact(document, bytes(`all of ${document}`), await store.load(document))
  }
  stage.data.sql(`UPDATE snapshot SET bytes = CAST(X'616C6C206F662063' AS BLOB)
    WHERE document = (SELECT id FROM document WHERE name = 'a')`)
  for (const time of ['first', 'second']) {
    const { snapshot, damage } = await store.load('a')
    expect([time, snapshot, damage.length]).toEqual([time, undefined, 1])
    store = await stage.reopen()
  }
  expect((await store.load('b')).snapshot).toEqual(bytes('all of b'))
  const kept = stage.data.sql('SELECT entry, CAST(bytes AS TEXT) AS bytes FROM damaged')
  expect(kept).toEqual([{ entry: 'snapshot', bytes: 'all of c' }])
})

test('SQLITE-9: another process reads the database while it is served', async () => {
  const program = `
    import { Database } from 'bun:sqlite'
    const database = new Database(process.argv.at(-1), { readonly: true })
    database.run('BEGIN')
    const count = () => database.query('SELECT count(*) AS rows FROM log').get().rows
    process.stdout.write(count() + '\\n')
    await Bun.stdin.text()
    process.stdout.write(count() + '\\n')`
  const reader = Bun.spawn([process.execPath, '-e', program, stage.data.file], {
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'inherit',
  })
  const lines = reader.stdout.pipeThrough(new TextDecoderStream()).getReader()
  expect((await lines.read()).value).toBe('2\n')
  await store.append(batchOf(['a', 'two']))
  await reader.stdin.end()
  expect((await lines.read()).value).toBe('2\n')
  expect(await reader.exited).toBe(0)
  expect(await logOf(store, 'a')).toEqual(['one', 'two'])
})
