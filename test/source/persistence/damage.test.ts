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
  for (const update of ['one', 'two', 'three']) await store.append(batchOf(['a', update]))
  await store.append(batchOf(['b', 'x']))
})
afterEach(() => stage.dispose())

/** The second log row of `a`, by its sequence. */
async function secondOfA(): Promise<number> {
  return (await store.load('a')).log[1]?.sequence ?? 0
}

test('SQLITE-3: a flipped byte sets its row aside, bytes and all; the rest is served', async () => {
  const sequence = await secondOfA()
  stage.data.sql(`UPDATE log SET bytes = X'0300000074776E' WHERE sequence = ${sequence}`)
  expect(await logOf(store, 'a')).toEqual(['one', 'three'])
  const [damage, more] = (await store.load('a')).damage
  expect(damage).toMatchObject({ document: 'a', entry: sequence })
  expect(damage?.reason).toContain(`${sequence}`)
  expect(more).toBeUndefined()
  const kept = stage.data.sql('SELECT document, entry, hex(bytes) AS bytes, time FROM damaged')
  expect(kept).toEqual([
    { document: 'a', entry: `${sequence}`, bytes: '0300000074776E', time: expect.any(String) },
  ])
  expect((await store.load('b')).damage).toEqual([])
})

test('SQLITE-3: behind a damaged snapshot the log is served, with the note', async () => {
  await store.compact('a', bytes('all three'), await store.load('a'))
  await store.append(batchOf(['a', 'four']))
  stage.data.sql(`UPDATE snapshot SET bytes = X'616C6C20746872656F'`)
  const stored = await store.load('a')
  expect(stored.snapshot).toBeUndefined()
  expect(stored.damage).toMatchObject([{ document: 'a', entry: 'snapshot' }])
  expect(await logOf(store, 'a')).toEqual(['four'])
})

test('SQLITE-3: a damaged snapshot with no log behind it is not an empty document', async () => {
  await store.compact('a', bytes('all three'), await store.load('a'))
  stage.data.sql('UPDATE snapshot SET through = through + 1')
  store = await stage.reopen()
  for (const time of ['first', 'second', 'third']) {
    const { snapshot, damage } = await store.load('a')
    expect([time, snapshot, damage.length]).toEqual([time, undefined, 1])
  }
})

test('SQLITE-3: an update in another place or document is not served there', async () => {
  const sequence = await secondOfA()
  stage.data.sql(
    `UPDATE log SET document = (SELECT id FROM document WHERE name = 'b')
     WHERE sequence = ${sequence}`,
    `UPDATE log SET sequence = sequence + 100 WHERE sequence = ${sequence + 1}`,
  )
  expect(await logOf(store, 'b')).toEqual(['x'])
  expect((await store.load('b')).damage).toMatchObject([{ entry: sequence }])
  expect(await logOf(store, 'a')).toEqual(['one'])
  expect((await store.load('a')).damage).toMatchObject([{ entry: sequence + 101 }])
})

test('SQLITE-3: a row that only the index knows of is told as missing', async () => {
  const sequence = await secondOfA()
  await store.list({ limit: 1 })
  stage.data.sql(`DELETE FROM log WHERE sequence = ${sequence}`)
  expect(await logOf(store, 'a')).toEqual(['one', 'three'])
  expect((await store.load('a')).damage).toMatchObject([
    { entry: sequence, reason: `Log row ${sequence} is missing.` },
  ])
})

test('SQLITE-3: what was set aside outlives a compaction, not the document', async () => {
  const sequence = await secondOfA()
  stage.data.sql(`UPDATE log SET count = 2 WHERE sequence = ${sequence}`)
  expect(await store.compact('a', bytes('one three'), await store.load('a'))).toBe(true)
  expect((await store.load('a')).damage).toHaveLength(1)
  await store.delete('a')
  expect(await store.purge('a', bytes(''))).toBe(true)
  expect((await store.load('a')).damage).toEqual([])
  expect(stage.data.sql('SELECT * FROM damaged')).toEqual([])
})
