import { refusals } from '../../../src/base/errors.ts'
import type { Limit } from '../../../src/base/limits/limit.ts'
import { limitTable } from '../../../src/base/limits/limit-table.ts'
import { limitNames } from '../../../src/base/limits/limits.ts'
import { flagName } from '../../../src/config/flag.ts'
import { showLimit } from '../../../src/config/limit-flags.ts'

const begin = '<!-- limits: written by `npm run limits`, begin -->'
const end = '<!-- limits: end -->'

/** The page with the table as the code has it. @throws Error where the page has no place for it */
export function withLimits(page: string): string {
  const from = page.indexOf(begin)
  const to = page.indexOf(end)
  if (from < 0 || to < from) throw new Error(`the page has no ${begin}`)
  return `${page.slice(0, from)}${begin}\n${limitsTable()}\n${page.slice(to)}`
}

/** Every limit as a row: what it bounds, its flag, its default and range, its refusal. */
function limitsTable(): string {
  const rows = limitNames.map((name) => {
    const limit: Limit = limitTable[name]
    const { range, refusal, value, what } = limit
    const flag = range === undefined ? '(fixed)' : `\`--${flagName(name)}\``
    const bounds = range?.map((bound) => showLimit(name, bound)).join(' to ') ?? ''
    const told = refusal === undefined ? '' : `${refusals[refusal].closeCode} \`${refusal}\``
    return `| ${[what, flag, showLimit(name, value), bounds, told].join(' | ')} |`
  })
  return [
    '| what | flag | default | range | refused with |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n')
}
