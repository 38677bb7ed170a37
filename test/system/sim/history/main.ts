import { writeSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { runRound } from './round.ts'

// `npm run sim:history -- [--seed N] [--seeds N]`: versions, restores, diffs of random documents.
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '500' },
  },
})
const first = Number(values.seed)
const totals = { versions: 0, restores: 0, diffs: 0, failed: 0 }
for (let seed = first; seed < first + Number(values.seeds); seed++) {
  const { diffs, faults, restores, versions } = runRound(seed)
  totals.versions += versions
  totals.restores += restores
  totals.diffs += diffs
  if (faults.length === 0) continue
  totals.failed++
  const told = faults.slice(0, 3).join('; ').slice(0, 2_000)
  say(`seed ${seed}: ${told}`)
}
say(`${values.seeds} seeds from ${first}: ${JSON.stringify(totals)}`)
if (totals.failed > 0) process.exitCode = 1

function say(line: string): void {
  writeSync(1, `${line}\n`)
}
