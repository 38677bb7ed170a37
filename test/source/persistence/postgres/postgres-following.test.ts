import { expect, test } from 'bun:test'
import { batchOf, bytes } from '../../../../persistence/contract/stage.ts'
import { RowsSince } from '../../../../persistence/postgres/rows-since.ts'
import { StoreError } from '../../../../persistence/store-error.ts'
import type { Since } from '../../../../persistence/store.ts'
import { describeError } from '../../../../src/base/log.ts'
import type { TestPostgres } from '../../../support/harness/postgres.ts'
import { type PostgresStage, stageForEach } from './postgres-stage.ts'

let postgres: TestPostgres
let stage: PostgresStage

const start = { epoch: 1, position: { number: 0, tag: 0 } } as const

stageForEach((database, fresh) => {
  postgres = database
  stage = fresh
})

const textsOf = (since: Since): readonly string[] | string =>
  since.kind === 'rows'
    ? since.rows.flatMap(({ updates }) => updates.map((update) => new TextDecoder().decode(update)))
    : since.kind

test('POSTGRES-20: what is new in many documents is read by a statement for 64', async () => {
  const names = Array.from({ length: 100 }, (_, index) => `${index}`)
  await stage.store.append(batchOf(...names.map((name) => [name, `${name}.1`] as const)))
  const firsts = await Promise.all(names.map((name) => stage.store.load(name)))
  await stage.store.append(batchOf(...names.map((name) => [name, `${name}.2`] as const)))
  await stage.store.append(batchOf(...names.map((name) => [name, `${name}.3`] as const)))
  let statements = 0
  const reader = new RowsSince(stage.schema, (work) => {
    statements++
    return work(postgres.sql)
  })
  const behind = names.map((name, index) => {
    const { epoch, position } = firsts[index] ?? start
    return reader.read(name, { epoch, position })
  })
  const others = [
    reader.read('nobody', start),
    reader.read('nobody', { epoch: 2, position: start.position }),
    reader.read('1', { epoch: 1, position: { number: 1, tag: 7 } }),
    reader.read('1', start),
  ]
  const told = (await Promise.all(behind)).map(textsOf)
  expect(told).toEqual(names.map((name) => [`${name}.2`, `${name}.3`]))
  const [nobody, otherLife, otherTag, whole] = (await Promise.all(others)).map(textsOf)
  expect([nobody, otherLife, otherTag]).toEqual([[], 'unknown', 'unknown'])
  expect(whole).toEqual(['1.1', '1.2', '1.3'])
  expect(statements).toBe(2)
})

test("POSTGRES-20: what is broken in one document is no other one's", async () => {
  await stage.store.append(batchOf(['a', '1'], ['b', '2'], ['c', '3']))
  let statements = 0
  const reader = new RowsSince(stage.schema, (work) => {
    statements++
    // All three, and then the second of them.
    const isBroken = statements === 1 || statements === 3
    return isBroken ? Promise.reject(new StoreError('damaged', 'by the test')) : work(postgres.sql)
  })
  const told = await Promise.all(
    ['a', 'b', 'c'].map((name) => reader.read(name, start).then(textsOf, describeError)),
  )
  expect(told).toEqual([['1'], 'by the test', ['3']])
  expect(statements).toBe(4)
})

test('POSTGRES-20: what others stored is read while this server waits to store', async () => {
  const { store } = stage
  await store.append(batchOf(['a', '1']))
  const { epoch, position } = await store.load('a')
  await store.append(batchOf(['a', '2']))
  const held = await postgres.sql.reserve()
  await held.unsafe(`BEGIN; LOCK TABLE ${stage.schema}.log IN SHARE MODE`)
  const waiting = store.append(batchOf(['a', '3']))
  const [head] = await store.heads([{ document: 'a', epoch, position }])
  expect(head?.document).toBe('a')
  expect(textsOf(await store.since('a', { epoch, position }))).toEqual(['2'])
  await held.unsafe('ROLLBACK')
  await held.release()
  await waiting
  const { log } = await store.load('a')
  expect(log.map((entry) => entry.bytes)).toEqual([bytes('1'), bytes('2'), bytes('3')])
})
