import { z } from 'zod'
import type { Metrics } from '../base/metrics.ts'
import { answerJson } from '../http/answers.ts'
import { noBody } from '../http/body.ts'
import { route, type Route } from '../http/route.ts'
import { noQuery } from '../http/schema.ts'
import type { Journal } from '../storage/journal.ts'
import type { Rooms } from '../room/rooms.ts'
import type { Store } from '../../persistence/store.ts'

/** What is known of the sockets of a server. */
export interface OpenConnections {
  readonly all: ReadonlySet<{ bufferedBytes(): number }>
}

/** What the operator's pages tell. */
export interface HealthParts {
  readonly connections: OpenConnections
  readonly journal: Journal
  readonly metrics: Metrics
  readonly rooms: Rooms
  readonly store: Pick<Store, 'trouble'>
  /** When "saved" is said: `full`, synced to the disk; `relaxed`, written. */
  readonly durability: 'full' | 'relaxed' | undefined
}

/** Bytes that were given to sockets and have not left. */
export function unsentBytesOf({ all }: OpenConnections): number {
  let bytes = 0
  for (const connection of all) bytes += connection.bufferedBytes()
  return bytes
}

/** The routes by which an operator's programs see whether a server is well. */
export function healthRoutes(parts: HealthParts): readonly Route[] {
  const { connections, durability, journal, metrics, rooms, store } = parts
  const common = { method: 'GET', access: 'anybody', query: noQuery, body: noBody } as const
  return [
    route({
      ...common,
      path: '/healthz',
      summary: 'Whether the process lives, with its counters',
      answers: { 200: { what: 'It lives.', schema: health } },
      handler: () =>
        answerJson({
          status: 'ok',
          durability,
          rooms: rooms.size,
          documentBytes: rooms.byteLength,
          connections: connections.all.size,
          unsentBytes: unsentBytesOf(connections),
          pendingBytes: journal.pendingBytes,
          metrics: metrics.snapshot(),
        }),
    }),
    route({
      ...common,
      path: '/readyz',
      summary: 'Whether work should be sent here',
      answers: {
        200: { what: 'The store takes writes.', schema: readiness },
        503: { what: 'The store takes no writes; the reason says why.', schema: readiness },
      },
      handler() {
        const trouble = journal.trouble ?? store.trouble
        if (trouble === undefined) return answerJson({ status: 'ready' })
        return answerJson({ status: 'store-unavailable', reason: trouble }, 503)
      },
    }),
  ]
}

const health = z.object({
  status: z.literal('ok'),
  durability: z.enum(['full', 'relaxed']).optional(),
  rooms: z.int(),
  documentBytes: z.int(),
  connections: z.int(),
  unsentBytes: z.int(),
  pendingBytes: z.int(),
  metrics: z.record(z.string(), z.int()),
})
const readiness = z.object({
  status: z.enum(['ready', 'store-unavailable']),
  reason: z.string().optional(),
})
