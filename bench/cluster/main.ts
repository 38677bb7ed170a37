import { parseArgs } from 'node:util'
import { loadAverage } from '../processes.ts'
import { faults } from './faults.ts'
import { runFault } from './fault-run.ts'
import { cellsOf, printTable } from './tables.ts'
import { type Cells, type Pace, runCores, runCosts, runLatency } from './rows.ts'
import { type Kind, kinds } from './stage.ts'

// `npm run bench:cluster -- [--only PART,…] [--servers NAME,…] [--fault WORDS] [--seconds N]
// [--times N]`: two servers, PostgreSQL and Redis as processes, beside Hocuspocus with
// extension-redis. Tables go to stdout, for bench/RESULTS.md.
const parts = ['latency', 'costs', 'cores', 'faults'] as const
const { values } = parseArgs({
  options: {
    only: { type: 'string', default: parts.join() },
    servers: { type: 'string', default: kinds.map(({ name }) => name).join() },
    fault: { type: 'string', default: '' },
    seconds: { type: 'string', default: '20' },
    times: { type: 'string', default: '1' },
  },
})
const wanted = values.only.split(',')
const servers = kinds.filter(({ name }) => values.servers.split(',').includes(name))
const pace: Pace = { seconds: Number(values.seconds), warmSeconds: 3 }
const times = Number(values.times)

console.log(`load of the machine before: ${loadAverage()}\n`)
if (wanted.includes('latency')) await table('Edits on their way', runLatency)
if (wanted.includes('costs')) await table('What an edit costs', runCosts)
if (wanted.includes('cores')) await table('One and two servers', runCores)
if (wanted.includes('faults')) await faultTable()
process.exit(0)

/** One kind after the other, so that what else the machine does hits all alike. */
async function table(
  title: string,
  run: (kind: Kind, pace: Pace) => Promise<readonly Cells[]>,
): Promise<void> {
  const rows: Cells[] = []
  for (let time = 0; time < times; time++) {
    for (const kind of servers) rows.push(...(await run(kind, pace)))
  }
  printTable(title, rows)
}

async function faultTable(): Promise<void> {
  const rows: Cells[] = []
  for (const fault of faults.filter(({ name }) => name.includes(values.fault))) {
    for (let time = 0; time < times; time++) {
      for (const kind of servers) {
        const load = loadAverage()
        const outcome = await runFault(kind, fault).catch(String)
        const cells = typeof outcome === 'string' ? { failed: outcome } : cellsOf(outcome)
        const row = { fault: fault.name, kind: kind.name, load, ...cells }
        console.error(JSON.stringify(row))
        rows.push(row)
      }
    }
  }
  printTable('Faults', rows)
}
