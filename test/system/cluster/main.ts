import { writeSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { runClusterRounds } from './rounds.ts'

// `npm run test:cluster`: two servers, PostgreSQL and Redis as processes, and what is done to them.
const { values } = parseArgs({ options: { rounds: { type: 'string', default: '100' } } })
const rounds = Number(values.rounds)
if (!Number.isSafeInteger(rounds) || rounds < 1) {
  throw new TypeError(`--rounds takes a whole number, not ${JSON.stringify(values.rounds)}.`)
}
const say = (line: string): void => void writeSync(1, `${line}\n`)
const { faults, ...counts } = await runClusterRounds(rounds, say)
say(`${JSON.stringify(counts)}, faults: ${faults.length}`)
for (const fault of faults) say(`  ${fault}`)
process.exit(faults.length > 0 || counts.receipts === 0 ? 1 : 0)
