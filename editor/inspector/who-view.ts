import { piece } from '../panels/piece.ts'
import type { Inspected } from './inspected.ts'
import { table } from './table.ts'

/** What is known of the connection. */
export interface Line {
  readonly state: 'connecting' | 'open' | 'closed'
  /** How long it took to open, in milliseconds. */
  readonly openedMs: number | undefined
  /** From the sending of the last update until it was on the server's disk. */
  readonly receiptMs: number | undefined
}

/** Who is here: how this connection stands, and what everybody shows of themselves. */
export function showWho({ awareness, doc, protocol }: Inspected, line: Line): HTMLElement {
  const own = table(
    ['', ''],
    [
      ['protocol', protocol],
      ['socket', line.state],
      ['opened in', round(line.openedMs)],
      ['last update on disk after', round(line.receiptMs)],
      ['client id', piece('code', '', `${doc.clientID}`)],
    ],
  )
  const now = Date.now()
  const others = [...(awareness?.getStates() ?? [])].map(([id, state]) => {
    const seen = awareness?.meta.get(id)?.lastUpdated
    const raw = piece('details', '', piece('summary', '', 'state'))
    raw.append(piece('pre', '', JSON.stringify(state, undefined, 2)))
    return [
      piece('code', '', `${id}`),
      id === doc.clientID ? `${nameOf(state)} (you)` : nameOf(state),
      seen === undefined ? '' : `${Math.max(0, Math.round((now - seen) / 1_000))} s ago`,
      raw,
    ]
  })
  return piece('div', '', own, piece('h3', '', 'Everybody here'), table(whoHeads, others))
}

function round(time: number | undefined): string {
  return time === undefined ? 'not known yet' : `${time.toFixed(1)} ms`
}

const whoHeads = ['client id', 'name', 'last said', '']

/** What others say of themselves may be anything. */
function nameOf(state: Readonly<Record<string, unknown>>): string {
  const { user } = state
  const isNamed = typeof user === 'object' && user !== null && 'name' in user
  return isNamed && typeof user.name === 'string' ? user.name : 'somebody'
}
