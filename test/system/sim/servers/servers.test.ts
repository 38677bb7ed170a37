import { expect, test } from 'bun:test'
import { runSeeds, tooLittle } from '../tally.ts'
import { leastOfServers } from './counts.ts'
import { type Mutation, mutations } from './mutation.ts'
import { runServersSeed } from './run.ts'

const seedsPerRun = 30
/** Every mutation shows long before. */
const seedsPerMutation = 400
/** Where to look for what is rare: it takes a failover in the midst of a hole. */
const firstSeeds: Partial<Record<Mutation, number>> = { 'trusts-what-is-ahead': 110 }
/** Seeds that have failed, and what they showed. */
const found: readonly (readonly [seed: number, showed: string])[] = [
  [117, 'what a failover had lost was taken for stored, as others went on behind its number'],
  [315, 'what a failover had lost was forgotten by a server that folded the document meanwhile'],
]

test('SIM-9, SIM-10, SIM-11: nothing is lost among several servers', () => {
  const tally = runSeeds(1, (done) => done < seedsPerRun, undefined, runServersSeed)
  expect(tally.failed.map(({ seed, violations }) => ({ seed, violations }))).toEqual([])
  expect(tooLittle(tally, leastOfServers)).toEqual([])
}, 240_000)

test.each([...found])('SIM-7: seed %d of several servers, when %s', (seed) => {
  expect(runServersSeed(seed).violations).toEqual([])
})

test('SIM-5: a seed of several servers repeats exactly', () => {
  const { hash, counts, happened } = runServersSeed(7)
  expect(runServersSeed(7)).toMatchObject({ hash, counts, happened })
})

test.each([...mutations])(
  'SIM-12: the simulation sees several servers of which one %s',
  (mutation: Mutation) => {
    let violations: readonly string[] = []
    const first = firstSeeds[mutation] ?? 1
    const end = first + seedsPerMutation
    for (let seed = first; seed < end && violations.length === 0; seed++) {
      violations = runServersSeed(seed, mutation).violations
    }
    expect(violations).not.toEqual([])
  },
  240_000,
)
