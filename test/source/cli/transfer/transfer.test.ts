import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { LeveldbPersistence } from 'y-leveldb'
import * as Y from 'yjs'
import { freshDirectory, startProcess } from '../../../support/harness/process.ts'
import { connect, synced } from '../../../support/harness/provider.ts'
import { RawClient } from '../../../support/harness/raw-client.ts'
import { until } from '../../../support/harness/wait.ts'
import { fill, flip, main, sql, storedDocument, textOf, typed, ytopic } from '../stage.ts'

test('TOOLS-4: a document goes out as an update and comes in elsewhere the same', async () => {
  const directory = await freshDirectory()
  const data = join(directory.path, 'data')
  const other = join(directory.path, 'other')
  const file = join(directory.path, 'a.bin')
  const { document, updates } = typed('over and out')
  await fill(data, { 'a/b': updates })
  const piped = await ytopic('export', 'a/b', '--data', data)
  const filed = await ytopic('export', 'a/b', '--output', file, '--data', data)
  expect([piped.code, filed.code]).toEqual([0, 0])
  expect(Buffer.from(await Bun.file(file).bytes())).toEqual(Buffer.from(piped.bytes))
  expect((await ytopic('import', file, '--document', 'new', '--data', other)).code).toBe(0)
  const imported = await storedDocument(other, 'new')
  expect(Y.encodeStateVector(imported)).toEqual(Y.encodeStateVector(document))
  expect(textOf(imported)).toBe('over and out')
  const unknown = await ytopic('export', 'nobody', '--data', data)
  expect([unknown.code, unknown.err.trim()]).toEqual([
    1,
    'ytopic export: There is no document "nobody".',
  ])
  await directory.remove()
}, 60_000)

test('TOOLS-4: an import merges with what is there; an unsound one stores nothing', async () => {
  const directory = await freshDirectory()
  const data = join(directory.path, 'data')
  const file = join(directory.path, 'more.bin')
  const { document, updates } = typed('one')
  await fill(data, { a: updates })
  document.getText('t').insert(3, ', two')
  const whole = new Uint8Array(Y.encodeStateAsUpdate(document))
  await Bun.write(file, whole)
  expect((await ytopic('import', file, '--document', 'a', '--data', data)).code).toBe(0)
  expect(textOf(await storedDocument(data, 'a'))).toBe('one, two')
  await Bun.write(file, whole.subarray(0, whole.length - 3))
  const refused = await ytopic('import', file, '--document', 'b', '--data', data)
  expect([refused.code, refused.out]).toEqual([
    1,
    'left out: document "b": The update ends in the middle.\n0 of 1 document imported\n',
  ])
  expect((await ytopic('documents', '--json', '--data', data)).out).not.toContain('"b"')
  await directory.remove()
}, 60_000)

test('TOOLS-4: an update that only has to be put in order comes in so', async () => {
  const directory = await freshDirectory()
  const data = join(directory.path, 'data')
  const file = join(directory.path, 'yrs.bin')
  // Text with an item of length zero, as yrs wrote it.
  const fromYrs =
    'AQUHAAQBBHRleHQFaGVsbG+EBwQGIHdvcmxkxgcEBwUEYm9sZAR0cnVlxAcLBwUAxgcLBwUEYm9sZARudWxsAA=='
  await Bun.write(file, Uint8Array.fromBase64(fromYrs))
  expect((await ytopic('import', file, '--document', 'a', '--data', data)).code).toBe(0)
  const text = (await storedDocument(data, 'a')).getText('text')
  expect([text.toString(), (await ytopic('verify', '--data', data)).code]).toEqual([
    'hello world',
    0,
  ])
  await directory.remove()
}, 60_000)

test('TOOLS-12: a text file is called one, and what was expected is said', async () => {
  const directory = await freshDirectory()
  const data = join(directory.path, 'data')
  const file = join(directory.path, 'notes.md')
  await Bun.write(file, '# Notes\n\n- größer als ein Update\n')
  const { code, out } = await ytopic('import', file, '--document', 'a', '--data', data)
  expect(code).toBe(1)
  expect(out).toContain('left out: document "a": The file is text. A Yjs update (V1) is expected')
  await directory.remove()
})

test('TOOLS-12: nothing is exported to a terminal', async () => {
  const directory = await freshDirectory()
  const { path: data } = directory
  await fill(data, { a: typed('bytes').updates })
  const shown: Uint8Array[] = []
  await using terminal = new Bun.Terminal({ data: (_, bytes) => void shown.push(bytes.slice()) })
  const child = Bun.spawn([process.execPath, main, 'export', 'a', '--data', data], { terminal })
  expect(await child.exited).toBe(1)
  const text = (): string => Buffer.concat(shown).toString()
  const refusal = 'give --output FILE or a pipe.'
  await until('it is refused', () => text().includes(refusal))
  expect(text()).not.toContain('\0')
  await directory.remove()
}, 60_000)

test('TOOLS-4: an export leaves out what is damaged, and says so', async () => {
  const directory = await freshDirectory()
  const { path: data } = directory
  const file = join(data, 'rest.bin')
  await fill(data, { a: [...typed('rest').updates, Uint8Array.of(1, 2, 3)] })
  const { code, err } = await ytopic('export', 'a', '--output', file, '--data', data)
  expect([code, err.includes('left out: document "a", 5: It does not apply')]).toEqual([1, true])
  expect((await ytopic('import', file, '--document', 'b', '--data', data)).code).toBe(0)
  expect(textOf(await storedDocument(data, 'b'))).toBe('rest')
  await directory.remove()
}, 60_000)

test('TOOLS-4: an import takes the place of a damaged snapshot', async () => {
  const directory = await freshDirectory()
  const data = join(directory.path, 'data')
  const file = join(directory.path, 'whole.bin')
  const { document, updates } = typed('from a backup')
  await fill(data, { a: updates })
  await ytopic('compact', '--data', data)
  sql(data, flip('snapshot', '1'))
  await Bun.write(file, new Uint8Array(Y.encodeStateAsUpdate(document)))
  const { code, out } = await ytopic('import', file, '--document', 'a', '--data', data)
  expect([code, out.includes('mended: document "a"')]).toEqual([0, true])
  const server = await startProcess(data)
  const client = await (await RawClient.connect(`${server.url}/ws/a`)).open()
  expect(textOf(client.document())).toBe('from a backup')
  await server.end('SIGTERM')
  await directory.remove()
}, 60_000)

test('TOOLS-5: the documents of a Hocuspocus file come in; a bad one is named', async () => {
  const directory = await freshDirectory()
  const data = join(directory.path, 'data')
  const file = join(directory.path, 'hocuspocus.sqlite')
  const { document } = typed('from elsewhere')
  using database = new Database(file)
  // As @hocuspocus/extension-sqlite makes it.
  database.run(`CREATE TABLE IF NOT EXISTS "documents" (
    "name" varchar(255) NOT NULL, "data" blob NOT NULL, UNIQUE(name))`)
  const add = database.query('INSERT INTO documents (name, data) VALUES (?, ?)')
  add.run('good', Buffer.from(Y.encodeStateAsUpdate(document)))
  add.run('bad', Buffer.of(9, 9, 9))
  const done = await ytopic('import', '--from', 'hocuspocus', file, '--data', data)
  expect(done.code).toBe(1)
  expect(done.out).toContain('left out: document "bad"')
  expect(done.out).toContain('1 of 2 documents imported')
  expect(textOf(await storedDocument(data, 'good'))).toBe('from elsewhere')
  const strange = await ytopic('import', '--from', 'hocuspocus', import.meta.path, '--data', data)
  expect([strange.code, strange.err.trim().split('\n').length]).toEqual([1, 1])
  await directory.remove()
}, 60_000)

test('TOOLS-5: the documents of a y-leveldb directory come in, and it still opens', async () => {
  const directory = await freshDirectory()
  const data = join(directory.path, 'data')
  const level = join(directory.path, 'level')
  const { document, updates } = typed('kept in LevelDB')
  const persistence = new LeveldbPersistence(level)
  for (const update of updates) await persistence.storeUpdate('a/b', update)
  await persistence.storeUpdate('other', Y.encodeStateAsUpdate(document))
  await persistence.destroy()
  const done = await ytopic('import', '--from', 'y-leveldb', level, '--data', data)
  expect([done.code, done.err]).toEqual([0, ''])
  expect(done.out).toContain('2 of 2 documents imported')
  expect(textOf(await storedDocument(data, 'a/b'))).toBe('kept in LevelDB')
  const after = new LeveldbPersistence(level)
  expect(textOf(await after.getYDoc('other'))).toBe('kept in LevelDB')
  await after.destroy()
  const nothing = join(directory.path, 'nothing')
  const missing = await ytopic('import', '--from', 'y-leveldb', nothing, '--data', data)
  expect([missing.code, existsSync(nothing)]).toEqual([1, false])
  await directory.remove()
}, 60_000)

test('TOOLS-8: documents of y-leveldb are found by the path that their clients use', async () => {
  const directory = await freshDirectory()
  const data = join(directory.path, 'data')
  const level = join(directory.path, 'level')
  const persistence = new LeveldbPersistence(level)
  // As y-websocket's server keeps what its clients call 'my notes', '50% off', 'a/b' and so on.
  const paths = ['my%20notes', '50%%20off', 'a/b', 'a%2Fb', 'plain', 'latin%e9']
  for (const path of paths) {
    await persistence.storeUpdate(path, Y.encodeStateAsUpdate(typed(`${path} `).document))
  }
  await persistence.destroy()
  const done = await ytopic('import', '--from', 'y-leveldb', level, '--data', data)
  expect([done.code, done.err]).toEqual([0, ''])
  for (const line of [
    'imported: document "my notes", there "my%20notes", ',
    'imported: document "50% off", there "50%%20off", ',
    'imported: document "plain", ',
    'merged: "a/b" and "a%2Fb" are one document here, "a/b", and it has both',
    '6 of 6 documents imported',
  ]) {
    expect(done.out).toContain(line)
  }
  const server = await startProcess(data)
  for (const room of ['my notes', '50% off', 'plain']) {
    const client = connect(`${server.url}/ws`, room)
    await synced(client)
    const path = paths.find((spelled) => spelled.replaceAll('%20', ' ').replace('%%', '%') === room)
    expect(textOf(client.document)).toBe(`${path} `)
    client.end()
  }
  await server.end('SIGTERM')
  const both = textOf(await storedDocument(data, 'a/b'))
  expect([both.includes('a/b '), both.includes('a%2Fb '), both.length]).toEqual([true, true, 10])
  expect(textOf(await storedDocument(data, 'latin%e9'))).toBe('latin%e9 ')
  await directory.remove()
}, 60_000)

test('TOOLS-6: compact folds what it is told to, and the content stays', async () => {
  const directory = await freshDirectory()
  const { path: data } = directory
  await fill(data, { a: typed('alpha').updates, b: typed('beta').updates })
  expect((await ytopic('compact', 'a', '--data', data)).code).toBe(0)
  const rows = async (): Promise<unknown> => {
    const { out } = await ytopic('documents', '--json', '--data', data)
    const lines = out.trim().split('\n')
    return lines.map((line) => (JSON.parse(line) as { logRows: number }).logRows)
  }
  expect(await rows()).toEqual([0, 4])
  expect((await ytopic('compact', '--data', data)).out).toContain('1 of 2 documents')
  expect(await rows()).toEqual([0, 0])
  expect(textOf(await storedDocument(data, 'a'))).toBe('alpha')
  expect(textOf(await storedDocument(data, 'b'))).toBe('beta')
  expect((await ytopic('compact', 'c', '--data', data)).code).toBe(1)
  await directory.remove()
}, 60_000)

test('TOOLS-7: what writes refuses beside a running server, in one line', async () => {
  const directory = await freshDirectory()
  const { path: data } = directory
  const file = join(data, 'a.bin')
  await Bun.write(file, new Uint8Array(Y.encodeStateAsUpdate(typed('a').document)))
  const server = await startProcess(data)
  const ended = await Promise.all([
    ytopic('compact', '--data', data),
    ytopic('import', file, '--document', 'a', '--data', data),
  ])
  await server.end('SIGTERM')
  for (const { code, err } of ended) {
    expect(code).toBe(1)
    expect(err).toContain(`in use by process ${server.pid}`)
    expect(err.trim().split('\n')).toHaveLength(1)
  }
  await directory.remove()
}, 60_000)

test('TOOLS-7: a directory without documents is refused by what reads, and not made', async () => {
  const directory = await freshDirectory()
  const data = join(directory.path, 'none')
  for (const tool of [['verify'], ['documents'], ['export', 'a'], ['compact'], ['backup', 'f']]) {
    const { code, err } = await ytopic(...tool, '--data', data)
    expect([code, err.trim().split('\n').length]).toEqual([1, 1])
  }
  expect(existsSync(data)).toBe(false)
  await directory.remove()
}, 60_000)
