import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'bun:test'
import { join } from 'node:path'
import { bytes } from '../../../persistence/contract/stage.ts'
import { openPostgresStore } from '../../../persistence/postgres/store.ts'
import { openSqliteStore } from '../../../persistence/sqlite/store.ts'
import { Batch, type Store } from '../../../persistence/store.ts'
import { firstPlace } from '../../../persistence/revocations.ts'
import { startPostgres, type TestPostgres } from '../../support/harness/postgres.ts'
import { freshDirectory } from '../../support/harness/process.ts'
import { typed, ytopic } from './stage.ts'

let postgres: TestPostgres
let directory: Awaited<ReturnType<typeof freshDirectory>>

beforeAll(async () => {
  postgres = await startPostgres()
}, 120_000)
afterAll(() => postgres.stop())
beforeEach(async () => {
  directory = await freshDirectory()
})
afterEach(async () => {
  await postgres.sql.unsafe('DROP SCHEMA IF EXISTS ytopic CASCADE')
  await directory.remove()
})

const ada = { id: 'ada', name: 'Ada' }
const kept = { count: 100, ms: 60_000 }

/** Puts something of everything into a store. */
async function fill(store: Store): Promise<void> {
  for (const update of typed('some text').updates) {
    const batch = new Batch()
    batch.add('notes', update, 0, undefined, ada)
    batch.add('notes::comments', update)
    await store.append(batch)
  }
  const whole = await store.load('notes::comments')
  const [first] = whole.log
  if (first !== undefined) await store.compact('notes::comments', first.bytes, whole, bytes('who'))
  const notes = { document: 'notes', epoch: 1, after: undefined, authors: [ada], kind: 'named' }
  const state = { form: 'keyframe', bytes: bytes('state'), stateBytes: 5, name: 'One' } as const
  await store.versions?.add({ ...notes, ...state, kind: 'named' })
  await store.create('deleted')
  await store.delete('deleted')
  await store.create('purged')
  await store.delete('purged')
  await store.purge('purged', bytes('dead'))
  const by = { ...ada, color: '#123456' }
  await store.messages?.post([{ room: 'notes', by, text: 'hello \u0000', nonce: 'n' }], kept)
  await store.messages?.mark('notes', 'bob', 1)
  const hook = { id: 'w', url: 'https://example.org/', events: ['document.created'], secret: 's' }
  await store.outbox?.putWebhook({
    ...hook,
    prefix: 'no',
    created: 1,
    disabled: undefined,
    cursor: 1,
  })
  const page = await store.outbox?.after({ after: 0, limit: 1 })
  const [event] = page?.kind === 'events' ? page.events : []
  if (event !== undefined) {
    const tried = { attempt: 1, at: 1, status: 500, error: 'It failed.', next: 2 }
    const keep = [{ event, ...tried }]
    await store.outbox?.progress({ webhook: 'w', cursor: 1, keep, drop: [], disabled: undefined })
  }
  await store.idempotency?.claim('k', 'r', kept)
  const revoked = { document: 'notes', id: undefined, at: Date.now() }
  await store.revocations?.add(revoked, kept)
  await store.revocations?.add({ ...revoked, document: undefined, id: 'eve' }, kept)
}

/** All that a store tells, but for where its rows stand. */
async function toldBy(store: Store) {
  const documents: (readonly [object, number, ...unknown[]])[] = []
  for (const name of ['notes', 'notes::comments', 'deleted', 'purged']) {
    const { position, through, ...stored } = await store.load(name)
    const chain = await store.versions?.chain(name)
    const listed = await store.versions?.list({ document: name, limit: 9 })
    documents.push([stored, position.number, through.number, chain, listed])
  }
  return {
    documents,
    messages: await store.messages?.page('notes', 9, 9),
    reading: await store.messages?.reading('notes', 'bob'),
    events: await store.outbox?.after({ after: 0, limit: 100 }),
    webhooks: await store.outbox?.webhooks(),
    deliveries: await store.outbox?.deliveries('w'),
    changed: await store.outbox?.changed(),
    revoked: (await store.revocations?.since(firstPlace))?.revocations,
    claim: await store.idempotency?.claim('k', 'other', kept),
  }
}

test('TOOLS-17: a store goes into a database and back with all that it keeps', async () => {
  const [data, copy] = [join(directory.path, 'data'), join(directory.path, 'copy')]
  const [file, again] = [join(directory.path, 'a.sqlite'), join(directory.path, 'b.sqlite')]
  const first = await openSqliteStore({ directory: data, durability: 'full' })
  await fill(first)
  const before = await toldBy(first)
  await first.close()
  expect((await ytopic('backup', file, '--data', data)).code).toBe(0)
  const there = await ytopic('restore', file, '--store', postgres.url)
  expect([there.err, there.code]).toEqual(['', 0])
  expect(there.out).toContain('all sound')
  const database = await openPostgresStore({ url: postgres.url })
  expect(await toldBy(database)).toEqual(before)
  // Numbers go on, so that none comes twice.
  const batch = new Batch()
  batch.add('notes', bytes('x'))
  const [appended] = await database.append(batch)
  const last = before.documents[0]?.[1] ?? 0
  if (appended?.kind !== 'stored') throw new Error('It was not taken.')
  expect(appended.position.number).toBeGreaterThan(last)
  await database.quarantine('notes', appended.position.number, 'The test said so.')
  await database.close()
  const verified = await ytopic('verify', '--store', postgres.url)
  expect([verified.code, verified.out.includes('The test said so.')]).toEqual([1, true])
  const saved = await ytopic('backup', again, '--store', postgres.url)
  expect([saved.err, saved.code]).toEqual(['', 0])
  const back = await ytopic('restore', again, '--data', copy)
  expect([back.err, back.code]).toEqual(['', 1])
  const second = await openSqliteStore({ directory: copy, durability: 'full' })
  await second.dropQuarantined('notes', appended.position.number)
  const after = await toldBy(second)
  // The one that was written in between differs.
  expect(after.documents.slice(1)).toEqual(before.documents.slice(1))
  expect({ ...after, documents: [], changed: [] }).toEqual({
    ...before,
    documents: [],
    changed: [],
  })
  await second.close()
}, 120_000)

test('TOOLS-18: a database with something in it is refused, and one that is none', async () => {
  const data = join(directory.path, 'data')
  const file = join(directory.path, 'a.sqlite')
  const first = await openSqliteStore({ directory: data, durability: 'full' })
  await fill(first)
  await first.close()
  await ytopic('backup', file, '--data', data)
  const none = await ytopic('verify', '--store', postgres.url)
  expect([none.code, none.err.includes('has no tables')]).toEqual([1, true])
  expect((await ytopic('restore', file, '--store', postgres.url)).code).toBe(0)
  const full = await ytopic('restore', file, '--store', postgres.url)
  expect([full.code, full.err.trim().split('\n').length]).toEqual([1, 1])
  expect(full.err).toContain('nothing was written')
  const over = await ytopic('backup', file, '--store', postgres.url)
  expect([over.code, over.err.includes('exists already')]).toEqual([1, true])
  expect((await ytopic('verify', '--store', postgres.url)).code).toBe(0)
}, 120_000)
