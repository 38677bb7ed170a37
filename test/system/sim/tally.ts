import { type Outcome, runSeed } from './run.ts'
import type { Counts } from './trace.ts'

/** How often what happened, by kind. */
type Happened = Readonly<Record<string, number>>

/** What came of many seeds. */
export interface Tally {
  readonly seeds: number
  readonly counts: Happened
  readonly failed: readonly Outcome[]
}

/**
 * Runs the seeds `first`, `first + 1` and so on, while `more(seeds so far)`. Each seed that fails
 * goes to `tellFailed` at once: a run of an hour may be ended before its sum is told.
 */
export function runSeeds(
  first: number,
  more: (done: number) => boolean,
  tellFailed: (outcome: Outcome) => void = () => {},
  run: (seed: number) => Outcome & { readonly happened?: object } = runSeed,
): Tally {
  const counts: Record<string, number> = {}
  const failed: Outcome[] = []
  let seeds = 0
  for (; more(seeds); seeds++) {
    const outcome = run(first + seeds)
    for (const [what, count] of Object.entries({ ...outcome.counts, ...outcome.happened })) {
      counts[what] = (counts[what] ?? 0) + count
    }
    if (outcome.violations.length > 0) {
      failed.push(outcome)
      tellFailed(outcome)
    }
  }
  return { seeds, counts, failed }
}

/** Kinds of events that came about less often than so many seeds should bring. */
export function tooLittle(
  { counts, seeds }: Tally,
  leastPerHundred: Happened = leastPerHundredSeeds,
): readonly string[] {
  return Object.entries(leastPerHundred).flatMap(([what, least]) => {
    const wanted = Math.floor((least * seeds) / 100)
    const count = counts[what] ?? 0
    return count < wanted ? [`${what}: ${count}, and ${wanted} at least were due`] : []
  })
}

/** About a third of what a hundred seeds have brought: less means that the trouble has run dry. */
const leastPerHundredSeeds: Readonly<Record<keyof Counts, number>> = {
  edits: 12_000,
  presences: 1_000,
  receipts: 1_500,
  echoes: 700,
  crashes: 60,
  restarts: 12,
  cuts: 200,
  stalls: 150,
  reconnects: 800,
  hardCloses: 15,
  detaches: 40,
  largeOpenings: 170,
  largeCatchUps: 30,
  compactions: 60,
  evictions: 10,
  storeFailures: 100,
  storeHangs: 25,
  checks: 150,
  turns: 30_000,
}
