import { quantile } from '../report/quantile.ts'
import type { FaultOutcome } from './fault-run.ts'
import type { Cells } from './rows.ts'

/** Prints rows as a table; a column that a row does not have stays empty. */
export function printTable(title: string, rows: readonly Cells[]): void {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`
  console.log(`### ${title}\n`)
  console.log(line(columns))
  console.log(line(columns.map(() => '---')))
  for (const row of rows) console.log(line(columns.map((name) => row[name] ?? '')))
  console.log()
}

/** What a fault came to, in words of a table. */
export function cellsOf(outcome: FaultOutcome): Cells {
  const { convergedMs, goneMs, handOvers, lags, openings, savedInside, surprises } = outcome
  return {
    written: outcome.written,
    acknowledged: outcome.saved,
    lost: outcome.lost,
    'typed and lost': outcome.typedLost,
    doubled: outcome.doubled,
    'stale of 8': outcome.stale,
    'alike after, s': convergedMs === undefined ? '' : seconds(convergedMs),
    'lag p50; p99; longest, s': [0.5, 0.99, 1].map((share) => secondsAt(lags, share)).join('; '),
    'opening p50; longest, s': [0.5, 1].map((share) => secondsAt(openings, share)).join('; '),
    'did not open': outcome.notOpened,
    'acknowledged inside': savedInside ?? '',
    'people gone, s': goneMs === undefined ? '' : seconds(goneMs),
    'hand-over p50; longest, s': spread(handOvers),
    'y-websocket hand-over p50; longest, s': spread(outcome.plainHandOvers ?? []),
    beside: surprises.join('; '),
  }
}

function spread(values: readonly number[]): string {
  if (values.length === 0) return ''
  const [middle = '', longest = ''] = [0.5, 1].map((share) => secondsAt(values, share))
  return `${middle}; ${longest} (${values.length} times)`
}

function secondsAt(values: readonly number[], share: number): string {
  return values.length === 0 ? '–' : seconds(quantile(values, share))
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(2)
}
