import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'bun:test'
import { batchOf, bytes } from '../../../../persistence/contract/stage.ts'
import { migrations } from '../../../../persistence/postgres/migrations.ts'
import { openPostgresStore } from '../../../../persistence/postgres/store.ts'
import { startPostgres, type TestPostgres } from '../../../support/harness/postgres.ts'
import { postgresStage, type PostgresStage } from './postgres-stage.ts'

let postgres: TestPostgres
let stage: PostgresStage

beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.stop())
beforeEach(async () => {
  stage = await postgresStage(postgres)
})
afterEach(() => stage.dispose())

test('POSTGRES-15: of servers that tell of a change at a time one does', async () => {
  const servers = [stage.store, await stage.another(), await stage.another()]
  const documents = Array.from({ length: 10 }, (_, index) => `${index}`)
  for (let round = 0; round < 10; round++) {
    await Promise.all(
      servers.map((server) =>
        server.append(batchOf(...documents.map((one) => [one, 'x'] as const))),
      ),
    )
    const told = await Promise.all(
      servers.map((server, index) =>
        server.outbox?.tellChanged(index === 1 ? documents.toReversed() : documents),
      ),
    )
    expect(
      told
        .flatMap((events) => events ?? [])
        .map(({ document }) => document)
        .toSorted(),
    ).toEqual(documents)
  }
  const page = await stage.store.outbox?.after({ after: 0, limit: 1_000 })
  if (page?.kind !== 'events') throw new Error('The store tells no events.')
  // Ten were made, and each was told of ten times; no number is left out.
  expect(page.events.map(({ id }) => Number(id))).toEqual(
    Array.from({ length: 110 }, (_, index) => index + 1),
  )
})

test('POSTGRES-15: of versions that are kept at a time behind the same one, one is', async () => {
  await stage.store.append(batchOf(['a', '1']))
  const servers = [stage.store, await stage.another(), await stage.another()]
  const version = {
    document: 'a',
    epoch: 1,
    kind: 'auto',
    form: 'keyframe',
    stateBytes: 1,
  } as const
  let after: string | undefined
  for (let round = 0; round < 10; round++) {
    const kept = await Promise.all(
      servers.map((server) =>
        server.versions?.add({ ...version, after, authors: [], bytes: bytes('x') }),
      ),
    )
    const [only, ...more] = kept.flatMap((one) => one ?? [])
    expect(more).toEqual([])
    after = only?.id
  }
  expect(await stage.store.versions?.size('a')).toEqual({ count: 10, bytes: 10 })
})

test('POSTGRES-16: tables of the first version are brought up to today', async () => {
  const schema = 'of_before'
  const [first] = migrations
  await postgres.sql.unsafe(`CREATE SCHEMA ${schema}`)
  await postgres.sql.unsafe(
    `CREATE TABLE ${schema}.meta (key text PRIMARY KEY, value text NOT NULL)`,
  )
  await postgres.sql.unsafe(`INSERT INTO ${schema}.meta VALUES
    ('store-id', 'id'), ('schema-version', '1'), ('oldest-writer', '1')`)
  for (const step of first?.steps(schema) ?? []) await postgres.sql.unsafe(step)
  await postgres.sql.unsafe(
    `INSERT INTO ${schema}.document (name, live, last, tag) VALUES ('old', true, 7, 70)`,
  )
  const store = await openPostgresStore({ url: postgres.url, schema })
  expect(await store.outbox?.changed()).toEqual([])
  expect(await store.load('old')).toMatchObject({ position: { number: 7, tag: 70 }, exists: true })
  await postgres.sql.unsafe(`SELECT setval('${schema}.row_number', 7)`)
  await store.append(batchOf(['old', '1']))
  expect(await store.outbox?.changed()).toEqual(['old'])
  await store.close()
})
