import type { Metrics } from '../base/metrics.ts'
import type { Journal } from '../storage/journal.ts'
import type { Rooms } from '../room/rooms.ts'
import type { Connection } from '../server/connection.ts'

/** What the operator's pages tell. */
export interface HealthParts {
  readonly journal: Journal
  readonly metrics: Metrics
  readonly rooms: Rooms
  /** When "saved" is said: `full`, synced to the disk; `relaxed`, written. */
  readonly durability: 'full' | 'relaxed' | undefined
}

/** The process lives and answers: counters since its start, as JSON. */
export function healthPage(
  { durability, journal, metrics, rooms }: HealthParts,
  connections: ReadonlySet<Connection>,
): Response {
  let unsentBytes = 0
  for (const connection of connections) unsentBytes += connection.bufferedBytes()
  return Response.json({
    status: 'ok',
    durability,
    rooms: rooms.size,
    documentBytes: rooms.byteLength,
    connections: connections.size,
    unsentBytes,
    pendingBytes: journal.pendingBytes,
    metrics: metrics.snapshot(),
  })
}

/** Whether work should be sent here: 503 while the store takes no writes. */
export function readyPage({ journal }: HealthParts): Response {
  const { trouble } = journal
  if (trouble === undefined) return Response.json({ status: 'ready' })
  return Response.json({ status: 'store-unavailable', reason: trouble }, { status: 503 })
}
