import type { Rooms } from '../room/rooms.ts'
import type { Connection } from './connection.ts'

interface FaultParts {
  readonly rooms: Rooms
}

/** Does something for a connection; a fault in it ends there. */
export function guard(parts: FaultParts, connection: Connection, act: () => void): void {
  try {
    act()
  } catch (error) {
    faulted(parts, connection, error)
  }
}

/** A fault in our own code costs its room a reload, never the process or another document. */
export function faulted(parts: FaultParts, connection: Connection, error: unknown): void {
  if (connection.admission.kind === 'document') parts.rooms.fail(connection.admission.name, error)
  connection.close('room-failed')
}
