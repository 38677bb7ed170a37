import { expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { cp, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import * as Y from 'yjs'
import { openSqliteStore, sqliteFileName } from '../../../persistence/sqlite/store.ts'
import { freshDirectory, startProcess } from '../../support/harness/process.ts'
import { connect, synced } from '../../support/harness/provider.ts'
import { until } from '../../support/harness/wait.ts'
import { fill, flip, sql, storedDocument, textOf, typed, ytopic } from './stage.ts'

test('TOOLS-1: what is backed up under load comes back whole, the same and verified', async () => {
  const directory = await freshDirectory()
  const data = join(directory.path, 'data')
  const file = join(directory.path, 'backup.sqlite')
  const copy = join(directory.path, 'copy')
  const steady = typed('what stood before')
  await fill(data, { steady: steady.updates })
  const server = await startProcess(data)
  const client = connect(`${server.url}/ws`, 'busy')
  await synced(client)
  const text = client.document.getText('t')
  const typing = setInterval(() => text.insert(text.length, 'x'), 2)
  await until('some is on disk', async () => (await stored(server.http)) > 20)
  const saved = await ytopic('backup', file, '--data', data)
  clearInterval(typing)
  expect([saved.code, saved.err]).toEqual([0, ''])
  client.end()
  await server.end('SIGTERM')
  const back = await ytopic('restore', file, '--data', copy)
  expect(back.out).toContain('all sound')
  expect((await ytopic('verify', '--data', copy)).code).toBe(0)
  const restored = await storedDocument(copy, 'steady')
  expect(Y.encodeStateVector(restored)).toEqual(Y.encodeStateVector(steady.document))
  expect(textOf(restored)).toBe('what stood before')
  // As of one moment: a beginning of what was typed, without a hole.
  const beginning = textOf(await storedDocument(copy, 'busy'))
  expect(beginning).not.toBe('')
  expect(textOf(await storedDocument(data, 'busy')).startsWith(beginning)).toBe(true)
  await directory.remove()
}, 60_000)

test('TOOLS-1: a backup overwrites nothing and leaves nothing half behind', async () => {
  const directory = await freshDirectory()
  const data = join(directory.path, 'data')
  const file = join(directory.path, 'backup.sqlite')
  await fill(data, { a: typed('a').updates })
  await Bun.write(file, 'mine')
  const refused = await ytopic('backup', file, '--data', data)
  expect([refused.code, refused.err.trim().split('\n').length]).toEqual([1, 1])
  expect(refused.err).toContain('exists already')
  expect(await Bun.file(file).text()).toBe('mine')
  const nowhere = await ytopic('backup', join(directory.path, 'no', 'where'), '--data', data)
  expect([nowhere.code, nowhere.err.trim().split('\n').length]).toEqual([1, 1])
  expect(existsSync(join(directory.path, 'no'))).toBe(false)
  await directory.remove()
})

test('TOOLS-2: restore refuses documents, running servers and files of others', async () => {
  const directory = await freshDirectory()
  const data = join(directory.path, 'data')
  const file = join(directory.path, 'backup.sqlite')
  const other = join(directory.path, 'other')
  await fill(data, { a: typed('a').updates })
  await ytopic('backup', file, '--data', data)
  const full = await ytopic('restore', file, '--data', data)
  expect([full.code, full.err.includes('has 1 document already')]).toEqual([1, true])
  const server = await startProcess(other)
  const running = await ytopic('restore', file, '--data', other)
  await server.end('SIGTERM')
  expect([running.code, running.err.includes(`in use by process ${server.pid}`)]).toEqual([1, true])
  // Only a server that has stopped without a document leaves room.
  expect((await ytopic('restore', file, '--data', other)).code).toBe(0)
  const text = join(directory.path, 'notes.txt')
  await Bun.write(text, 'not a database, but long enough to be looked at '.repeat(50))
  const strange = await ytopic('restore', text, '--data', join(directory.path, 'third'))
  expect([strange.code, strange.err.trim().split('\n').length]).toEqual([1, 1])
  expect(existsSync(join(directory.path, 'third'))).toBe(false)
  await directory.remove()
}, 60_000)

test('TOOLS-3: verify names each damaged entry, changes nothing and ends with 1', async () => {
  const directory = await freshDirectory()
  const data = directory.path
  const unsound = Uint8Array.of(1, 2, 3)
  await fill(data, { folded: typed('folded').updates, sound: typed('sound').updates })
  await ytopic('compact', '--data', data)
  await fill(data, { logged: typed('log').updates, unsound: [unsound] })
  const all = await ytopic('verify', '--data', data)
  expect([all.code, all.out.includes('document "unsound", entry ')]).toEqual([1, true])
  const first = '(SELECT min(sequence) FROM log)'
  sql(data, flip('log', `sequence = ${first}`))
  sql(data, flip('snapshot', `document = (SELECT id FROM document WHERE name = 'folded')`))
  const once = await ytopic('verify', '--data', data)
  const again = await ytopic('verify', '--data', data)
  expect([once.code, again.out]).toEqual([1, once.out])
  const lines = once.out.trim().split('\n')
  expect(lines).toHaveLength(4)
  expect(once.out).toContain('document "folded", snapshot: It does not match its checksum.')
  expect(once.out).toContain('document "logged", entry ')
  expect(once.out).not.toContain('"sound"')
  expect(lines.at(-1)).toStartWith('4 documents, ')
  await directory.remove()
}, 60_000)

test('TOOLS-11: documents tells when each was written and made, or that nobody knows', async () => {
  const directory = await freshDirectory()
  const data = join(directory.path, 'data')
  const before = Date.now()
  await fill(data, { a: typed('a').updates })
  const { out } = await ytopic('documents', '--data', data)
  const minute = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d`
  expect(out).toMatch(new RegExp(`"a"  written ${minute}, made ${minute}; 1 update `))
  const json = await ytopic('documents', '--json', '--data', data)
  const { created, changed } = JSON.parse(json.out) as { created: number; changed: number }
  for (const time of [created, changed]) {
    expect(time).toBeGreaterThanOrEqual(before)
    expect(time).toBeLessThanOrEqual(Date.now())
  }
  const first = join(import.meta.dir, '../../support/fixtures/data/0.1.0.sqlite')
  const old = join(directory.path, 'old')
  await mkdir(old)
  await cp(first, join(old, sqliteFileName))
  const unknown = await ytopic('documents', '--data', old)
  expect(unknown.code).toBe(0)
  for (const line of unknown.out.trim().split('\n')) {
    expect(line).toContain('written unknown, made unknown; ')
  }
  await directory.remove()
}, 60_000)

test('TOOLS-3: verify and documents work while a server runs', async () => {
  const directory = await freshDirectory()
  await fill(directory.path, { 'a/b': typed('here').updates })
  const server = await startProcess(directory.path)
  const [checked, listed] = await Promise.all([
    ytopic('verify', '--data', directory.path),
    ytopic('documents', '--json', '--data', directory.path),
  ])
  await server.end('SIGTERM')
  expect([checked.code, checked.err]).toEqual([0, ''])
  expect(JSON.parse(listed.out)).toMatchObject({ document: 'a/b', snapshotBytes: 0, logRows: 4 })
  await directory.remove()
}, 60_000)

test('TOOLS-1, TOOLS-3: versions are backed up with the rest, and a bad one is named', async () => {
  const directory = await freshDirectory()
  const [data, copy] = [join(directory.path, 'data'), join(directory.path, 'copy')]
  const file = join(directory.path, 'backup.sqlite')
  await fill(data, { notes: typed('a').updates })
  const store = await openSqliteStore({ directory: data })
  const version = { document: 'notes', epoch: 1, after: undefined, authors: [], stateBytes: 1 }
  const bytes = Uint8Array.of(1, 2, 3)
  const kept = { ...version, kind: 'auto', form: 'keyframe', bytes } as const
  const { id = '' } = (await store.versions?.add(kept)) ?? {}
  await store.close()
  await ytopic('backup', file, '--data', data)
  expect((await ytopic('restore', file, '--data', copy)).code).toBe(0)
  const restored = await openSqliteStore({ directory: copy })
  expect(await restored.versions?.chain('notes', id)).toMatchObject({ links: [{ bytes }] })
  await restored.close()
  sql(copy, 'UPDATE version SET checksum = checksum + 1')
  const checked = await ytopic('verify', '--data', copy)
  expect(checked.code).toBe(1)
  const fault = `document "notes", version ${id}: It does not match its checksum.`
  expect(checked.out).toContain(fault)
  await directory.remove()
}, 60_000)

/** Updates that the server has written since its start. */
async function stored(http: string): Promise<number> {
  const page = (await (await fetch(`${http}/healthz`)).json()) as {
    metrics: { updatesStored: number }
  }
  return page.metrics.updatesStored
}
