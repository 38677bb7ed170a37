import { afterEach, beforeEach, expect, test } from 'bun:test'
import type * as Y from 'yjs'
import { createMemoryStore } from '../../../persistence/memory/store.ts'
import { type Client, connect, converged, synced } from '../../support/harness/provider.ts'
import { connectHocuspocus } from '../../support/harness/hocuspocus.ts'
import { startServer, type TestServer } from '../../support/harness/server.ts'
import { until } from '../../support/harness/wait.ts'
import type { OpenDocument } from '../../../src/ytopic.ts'
import { DelegatingStore } from '../../support/fakes/delegating-store.ts'

let server: TestServer
let client: Client
let opened: OpenDocument
const who = { id: 'robot', name: 'Robot', color: '#123456' }

beforeEach(async () => {
  server = startServer({ replica_bytes_max: 64 * 1024 })
  client = connect(`${server.url}/ws`, 'notes')
  await synced(client)
  opened = await server.ytopic.documents.open('notes', { who })
})
afterEach(async () => {
  client.end()
  await server.stop()
})

const textOf = (document: Y.Doc): Y.Text => document.getText('t')

test('INSIDE-1: a transaction sees what people wrote, and they get what it wrote', async () => {
  const hocuspocus = connectHocuspocus(4, server.url, 'notes')
  await until('both are in', () => hocuspocus.provider.synced)
  textOf(client.document).insert(0, 'hello')
  await converged(client.document, hocuspocus.document)
  const seen = await opened.transact((document: Y.Doc) => {
    const before = textOf(document).toString()
    textOf(document).insert(5, ' world')
    document.getMap('m').set('by', 'robot')
    return before
  })
  expect(seen).toBe('hello')
  await converged(client.document, hocuspocus.document)
  await until('it has arrived', () => textOf(client.document).toString() === 'hello world')
  expect(client.document.getMap('m').toJSON()).toEqual({ by: 'robot' })
  hocuspocus.end()
})

test('INSIDE-1: it resolves when the change is on disk, one after the other', async () => {
  const store = new HeldStore()
  const held = startServer({}, store)
  const document = await held.ytopic.documents.open('held')
  let done = 0
  store.hold()
  const lengths = [1, 2, 3].map((number) =>
    document
      .transact((doc: Y.Doc) => {
        textOf(doc).insert(0, `${number}`)
        return textOf(doc).length
      })
      .finally(() => done++),
  )
  await until('the store was asked', () => store.asked > 0)
  expect(done).toBe(0)
  store.release()
  expect(await Promise.all(lengths)).toEqual([1, 2, 3])
  expect(await document.read('text')).toBe('321')
  await held.stop()
})

test('INSIDE-1: a change of nothing writes nothing', async () => {
  await opened.transact((document: Y.Doc) => textOf(document).insert(0, 'a'))
  const { updatesStored } = server.ytopic.metrics
  expect(await opened.transact((document: Y.Doc) => textOf(document).length)).toBe(1)
  expect(server.ytopic.metrics.updatesStored).toBe(updatesStored)
})

test('INSIDE-2: a function that throws leaves nothing, here or in what comes after', async () => {
  textOf(client.document).insert(0, 'hello')
  await until('it is there', async () => (await opened.read('json').catch(() => '')) !== '')
  const thrown = opened.transact((document: Y.Doc) => {
    textOf(document).insert(0, 'never ')
    throw new Error('changed my mind')
  })
  await expect(thrown).rejects.toThrow('changed my mind')
  await opened.transact((document: Y.Doc) => textOf(document).insert(0, 'so '))
  await until('it has arrived', () => textOf(client.document).toString() === 'so hello')
  expect(await opened.read('text', { root: 't' })).toBe('so hello')
})

test('INSIDE-2: a promise is no change, nor what is done later to the copy', async () => {
  const late: (document: Y.Doc) => unknown = async (document) => {
    textOf(document).insert(0, 'late')
    await Promise.resolve()
  }
  await expect(opened.transact(late)).rejects.toThrow('gave a promise')
  let kept: Y.Doc | undefined
  await opened.transact((document: Y.Doc) => {
    kept = document
    textOf(document).insert(0, 'kept')
  })
  if (kept !== undefined) textOf(kept).insert(0, 'stolen ')
  await opened.transact((document: Y.Doc) => textOf(document).insert(4, '!'))
  await until('it has arrived', () => textOf(client.document).toString() === 'kept!')
})

test('INSIDE-2: what is refused rejects, and what follows is as if it never was', async () => {
  const small = startServer({ document_bytes_max: 1_024 })
  const document = await small.ytopic.documents.open('small')
  const much = document.transact((doc: Y.Doc) => textOf(doc).insert(0, 'x'.repeat(2_000)))
  await expect(much).rejects.toMatchObject({ kind: 'document-full' })
  await document.transact((doc: Y.Doc) => textOf(doc).insert(0, 'little'))
  expect(await document.read('text')).toBe('little')
  await small.stop()
})

test('INSIDE-7: what is too large for a copy is read and changed by content', async () => {
  textOf(client.document).insert(0, 'x'.repeat(80_000))
  await until('it is there', async () => (await opened.read('text').catch(() => '')).length > 0)
  const change = opened.transact((document: Y.Doc) => textOf(document).insert(0, 'y'))
  await expect(change).rejects.toMatchObject({ kind: 'replica-too-large' })
  expect(await opened.edit({ append: 'y' })).toBe(true)
  await until('it has arrived', () => textOf(client.document).toString().endsWith('xy'))
})

test('INSIDE-7: typing costs a program nothing that has the document open', async () => {
  await opened.transact((document: Y.Doc) => textOf(document).insert(0, 'a'))
  let applied = 0
  await opened.transact((document: Y.Doc) => document.on('update', () => applied++))
  for (let index = 0; index < 50; index++) textOf(client.document).insert(0, 'b')
  await until('all is there', async () => (await opened.read('text')).length === 51)
  expect(applied).toBe(0)
  const length = await opened.transact((document: Y.Doc) => textOf(document).length)
  expect([length, applied]).toEqual([51, 1])
})

/** A store whose appends can be made to wait. */
class HeldStore extends DelegatingStore {
  asked = 0
  #gate: PromiseWithResolvers<undefined> | undefined

  constructor() {
    super(createMemoryStore())
  }

  hold(): void {
    this.#gate = Promise.withResolvers()
  }

  release(): void {
    this.#gate?.resolve(undefined)
  }

  override async append(...batch: Parameters<DelegatingStore['append']>) {
    this.asked++
    await this.#gate?.promise
    return super.append(...batch)
  }
}
