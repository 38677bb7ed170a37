import type { Server, WebSocketHandler } from 'bun'
import { sleep } from '../base/clock.ts'
import { RefusalError, type RefusalKind, refusals } from '../base/errors.ts'
import { describeError } from '../base/log.ts'
import type { RoomParts } from '../document/room.ts'
import type { Rooms } from '../document/rooms.ts'
import { Session } from '../document/session.ts'
import { readDocumentName } from '../protocol/document-name.ts'
import { yWebsocket } from '../protocol/y-websocket.ts'
import { type Admission, Connection, type Socket } from './connection.ts'
import { healthPage, readyPage } from './health.ts'
import { type Pages, servePage } from './pages.ts'

/** What the handlers work with. */
export interface HandlerParts extends RoomParts {
  readonly rooms: Rooms
  readonly pages: Pages
  readonly durability: 'full' | 'relaxed' | undefined
  /** The server that the handlers serve, once a request has shown it. */
  readonly server: { current?: Server<Connection> }
}

/** Handlers for a `Bun.serve`. */
export interface Handlers {
  readonly fetch: (request: Request, server: Server<Connection>) => Response | undefined
  readonly websocket: WebSocketHandler<Connection>
  /** Refuses what is new and spreads the closes of what is open. */
  readonly drain: () => Promise<void>
}

const endpoint = '/ws/'
const sweepMs = 1_000
/** A client that does not answer a close is not waited for longer than this. */
const goodbyeMs = 1_000

/** Makes the handlers; a timer looks after rooms and sockets until `drain`. */
export function createHandlers(parts: HandlerParts): Handlers {
  const connections = new Set<Connection>()
  let draining = false
  const stopSweep = parts.clock.every(sweepMs, () => {
    parts.rooms.sweep()
    cutOverflowing(connections, parts)
  })
  return {
    fetch(request, server) {
      parts.server.current = server
      const path = pathOf(request.url)
      if (request.headers.get('upgrade')?.toLowerCase() !== 'websocket') {
        return answer(parts, request, path, connections)
      }
      if (draining) return refuseRequest('draining')
      return upgrade(parts, request, path, server, connections.size)
    },
    websocket: createSocketHandlers(parts, connections),
    async drain() {
      draining = true
      stopSweep()
      await closeAll(parts, connections)
    },
  }
}

function createSocketHandlers(
  parts: HandlerParts,
  connections: Set<Connection>,
): WebSocketHandler<Connection> {
  const { limits, metrics } = parts
  return {
    // Frames up to here get an answer in words; beyond, Bun cuts the connection.
    maxPayloadLength: 2 * limits.frame_bytes_max,
    backpressureLimit: limits.backpressure_hard_bytes,
    closeOnBackpressureLimit: true,
    perMessageDeflate: false,
    idleTimeout: 60,
    open(socket) {
      metrics.connectionsOpened++
      connections.add(socket.data)
      socket.data.opened(socket)
      admit(parts, socket.data)
    },
    message(socket, message) {
      receive(parts, socket, message)
    },
    drain(socket) {
      guard(parts, socket.data, () => socket.data.session?.drained())
    },
    close(socket) {
      metrics.connectionsClosed++
      connections.delete(socket.data)
      guard(parts, socket.data, () => socket.data.session?.end())
    },
  }
}

function admit(parts: HandlerParts, connection: Connection): void {
  const { admission } = connection
  if (admission.kind === 'refused') return connection.refuse(admission.refusal, admission.detail)
  const session = new Session({
    peer: connection,
    codec: connection.codec,
    document: admission.name,
    queueBytesMax: parts.limits.opening_queue_bytes_max,
    wishes: admission.wishes,
  })
  connection.session = session
  parts.rooms.open(admission.name).then(
    (room) => guard(parts, connection, () => session.enter(room)),
    (error: unknown) => {
      const kind = error instanceof RefusalError ? error.kind : 'store-unavailable'
      const fields = { document: admission.name, kind, reason: describeError(error) }
      parts.log.error('open-failed', fields)
      session.refuse(kind)
    },
  )
}

function receive(parts: HandlerParts, socket: Socket, message: string | Buffer): void {
  const connection = socket.data
  const { session } = connection
  parts.metrics.framesReceived++
  if (session === undefined) return
  if (typeof message === 'string') return session.refuse('text-frame')
  if (message.length > parts.limits.frame_bytes_max) return session.refuse('frame-too-large')
  guard(parts, connection, () => session.receive(connection.codec.decode(message), message))
}

/** A fault in our own code costs its room a reload, never the process or another document. */
function guard(parts: HandlerParts, connection: Connection, act: () => void): void {
  try {
    act()
  } catch (error) {
    if (connection.admission.kind === 'document') parts.rooms.fail(connection.admission.name, error)
    connection.close('room-failed')
  }
}

function upgrade(
  parts: HandlerParts,
  request: Request,
  path: string,
  server: Server<Connection>,
  open: number,
): Response | undefined {
  const full = open >= parts.limits.connections_max
  const admission: Admission = full
    ? { kind: 'refused', refusal: 'server-full' }
    : admissionFor(path, new URL(request.url).searchParams)
  const connection = new Connection({
    codec: yWebsocket,
    admission,
    clock: parts.clock,
    denyDelayMs: parts.limits.deny_delay_ms,
  })
  return server.upgrade(request, { data: connection }) ? undefined : refuseRequest('upgrade-failed')
}

/** `/ws/<document>`, and every other path as a y-websocket server at the root would take it. */
function admissionFor(path: string, query: URLSearchParams): Admission {
  const encoded = path.startsWith(endpoint) ? path.slice(endpoint.length) : path.slice(1)
  const verdict = readDocumentName(encoded)
  if (verdict.kind === 'bad-name') {
    return { kind: 'refused', refusal: 'bad-name', detail: verdict.reason }
  }
  const wishes = { echo: query.get('echo') === '1', saved: query.get('saved') === '1' }
  return { kind: 'document', name: verdict.name, wishes }
}

function answer(
  parts: HandlerParts,
  request: Request,
  path: string,
  connections: ReadonlySet<Connection>,
): Response {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return refuseRequest('method-not-allowed')
  }
  if (path === '/healthz') return healthPage(parts, connections)
  if (path === '/readyz') return readyPage(parts)
  return servePage(parts.pages, request, path) ?? refuseRequest('not-found')
}

function refuseRequest(kind: RefusalKind): Response {
  const { status, sentence } = refusals[kind]
  return new Response(`${sentence}\n`, { status })
}

/** The path as it came, without the query. */
function pathOf(url: string): string {
  const start = url.indexOf('/', url.indexOf('//') + 2)
  const query = url.indexOf('?', start)
  return query < 0 ? url.slice(start) : url.slice(start, query)
}

function cutOverflowing(connections: ReadonlySet<Connection>, parts: HandlerParts): void {
  for (const connection of connections) {
    if (connection.bufferedBytes() > parts.limits.backpressure_hard_bytes) connection.terminate()
  }
}

/** Clients reconnect about 200 ms after a close, without jitter: spread, they return spread. */
async function closeAll(parts: HandlerParts, connections: ReadonlySet<Connection>): Promise<void> {
  const { clock, limits } = parts
  const open = [...connections]
  const stepMs = 20
  const perStep = Math.max(1, Math.ceil((open.length * stepMs) / limits.drain_spread_ms))
  for (let at = 0; at < open.length; at += perStep) {
    if (at > 0) await sleep(clock, stepMs)
    for (const connection of open.slice(at, at + perStep)) connection.close('draining')
  }
  const givenUpAt = clock.now() + goodbyeMs
  while (connections.size > 0 && clock.now() < givenUpAt) await sleep(clock, stepMs)
}
