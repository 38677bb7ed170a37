import type { Server, WebSocketHandler } from 'bun'
import type { Authority, Revocation, Who } from './auth/authority.ts'
import type { Chance } from './base/chance.ts'
import type { Clock, WallClock } from './base/clock.ts'
import type { LimitOptions, Limits } from './base/limits/limits.ts'
import type { Log } from './base/log.ts'
import type { MetricsSnapshot } from './base/metrics.ts'
import { Events } from './events/events.ts'
import { SessionViews } from './api/session-view.ts'
import type { Bus } from './cluster/bus.ts'
import type { Cluster } from './cluster/cluster.ts'
import { Chat } from './chat/chat.ts'
import { Compactor } from './storage/compactor.ts'
import { History } from './history/history.ts'
import { UnaskedVersions } from './history/unasked.ts'
import type { ContentOptions } from './ydoc/content/content-options.ts'
import type { Historian } from './ydoc/historian.ts'
import type { Converter } from './ydoc/converter.ts'
import type { Folder } from './ydoc/folder.ts'
import type { Fold } from './ydoc/request.ts'
import { Journal } from './storage/journal.ts'
import { CompanionAuthority } from './auth/companion-authority.ts'
import { RefusedUploads } from './channel/refused-uploads.ts'
import { Rooms } from './room/rooms.ts'
import type { StatelessHandler } from './room/stateless.ts'
import {
  type AgentEndpoint,
  agentRoutes,
  type CreateAgentEndpoint,
} from './documents/agent-host.ts'
import { HookCalls, type Hooks } from './documents/hooks.ts'
import { createDocuments, type Documents, type OwnDocuments } from './documents/documents.ts'
import { accessTo, basicsOf, followingOf, ofDocuments } from './parts.ts'
import { observersOf, requestParts, revocationsOf, threadsOf } from './parts.ts'
import { metricsTeller } from './api/metrics.ts'
import { routesOf } from './api/routes.ts'
import { Router } from './http/router.ts'
import { Connections } from './connection/connections.ts'
import { createHandlers, type Handlers } from './server/handlers.ts'
import { Listeners } from './connection/listeners.ts'
import type { SocketData } from './connection/socket-data.ts'
import { besideTheirs, type TheirSockets } from './server/their-sockets.ts'
import type { Pages } from './http/pages.ts'
import type { Store } from '../persistence/store.ts'

/** What both `createYtopic` and `serve` take. Nothing is read from the environment. */
export interface CommonOptions extends Hooks {
  /** Limits by name, such as `frameBytesMax`; docs/operating.md lists them with their defaults. */
  readonly limits?: LimitOptions | undefined
  /** Where lines for the operator go; standard error unless told otherwise. */
  readonly log?: Log | undefined
  readonly clock?: Clock | undefined
  /** Milliseconds since 1970: what the ends of grants are compared with. */
  readonly wallClock?: WallClock | undefined
  /** Where names that nobody guesses come from; the machine's own unless told otherwise. */
  readonly chance?: Chance | undefined
  /** Folds updates into snapshots; by default a thread of its own does. */
  readonly fold?: Fold | undefined
  /** How content is read and written over HTTP where a request leaves it open. */
  readonly content?: ContentOptions | undefined
  /** Name of the cookie that holds a token, where the client shows none otherwise. */
  readonly tokenCookie?: string | undefined
  /**
   * Whether the id, name and color that the authority asserts are written into what the client
   * shows of itself, and what it does not assert of these taken away. Yes unless told otherwise.
   */
  readonly enforceIdentity?: boolean | undefined
  /** A bearer token that may do everything over HTTP, on every document. */
  readonly adminToken?: string | undefined
  /** Whether webhooks may be in private networks, on this machine, and without TLS. */
  readonly webhooksAllowPrivate?: boolean | undefined
  /** Hears the messages that clients send beside their documents. */
  readonly onStateless?: StatelessHandler | undefined
  /** `full` says "saved" of what is synced to the disk, `relaxed` of what is written. */
  readonly durability?: 'full' | 'relaxed' | undefined
  /**
   * Sites whose pages may use this server, such as `https://app.example.org`,
   * `https://*.example.org`, or `*`. Pages of the same host always may.
   */
  readonly origins?: readonly string[] | undefined
  /** Where servers on one store tell each other at once what they have in common. */
  readonly bus?: Bus | undefined
  /** Proxies whose forwarded headers are believed: addresses, networks, or `loopback`. */
  readonly trustedProxies?: readonly string[] | undefined
  /** Answers agents on `/mcp`: `agents` of `ytopic/mcp`. */
  readonly mcp?: CreateAgentEndpoint | undefined
  /** Files to serve beside the endpoints, by URL path. */
  readonly pages?: Pages | undefined
}

/** What `createYtopic` takes; only the store and the authority have no default. */
export interface YtopicOptions extends CommonOptions {
  /** Where documents are kept. The caller opens it; `stop` closes it. */
  readonly store: Store
  /** Who may read and write what. `anonymous('write')` of `ytopic/anonymous` lets everybody. */
  readonly authority: Authority
  /** Whether the server is reached by names of this machine only; others are refused. */
  readonly loopbackOnly?: boolean | undefined
}

/** How a ytopic ended. */
export interface Stopped {
  /** Whether everything that was accepted is in the store, and the store is closed. */
  readonly written: boolean
  /** What was accepted and is not known to be in the store; 0 when all was written. */
  readonly pendingUpdates: number
  readonly pendingBytes: number
}

/**
 * A running ytopic: handlers for a `Bun.serve`, and its end. Give that `reusePort: false`: else,
 * with `development: false`, Bun lets another server take the same port and some of the clients.
 */
export interface Ytopic {
  /** Answers HTTP requests and upgrades; undefined once a request was upgraded. */
  readonly fetch: (
    request: Request,
    server: Server<SocketData>,
  ) => Response | undefined | Promise<Response>
  /**
   * Answers an HTTP request of the program's own, which comes over no network: its token decides
   * what it may do. `new Request('http://localhost/api/v1/documents')` lists documents.
   * @param as who asks, for history, where the authority says nothing of that
   */
  readonly ask: (request: Request, as?: Who) => Promise<Response>
  /** For a server whose sockets are all ytopic's. */
  readonly websocket: WebSocketHandler<SocketData>
  /**
   * For a server that has sockets of its own besides. It upgrades those itself, with any `data`;
   * they come to these handlers and ytopic's to its own. Sizes, time limits and compression are
   * ytopic's for both.
   */
  readonly websocketWith: <Data>(theirs: TheirSockets<Data>) => WebSocketHandler<SocketData | Data>
  /** The counters as they are at this moment; read again for later ones. */
  readonly metrics: MetricsSnapshot
  /**
   * The same, and what is measured at this moment, in the text format of Prometheus: an answer for
   * the operator. It asks nobody for a token, and names no document.
   */
  readonly tellMetrics: () => Promise<Response>
  /** Documents from within the process: read, changed and looked after as over HTTP. */
  readonly documents: Documents
  /**
   * Says something beside a document to those who have it open and hear messages: over Hocuspocus
   * all, over y-websocket those who asked with `messages=1`.
   * @returns whether the document is open here
   */
  readonly broadcastStateless: (document: string, text: string) => boolean
  /**
   * Sends the clients of a server that listens no more away, spread over time, to come back to
   * another one with the same handlers. Several may have them at the same time. Resolves when the
   * server has no connections left.
   */
  readonly retire: (server: Server<SocketData>) => Promise<void>
  /**
   * Takes access back: the authority forgets what it decided, and everybody who is meant and here
   * is decided about anew. Resolves when the store has it, to how many sessions these are.
   */
  readonly revoke: (what: Revocation) => Promise<number>
  /**
   * Leaves: refuses new connections, spreads the closes of the open ones, writes everything, and
   * closes the store. Gives up after `drainMsMax`. Idempotent.
   * @returns what became of what was accepted
   */
  readonly stop: () => Promise<Stopped>
}

/**
 * Makes a ytopic out of its parts, for a `Bun.serve` of the caller's.
 * @throws AuthSetupError without an authority: nobody would decide who may do what
 * @throws TypeError where a limit has no such name or value
 */
export function createYtopic(options: YtopicOptions): Ytopic {
  const basics = basicsOf(options)
  const { clock, limits, log, metrics } = basics
  const { adminToken, durability, onStateless, store } = options
  const revocations = revocationsOf({ ...basics, store }, () => api)
  const authority = new CompanionAuthority(options.authority, revocations)
  const journal = new Journal({ ...basics, store })
  const threads = threadsOf(options, basics)
  const { attribute, converter, folder, historian } = threads
  const following = followingOf(() => rooms)
  const stored = { ...basics, store, journal, fold: folder.fold, attribute, ...following }
  const listeners = new Listeners()
  const broadcast = (topic: string, bytes: Uint8Array): boolean => listeners.publish(topic, bytes)
  const who = { adminToken, authority, broadcast, onStateless }
  const shared = { ...basics, ...who, store, journal, revocations }
  const { messages, outbox, versions } = store
  const chat = messages && new Chat({ ...shared, messages })
  const views = new SessionViews(basics)
  const hooks = new HookCalls(options, { ...shared, converter, views })
  const { webhooksAllowPrivate: allowPrivate = false } = options
  const events = outbox && new Events({ ...shared, outbox, allowPrivate, told: hooks.changed })
  const keep = (document: string): void => unasked?.keep(document)
  const { kept, observer, seed } = hooks
  const seen = observersOf(limits, keep, { events, journal }, views)
  const observers = [...[...seen, observer].map(ofDocuments), ...(chat === undefined ? [] : [chat])]
  const rooms = new Rooms({ ...shared, chat, compactor: new Compactor(stored), observers, seed })
  const history = versions && new History({ ...shared, versions, rooms, historian, kept })
  const unasked = history && new UnaskedVersions({ history, journal, log })
  const connections = new Connections(limits)
  const working = { history, unasked, durability, rooms, connections, converter }
  const editing = { ...shared, ...working, events, views, chat }
  const tellMetrics = metricsTeller(editing)
  const api = { ...editing, ...accessTo(editing), tellMetrics }
  const documents = createDocuments(api)
  const mcp = options.mcp?.(basics)
  const ask: Ytopic['ask'] = (request, as) => handlers.ask(request, as)
  const handlers = createHandlers({
    ...shared,
    rooms,
    connections,
    router: new Router([...routesOf(api), ...agentRoutes(mcp, { ...api, documents, ask })]),
    uploads: new RefusedUploads(clock, log),
    listeners,
    ...requestParts(options),
  })
  rooms.listen((what) => revocations.heard(what))
  events?.begin()
  const stop = stopOnce({ ...shared, ...threads, chat, documents, events, handlers, mcp, rooms })
  return {
    documents,
    ...doorsOf(handlers),
    get metrics() {
      return metrics.snapshot()
    },
    tellMetrics,
    broadcastStateless: (document, text) => rooms.sayStateless(document, text),
    revoke: (what) => revocations.add(what),
    stop,
  }
}

type Doors = Pick<Ytopic, 'ask' | 'fetch' | 'retire' | 'websocket' | 'websocketWith'>

/** What requests and sockets are handed to. */
function doorsOf({ ask, fetch, retire, websocket }: Handlers): Doors {
  const websocketWith: Ytopic['websocketWith'] = (theirs) => besideTheirs(websocket, theirs)
  return { ask, fetch, retire, websocket, websocketWith }
}

/** What has to be ended, in the order in which it is. */
interface Ending {
  readonly cluster: Cluster | undefined
  readonly chat: Chat | undefined
  readonly clock: Clock
  readonly documents: OwnDocuments
  readonly mcp: AgentEndpoint | undefined
  readonly events: Events | undefined
  readonly folder: Folder
  readonly converter: Converter
  readonly handlers: Pick<Handlers, 'drain'>
  readonly historian: Historian
  readonly journal: Journal
  readonly limits: Limits
  readonly rooms: Rooms
  readonly store: Store
}

/** Ends a ytopic when it is first called, and tells the same of it each time. */
function stopOnce(ending: Ending): () => Promise<Stopped> {
  const { chat, clock, converter, documents, events, folder, handlers, historian } = ending
  const { cluster, journal, limits, mcp, rooms, store } = ending
  let stopping: Promise<Stopped> | undefined
  const stop = async (): Promise<Stopped> => {
    await mcp?.end()
    documents.end()
    events?.leave()
    await handlers.drain()
    const { promise: deadline, resolve } = Promise.withResolvers<'late'>()
    const patienceMs = limits.drain_ms_max - limits.drain_spread_ms
    const cancel = clock.after(patienceMs, () => resolve('late'))
    const outcome = await Promise.race([journal.flushed().then(() => 'written'), deadline])
    const { pending } = journal
    rooms.end()
    chat?.end()
    await cluster?.end()
    journal.close()
    await Promise.all([folder.close(), converter.close(), historian.close()])
    const written = outcome === 'written'
    if (written) await Promise.race([Promise.all([chat?.flushed(), events?.end()]), deadline])
    if (written) await store.close()
    // A program that has nothing else to do ends now.
    cancel()
    return { written, ...pending }
  }
  return () => (stopping ??= stop())
}
