import { readFileSync } from 'node:fs'
import { cpus, release, totalmem, type as systemName } from 'node:os'
import { basename, join } from 'node:path'
import {
  failureOf,
  goalWords,
  notesOf,
  type Outcome,
  ratioOf,
  reaches,
  secondOf,
  valueOf,
  yardstick,
} from './outcome.ts'
import { pinned, subjects } from '../servers.ts'

/** Says on the terminal what came of a row. */
export function printRow(outcome: Outcome): void {
  const { row, rounds } = outcome
  console.log(`\n${row.work} (${row.name}); ${row.unit}; goal ${goalWords(row.goal)}`)
  for (const { name } of subjects) {
    if (!rounds.some((round) => round.has(name))) continue
    const told = Object.entries(notesOf(outcome, name)).map(([key, value]) => `${key} ${value}`)
    const verdict = name === 'ytopic' ? ` ${verdictOf(outcome)}` : ''
    console.log(`  ${name.padEnd(19)} ${cellOf(outcome, name)}${verdict}   ${told.join(', ')}`)
  }
}

/** The page that is kept. */
export function reportOf(
  outcomes: readonly Outcome[],
  { rounds, trace }: { readonly rounds?: string | undefined; readonly trace?: string | undefined },
): string {
  const flags = [
    ...(rounds === undefined ? [] : [`--rounds ${rounds}`]),
    ...(trace === undefined ? [] : [`--trace ${basename(trace)}`]),
  ]
  const command = ['npm run bench', ...(flags.length > 0 ? ['--', ...flags] : [])].join(' ')
  const names = subjects.map(({ name }) => name)
  const rows = outcomes.map((outcome) => {
    const cells = names.map((name) => cellOf(outcome, name))
    const { goal, unit, work } = outcome.row
    return line([work, unit, goalWords(goal), verdictOf(outcome), ...cells])
  })
  return [
    '# Results',
    '',
    `\`${command}\`, all servers side by side in one run, one after the other in each round, the`,
    'middle of the rounds told. A factor is the multiple of the bare relay in the same round; the',
    'bare relay publishes what comes and neither reads, checks nor keeps it. Only ytopic synced',
    'every commit to the disk before it called an edit saved (durability full, default limits).',
    'After every run of a server a fresh client had everything, or the run counts as failed.',
    '',
    ...machine(),
    '',
    line(['work', 'unit', 'goal', 'reached', ...names]),
    line(['work', 'unit', 'goal', 'reached', ...names].map(() => '---')),
    ...rows,
    '',
    '## How each run went',
    '',
    'Notes of the last round. "generator busy" is the share of the time in which the generator was',
    'at work: below 1 it was not what held the servers up.',
    '',
    ...outcomes.flatMap((outcome) => ['', `### ${outcome.row.work}`, '', ...notes(outcome, names)]),
    '',
  ].join('\n')
}

function notes(outcome: Outcome, names: readonly string[]): readonly string[] {
  return names.flatMap((name) => {
    const told = Object.entries(notesOf(outcome, name)).map(([key, value]) => `${key} ${value}`)
    const failure = failureOf(outcome, name)
    if (failure !== undefined) told.push(`failed: ${failure}`)
    return told.length === 0 ? [] : [`- ${name}: ${told.join(', ')}`]
  })
}

function machine(): readonly string[] {
  const [first] = cpus()
  const memory = Math.round(totalmem() / 2 ** 30)
  const places = pinned ? 'server and generator pinned to a core each' : 'nothing pinned'
  const versions = [
    ['Bun', Bun.version],
    ['Node', nodeVersion()],
    ['yjs', versionOf('yjs')],
    ['@hocuspocus/server', versionOf('@hocuspocus/server')],
    ['@y/websocket-server', versionOf('@y/websocket-server')],
    ['ws', versionOf('ws')],
  ]
  return [
    `- ${first?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, ${memory} GB,` +
      ` ${systemName()} ${release()}; ${places}`,
    `- ${versions.map(([name, version]) => `${name} ${version}`).join(', ')}`,
    `- ${new Date().toISOString().slice(0, 10)}`,
  ]
}

function versionOf(name: string): string {
  const file = join(import.meta.dir, '..', 'node_modules', name, 'package.json')
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}

function nodeVersion(): string {
  return Bun.spawnSync(['node', '--version']).stdout.toString().trim().replace(/^v/, '')
}

function verdictOf(outcome: Outcome): string {
  const reached = reaches(outcome, 'ytopic')
  return reached === undefined ? '–' : reached ? 'yes' : 'no'
}

/** `2.5 × (1.1)`, or the value where nothing is compared. */
function cellOf(outcome: Outcome, server: string): string {
  const value = valueOf(outcome, server)
  if (value === undefined) return failureOf(outcome, server) === undefined ? '–' : 'failed'
  const { goal } = outcome.row
  const second = secondOf(outcome, server)
  const both = second === undefined ? short(value) : `${short(value)}; ${short(second)}`
  const ratio = ratioOf(outcome, server)
  if (goal.kind !== 'ratio' || ratio === undefined || server === yardstick) return both
  const secondRatio = ratioOf(outcome, server, 'second')
  const ratios = secondRatio === undefined ? '' : `; p99 ${short(secondRatio)} ×`
  return `**${short(ratio)} ×**${ratios} (${both})`
}

function short(value: number): string {
  if (value >= 100) return Math.round(value).toString()
  return Number(value.toPrecision(value < 0.1 ? 1 : 2)).toString()
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}
