import { expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { craftInsertsAtOnePlace } from '../../support/harness/crafted.ts'
import { freshDirectory } from '../../support/harness/process.ts'
import { fill, storedDocument, textOf, typed, ytopic, ytopicIn } from './stage.ts'

// A thread that starts on a busy machine is not late yet; that document is by minutes.
const hurried = { YTOPIC_FOLD_MS_MAX: '2s' }
const late = 'document "bad": The document could not be folded within 2 s (--fold-ms-max).'

test('TOOLS-9: a document that takes too long to load is named, and the others go on', async () => {
  const directory = await freshDirectory()
  const data = join(directory.path, 'data')
  const restored = join(directory.path, 'restored')
  const file = join(directory.path, 'backup.sqlite')
  const update = join(directory.path, 'update.bin')
  const bad = [1, 2].map((client) => craftInsertsAtOnePlace(client, 60_000))
  await fill(data, { bad, good: typed('all well').updates })
  const verified = await ytopicIn(hurried, 'verify', '--data', data)
  expect([verified.code, verified.out]).toEqual([
    1,
    `not folded: ${late}\n2 documents, 10 updates since snapshots, 720 kB: 1 fault\n`,
  ])
  expect((await ytopic('backup', file, '--data', data)).code).toBe(0)
  const back = await ytopicIn(hurried, 'restore', file, '--data', restored)
  expect([back.code, back.out]).toEqual([1, expect.stringContaining(`not folded: ${late}`)])
  const compacted = await ytopicIn(hurried, 'compact', '--data', data)
  expect([compacted.code, compacted.out]).toEqual([
    1,
    `left as it is: ${late}\n1 of 2 documents had updates to fold\n`,
  ])
  expect(textOf(await storedDocument(data, 'good'))).toBe('all well')

  const out = await ytopicIn(hurried, 'export', 'bad', '--output', update, '--data', data)
  expect([out.code, out.err.includes('not folded, and written as its updates')]).toEqual([0, true])
  const into = await ytopicIn(hurried, 'import', update, '--document', 'new', '--data', restored)
  expect([into.code, into.out.includes('1 of 1 document imported')]).toEqual([0, true])
  await directory.remove()
}, 120_000)

test('TOOLS-9: a limit in the environment that is none is a mistake', async () => {
  const data = './nowhere'
  const { code, err } = await ytopicIn({ YTOPIC_FOLD_MS_MAX: 'soon' }, 'verify', '--data', data)
  expect([code, existsSync(data)]).toEqual([2, false])
  expect(err).toContain("YTOPIC_FOLD_MS_MAX takes 100ms to 10m, not 'soon'")
})

test('TOOLS-4: what export writes import takes, also above the limit of a document', async () => {
  const directory = await freshDirectory()
  const [data, other] = [join(directory.path, 'data'), join(directory.path, 'other')]
  const file = join(directory.path, 'large.bin')
  const small = { YTOPIC_DOCUMENT_BYTES_MAX: '1KiB' }
  await fill(data, { large: typed('large '.repeat(400)).updates })
  expect((await ytopicIn(small, 'export', 'large', '--output', file, '--data', data)).code).toBe(0)
  const taken = await ytopicIn(small, 'import', file, '--document', 'large', '--data', other)
  expect([taken.code, textOf(await storedDocument(other, 'large')).length]).toEqual([0, 2_400])
  expect((await ytopicIn(small, 'verify', '--data', other)).code).toBe(0)
  await directory.remove()
}, 60_000)
