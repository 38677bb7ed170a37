import { writeSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { runRounds } from './rounds.ts'
import { tooLittle } from './tally.ts'

// `npm run test:crash`: rounds of load, kill -9 and a look at the disk.
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '100' }, seed: { type: 'string' } },
})

const rounds = wholeNumber('rounds', values.rounds)
// Without a seed each run is another; it says which.
const seed =
  values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : wholeNumber('seed', values.seed)

say(`${rounds} rounds, seed ${seed}`)
const started = performance.now()
const { counts, faults } = await runRounds({ rounds, seed, say })
const seconds = Math.round((performance.now() - started) / 1_000)
say(`${counts.rounds} rounds in ${seconds} s: ${JSON.stringify(counts)}, faults: ${faults.length}`)
for (const fault of faults) say(`  ${fault}`)
const missed = tooLittle(counts)
for (const sentence of missed) say(`too little happened: ${sentence}`)
// Clients that still try to connect would keep the process.
process.exit(faults.length + missed.length > 0 || counts.rounds < rounds ? 1 : 0)

function wholeNumber(flag: string, value: string): number {
  const number = Number(value)
  if (/^\d+$/.test(value) && Number.isSafeInteger(number)) return number
  throw new TypeError(`--${flag} takes a whole number, not ${JSON.stringify(value)}.`)
}

function say(line: string): void {
  writeSync(1, `${line}\n`)
}
