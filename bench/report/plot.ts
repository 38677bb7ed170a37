import { type Outcome, ratioOf, valueOf, yardstick } from './outcome.ts'
import { subjects } from '../servers.ts'

/** Colors that can be told apart on white and on black. */
const colors = ['#9aa0a6', '#2f9e44', '#e8590c', '#f59f00', '#4c6ef5']

const plots = {
  relay: {
    title: 'Server CPU per delivered edit, times a bare relay that keeps nothing (log scale)',
    measure: (outcome: Outcome, server: string) => ratioOf(outcome, server),
    takes: ({ row }: Outcome) => row.goal.kind === 'ratio' && row.name !== 'idle',
    unit: ' ×',
  },
  documents: {
    title:
      'A document of 260,000 keystrokes: server CPU ms (cold: ms until it is there, log scale)',
    measure: (outcome: Outcome, server: string) => valueOf(outcome, server),
    takes: ({ row }: Outcome) => ['open-warm', 'open-cold', 'reconnect'].includes(row.name),
    unit: ' ms',
  },
}

const width = 860
const left = 250
const right = 90
const barHeight = 11
const gap = 14
const top = 62

/** One group of bars for each row, one bar for each server; shorter is better. */
export function plotOf(outcomes: readonly Outcome[], which: keyof typeof plots): string {
  const { measure, takes, title, unit } = plots[which]
  const groups = outcomes.filter(takes).map((outcome) => ({
    label: outcome.row.work,
    bars: subjects.flatMap(({ name }, index) => {
      const value = measure(outcome, name)
      return value === undefined ? [] : [{ value, color: colors[index] ?? '#888' }]
    }),
  }))
  const values = groups.flatMap(({ bars }) => bars.map(({ value }) => value))
  const low = 10 ** Math.floor(Math.log10(Math.min(...values, 1)))
  const high = 10 ** Math.ceil(Math.log10(Math.max(...values, 1)))
  const scale = (value: number): number =>
    (Math.log10(value / low) / Math.log10(high / low)) * (width - left - right)
  const parts: string[] = []
  let y = top
  for (const { label, bars } of groups) {
    const middle = y + (bars.length * barHeight) / 2
    parts.push(
      ...wrapped(label).map((words, row, all) => {
        const at = middle + (row - (all.length - 1) / 2) * 13 + 4
        return `<text x="${left - 10}" y="${at}" text-anchor="end">${escape(words)}</text>`
      }),
    )
    for (const { value, color } of bars) {
      const length = Math.max(1, scale(value))
      parts.push(
        `<rect x="${left}" y="${y}" width="${length.toFixed(1)}" height="${barHeight - 2}" ` +
          `fill="${color}"/>`,
        `<text class="small" x="${(left + length + 4).toFixed(1)}" y="${y + 8}">` +
          `${Number(value.toPrecision(2))}${unit}</text>`,
      )
      y += barHeight
    }
    y += gap
  }
  if (which === 'relay') {
    const one = (left + scale(1)).toFixed(1)
    parts.unshift(`<line x1="${one}" x2="${one}" y1="${top - 6}" y2="${y - gap}" class="one"/>`)
  }
  return document(title, y, parts)
}

function document(title: string, height: number, parts: readonly string[]): string {
  let x = left - 150
  const legend = subjects.map(({ name }, index) => {
    const words = name === yardstick ? `${name} (keeps nothing)` : name
    const mark =
      `<rect x="${x}" y="32" width="10" height="10" fill="${colors[index]}"/>` +
      `<text class="small" x="${x + 14}" y="41">${words}</text>`
    x += 26 + words.length * 6
    return mark
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escape(title)}</title>`,
    '<style>text{font:12px system-ui,sans-serif;fill:#1f2328}.small{font-size:10px}',
    '.one{stroke:#1f2328;stroke-dasharray:3 3;opacity:.5}',
    '@media(prefers-color-scheme:dark){text{fill:#e6edf3}.one{stroke:#e6edf3}}</style>',
    `<text x="10" y="18" font-weight="600">${escape(title)}</text>`,
    ...legend,
    ...parts,
    '</svg>',
    '',
  ].join('\n')
}

/** Lines of at most so many letters. */
function wrapped(text: string): readonly string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || last.length + word.length >= 36) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
