import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import type * as Y from 'yjs'
import { areComments } from '../../../../persistence/companion.ts'
import { createMemoryStore } from '../../../../persistence/memory/store.ts'
import type { Store } from '../../../../persistence/store.ts'
import { DelegatingStore } from '../../../support/fakes/delegating-store.ts'
import { SharedDatabase } from '../../../support/fakes/shared-store.ts'
import { connect, synced } from '../../../support/harness/provider.ts'
import { startPostgres, type TestPostgres } from '../../../support/harness/postgres.ts'
import { type ChatStage, chatStage } from '../../chat/stage.ts'
import { postgresStage } from '../../persistence/postgres/postgres-stage.ts'
import { sqliteStage } from '../../persistence/sqlite/sqlite-stage.ts'

let stage: ChatStage | undefined
let postgres: TestPostgres

/** A database server starts slowly on a machine that has other work. */
const startMs = 60_000

beforeAll(async () => {
  postgres = await startPostgres()
}, startMs)
afterAll(() => postgres.stop())
afterEach(() => stage?.server.stop())

const keptMs = 60_000

const anchor = { root: 't', quote: 'words' }

/** A store that does something right before a document of comments is made. */
class MeanwhileStore extends DelegatingStore {
  meanwhile: () => Promise<void> = async () => undefined

  override async create(document: string, beside?: string): Promise<boolean> {
    if (areComments(document)) await this.meanwhile()
    return super.create(document, beside)
  }
}

/** A document that has been written. */
async function stageWith(store: Store): Promise<ChatStage> {
  stage = await chatStage({}, store)
  await stage.ask('ada', 'write', 'PUT', 'doc/content?format=json', { t: 'the words' })
  return stage
}

test('COMMENT-11: a comment that a purge overtakes begins nothing in the next life', async () => {
  const store = new MeanwhileStore(createMemoryStore())
  const { ask } = await stageWith(store)
  store.meanwhile = async () => {
    store.meanwhile = async () => undefined
    await ask('ada', 'admin', 'DELETE', 'doc')
    await ask('ada', 'admin', 'POST', 'doc/purge')
  }
  const late = await ask('bob', 'comment', 'POST', 'doc/comments', { anchor, text: 'late' })
  expect(late.status).toBe(404)
  expect(await store.list({ limit: 9 })).toEqual([])
  await ask('ada', 'write', 'PUT', 'doc/content?format=json', { t: 'anew' })
  const { body } = await ask('bob', 'comment', 'GET', 'doc/comments')
  expect(body['threads']).toEqual([])
})

test('COMMENT-11: a comment that a delete overtakes leaves none beside the deleted', async () => {
  const store = new MeanwhileStore(createMemoryStore())
  const { ask } = await stageWith(store)
  store.meanwhile = async () => {
    store.meanwhile = async () => undefined
    await ask('ada', 'admin', 'DELETE', 'doc')
  }
  const late = await ask('bob', 'comment', 'POST', 'doc/comments', { anchor, text: 'late' })
  expect(late.status).toBe(409)
  expect(await store.list({ limit: 9 })).toEqual([])
})

/** Somebody who watches the comments, and the code with which they are sent away. */
async function watcher({ server, token }: ChatStage) {
  const params = { token: await token('bob', 'comment', 'doc') }
  const client = connect(`${server.url}/ws`, 'doc::comments', undefined, params)
  const closed = new Promise<number>((resolve) => {
    client.provider.on('connection-close', (event) => resolve(event?.code ?? 0))
  })
  return { client, closed }
}

test(
  'COMMENT-12: who waits for the first comment on a document is sent away with it',
  async () => {
    const here = await stageWith(createMemoryStore())
    const { client, closed } = await watcher(here)
    await synced(client)
    await here.ask('ada', 'admin', 'DELETE', 'doc')
    expect(await closed).toBe(4404)
    client.end()
  },
  keptMs,
)

test(
  'COMMENT-12: and so is who comes then, until the document is back',
  async () => {
    const here = await stageWith(createMemoryStore())
    await here.ask('ada', 'admin', 'DELETE', 'doc')
    const { client, closed } = await watcher(here)
    expect(await closed).toBe(4404)
    client.end()
    await here.ask('ada', 'admin', 'POST', 'doc/undelete')
    const { client: again } = await watcher(here)
    await synced(again)
    again.end()
    const body = { anchor, text: 'x' }
    expect((await here.ask('bob', 'comment', 'POST', 'doc/comments', body)).status).toBe(201)
  },
  keptMs,
)

test(
  'COMMENT-12: on every server of the store',
  async () => {
    const database = new SharedDatabase()
    const here = await stageWith(database.opened())
    const there = await chatStage({ heads_poll_ms: 50 }, database.opened())
    const { client, closed } = await watcher(there)
    await synced(client)
    await here.ask('ada', 'admin', 'DELETE', 'doc')
    // It comes back to be told why.
    const told = new Promise<number>((resolve) => {
      client.provider.on('connection-close', (event) => {
        if (event?.code === 4404) resolve(event.code)
      })
    })
    await closed
    expect(await told).toBe(4404)
    client.end()
    await there.server.stop()
  },
  keptMs,
)

test('COMMENT-1: nor does a program write there, though it may read', async () => {
  const { ask, server } = await stageWith(createMemoryStore())
  await ask('bob', 'comment', 'POST', 'doc/comments', { anchor, text: 'x' })
  const { documents } = server.ytopic
  const name = 'doc::comments'
  const handle = await documents.open(name)
  const refused = { kind: 'permission-denied' }
  for (const change of [
    () => handle.transact((doc: Y.Doc) => doc.getMap('threads').clear()),
    () => handle.edit({ replace: '{}', format: 'json' }),
    () => documents.create({ name: 'other::comments' }),
    () => documents.delete(name),
    () => documents.undelete(name),
    () => documents.purge(name),
    () => documents.keep(name),
    () => documents.restore(name, '1'),
  ]) {
    const error: unknown = await change().catch((caught: unknown) => caught)
    expect(error).toMatchObject(refused)
  }
  expect(await handle.read('json')).toMatchObject({ threads: {} })
  handle.close()
  const { body } = await ask('bob', 'comment', 'GET', 'doc/comments')
  expect(body['threads']).toHaveLength(1)
})

const marker = 'a marker that is nowhere else'

/** Says it in a thread, an answer, a message, a version and their kept answers; then purges. */
async function sayAndPurge(): Promise<void> {
  if (stage === undefined) throw new Error('There is no server.')
  const { ask, server, token } = stage
  const bearer = await token('bob', 'write')
  const once = (path: string, body: object): Promise<Response> =>
    fetch(`${server.http}/api/v1/documents/doc/${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${bearer}`,
        'content-type': 'application/json',
        'idempotency-key': path,
      },
      body: JSON.stringify(body),
    })
  const thread = await once('comments', { anchor: { ...anchor, quote: marker }, text: marker })
  const { id } = (await thread.json()) as { readonly id: string }
  for (const [path, body] of [
    [`comments/${id}`, { text: marker }],
    ['chat', { text: marker, nonce: 'n' }],
    ['versions', { name: marker }],
  ] as const) {
    expect((await once(path, body)).status).toBe(201)
  }
  await ask('ada', 'write', 'PUT', 'doc/content?format=json', { t: marker })
  expect((await ask('ada', 'admin', 'DELETE', 'doc')).status).toBe(204)
  expect((await ask('ada', 'admin', 'POST', 'doc/purge')).status).toBe(204)
}

test(
  'COMMENT-13: what was purged has no comment, message or answer left in the files',
  async () => {
    const { data, dispose, store } = await sqliteStage()
    const holds = async (): Promise<boolean> => {
      const parts = ['', '-wal'].map((end) => Bun.file(`${data.file}${end}`))
      const texts = await Promise.all(
        parts.map(async (part) => ((await part.exists()) ? part.text() : '')),
      )
      return texts.some((text) => text.includes(marker))
    }
    await stageWith(store)
    await sayAndPurge()
    expect(await holds()).toBe(false)
    await stage?.server.stop()
    await dispose()
  },
  keptMs,
)

test(
  'COMMENT-13: nor in any row of a database',
  async () => {
    const { dispose, schema, sql, store } = await postgresStage(postgres)
    await stageWith(store)
    await sayAndPurge()
    const tables: readonly { readonly name: string }[] = await sql.unsafe(
      'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = $1',
      [schema],
    )
    expect(tables.length).toBeGreaterThan(5)
    const hex = Buffer.from(marker).toString('hex')
    for (const { name } of tables) {
      const rows: readonly unknown[] = await sql.unsafe(
        `SELECT FROM ${schema}.${name} AS t WHERE t::text LIKE $1 OR t::text LIKE $2`,
        [`%${marker}%`, `%${hex}%`],
      )
      expect(`${name}: ${rows.length}`).toBe(`${name}: 0`)
    }
    await stage?.server.stop()
    await dispose()
  },
  keptMs,
)
