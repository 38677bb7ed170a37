import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'bun:test'
import { Database } from 'bun:sqlite'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as Y from 'yjs'
import { Batch, type Store } from '../../../persistence/store.ts'
import { openPostgresStore } from '../../../persistence/postgres/store.ts'
import { startPostgres, type TestPostgres } from '../../support/harness/postgres.ts'
import { freshDirectory } from '../../support/harness/process.ts'
import { typed, ytopic } from './stage.ts'

const slowMs = 120_000
let postgres: TestPostgres
let directory: Awaited<ReturnType<typeof freshDirectory>>

beforeAll(async () => {
  postgres = await startPostgres()
}, slowMs)
afterAll(() => postgres.stop())
beforeEach(async () => {
  directory = await freshDirectory()
})
afterEach(async () => {
  await postgres.sql.unsafe('DROP SCHEMA IF EXISTS ytopic CASCADE')
  await directory.remove()
})

async function onDatabase<Result>(work: (store: Store) => Promise<Result>): Promise<Result> {
  const store = await openPostgresStore({ url: postgres.url })
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

/** Each update in a row of its own. */
function write(name: string, text: string): Promise<void> {
  return onDatabase(async (store) => {
    for (const update of typed(text).updates) {
      const batch = new Batch()
      batch.add(name, update)
      await store.append(batch)
    }
  })
}

const tool = (...words: readonly string[]) => ytopic(...words, '--store', postgres.url)

function textOf(update: Uint8Array): string {
  const document = new Y.Doc()
  Y.applyUpdate(document, update)
  return document.getText('t').toString()
}

test(
  'TOOLS-19: documents and export read a database, and say what is not there',
  async () => {
    await write('notes', 'some text')
    await write('gone', 'other')
    await onDatabase((store) => store.delete('gone'))
    const listed = await tool('documents', '--json')
    const lines = listed.out.trim().split('\n')
    const found = lines.map((line): unknown => JSON.parse(line))
    expect(found).toEqual([
      expect.objectContaining({ document: 'gone', deleted: expect.any(Number) }),
      expect.objectContaining({ document: 'notes' }),
    ])
    const exported = await tool('export', 'notes')
    expect([exported.code, textOf(exported.bytes)]).toEqual([0, 'some text'])
    const none = await tool('export', 'none')
    expect([none.code, none.err.trim().split('\n').length]).toEqual([1, 1])
  },
  slowMs,
)

test(
  'TOOLS-19: compact folds what is in a database, and changes nothing else',
  async () => {
    await write('notes', 'some text')
    expect((await tool('compact')).code).toBe(0)
    const stored = await onDatabase((store) => store.load('notes'))
    expect([stored.log.length, textOf(stored.snapshot ?? new Uint8Array())]).toEqual([
      0,
      'some text',
    ])
  },
  slowMs,
)

test(
  'TOOLS-19: import puts an update into a database, beside what is there',
  async () => {
    const file = join(directory.path, 'notes.yupdate')
    const document = new Y.Doc()
    document.getText('t').insert(0, 'brought')
    await writeFile(file, Y.encodeStateAsUpdate(document))
    expect((await tool('import', file, '--document', 'notes')).code).toBe(0)
    expect((await tool('export', 'notes', '--format', 'text', '--root', 't')).out).toBe('brought')
  },
  slowMs,
)

test(
  'TOOLS-19: import --from takes in the documents of another system',
  async () => {
    const file = join(directory.path, 'hocuspocus.sqlite')
    const theirs = new Database(file)
    theirs.run('CREATE TABLE documents (name TEXT, data BLOB)')
    const document = new Y.Doc()
    document.getText('t').insert(0, 'theirs')
    const insert = theirs.query('INSERT INTO documents VALUES (?, ?)')
    for (const name of ['a', 'b']) insert.run(name, Y.encodeStateAsUpdate(document))
    theirs.close()
    const taken = await tool('import', '--from', 'hocuspocus', file)
    expect([taken.err, taken.code]).toEqual(['', 0])
    expect(textOf((await tool('export', 'b')).bytes)).toBe('theirs')
  },
  slowMs,
)

test(
  'TOOLS-19: recover takes back what was set aside in a database',
  async () => {
    await write('notes', 'some text')
    await onDatabase(async (store) => {
      const [first] = (await store.load('notes')).log
      await store.quarantine('notes', first?.sequence ?? 0, 'The test said so.')
    })
    const recovered = await tool('recover')
    expect([recovered.code, recovered.out.includes('1 put back')]).toEqual([0, true])
    expect(textOf((await tool('export', 'notes')).bytes)).toBe('some text')
  },
  slowMs,
)

test(
  'TOOLS-20: a row that does not check out goes aside into a file and back into a database',
  async () => {
    await write('notes', 'some text')
    await write('whole', 'other')
    await postgres.sql.unsafe(
      `UPDATE ytopic.log SET bytes = bytes || '\\x00' WHERE sequence =
         (SELECT max(sequence) FROM ytopic.log l JOIN ytopic.document d ON d.id = l.document
          WHERE d.name = 'notes')`,
    )
    const file = join(directory.path, 'a.sqlite')
    expect((await tool('backup', file)).code).toBe(0)
    const back = await ytopic('restore', file, '--data', join(directory.path, 'data'))
    expect([back.code, back.out.includes('does not match its checksum')]).toEqual([1, true])
    await postgres.sql.unsafe('DROP SCHEMA ytopic CASCADE')
    const again = await tool('restore', file)
    expect([again.code, again.out.includes('does not match its checksum')]).toEqual([1, true])
    expect(textOf((await tool('export', 'whole')).bytes)).toBe('other')
    const left = await tool('export', 'notes')
    expect([left.code, 'some text'.startsWith(textOf(left.bytes))]).toEqual([1, true])
  },
  slowMs,
)
