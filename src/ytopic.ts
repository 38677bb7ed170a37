import type { Server, WebSocketHandler } from 'bun'
import { anonymousAuthority } from './auth/anonymous.ts'
import type { Authority, Revocation } from './auth/authority.ts'
import { type Clock, systemClock, systemWallClock, type WallClock } from './base/clock.ts'
import { type Limits, limitsWith } from './base/limits.ts'
import { calmLog, type Log, standardLog } from './base/log.ts'
import { Metrics } from './base/metrics.ts'
import { Compactor, type Fold } from './storage/compactor.ts'
import { createFoldWorker, type FoldWorker } from './ydoc/fold-client.ts'
import { Journal } from './storage/journal.ts'
import { Rooms } from './room/rooms.ts'
import type { StatelessHandler } from './room/stateless.ts'
import type { Connection } from './server/connection.ts'
import { createHandlers } from './server/handlers.ts'
import { Origins } from './http/origins.ts'
import type { Pages } from './http/pages.ts'
import { Servers } from './server/listeners.ts'
import { TrustedProxies } from './http/proxies.ts'
import type { Store } from '../persistence/store.ts'

/** What `createYtopic` needs; only the store has no default. */
export interface YtopicOptions {
  /** Where documents are kept. The caller opens it; `stop` closes it. */
  readonly store: Store
  readonly limits?: Partial<Limits>
  readonly log?: Log
  readonly clock?: Clock
  /** Folds updates into snapshots; by default a thread of its own does. */
  readonly fold?: Fold
  /** Who may read and write what; without one everybody reads and writes everything. */
  readonly authority?: Authority
  /** Name of the cookie that holds a token, where the client shows none otherwise. */
  readonly tokenCookie?: string | undefined
  /**
   * Whether the id, name and colour that the authority asserts are written into what the client
   * shows of itself. Yes unless told otherwise.
   */
  readonly stampAwareness?: boolean
  /** The bearer token of `/api/v1`; without one there is no such API. */
  readonly adminToken?: string | undefined
  /** Milliseconds since 1970: what the ends of grants are compared with. */
  readonly wallClock?: WallClock
  /** Hears the messages that Hocuspocus clients send beside their documents. */
  readonly onStateless?: StatelessHandler
  /** What the caller opened the store with, to be said on `/healthz`. */
  readonly durability?: 'full' | 'relaxed'
  /**
   * Sites whose pages may use this server, such as `https://app.example.org`,
   * `https://*.example.org`, or `*`. Pages of the same host always may.
   */
  readonly origins?: readonly string[]
  /** Proxies whose forwarded headers are believed: addresses, networks, or `loopback`. */
  readonly trustedProxies?: readonly string[]
  /** Whether the server is reached by names of this machine only; others are refused. */
  readonly loopbackOnly?: boolean
  /** Files to serve beside the endpoints, by URL path. */
  readonly pages?: Pages
}

/**
 * A running ytopic: handlers for a `Bun.serve`, and its end. Give that `reusePort: false`: else,
 * with `development: false`, Bun lets another server take the same port and some of the clients.
 */
export interface Ytopic {
  /** Answers HTTP requests and upgrades; undefined once a request was upgraded. */
  readonly fetch: (
    request: Request,
    server: Server<Connection>,
  ) => Response | undefined | Promise<Response>
  readonly websocket: WebSocketHandler<Connection>
  readonly metrics: Metrics
  /**
   * Says something beside a document to those who have it open over Hocuspocus.
   * @returns whether the document is open here
   */
  readonly broadcastStateless: (document: string, text: string) => boolean
  /**
   * Sends the clients of a server that listens no more away, spread over time, to come back to
   * another one with the same handlers. Several may have them at the same time. Resolves when the
   * server has no connections left.
   */
  readonly retire: (server: Server<Connection>) => Promise<void>
  /**
   * Takes access back: the authority forgets what it decided, and everybody who is meant and here
   * is decided about anew.
   * @returns how many sessions these are
   */
  readonly revoke: (what: Revocation) => number
  /**
   * Leaves: refuses new connections, spreads the closes of the open ones, writes everything, and
   * closes the store. Resolves to whether everything reached the disk in time. Idempotent.
   */
  readonly stop: () => Promise<boolean>
}

/** Makes a ytopic out of its parts. Nothing is read from the environment. */
export function createYtopic(options: YtopicOptions): Ytopic {
  const clock = options.clock ?? systemClock
  const limits = limitsWith(options.limits)
  const log = calmLog(options.log ?? standardLog, limits.log_lines_per_second_max, clock)
  const metrics = new Metrics()
  const { store } = options
  const journal = new Journal({ store, clock, log, metrics, limits })
  const folder = options.fold === undefined ? createFoldWorker() : borrowedFolder(options.fold)
  const compactor = new Compactor({ store, journal, fold: folder.fold, log, metrics })
  const servers = new Servers()
  const broadcast = (topic: string, bytes: Uint8Array): boolean => servers.publish(topic, bytes)
  const { onStateless } = options
  const stampAwareness = options.stampAwareness ?? true
  const said = { onStateless, stampAwareness }
  const shared = { journal, clock, log, metrics, limits, broadcast, ...said }
  const rooms = new Rooms({ ...shared, store, compactor })
  const handlers = createHandlers({
    ...shared,
    rooms,
    servers,
    authority: options.authority ?? anonymousAuthority('write'),
    tokenCookie: options.tokenCookie,
    adminToken: options.adminToken,
    wallClock: options.wallClock ?? systemWallClock,
    pages: options.pages ?? new Map(),
    durability: options.durability,
    origins: new Origins(options.origins ?? [], options.loopbackOnly ?? false),
    proxies: new TrustedProxies(options.trustedProxies ?? []),
  })
  let stopping: Promise<boolean> | undefined
  const stop = async (): Promise<boolean> => {
    await handlers.drain()
    const deadline = new Promise<'late'>((resolve) => {
      clock.after(limits.drain_ms_max - limits.drain_spread_ms, () => resolve('late'))
    })
    const written = await Promise.race([journal.flushed().then(() => 'written'), deadline])
    journal.close()
    await folder.close()
    if (written === 'written') await store.close()
    return written === 'written'
  }
  return {
    fetch: handlers.fetch,
    websocket: handlers.websocket,
    retire: handlers.retire,
    metrics,
    broadcastStateless(document, text) {
      const room = rooms.find(document)
      room?.sayStateless(text)
      return room !== undefined
    },
    revoke: handlers.revoke,
    stop: () => (stopping ??= stop()),
  }
}

/** Somebody else's way to fold, which is theirs to end. */
function borrowedFolder(fold: Fold): FoldWorker {
  return { fold, close: () => Promise.resolve() }
}
