import { describe, expect, test } from 'bun:test'
import { refusals } from '../../../src/base/errors.ts'
import { logEvents } from '../../../src/base/log-events.ts'
import { codeFiles } from './checkout.ts'
import { sentenceViolations } from './checks/words.ts'

test('HOUSE-25: what is thrown or refused with is a sentence', () => {
  expect(codeFiles().flatMap(sentenceViolations)).toEqual([])
})

/** What happened; and behind a comma, semicolon or colon what it means or what to do. */
const twoHalves = /^[A-Z][^;:,]*[;:,] .+\.$/

test('HOUSE-25: a refusal says what happened and what to do', () => {
  const short = Object.entries(refusals).filter(([, { sentence }]) => !twoHalves.test(sentence))
  expect(short.map(([kind]) => kind)).toEqual([])
})

test('HOUSE-25: so does each event of the log', () => {
  const short = Object.entries(logEvents).filter(([, sentence]) => !twoHalves.test(sentence))
  expect(short.map(([event]) => event)).toEqual([])
})

describe('the check', () => {
  const file = (text: string) => ({ path: 'src/base/a.ts', text })
  test.each([
    ["throw new Error('a limit has no value')"],
    ["throw new StoreError(\n  'damaged',\n  `${file} is damaged`,\n)"],
    ["const found = { kind: 'bad-frame', reason: 'unknown type' }"],
    ["return denied('Not you')"],
  ])('HOUSE-14: a check of sentences finds %j', (text) => {
    expect(sentenceViolations(file(text))).toHaveLength(1)
  })
  test.each([
    ["throw new Error('A limit has no value.')"],
    ["throw new RefusalError('not-found')"],
    ["throw new StoreError('damaged', `${file} is damaged; ${remedy}`, { cause: error })"],
    ["throw new Error('One ' +\n  'sentence.')"],
    ['throw new StoreError(kind, message)'],
    ["// throw new Error('a limit')"],
  ])('HOUSE-14: a check of sentences lets %j pass', (text) => {
    expect(sentenceViolations(file(text))).toEqual([])
  })
})
