import type { MetricsSnapshot } from '../../../src/base/metrics.ts'
import type { Bus } from '../../../src/cluster/bus.ts'
import { createRedisBus } from '../../../src/cluster/redis/redis-bus.ts'
import type { Ytopic } from '../../../src/ytopic.ts'
import { openPostgresStore } from '../../../persistence/postgres/store.ts'
import type { Store } from '../../../persistence/store.ts'
import { Gate } from '../harness/gate.ts'
import { startRedis } from '../harness/redis.ts'
import { byTurns, freshDatabase } from './pair.ts'

/** One of the two. */
interface One {
  readonly port: number
  readonly ytopic: Ytopic
  stop(): Promise<void>
}

/**
 * Two servers in this process on one PostgreSQL and one Redis, in the place of one. Who connects
 * before they are there waits.
 * @param start starts one
 */
export function startPairHere(postgres: string, start: (store: Store, bus: Bus) => One) {
  const ports: number[] = []
  const gate = Gate.deaf(byTurns(ports))
  let servers: readonly One[] = []
  const begin = async () => {
    const [url, redis] = await Promise.all([freshDatabase(postgres), startRedis()])
    const open = () => openPostgresStore({ url, readersMax: 2 })
    // One after the other, as the first makes the tables.
    const stores = [await open(), await open()]
    servers = stores.map((store) => start(store, createRedisBus({ url: redis.url })))
    ports.push(...servers.map(({ port }) => port))
    gate.set('open')
    return redis
  }
  const beginning = begin()
  return {
    url: `ws://127.0.0.1:${gate.port}`,
    http: `http://127.0.0.1:${gate.port}`,
    /** The first of them, once they are there. */
    get ytopic(): Ytopic {
      const [first] = servers
      if (first === undefined) throw new Error('The two servers are not there yet.')
      return first.ytopic
    },
    /** What both have counted. */
    get metrics(): MetricsSnapshot {
      return servers.map(({ ytopic }) => ytopic.metrics).reduce(sumOf)
    },
    async stop(): Promise<void> {
      const redis = await beginning
      await Promise.all(servers.map((server) => server.stop()))
      gate.stop()
      await redis.stop()
    },
  }
}

function sumOf(one: MetricsSnapshot, other: MetricsSnapshot): MetricsSnapshot {
  const counts = new Map(Object.entries(one))
  for (const [name, count] of Object.entries(other)) {
    counts.set(name, (counts.get(name) ?? 0) + count)
  }
  return { ...one, ...Object.fromEntries(counts) }
}
