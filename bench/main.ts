import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { plotOf } from './report/plot.ts'
import { printRow, reportOf } from './report/report.ts'
import type { Outcome } from './report/outcome.ts'
import { rowsOf } from './rows.ts'
import type { Row } from './rows/row.ts'
import { pinGenerator, subjects } from './servers.ts'

// `npm run bench -- [--only ROW,…] [--servers NAME,…] [--rounds N] [--quick] [--trace FILE]`
const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    servers: { type: 'string' },
    rounds: { type: 'string' },
    quick: { type: 'boolean', default: false },
    trace: { type: 'string' },
  },
})
const { quick } = values
const rounds = Number(values.rounds ?? (quick ? 1 : 3))
const rows = chosen(rowsOf({ trace: values.trace, quick }), values.only, (row) => row.name)
const servers = chosen(subjects, values.servers, (subject) => subject.name)
const pace = { warmMs: quick ? 300 : 800, runMs: quick ? 700 : 1_500, quick }
const outcomes: Outcome[] = []
const besideMark = '<!-- measured beside the rows -->'

pinGenerator()
for (const row of rows) {
  const outcome: Outcome = { row, rounds: [] }
  outcomes.push(outcome)
  for (let round = 0; round < Math.min(rounds, row.rounds ?? rounds); round++) {
    outcome.rounds.push(await runRound(row))
  }
  printRow(outcome)
  // Only the whole table is worth keeping; what there is of it, should the rest not be waited for.
  if (values.only === undefined && values.servers === undefined && !quick) await keep()
}
process.exit(0)

/** One after the other, so that what else the machine does hits all alike. */
async function runRound(row: Row): Promise<Outcome['rounds'][number]> {
  const measured: Outcome['rounds'][number] = new Map()
  for (const subject of servers) {
    if (row.without?.includes(subject.name) === true) continue
    try {
      measured.set(subject.name, await row.run(subject, pace))
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error)
      measured.set(subject.name, { failed: what })
    }
  }
  return measured
}

async function keep(): Promise<void> {
  const folder = join(import.meta.dir, 'plots')
  await mkdir(folder, { recursive: true })
  const results = join(import.meta.dir, 'RESULTS.md')
  await writeFile(results, reportOf(outcomes, values) + (await measuredBeside(results)))
  await writeFile(join(folder, 'relay.svg'), plotOf(outcomes, 'relay'))
  await writeFile(join(folder, 'documents.svg'), plotOf(outcomes, 'documents'))
}

/** What other programs have measured stands behind the rows, and stays. */
async function measuredBeside(results: string): Promise<string> {
  const text = await readFile(results, 'utf8')
  const at = text.indexOf(besideMark)
  return at < 0 ? '' : `\n${text.slice(at)}`
}

/** Those of the list that were asked for by name; all when none were. */
function chosen<T>(
  list: readonly T[],
  names: string | undefined,
  nameOf: (item: T) => string,
): readonly T[] {
  if (names === undefined) return list
  const wanted = names.split(',')
  const unknown = wanted.filter((name) => !list.some((item) => nameOf(item) === name))
  if (unknown.length === 0) return list.filter((item) => wanted.includes(nameOf(item)))
  console.error(`There is no ${unknown.join(', ')}; there are ${list.map(nameOf).join(', ')}.`)
  process.exit(2)
}
