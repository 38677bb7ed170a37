import { afterEach, beforeEach, expect, test } from 'bun:test'
import { stat, truncate } from 'node:fs/promises'
import { openSqliteStore } from '../../../persistence/sqlite/store.ts'
import type { Store } from '../../../persistence/store.ts'
import { logOf, storeErrorOf } from '../../../persistence/contract/stage.ts'
import { startAppender } from './child.ts'
import type { Appender } from './child.ts'
import { dataDirectory } from './sqlite/sqlite-stage.ts'
import type { DataDirectory } from './sqlite/sqlite-stage.ts'

let data: DataDirectory
let appender: Appender | undefined
let store: Store | undefined

beforeEach(async () => {
  data = await dataDirectory()
})
afterEach(async () => {
  await appender?.kill()
  await store?.close()
  await data.remove()
  appender = undefined
  store = undefined
})

async function open(): Promise<Store> {
  store = await openSqliteStore({ directory: data.directory, durability: 'full' })
  return store
}

/** The numbers of the batches in the log; throws where one is not whole. */
async function batchesOf(opened: Store): Promise<readonly number[]> {
  const log = await logOf(opened, 'a')
  expect(log.length % 2).toBe(0)
  const numbers: number[] = []
  for (let at = 0; at < log.length; at += 2) {
    expect(log[at + 1]?.length).toBe(2_000)
    numbers.push(Number(log[at]))
  }
  return numbers
}

test('SQLITE-1: kill -9 loses no append that resolved', async () => {
  appender = startAppender(data.directory)
  await appender.printed(50)
  await appender.kill()
  const confirmed = Number(appender.last())
  const batches = await batchesOf(await open())
  expect(confirmed).toBeGreaterThanOrEqual(50)
  expect(batches.length).toBeGreaterThanOrEqual(confirmed)
  expect(batches).toEqual(batches.map((_, at) => at + 1))
})

test('SQLITE-2: of a log whose end was torn off, the whole batches before are served', async () => {
  appender = startAppender(data.directory, { batches: 50 })
  await appender.printed(50)
  await appender.kill()
  const log = `${data.file}-wal`
  const { size } = await stat(log)
  await truncate(log, size - 6_000)
  const batches = await batchesOf(await open())
  expect(batches.length).toBeGreaterThan(0)
  expect(batches.length).toBeLessThan(50)
  expect(batches).toEqual(batches.map((_, at) => at + 1))
})

test('SQLITE-4: a second process is refused and told the first, until that is killed', async () => {
  appender = startAppender(data.directory)
  await appender.printed(1)
  const refused = await storeErrorOf(open())
  expect(refused.kind).toBe('locked')
  expect(refused.message).toContain(`process ${appender.pid} `)
  await appender.kill()
  expect((await batchesOf(await open())).length).toBeGreaterThan(0)
})

test('SQLITE-6: when the disk takes no more, appends are refused and none is torn', async () => {
  appender = startAppender(data.directory, { fileKilobytesMax: 1_024 })
  await appender.ended()
  expect(appender.last()).toBe('unavailable')
  const batches = await batchesOf(await open())
  expect(batches.length).toBeGreaterThan(10)
  expect(batches).toEqual(batches.map((_, at) => at + 1))
})
