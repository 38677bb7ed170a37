import { expect, test } from 'bun:test'
import { batchOf, bytes } from '../../../../persistence/contract/stage.ts'
import { migrations } from '../../../../persistence/postgres/migrations.ts'
import { openPostgresStore } from '../../../../persistence/postgres/store.ts'
import type { TestPostgres } from '../../../support/harness/postgres.ts'
import { until } from '../../../support/harness/wait.ts'
import { type PostgresStage, stageForEach } from './postgres-stage.ts'

let postgres: TestPostgres
let stage: PostgresStage

stageForEach((database, fresh) => {
  postgres = database
  stage = fresh
})

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

test('POSTGRES-17: what servers post at a time is numbered, each nonce once', async () => {
  const servers = [stage.store, await stage.another(), await stage.another()]
  const rounds = 20
  const kept = { count: 1_000, ms: 60_000 }
  const rooms = ['a', 'b']
  const posted = await Promise.all(
    servers.map(async ({ messages }, index) => {
      const seqs: number[] = []
      for (let round = 0; round < rounds; round++) {
        const mine = (room: string) => ({ room, by: { id: `${index}` }, text: 'x' })
        const by = { id: 'all' }
        const shared = (room: string) => ({ room, by, text: 'y', nonce: `${round}` })
        const some = (index === 1 ? rooms.toReversed() : rooms).map((room) =>
          round % 2 === 0 ? mine(room) : shared(room),
        )
        const stored = await messages?.post(some, kept)
        if (round % 2 === 1) seqs.push(stored?.find(({ room }) => room === 'a')?.seq ?? 0)
        await messages?.change('a', 1, `${index} ${round}`)
      }
      return seqs
    }),
  )
  // The same nonce was posted by all of them, and all were given the same message.
  expect(posted[1]).toEqual(posted[0] ?? [])
  expect(posted[2]).toEqual(posted[0] ?? [])
  const count = servers.length * (rounds / 2) + rounds / 2
  for (const room of rooms) {
    const found = (await stage.store.messages.page(room, 1_000, 1_000)).map(({ seq }) => seq)
    expect(found.toReversed()).toEqual(Array.from({ length: count }, (_, index) => index + 1))
  }
})

test('POSTGRES-17: who follows a room while servers post misses nothing', async () => {
  const servers = [stage.store, await stage.another(), await stage.another()]
  const rounds = 60
  const kept = { count: 10_000, ms: 60_000 }
  let done = false
  const writing = Promise.all(
    servers.map(async ({ messages }) => {
      for (let round = 0; round < rounds; round++) {
        await messages.post([{ room: 'a', by: {}, text: 'x' }], kept)
      }
    }),
  ).then(() => {
    done = true
  })
  const reader = (await stage.another()).messages
  const seen: number[] = []
  for (let act = 0, ending = false; !ending;) {
    ending = done
    const since = await reader.since('a', act, 1_000)
    seen.push(...since.messages.map(({ seq }) => seq))
    act = since.act
  }
  await writing
  expect(seen).toEqual(Array.from({ length: servers.length * rounds }, (_, index) => index + 1))
})

test('POSTGRES-17: a purge takes what is posted meanwhile, or leaves it whole', async () => {
  const other = await stage.another()
  const kept = { count: 1_000, ms: 60_000 }
  for (let round = 0; round < 20; round++) {
    await stage.store.create('a')
    await stage.store.messages.post([{ room: 'a', by: {}, text: 'old' }], kept)
    await stage.store.delete('a')
    const [, [late]] = await Promise.all([
      stage.store.purge('a', bytes('dead')),
      other.messages.post([{ room: 'a', by: {}, text: 'late' }], kept),
    ])
    const left = await stage.store.messages.page('a', 1_000, 9)
    expect(left.map(({ text }) => text)).toEqual(late?.seq === 1 ? ['late'] : [])
    await postgres.sql.unsafe(`DELETE FROM ${stage.schema}.message_room`)
  }
  const orphans: readonly unknown[] = await postgres.sql.unsafe(
    `SELECT FROM ${stage.schema}.message`,
  )
  expect(orphans).toHaveLength(0)
})

test('CLUSTER-21: a store tells when its connection was lost and it answers again', async () => {
  const { store } = stage
  let renewed = 0
  store.onRenewed?.(() => renewed++)
  await store.append(batchOf(['a', '1']))
  expect(renewed).toBe(0)
  await postgres.sql.unsafe(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'ytopic'`,
  )
  await until('it answers again', async () => {
    await store.append(batchOf(['a', '2'])).catch(() => undefined)
    return renewed > 0
  })
})
