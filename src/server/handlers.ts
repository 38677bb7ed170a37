import type { Server, WebSocketHandler } from 'bun'
import { sleep, type WallClock } from '../base/clock.ts'
import type { Authority, Revocation } from '../auth/authority.ts'
import type { RefusalKind } from '../base/errors.ts'
import { Entrance } from '../document/entrance.ts'
import type { RoomParts } from '../document/room.ts'
import type { Rooms } from '../document/rooms.ts'
import { WaitingBudget } from '../document/waiting-frames.ts'
import { readDocumentName } from '../protocol/document-name.ts'
import { hocuspocus } from '../protocol/hocuspocus.ts'
import { yWebsocket } from '../protocol/y-websocket.ts'
import { Addresses } from './addresses.ts'
import { type Admission, Connection, type Socket } from './connection.ts'
import { revokeIn } from './admin.ts'
import { subprotocolFor } from './caller.ts'
import { doorOf } from './door.ts'
import type { Origins } from './origins.ts'
import type { Pages } from './pages.ts'
import { refuseRequest } from './refusal-answer.ts'
import { answer, callerOf, endpoint, type Visit, visitOf } from './requests.ts'
import type { Servers } from './servers.ts'
import type { TrustedProxies } from './trusted-proxies.ts'

/** What the handlers work with. */
export interface HandlerParts extends RoomParts {
  readonly rooms: Rooms
  readonly authority: Authority
  /** Name of the cookie that holds a token, if one does. */
  readonly tokenCookie: string | undefined
  /** The bearer token of the operator's API; without one there is no API. */
  readonly adminToken: string | undefined
  readonly wallClock: WallClock
  readonly pages: Pages
  readonly durability: 'full' | 'relaxed' | undefined
  readonly origins: Origins
  readonly proxies: TrustedProxies
  /** The servers that the handlers serve, as requests show them. */
  readonly servers: Servers
}

/** An HTTP answer; undefined once a request was upgraded. */
type Answer = Response | undefined | Promise<Response>

/** Handlers for a `Bun.serve`. */
export interface Handlers {
  readonly fetch: (request: Request, server: Server<Connection>) => Answer
  readonly websocket: WebSocketHandler<Connection>
  /** Refuses what is new and spreads the closes of what is open. */
  readonly drain: () => Promise<void>
  /** Spreads the closes of what is open on a server that listens no more, and forgets it. */
  readonly retire: (server: Server<Connection>) => Promise<void>
  /** Takes access back. @returns how many sessions are decided about anew */
  readonly revoke: (what: Revocation) => number
}

/** Where one socket carries many documents; the paths are taken exactly. */
const multiplexEndpoints: ReadonlySet<string> = new Set(['/', '/hocuspocus', '/hocuspocus/'])
const sweepMs = 1_000
/** A client that does not answer a close is not waited for longer than this. */
const goodbyeMs = 1_000

/** Makes the handlers; a timer looks after rooms and sockets until `drain`. */
export function createHandlers(parts: HandlerParts): Handlers {
  const connections = new Set<Connection>()
  let draining = false
  const stopSweep = parts.clock.every(sweepMs, () => {
    parts.rooms.sweep()
    const now = parts.clock.now()
    for (const connection of connections) {
      const { addresses, entrance } = connection
      addresses?.sweep(now)
      if (entrance !== undefined) guard(parts, connection, () => entrance.sweep())
    }
    cutOverflowing(connections, parts)
  })
  return {
    fetch(request, server) {
      parts.servers.add(server)
      const visit = visitOf(parts, request, server)
      const isUpgrade = request.headers.get('upgrade')?.toLowerCase() === 'websocket'
      if (!isUpgrade) return answer(parts, request, visit, connections)
      if (draining) return refuseRequest('draining')
      return upgrade(parts, request, visit, server, connections.size)
    },
    websocket: createSocketHandlers(parts, connections),
    async drain() {
      draining = true
      stopSweep()
      await closeAll(parts, connections, () => true)
    },
    async retire(server) {
      await closeAll(parts, connections, (connection) => connection.server === server)
      parts.servers.forget(server)
    },
    revoke: (what) => revokeIn(parts.authority, connections, what),
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
      const { entrance, addresses } = socket.data
      if (entrance !== undefined) guard(parts, socket.data, () => entrance.drained())
      else addresses?.drained()
    },
    close(socket) {
      metrics.connectionsClosed++
      connections.delete(socket.data)
      const { entrance, addresses } = socket.data
      if (entrance !== undefined) guard(parts, socket.data, () => entrance.end())
      else addresses?.end()
    },
  }
}

function admit(parts: HandlerParts, connection: Connection): void {
  const { admission } = connection
  const failed = (document: string, error: unknown): void => {
    parts.rooms.fail(document, error)
    connection.close('room-failed')
  }
  switch (admission.kind) {
    case 'refused':
      return connection.refuse(admission.refusal, admission.detail)
    case 'multiplex':
      connection.addresses = new Addresses({
        connection,
        protocol: admission.protocol,
        limits: parts.limits,
        now: parts.clock.now(),
        wallClock: parts.wallClock,
        door: (document) => doorOf(parts, document, connection.caller),
        failed,
      })
      return
    case 'document':
      connection.entrance = new Entrance({
        peer: connection,
        codec: admission.codec,
        address: admission.name,
        budget: new WaitingBudget(parts.limits.opening_queue_bytes_max),
        wishes: admission.wishes,
        wallClock: parts.wallClock,
        limits: parts.limits,
        door: doorOf(parts, admission.name, connection.caller),
        failed: (error) => failed(admission.name, error),
        vacated: () => undefined,
      })
      return connection.entrance.open(connection.caller.token)
  }
}

function receive(parts: HandlerParts, socket: Socket, message: string | Buffer): void {
  const connection = socket.data
  const { admission, entrance } = connection
  parts.metrics.framesReceived++
  if (entrance === undefined || admission.kind !== 'document') {
    if (typeof message === 'string') connection.refuse('text-frame')
    else connection.addresses?.receive(message, parts.clock.now())
    return
  }
  if (typeof message === 'string') return entrance.refuse('text-frame')
  if (message.length > parts.limits.frame_bytes_max) return entrance.refuse('frame-too-large')
  guard(parts, connection, () => entrance.receive(admission.codec.decode(message), message))
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
  visit: Visit,
  server: Server<Connection>,
  open: number,
): Response | undefined {
  const wanted = admissionFor(visit.path, new URL(request.url).searchParams)
  const refused = open < parts.limits.connections_max ? visit.refusal : 'server-full'
  const connection = new Connection({
    caller: callerOf(parts, request, visit),
    admission: refused === undefined ? wanted : instead(wanted, refused),
    server,
    servers: parts.servers,
    clock: parts.clock,
    denyDelayMs: parts.limits.deny_delay_ms,
  })
  const protocol = subprotocolFor(request.headers)
  const headers = protocol === undefined ? {} : { 'Sec-WebSocket-Protocol': protocol }
  const upgraded = server.upgrade(request, { data: connection, headers })
  return upgraded ? undefined : refuseRequest('upgrade-failed')
}

/**
 * `/hocuspocus` and `/` for many documents over one socket; `/ws/<document>`, and every other path
 * as a y-websocket server at the root would take it, for one.
 */
function admissionFor(path: string, query: URLSearchParams): Admission {
  if (multiplexEndpoints.has(path)) return { kind: 'multiplex', protocol: hocuspocus }
  const codec = yWebsocket
  const encoded = path.startsWith(endpoint) ? path.slice(endpoint.length) : path.slice(1)
  const verdict = readDocumentName(encoded)
  if (verdict.kind === 'bad-name') {
    return { kind: 'refused', codec, refusal: 'bad-name', detail: verdict.reason }
  }
  const wishes = {
    echo: query.get('echo') === '1',
    saved: query.get('saved') === '1',
    statuses: false,
  }
  return { kind: 'document', name: verdict.name, codec, wishes }
}

function instead(admission: Admission, refusal: RefusalKind): Admission {
  const codec = 'codec' in admission ? admission.codec : undefined
  return { kind: 'refused', codec, refusal }
}

function cutOverflowing(connections: ReadonlySet<Connection>, parts: HandlerParts): void {
  for (const connection of connections) {
    if (connection.bufferedBytes() > parts.limits.backpressure_hard_bytes) connection.terminate()
  }
}

/** Clients reconnect about 200 ms after a close, without jitter: spread, they return spread. */
async function closeAll(
  parts: HandlerParts,
  connections: ReadonlySet<Connection>,
  isMeant: (connection: Connection) => boolean,
): Promise<void> {
  const { clock, limits } = parts
  const open = [...connections].filter(isMeant)
  const stepMs = 20
  const perStep = Math.max(1, Math.ceil((open.length * stepMs) / limits.drain_spread_ms))
  for (let at = 0; at < open.length; at += perStep) {
    if (at > 0) await sleep(clock, stepMs)
    for (const connection of open.slice(at, at + perStep)) connection.close('draining')
  }
  const givenUpAt = clock.now() + goodbyeMs
  const isOpen = (connection: Connection): boolean => connections.has(connection)
  while (open.some(isOpen) && clock.now() < givenUpAt) await sleep(clock, stepMs)
}
