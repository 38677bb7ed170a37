import { anonymous } from '../../../src/auth/anonymous.ts'
import { limitOptionsOf, type Limits } from '../../../src/base/limits/limits.ts'
import { silentLog } from '../../../src/base/log.ts'
import type { MetricsSnapshot } from '../../../src/base/metrics.ts'
import { createYtopic, type Ytopic, type YtopicOptions } from '../../../src/ytopic.ts'
import { createMemoryStore } from '../../../persistence/memory/store.ts'
import type { Store } from '../../../persistence/store.ts'
import { takeAlone, tellAlone } from '../cluster/alone.ts'
import { pairsAt } from '../cluster/pair.ts'
import { startPairHere } from '../cluster/pair-here.ts'

/** A ytopic in this process, on a free port. */
export interface TestServer {
  readonly url: string
  readonly http: string
  readonly ytopic: Ytopic
  readonly metrics: MetricsSnapshot
  stop(): Promise<void>
}

/**
 * Starts one; a store in memory unless another is given. Where suites are run with two servers it
 * is two in the place of one, unless the test has a part of it in its own hands.
 */
export function startServer(
  limits: Partial<Limits> = {},
  store?: Store,
  options: Partial<YtopicOptions> = {},
): TestServer {
  const start = (on: Store, bus = options.bus) => startOne(limits, on, { ...options, bus })
  const said = takeAlone()
  if (pairsAt !== undefined) {
    const why = said ?? aloneWith(store, options)
    if (why === undefined) return startPairHere(pairsAt, start)
    tellAlone(why)
  }
  return start(store ?? createMemoryStore())
}

function aloneWith(store: Store | undefined, options: Partial<YtopicOptions>): string | undefined {
  if (store !== undefined) return 'the test has a store of its own'
  if (options.bus !== undefined) return 'the test has a bus of its own'
  const hasTime = options.clock !== undefined || options.wallClock !== undefined
  return hasTime ? 'the test has a clock of its own' : undefined
}

function startOne(limits: Partial<Limits>, store: Store, options: Partial<YtopicOptions>) {
  const ytopic = createYtopic({
    store,
    authority: anonymous('write'),
    limits: limitOptionsOf(limits),
    log: silentLog,
    ...options,
  })
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: ytopic.fetch,
    websocket: ytopic.websocket,
  })
  const port = server.port ?? 0
  return {
    port,
    url: `ws://127.0.0.1:${port}`,
    http: `http://127.0.0.1:${port}`,
    ytopic,
    get metrics(): MetricsSnapshot {
      return ytopic.metrics
    },
    async stop() {
      await ytopic.stop()
      await server.stop(true)
    },
  }
}
