import { expect, test } from 'bun:test'
import * as Y from 'yjs'
import { EditBook, tokenOf } from './edit-book.ts'
import { runRounds } from './rounds.ts'
import { compareAll } from './stored.ts'
import { noCounts, tooLittle } from './tally.ts'
import { tokensOf } from './writer.ts'

test('CRASH-1, CRASH-2, CRASH-3: kills under load lose and double nothing', async () => {
  const { counts, faults } = await runRounds({ rounds: 10, seed: 1 })
  expect(faults).toEqual([])
  expect(tooLittle(counts)).toEqual([])
}, 120_000)

test('CRASH-8: kills of a server of relaxed durability lose and double nothing', async () => {
  const { counts, faults } = await runRounds({ rounds: 2, seed: 3, durability: 'relaxed' })
  expect(faults).toEqual([])
  expect(counts.receipts).toBeGreaterThan(50)
}, 120_000)

test('CRASH-4: a server that calls saved what it has not written is found out', async () => {
  const { faults } = await runRounds({ rounds: 3, seed: 2, lie: true })
  expect(faults.join('\n')).toContain('was called saved and is lost')
}, 120_000)

test('CRASH-4: a run in which too little happens is told', () => {
  expect(tooLittle({ ...noCounts(), rounds: 10 })).not.toEqual([])
})

/** A document with two tokens of a writer, the second one taken back, all called saved. */
function stage() {
  const document = new Y.Doc()
  document.clientID = 7
  const book = new EditBook('a', 7)
  tokensOf(document).push([book.write()])
  tokensOf(document).push([book.write()])
  tokensOf(document).delete(1)
  book.remove(1)
  book.saved(Y.encodeStateAsUpdate(document))
  const faults = (): string => compareAll(new Map([['a', document]]), [book]).join('\n')
  return { document, book, faults }
}

test('CRASH-4: a sound document has no fault', () => {
  const { book, faults } = stage()
  expect(book).toMatchObject({ receipts: 3, unsaved: 0, edits: 3 })
  expect(faults()).toBe('')
})

test.each([
  ['a doubled token', (tokens: Y.Array<string>) => tokens.push([tokenOf(7, 0)]), '7:0 is there 2'],
  [
    'a removal undone',
    (tokens: Y.Array<string>) => tokens.push([tokenOf(7, 1)]),
    '7:1 was removed',
  ],
  ['a token of nobody', (tokens: Y.Array<string>) => tokens.push(['8:0']), 'nobody wrote 8:0'],
  ['a token gone', (tokens: Y.Array<string>) => tokens.delete(0), '7:0 is stored, not shown'],
])('CRASH-4: %s is told', (_, change, sentence) => {
  const { document, faults } = stage()
  change(tokensOf(document))
  expect(faults()).toContain(sentence)
})

test('CRASH-4: an edit that is called saved and not in the store is told', () => {
  const { book } = stage()
  expect(compareAll(new Map(), [book]).join('\n')).toContain('7:0 was called saved and is lost')
})
