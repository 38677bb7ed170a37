import { writeSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type Outcome, runSeed } from './run.ts'
import { leastOfServers } from './servers/counts.ts'
import { runServersSeed } from './servers/run.ts'
import { runSeeds, tooLittle } from './tally.ts'

// `npm run sim`: one seed, so many seeds, or as many as fit into some minutes; of one server, or of
// several.
const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string' },
    minutes: { type: 'string' },
    servers: { type: 'boolean', default: false },
  },
})
const kind = values.servers ? ' --servers' : ''

if (values.seed !== undefined && values.seeds === undefined && values.minutes === undefined) {
  repeat(wholeNumber('seed', values.seed))
} else {
  // Without a first seed each run sees other seeds; it says which.
  const first = values.seed === undefined ? chooseFirst() : wholeNumber('seed', values.seed)
  runMany(first, limitOf(values))
}

function repeat(seed: number): void {
  const { happened, ...outcome } = runOne(seed)
  const counts = { ...outcome.counts, ...happened }
  say(`seed ${seed}, trace ${outcome.hash}: ${JSON.stringify(counts)}`)
  for (const sentence of outcome.violations) say(`  ${sentence}`)
  if (outcome.violations.length > 0) process.exitCode = 1
}

function runOne(seed: number): Outcome & { readonly happened?: object } {
  return values.servers ? runServersSeed(seed) : runSeed(seed)
}

function runMany(first: number, more: (done: number) => boolean): void {
  say(`seeds from ${first}`)
  let saidAt = performance.now()
  let failed = 0
  const tally = runSeeds(
    first,
    (done) => {
      if (performance.now() - saidAt > 30_000) {
        saidAt = performance.now()
        say(`${done} seeds so far, ${failed} failed`)
      }
      return more(done)
    },
    ({ seed, violations }) => {
      failed += 1
      say(`seed ${seed} failed (npm run sim --${kind} --seed ${seed}):`)
      for (const sentence of violations) say(`  ${sentence}`)
    },
    runOne,
  )
  say(`${tally.seeds} seeds from ${first}, ${failed} failed: ${JSON.stringify(tally.counts)}`)
  // A handful of seeds may well miss what is rare.
  const missed =
    tally.seeds < 50 ? [] : tooLittle(tally, values.servers ? leastOfServers : undefined)
  for (const sentence of missed) say(`too little happened: ${sentence}`)
  if (tally.failed.length + missed.length > 0) process.exitCode = 1
}

function limitOf({ seeds, minutes }: typeof values): (done: number) => boolean {
  if (minutes === undefined) {
    const count = seeds === undefined ? 200 : wholeNumber('seeds', seeds)
    return (done) => done < count
  }
  const end = performance.now() + wholeNumber('minutes', minutes) * 60_000
  const count = seeds === undefined ? Number.POSITIVE_INFINITY : wholeNumber('seeds', seeds)
  return (done) => done < count && performance.now() < end
}

function wholeNumber(flag: string, value: string): number {
  const number = Number(value)
  if (/^\d+$/.test(value) && Number.isSafeInteger(number)) return number
  throw new TypeError(`--${flag} takes a whole number, not ${JSON.stringify(value)}.`)
}

function chooseFirst(): number {
  return Math.floor(Math.random() * 2 ** 31)
}

function say(line: string): void {
  writeSync(1, `${line}\n`)
}
