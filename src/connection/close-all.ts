import { type Clock, sleep } from '../base/clock.ts'
import type { Limits } from '../base/limits/limits.ts'
import type { Connection } from './connection.ts'
import type { Connections } from './connections.ts'

/** A client that does not answer a close is not waited for longer than this. */
const goodbyeMs = 1_000

/** Clients reconnect about 200 ms after a close, without jitter: spread, they return spread. */
export async function closeAll(
  parts: { readonly clock: Clock; readonly limits: Limits },
  connections: Connections,
  isMeant: (connection: Connection) => boolean,
): Promise<void> {
  const { clock, limits } = parts
  const open = [...connections.all].filter(isMeant)
  const stepMs = 20
  const perStep = Math.max(1, Math.ceil((open.length * stepMs) / limits.drain_spread_ms))
  for (let at = 0; at < open.length; at += perStep) {
    if (at > 0) await sleep(clock, stepMs)
    for (const connection of open.slice(at, at + perStep)) connection.sendAway('draining')
  }
  const givenUpAt = clock.now() + goodbyeMs
  const isOpen = (connection: Connection): boolean => connections.all.has(connection)
  while (open.some(isOpen) && clock.now() < givenUpAt) await sleep(clock, stepMs)
}
