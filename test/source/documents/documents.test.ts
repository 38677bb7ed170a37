import { afterEach, beforeEach, expect, test } from 'bun:test'
import * as Y from 'yjs'
import { connect, synced } from '../../support/harness/provider.ts'
import { startServer, type TestServer } from '../../support/harness/server.ts'
import { until } from '../../support/harness/wait.ts'
import { type Documents, RefusalError } from '../../../src/ytopic.ts'

let server: TestServer
let documents: Documents
const who = { id: 'robot', name: 'Robot' }

beforeEach(() => {
  server = startServer()
  ;({ documents } = server.ytopic)
})
afterEach(() => server.stop())

async function kindOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  return error instanceof RefusalError ? error.kind : String(error)
}

test('INSIDE-5: documents are made, told, listed, deleted, brought back and purged', async () => {
  const made = await documents.create({ name: 'a/b', content: 'hello', root: 't', who })
  expect(made).toMatchObject({ name: 'a/b', roots: [{ name: 't', kind: 'text' }], sessions: 0 })
  expect(await kindOf(documents.create({ name: 'a/b' }))).toBe('document-exists')
  expect(await kindOf(documents.create({ name: 'a/b', content: 'x' }))).toBe('document-exists')
  const { name } = await documents.create()
  expect(name).toHaveLength(36)
  const names = async (page = {}) => (await documents.list(page)).map((one) => one.name)
  expect((await names()).toSorted()).toEqual([name, 'a/b'].toSorted())
  expect(await names({ prefix: 'a/' })).toEqual(['a/b'])
  await documents.delete('a/b')
  expect(await kindOf(documents.get('a/b'))).toBe('document-deleted')
  expect(await names({ deleted: true })).toEqual(['a/b'])
  await documents.undelete('a/b')
  expect((await documents.get('a/b')).roots).toHaveLength(1)
  expect(await kindOf(documents.purge('a/b'))).toBe('document-live')
  await documents.delete('a/b')
  await documents.purge('a/b')
  expect(await kindOf(documents.get('a/b'))).toBe('not-found')
  expect(await kindOf(documents.get('a\ud800'))).toBe('bad-name')
})

test('INSIDE-5: versions are kept and restored, in the name of who does it', async () => {
  const notes = await documents.open('notes', { who })
  await notes.edit({ replace: 'one', root: 't' })
  const first = await documents.keep('notes', { name: 'First' })
  await notes.transact((document: Y.Doc) => document.getText('t').insert(3, ', two'))
  const { before, version } = await documents.restore('notes', first.id, { who: { id: 'ada' } })
  expect(await notes.read('text')).toBe('one')
  const kept = await documents.versions('notes')
  expect(kept.map(({ id }) => id)).toEqual([version, before, first.id])
  expect(first).toMatchObject({ kind: 'named', name: 'First', authors: [who] })
  expect(kept[0]).toMatchObject({ kind: 'restored', authors: [{ id: 'ada' }] })
  expect(kept[1]).toMatchObject({ kind: 'before-restore', authors: [who] })
  expect(await kindOf(documents.versions('nowhere'))).toBe('not-found')
})

test('INSIDE-4: content is read and changed in the forms of requests', async () => {
  const notes = await documents.open('notes', { who })
  expect(await notes.edit({ replace: 'one two three', root: 't' })).toBe(true)
  expect(await notes.edit({ replace: 'one two three', root: 't' })).toBe(false)
  const client = connect(`${server.url}/ws`, 'notes')
  await synced(client)
  const text = client.document.getText('t')
  const caret = Y.createRelativePositionFromTypeIndex(text, 8)
  expect(await notes.edit({ replace: 'one 2 three', root: 't' })).toBe(true)
  expect(await notes.edit({ append: '!', root: 't' })).toBe(true)
  await until('it has arrived', () => text.toString() === 'one 2 three!')
  const place = Y.createAbsolutePositionFromRelativePosition(caret, client.document)
  expect(place?.index).toBe(6)
  expect(await notes.read('json')).toEqual({ t: 'one 2 three!' })
  expect(await notes.read('delta', { root: 't' })).toEqual([{ insert: 'one 2 three!' }])
  const whole = new Y.Doc()
  Y.applyUpdate(whole, await notes.read('update'))
  expect(whole.getText('t').toString()).toBe('one 2 three!')
  expect(await kindOf(notes.edit({}))).toBe('bad-request')
  client.end()
})

test('INSIDE-6: a document that is deleted is closed to the program as to everybody', async () => {
  const notes = await documents.open('notes', { who })
  await notes.transact((document: Y.Doc) => document.getText('t').insert(0, 'a'))
  await documents.delete('notes')
  const change = (): Promise<void> =>
    notes.transact((document: Y.Doc) => document.getText('t').insert(0, 'b'))
  expect(await kindOf(change())).toBe('document-deleted')
  expect(await kindOf(documents.open('notes'))).toBe('document-deleted')
  await documents.undelete('notes')
  await change()
  expect(await notes.read('text')).toBe('ba')
})

test('INSIDE-6: what is closed, or whose server has ended, takes nothing', async () => {
  const [one, other] = [await documents.open('notes'), await documents.open('notes')]
  one.close()
  expect(await kindOf(one.read('json'))).toBe('handle-closed')
  await other.transact((document: Y.Doc) => document.getText('t').insert(0, 'a'))
  const waiting = other.transact((document: Y.Doc) => document.getText('t').insert(0, 'b'))
  const stopped = server.ytopic.stop()
  expect(['undefined', 'handle-closed']).toContain(await kindOf(waiting))
  expect(await stopped).toMatchObject({ written: true })
  expect(await kindOf(documents.open('notes'))).toBe('draining')
})
