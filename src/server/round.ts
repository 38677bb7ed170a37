import type { Cancel, Clock } from '../base/clock.ts'
import type { Limits } from '../base/limits/limits.ts'
import { describeError, type Log } from '../base/log.ts'
import { inSlices } from '../base/slices.ts'
import type { Metrics } from '../base/metrics.ts'
import type { Rooms } from '../room/rooms.ts'
import type { Connection } from '../connection/connection.ts'
import type { Connections } from '../connection/connections.ts'
import type { Garbage } from './garbage.ts'

/** What a round needs. */
interface RoundParts {
  readonly clock: Clock
  readonly limits: Limits
  readonly log: Log
  readonly rooms: Rooms
  readonly journal: { letGo(): void }
  readonly connections: Connections
  readonly metrics: Metrics
  readonly garbage: Garbage
  /** Has a fault end in the room of that connection. */
  readonly guard: (connection: Connection, act: () => void) => void
}

const roundMs = 1_000

/**
 * Looks after rooms and sockets once a second, in slices: however many there are, nobody waits for
 * all of them. A round that takes longer takes the place of the next.
 * @returns what ends it
 */
export function startRounds(parts: RoundParts): Cancel {
  const { clock, log } = parts
  let underWay = false
  return clock.every(roundMs, () => {
    if (underWay) return
    underWay = true
    inSlices(clock, round(parts))
      .catch((error: unknown) => log.error('round-failed', { reason: describeError(error) }))
      .finally(() => {
        underWay = false
      })
  })
}

function* round(parts: RoundParts): Generator<number> {
  const { clock, connections, garbage, guard, journal, limits, metrics, rooms } = parts
  journal.letGo()
  garbage.round(metrics.bytesStored)
  yield* rooms.sweep()
  yield* connections.sweep(clock.now())
  for (const connection of connections.all) {
    yield 1
    const now = clock.now()
    connection.refill(now)
    const { multiplexer, channel } = connection
    if (multiplexer !== undefined) yield* multiplexer.sweep(now)
    if (channel !== undefined) guard(connection, () => channel.sweep())
    connection.checkUnsent()
    const isSilent = !connection.heard && now - connection.openedAt > limits.first_frame_ms_max
    if (isSilent) connection.refuse('silent')
  }
}
