import { expect, test } from 'bun:test'
import { join, resolve } from 'node:path'
import * as Y from 'yjs'
import { openSqliteStore, sqliteFileName } from '../../../persistence/sqlite/store.ts'
import { craftUpdate } from '../../support/harness/crafted.ts'
import { freshDirectory, startProcess } from '../../support/harness/process.ts'
import { RawClient } from '../../support/harness/raw-client.ts'
import { fill, storedDocument, textOf, typed, ytopic } from './stage.ts'

/**
 * A database of version 0.1.0: its server took `moved` in three updates, `torn` in two and `sound`
 * in one and was killed; a bit of the last row of `torn` was flipped; then it was started with
 * `--document-bytes-max 4KiB`, and when all three were opened it set aside the second update of
 * `moved`.
 */
const fixture = resolve(import.meta.dir, '../../support/fixtures/data/0.1.0-set-aside.sqlite.gz')

test('TOOLS-10: what version 0.1.0 set aside for a lowered limit comes back', async () => {
  const directory = await freshDirectory()
  const { path: data } = directory
  const packed = await Bun.file(fixture).bytes()
  await Bun.write(join(data, sqliteFileName), Bun.gunzipSync(packed))
  expect((await ytopic('verify', '--data', data)).out).toContain('2 faults')
  const { code, out } = await ytopic('recover', '--data', data)
  const torn = 'document "torn", entry 5: Log row 5 does not match its checksum.'
  expect([code, out]).toEqual([
    1,
    `put back: document "moved", entry 2\nstill set aside: ${torn}\n` +
      '1 put back, 1 still set aside\n',
  ])
  const server = await startProcess(data, 0, ['--document-bytes-max', '4KiB'])
  const client = await (await RawClient.connect(`${server.url}/ws/moved`)).open()
  const text = `before, ${'large '.repeat(1_000)}and after`
  expect(textOf(client.document())).toBe(text)
  await server.end('SIGTERM')
  // Nothing is set aside again, and there is nothing more to do.
  expect((await ytopic('verify', '--data', data)).out).toContain('1 fault')
  const again = await ytopic('recover', 'moved', '--data', data)
  expect([again.code, again.out]).toEqual([0, '0 put back, 0 still set aside\n'])
  expect(textOf(await storedDocument(data, 'moved'))).toBe(text)
  expect(textOf(await storedDocument(data, 'torn'))).toBe('first, ')
  const unknown = await ytopic('recover', 'nobody', '--data', data)
  expect([unknown.code, unknown.err]).toEqual([
    1,
    'ytopic recover: There is no document "nobody".\n',
  ])
  await directory.remove()
}, 120_000)

test('TOOLS-10: of an entry that does not apply, what applies is put back', async () => {
  const directory = await freshDirectory()
  const { path: data } = directory
  const deep = new Y.Doc()
  deep.transact(() => {
    let map = deep.getMap('deep')
    for (let level = 0; level < 20_000; level++) {
      const inner = new Y.Map<unknown>()
      map.set('a', inner)
      map = inner
    }
  })
  const { updates } = typed('honest')
  const bad = craftUpdate([], [{ client: deep.clientID, clock: 0, length: 1 }])
  await fill(data, { mixed: [Y.encodeStateAsUpdate(deep), Y.mergeUpdates([...updates, bad])] })
  // As version 0.1.0 did it: all of the entry.
  const store = await openSqliteStore({ directory: data, durability: 'relaxed' })
  await store.quarantine('mixed', 2, 'It does not apply: Maximum call stack size exceeded.')
  await store.close()
  const { code, out } = await ytopic('recover', '--data', data)
  expect([code, out.split('\n')[0]]).toEqual([1, 'put back in part: document "mixed", entry 2'])
  expect(textOf(await storedDocument(data, 'mixed'))).toBe('honest')
  expect((await ytopic('recover', '--data', data)).out).toContain(
    'cannot be used: document "mixed"',
  )
  await directory.remove()
}, 120_000)
