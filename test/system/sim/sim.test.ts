import { expect, test } from 'bun:test'
import { type Mutation, mutations } from './mutation.ts'
import { runSeed } from './run.ts'
import { runSeeds, tooLittle } from './tally.ts'

const seedsPerRun = 200
/** Seeds that have failed, and what they showed. */
const found: readonly (readonly [seed: number, showed: string])[] = [
  [121, 'a large log behind a snapshot went out in one piece that no socket took'],
  [749_463_617, 'a client that was behind got its own edits back before they were on disk'],
  [
    639_867_341,
    'known content came back whole to one who asked for echoes, more than its socket takes',
  ],
  [639_866_526, 'who had written more than may wait for the store was turned away for ever'],
  [300_470, 'whoever opened a large document without presence took over that of the others'],
]

/** Every mutation shows long before. */
const seedsPerMutation = 60

test('SIM-1, SIM-2, SIM-3, SIM-4, SIM-8: nothing is lost through enough trouble', () => {
  const tally = runSeeds(1, (done) => done < seedsPerRun)
  expect(tally.failed.map(({ seed, violations }) => ({ seed, violations }))).toEqual([])
  expect(tooLittle(tally)).toEqual([])
}, 120_000)

test.each([...found])('SIM-7: seed %d, when %s', (seed) => {
  expect(runSeed(seed).violations).toEqual([])
})

test('SIM-5: a seed repeats exactly, and another seed does something else', () => {
  const { hash, counts } = runSeed(7)
  expect(runSeed(7)).toMatchObject({ hash, counts })
  expect(runSeed(8).hash).not.toBe(hash)
})

test('SIM-5: a run in which too little happens is told', () => {
  const quiet = runSeeds(1, (done) => done < 1)
  expect(tooLittle({ ...quiet, seeds: 100 })).not.toEqual([])
})

test.each([...mutations])(
  'SIM-6: the simulation sees a world that %s',
  (mutation: Mutation) => {
    expect(firstSeen(mutation)).not.toEqual([])
  },
  120_000,
)

test('SIM-8: an editor that is shown a document in pieces deletes what was cut', () => {
  expect(firstSeen('cuts-what-is-whole')[0]).toContain('list items that nobody had made')
}, 120_000)

/** What the first seed shows that shows anything. */
function firstSeen(mutation: Mutation): readonly string[] {
  for (let seed = 1; seed <= seedsPerMutation; seed++) {
    const { violations } = runSeed(seed, mutation)
    if (violations.length > 0) return violations
  }
  return []
}
