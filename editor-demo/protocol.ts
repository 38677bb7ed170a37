import type { Protocol } from '../editor/link/link.ts'
import type { Seat } from './seat.ts'

/** Side by side the two clients speak different protocols, until somebody chooses otherwise. */
const defaults: Readonly<Record<Seat, Protocol>> = { first: 'y-websocket', second: 'hocuspocus' }

/** Reads a protocol out of anything; undefined for what is none. */
export function parseProtocol(value: string | null): Protocol | undefined {
  return value === 'y-websocket' || value === 'hocuspocus' ? value : undefined
}

/** The protocol chosen for this seat of this tab, else the seat's own. */
export function loadProtocol(seat: Seat): Protocol {
  try {
    return parseProtocol(sessionStorage.getItem(`protocol-${seat}`)) ?? defaults[seat]
  } catch {
    // Storage may be forbidden; then the choice lasts until the page is left.
    return defaults[seat]
  }
}

/** Keeps the choice for this tab. */
export function saveProtocol(seat: Seat, protocol: Protocol): void {
  try {
    sessionStorage.setItem(`protocol-${seat}`, protocol)
  } catch {
    // As above.
  }
}
