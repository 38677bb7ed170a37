import { writeSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { quantile } from '../../../bench/report/quantile.ts'
import { measureHandover, ways } from './handover.ts'
import { kindsOf, type RoundOutcome, runClusterRounds } from './rounds.ts'
import { runSuites } from './suites.ts'

// `npm run test:cluster`: two servers, PostgreSQL and Redis as processes, and what is done to them.
// `--suites`: suites of published clients, or files of tests, with two servers for each of theirs.
// `--handover nginx` (haproxy, forwarder): how long clients are without a server that leaves.
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    handover: { type: 'string' },
    rounds: { type: 'string', default: '100' },
    suites: { type: 'boolean', default: false },
  },
})
const rounds = Number(values.rounds)
if (!Number.isSafeInteger(rounds) || rounds < 1) {
  throw new TypeError(`--rounds takes a whole number, not ${JSON.stringify(values.rounds)}.`)
}
const say = (line: string): void => void writeSync(1, `${line}\n`)
if (values.suites) process.exit((await runSuites(positionals, say)) ? 0 : 1)
else if (values.handover === undefined) await crash()
else await handOver(values.handover)

async function crash(): Promise<never> {
  const outcomes = await runClusterRounds(kindsOf(rounds), say)
  say('| done | rounds | written | called saved | lost | doubled | all seen after, at most |')
  for (const [kind, those] of Map.groupBy(outcomes, (one) => one.kind)) say(rowOf(kind, those))
  say(rowOf('all', outcomes))
  const faults = outcomes.flatMap((one) => one.faults)
  say(`faults: ${faults.length}`)
  const isGood = faults.length === 0 && outcomes.some(({ receipts }) => receipts > 0)
  process.exit(isGood ? 0 : 1)
}

/** A line of the table of what came of some rounds. */
function rowOf(name: string, outcomes: readonly RoundOutcome[]): string {
  const sum = (of: (one: RoundOutcome) => number): number =>
    outcomes.reduce((all, one) => all + of(one), 0)
  const presence = Math.max(...outcomes.map(({ presenceMs }) => presenceMs ?? 0)) / 1_000
  const counts = [
    outcomes.length,
    sum((one) => one.written),
    sum((one) => one.receipts),
    sum((one) => one.lost),
    sum((one) => one.doubled),
  ]
  return `| ${name} | ${counts.join(' | ')} | ${presence.toFixed(1)} s |`
}

async function handOver(given: string): Promise<never> {
  const way = ways.find((name) => name === given)
  if (way === undefined) {
    throw new TypeError(`--handover takes ${ways.join(', ')}, not ${JSON.stringify(given)}.`)
  }
  for (const { failures, kind, milliseconds } of await measureHandover(way, rounds, 20)) {
    const at = (share: number): string => `${Math.round(quantile(milliseconds, share))} ms`
    const times = `p50 ${at(0.5)}, p99 ${at(0.99)}, longest ${at(1)}`
    say(`${way}, ${kind}: ${milliseconds.length} clients, ${times}, failed tries ${failures}`)
  }
  process.exit(0)
}
