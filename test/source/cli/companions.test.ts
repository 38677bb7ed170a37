import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { freshDirectory } from '../../support/harness/process.ts'
import { fill, typed, ytopic } from './stage.ts'

/** The names that a data directory has, with whether they are deleted. */
async function namesIn(data: string): Promise<readonly (readonly [string, boolean])[]> {
  const { out } = await ytopic('documents', '--json', '--data', data)
  return out
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { document: string; deleted?: number })
    .map(({ deleted, document }) => [document, deleted !== undefined])
}

test('TOOLS-16: what is beside a document goes with it through every tool', async () => {
  const directory = await freshDirectory()
  const data = join(directory.path, 'data')
  const { updates } = typed('words')
  const names = ['notes', 'notes2', 'notes::comments', 'notes::other', 'other']
  await fill(data, Object.fromEntries(names.map((name) => [name, updates])))
  const all = (deleted: boolean): readonly (readonly [string, boolean])[] =>
    names.map((name) => [name, deleted && /^notes(?:$|:)/.test(name)])
  const run = async (...words: readonly string[]): Promise<void> => {
    const { code, err } = await ytopic(...words, '--data', data)
    expect({ words, code, err }).toEqual({ words, code: 0, err: '' })
  }
  await run('delete', 'notes')
  expect(await namesIn(data)).toEqual(expect.arrayContaining(all(true)))
  await run('undelete', 'notes')
  expect(await namesIn(data)).toEqual(all(false))
  const file = join(directory.path, 'backup.sqlite')
  await run('backup', file)
  await run('delete', 'notes')
  await run('purge', 'notes')
  expect(await namesIn(data)).toEqual([
    ['notes2', false],
    ['other', false],
  ])
  const copy = join(directory.path, 'copy')
  expect((await ytopic('restore', file, '--data', copy)).code).toBe(0)
  expect(await namesIn(copy)).toEqual(all(false))
  await directory.remove()
}, 120_000)

test('TOOLS-15: what is imported is a version that says so', async () => {
  const directory = await freshDirectory()
  const data = join(directory.path, 'data')
  const [update, text] = ['in.yupdate', 'in.txt'].map((name) => join(directory.path, name))
  if (update === undefined || text === undefined) throw new Error('no files')
  await fill(join(directory.path, 'from'), { a: typed('one').updates })
  await ytopic('export', 'a', '--output', update, '--data', join(directory.path, 'from'))
  await Bun.write(text, 'two')
  const kinds = async (): Promise<readonly unknown[]> => {
    const { out } = await ytopic('versions', 'a', '--json', '--data', data)
    return out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { kind: string }).kind)
  }
  const run = (...words: readonly string[]) =>
    ytopic('import', ...words, '--document', 'a', '--data', data)
  expect((await run(update)).err).toBe('')
  expect(await kinds()).toEqual(['import'])
  // Nothing new is no new version.
  await run(update)
  expect(await kinds()).toEqual(['import'])
  expect((await run(text, '--format', 'text', '--root', 't')).code).toBe(0)
  expect(await kinds()).toEqual(['import', 'import'])
  await directory.remove()
}, 120_000)
