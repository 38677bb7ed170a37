import * as runner from 'bun:test'
import { expect, test } from 'bun:test'
import { Batch } from '../../../../persistence/batch.ts'
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
import { schemaVersion } from '../../../../persistence/postgres/migrations.ts'
import { openPostgresStore, type PostgresStore } from '../../../../persistence/postgres/store.ts'
import type { TestPostgres } from '../../../support/harness/postgres.ts'
import { until } from '../../../support/harness/wait.ts'
import { postgresStage, type PostgresStage, stageForEach } from './postgres-stage.ts'

let postgres: TestPostgres
let stage: PostgresStage
let store: PostgresStore

storeContract(runner, 'PostgreSQL', () => postgresStage(postgres))
versionsContract(runner, 'PostgreSQL', () => postgresStage(postgres))
idempotencyContract(runner, 'PostgreSQL', () => postgresStage(postgres))
messagesContract(runner, 'PostgreSQL', () => postgresStage(postgres))
outboxContract(runner, 'PostgreSQL', () => postgresStage(postgres))
revocationsContract(runner, 'PostgreSQL', () => postgresStage(postgres))

stageForEach((database, fresh) => {
  postgres = database
  stage = fresh
  store = stage.store
})

/** Runs SQL in which `@` is the stage's schema. */
async function run(text: string): Promise<readonly unknown[]> {
  return postgres.sql.unsafe(text.replaceAll('@', `${stage.schema}.`))
}

/** Who serves connections whose last statement holds that text, the newest first. */
async function backendsOf(text: string): Promise<readonly number[]> {
  const rows: readonly { readonly pid: number }[] = await postgres.sql.unsafe(
    `SELECT pid FROM pg_stat_activity WHERE application_name = 'ytopic'
     AND position($1 IN query) > 0 ORDER BY backend_start DESC`,
    [text],
  )
  return rows.map(({ pid }) => pid)
}

test('POSTGRES-1: several stores on one database number one log', async () => {
  const others = [store, await stage.another(), await stage.another()]
  const rounds = 20
  await Promise.all(
    others.map(async (one, who) => {
      for (let at = 0; at < rounds; at++) {
        await one.append(batchOf(['a', `${who}.${at}`], ['b', 'x'], [`${who}`, 'y']))
      }
    }),
  )
  const { log } = await store.load('a')
  expect(new Set(log.map(({ sequence }) => sequence)).size).toBe(others.length * rounds)
  for (const one of others) expect((await one.load('a')).log).toEqual(log)
})

test('POSTGRES-1: stores that open at the same time make the tables once', async () => {
  const schema = `${stage.schema}_new`
  const options = { ...stage.options, schema }
  const stores = await Promise.all([1, 2, 3].map(() => openPostgresStore(options)))
  const incarnations = await Promise.all(stores.map((one) => one.load('a')))
  expect(new Set(incarnations.map(({ incarnation }) => incarnation)).size).toBe(1)
  await Promise.all(stores.map((one) => one.close()))
  await postgres.sql.unsafe(`DROP SCHEMA ${schema} CASCADE`)
})

test('POSTGRES-2: one life after the other in one batch, each takes its own', async () => {
  const batch = new Batch()
  batch.add('a', bytes('1'))
  batch.add('a', bytes('2'), 0, 1)
  batch.add('b', bytes('x'))
  batch.add('a', bytes('late'), 0, 7)
  const appended = await store.append(batch)
  expect(appended.map(({ kind }) => kind)).toEqual(['stored', 'stored', 'stored', 'refused'])
  const [first, second] = appended
  expect(second).toMatchObject({ previous: first?.kind === 'stored' ? first.position : undefined })
  expect(await logOf(store, 'a')).toEqual(['1', '2'])
})

test('POSTGRES-2: a name that is gone behind its back is made again', async () => {
  await store.append(batchOf(['a', '1'], ['b', 'x']))
  await run('DELETE FROM @document; DELETE FROM @author')
  const appended = await store.append(batchOf(['b', 'y'], ['a', '2']))
  expect(appended.map(({ kind }) => kind)).toEqual(['stored', 'stored'])
  expect(await logOf(store, 'a')).toEqual(['2'])
})

test('POSTGRES-3: what does not check out is set aside and named, the rest is served', async () => {
  await store.append(batchOf(['a', '1']))
  await store.compact('a', bytes('one'), await store.load('a'))
  for (const text of ['2', '3']) await store.append(batchOf(['a', text]))
  const [, last] = (await store.load('a')).log
  await run(`UPDATE @snapshot SET bytes = '\\x00'`)
  await run(`UPDATE @log SET count = 2 WHERE sequence = ${last?.sequence}`)
  for (const time of [1, 2]) {
    const { damage, log, snapshot } = await store.load('a')
    expect({ time, snapshot, rows: log.length }).toEqual({ time, snapshot: undefined, rows: 1 })
    expect(damage.map(({ entry }) => entry)).toEqual(['snapshot', last?.sequence ?? 0])
  }
  expect(await store.loadQuarantine('a')).toEqual([])
  expect(await run('SELECT sound FROM @damaged')).toHaveLength(2)
})

test('POSTGRES-3: a row that was moved to another document is not served', async () => {
  await store.append(batchOf(['a', '1'], ['b', 'x']))
  await run(`UPDATE @log SET document = 0 - document;
    UPDATE @log SET document = (SELECT sum(id) FROM @document) + document`)
  expect(await logOf(store, 'a')).toEqual([])
  expect((await store.load('b')).damage).toHaveLength(1)
})

test('POSTGRES-4: tables that newer programs alone may write are refused', async () => {
  await store.append(batchOf(['a', '1']))
  await run(`UPDATE @meta SET value = '700' WHERE key <> 'store-id'`)
  const refused = await storeErrorOf(stage.another())
  expect(refused.kind).toBe('version')
  expect(refused.message).toContain('schema version 700')
  await run(`UPDATE @meta SET value = '${schemaVersion}' WHERE key = 'oldest-writer'`)
  expect(await logOf(await stage.another(), 'a')).toEqual(['1'])
})

test('POSTGRES-5: a backend that is killed in the midst costs a refusal and no more', async () => {
  await store.append(batchOf(['a', '1']))
  const held = await postgres.sql.reserve()
  await held.unsafe(`BEGIN; LOCK TABLE ${stage.schema}.log IN ACCESS EXCLUSIVE MODE`)
  const appended = refusal(store.append(batchOf(['a', '2'])))
  const loaded = logOf(store, 'b')
  await until('both wait', async () => (await backendsOf(stage.schema)).length >= 2)
  for (const pid of await backendsOf(stage.schema)) {
    await postgres.sql.unsafe('SELECT pg_terminate_backend($1)', [pid])
  }
  await held.unsafe('ROLLBACK')
  await held.release()
  expect(await appended).toBe('unavailable')
  expect(await loaded).toEqual([])
  await store.append(batchOf(['a', '2']))
  expect(await logOf(store, 'a')).toEqual(['1', '2'])
})

test('POSTGRES-6: a backend that hangs is given up; what it stores is a row more', async () => {
  const [hung, other] = [await stage.another({ silenceMs: 300 }), store]
  await hung.append(batchOf(['a', '1'], ['gone', 'x']))
  const [pid] = await backendsOf('WITH locked')
  if (pid === undefined) throw new Error('no backend has appended')
  process.kill(pid, 'SIGSTOP')
  try {
    const refused = await storeErrorOf(hung.append(batchOf(['a', '2'], ['gone', 'late'])))
    expect(refused.message).toContain('has not answered for 0.3 s')
    await hung.append(batchOf(['a', '2']))
    await other.delete('gone')
  } finally {
    process.kill(pid, 'SIGCONT')
  }
  await until('the frozen one has ended', async () => {
    const rows = await postgres.sql.unsafe('SELECT FROM pg_stat_activity WHERE pid = $1', [pid])
    return rows.length === 0
  })
  const texts = await logOf(other, 'a')
  expect(texts.slice(0, 2)).toEqual(['1', '2'])
  expect(texts.slice(2).every((text) => text === '2')).toBe(true)
  expect(await logOf(other, 'gone')).toEqual(['x'])
})

test('POSTGRES-7: a purge leaves no row, nor does a compaction that is behind it', async () => {
  await store.append(batchOf(['a', '1']))
  const before = await store.load('a')
  await store.compact('a', bytes('one'), before, bytes('who'))
  await store.append(batchOf(['a', '2']))
  await store.quarantine('a', (await store.load('a')).through.number, 'It does not load.')
  await store.delete('a')
  await store.purge('a', bytes('dead'))
  for (const table of ['log', 'snapshot', 'damaged']) {
    expect(await run(`SELECT FROM @${table}`)).toEqual([])
  }
  // As it would be left by a compaction whose server died right after it.
  await run(`INSERT INTO @snapshot SELECT id, born, 1, 1, 1, NULL, '\\x01' FROM @document`)
  expect((await store.load('a')).snapshot).toBeUndefined()
  await stage.reopen()
  expect(await run('SELECT FROM @snapshot')).toEqual([])
})
