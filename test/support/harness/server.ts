import { anonymous } from '../../../src/auth/anonymous.ts'
import { limitOptionsOf, type Limits } from '../../../src/base/limits/limits.ts'
import { silentLog } from '../../../src/base/log.ts'
import { createYtopic, type Ytopic, type YtopicOptions } from '../../../src/ytopic.ts'
import { createMemoryStore } from '../../../persistence/memory/store.ts'
import type { Store } from '../../../persistence/store.ts'

/** A ytopic in this process, on a free port. */
export interface TestServer {
  readonly url: string
  readonly http: string
  readonly ytopic: Ytopic
  stop(): Promise<void>
}

/** Starts one; a store in memory unless another is given. */
export function startServer(
  limits: Partial<Limits> = {},
  store?: Store,
  options: Partial<YtopicOptions> = {},
): TestServer {
  const ytopic = createYtopic({
    store: store ?? createMemoryStore(),
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
  return {
    url: `ws://127.0.0.1:${server.port}`,
    http: `http://127.0.0.1:${server.port}`,
    ytopic,
    async stop() {
      await ytopic.stop()
      await server.stop(true)
    },
  }
}
