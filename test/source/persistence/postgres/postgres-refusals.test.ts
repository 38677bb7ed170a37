import { expect, test } from 'bun:test'
import { batchOf, bytes, logOf, storeErrorOf } from '../../../../persistence/contract/stage.ts'
import { openPostgresStore } from '../../../../persistence/postgres/store.ts'
import { defaultLimits } from '../../../../src/base/limits/limits.ts'
import { silentLog } from '../../../../src/base/log.ts'
import { Metrics } from '../../../../src/base/metrics.ts'
import { Journal } from '../../../../src/storage/journal.ts'
import { FakeClock } from '../../../support/fakes/clock.ts'
import type { TestPostgres } from '../../../support/harness/postgres.ts'
import { until } from '../../../support/harness/wait.ts'
import { type PostgresStage, stageForEach } from './postgres-stage.ts'

let postgres: TestPostgres
let stage: PostgresStage

stageForEach((database, fresh) => {
  postgres = database
  stage = fresh
})

/** Makes the log's next `times` inserts fail as PostgreSQL does with that code. */
async function failInserts(code: string, times: number): Promise<void> {
  const { schema } = stage
  await postgres.sql.unsafe(`
    CREATE SEQUENCE ${schema}.failures;
    CREATE FUNCTION ${schema}.fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF nextval('${schema}.failures') <= ${times} THEN
        RAISE EXCEPTION 'made to fail' USING ERRCODE = '${code}';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER fail BEFORE INSERT ON ${schema}.log
      FOR EACH ROW EXECUTE FUNCTION ${schema}.fail()`)
}

test('POSTGRES-8: what it cannot be reached for is said with what to do', async () => {
  const cases = [
    ['postgres://postgres@127.0.0.1:1/postgres', 'start PostgreSQL'],
    [postgres.url.replace('postgres@', 'nobody:secret@'), 'mend user and password'],
    [postgres.url.replace(/\w+$/, 'none'), 'createdb'],
    ['mysql://postgres@127.0.0.1/postgres', 'has to be like postgres://'],
  ] as const
  for (const [url, remedy] of cases) {
    const { kind, message } = await storeErrorOf(openPostgresStore({ url }))
    expect(kind).toBe('unavailable')
    expect(message).toContain(remedy)
    expect(message).not.toContain('secret')
  }
})

test('POSTGRES-8: a full disk and a read-only database refuse a batch whole', async () => {
  await failInserts('53100', 1)
  const batch = batchOf(['a', '1'], ['b', 'x'])
  const { kind, message } = await storeErrorOf(stage.store.append(batch))
  expect(kind).toBe('unavailable')
  expect(message).toContain("make room on the database's disk")
  expect(await stage.store.list({ limit: 9 })).toEqual([])
  await stage.store.append(batch)
  expect(await logOf(stage.store, 'a')).toEqual(['1'])
  const url = `${postgres.url}?default_transaction_read_only=on`
  const refused = await storeErrorOf(stage.another({ url }))
  expect(refused.message).toContain('name the primary')
})

test('POSTGRES-9: a batch that was in a deadlock is given again', async () => {
  await failInserts('40P01', 3)
  await stage.store.append(batchOf(['a', '1'], ['b', 'x']))
  expect(await logOf(stage.store, 'a')).toEqual(['1'])
})

test('POSTGRES-10: a database that confirms what is not on its disk is refused', async () => {
  const url = `${postgres.url}?synchronous_commit=off`
  const { message } = await storeErrorOf(stage.another({ url }))
  expect(message).toContain('synchronous_commit')
  const relaxed = await stage.another({ url, durability: 'relaxed' })
  await relaxed.append(batchOf(['a', '1']))
  expect(stage.store.saved).toContain('no synchronous standby')
})

test('POSTGRES-11: it tells that its database is away, and that it is back', async () => {
  const store = await stage.another({ silenceMs: 200 })
  await store.append(batchOf(['a', '1']))
  expect(store.trouble).toBeUndefined()
  await postgres.kill()
  await until('it is missed', () => store.trouble !== undefined)
  expect(store.trouble).toContain('start PostgreSQL')
  await postgres.restart()
  await until('it is found again', () => store.trouble === undefined)
  expect(await logOf(store, 'a')).toEqual(['1'])
}, 120_000)

test('POSTGRES-19: one of which nothing is asked is found again and told of soon', async () => {
  const store = await stage.another({ silenceMs: 600_000 })
  let renewed = 0
  store.onRenewed?.(() => renewed++)
  await Promise.all([store.append(batchOf(['a', '1'])), store.load('a')])
  await postgres.restart()
  await until('it is told of', () => renewed > 0)
  expect(store.trouble).toBeUndefined()
}, 120_000)

test('POSTGRES-19: what waits for it is stored when it has answered anybody', async () => {
  const clock = new FakeClock()
  const { store } = stage
  const basics = { clock, log: silentLog, metrics: new Metrics(), limits: defaultLimits }
  const journal = new Journal({ store, ...basics })
  await store.load('a')
  await postgres.kill()
  journal.append('a', bytes('1'))
  await clock.advance(0)
  await until('it was refused', () => journal.trouble !== undefined)
  await postgres.restart()
  // The journal's own clock stands still.
  await until('it is stored', () => journal.pendingBytes === 0)
  expect(await logOf(store, 'a')).toEqual(['1'])
}, 120_000)

test('POSTGRES-21: a document that is asked for meanwhile is read when it is back', async () => {
  const [patient, hasty] = [
    await stage.another({ silenceMs: 60_000 }),
    await stage.another({ silenceMs: 500 }),
  ]
  await patient.append(batchOf(['a', '1']))
  await postgres.kill()
  const read = logOf(patient, 'a')
  const refused = await storeErrorOf(hasty.load('a'))
  expect(refused.message).toContain('start PostgreSQL')
  await until('it is said all the same', () => patient.trouble !== undefined)
  await postgres.restart()
  expect(await read).toEqual(['1'])
}, 60_000)

test('POSTGRES-12: a pooler that keeps no statements and no settings will do', async () => {
  const pooled = await stage.another({ url: `${postgres.url}?pgbouncer=true` })
  await pooled.append(batchOf(['a', '1']))
  expect(await logOf(pooled, 'a')).toEqual(['1'])
  const rows = await postgres.sql.unsafe(
    'SELECT FROM pg_stat_activity ' +
      "WHERE pid <> pg_backend_pid() AND application_name = '' AND query LIKE '%locked AS%'",
  )
  expect(rows).toHaveLength(1)
})
