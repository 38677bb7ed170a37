import type { Server, WebSocketHandler } from 'bun'
import type { WallClock } from '../base/clock.ts'
import type { Authority } from '../auth/authority.ts'
import type { RefusalKind } from '../base/errors.ts'
import { describeError, stackOf } from '../base/log.ts'
import { Entrance } from '../channel/channel.ts'
import type { RoomParts } from '../room/room-parts.ts'
import type { RefusedUploads } from '../room/refused-uploads.ts'
import type { Rooms } from '../room/rooms.ts'
import { WaitingBudget } from '../channel/waiting-frames.ts'
import type { BadFrame, Frame } from '../protocol/frame.ts'
import { isSeveral, messagesIn } from '../protocol/messages.ts'
import { Addresses } from './multiplexer.ts'
import { admissionFor, instead } from './admission.ts'
import { closeAll } from './close-all.ts'
import { Connection, type Socket } from './connection.ts'
import { subprotocolFor } from '../http/credentials.ts'
import { DocumentDoor } from './door.ts'
import { faulted, guard } from './faults.ts'
import type { Connections } from './connections.ts'
import type { Router } from '../http/router.ts'
import type { Origins } from '../http/origins.ts'
import type { Pages } from '../http/pages.ts'
import { Garbage } from './garbage.ts'
import { queryOf } from '../http/request-url.ts'
import { startRounds } from './round.ts'
import { refuseRequest } from '../http/answers.ts'
import { answer, credentialsOf, type Visit, visitOf } from './requests.ts'
import type { Servers } from './listeners.ts'
import type { TrustedProxies } from '../http/proxies.ts'

/** What the handlers work with. */
export interface HandlerParts extends RoomParts {
  readonly rooms: Rooms
  readonly connections: Connections
  readonly uploads: RefusedUploads
  readonly authority: Authority
  /** Name of the cookie that holds a token, if one does. */
  readonly tokenCookie: string | undefined
  /** The routes beside the sockets. */
  readonly router: Router
  /** The operator's token, which may do everything. */
  readonly adminToken: string | undefined
  readonly wallClock: WallClock
  readonly pages: Pages
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
}

/** Makes the handlers; a timer looks after rooms and sockets until `drain`. */
export function createHandlers(parts: HandlerParts): Handlers {
  const { connections } = parts
  const garbage = new Garbage()
  let draining = false
  const stopRounds = startRounds({
    ...parts,
    connections,
    garbage,
    guard: (connection, act) => guard(parts, connection, act),
  })
  /** Bun would answer a fault with the stack, and in development with our source. */
  const failed = (error: unknown): Response => {
    parts.log.error('request-failed', { reason: describeError(error), stack: stackOf(error) })
    return refuseRequest('request-failed')
  }
  return {
    fetch(request, server) {
      parts.servers.add(server)
      try {
        const visit = visitOf(parts, request, server)
        const isUpgrade = request.headers.get('upgrade')?.toLowerCase() === 'websocket'
        if (!isUpgrade) {
          const mayRequest = connections.crowd.mayRequest(visit.visitor.address, parts.clock.now())
          if (!mayRequest) return refuseRequest('too-many-requests')
          return answer(parts, request, visit).catch(failed)
        }
        if (draining) return refuseRequest('draining')
        return upgrade(parts, request, visit, server, connections)
      } catch (error) {
        return failed(error)
      }
    },
    websocket: createSocketHandlers(parts, connections, garbage),
    async drain() {
      draining = true
      stopRounds()
      await closeAll(parts, connections, () => true)
    },
    async retire(server) {
      await closeAll(parts, connections, (connection) => connection.server === server)
      parts.servers.forget(server)
    },
  }
}

/** The most that Bun takes as a bound. */
const unsentBytesMost = 2 ** 32 - 1

function createSocketHandlers(
  parts: HandlerParts,
  connections: Connections,
  garbage: Garbage,
): WebSocketHandler<Connection> {
  const { limits, metrics } = parts
  const budget = (): WaitingBudget => new WaitingBudget(limits.opening_queue_bytes_max)
  return {
    // Frames up to here get an answer in words; beyond, Bun cuts the connection.
    maxPayloadLength: 2 * limits.frame_bytes_max,
    // One description may be larger than what else a socket may hold: connections see to it.
    backpressureLimit: unsentBytesMost,
    closeOnBackpressureLimit: true,
    perMessageDeflate: false,
    idleTimeout: 60,
    open(socket) {
      metrics.connectionsOpened++
      connections.opened(socket.data)
      socket.data.opened(socket)
      admit(parts, socket.data, connections, budget)
    },
    message(socket, message) {
      if (!socket.data.heard) connections.heard(socket.data)
      try {
        receive(parts, socket, message)
      } catch (error) {
        faulted(parts, socket.data, error)
      }
      garbage.received(message.length)
    },
    ping(socket) {
      if (!socket.data.allowance.takes('control', 1)) socket.data.refuse('too-fast')
    },
    pong(socket) {
      if (!socket.data.allowance.takes('control', 1)) socket.data.refuse('too-fast')
    },
    drain(socket) {
      const { entrance, addresses } = socket.data
      if (entrance !== undefined) guard(parts, socket.data, () => entrance.drained())
      else addresses?.drained()
    },
    close(socket, _code, reason) {
      metrics.connectionsClosed++
      connections.closed(socket.data)
      socket.data.closed()
      const { entrance, addresses } = socket.data
      if (reason === cutOverSize) cutOff(parts, socket.data)
      if (entrance !== undefined) guard(parts, socket.data, () => entrance.end())
      else addresses?.end()
    },
  }
}

/** Bun's reason where a frame is beyond `maxPayloadLength`; the client gets 1009. */
const cutOverSize = 'Received too big message'

/** Nothing could be said to it: it is told when it comes back. */
function cutOff(parts: HandlerParts, connection: Connection): void {
  const { addresses, admission, caller, entrance } = connection
  const document = admission.kind === 'document' ? admission.name : undefined
  parts.log.warn('frame-cut', { kind: 'frame-too-large', address: caller.facts.ip, document })
  connection.counted('frame-too-large')
  if (entrance !== undefined) guard(parts, connection, () => entrance.cut())
  else addresses?.cut()
}

/** A socket of one document has no place to clear. */
const nothing = (): void => undefined

function admit(
  parts: HandlerParts,
  connection: Connection,
  connections: Connections,
  budget: () => WaitingBudget,
): void {
  const { admission } = connection
  switch (admission.kind) {
    case 'refused':
      return connection.refuse(admission.refusal, admission.detail)
    case 'multiplex':
      connection.addresses = new Addresses({
        connection,
        protocol: admission.protocol,
        wantsGrant: admission.wantsGrant,
        limits: parts.limits,
        now: parts.clock.now(),
        wallClock: parts.wallClock,
        door: (document) => new DocumentDoor(parts, document, connection),
        mayOpen: () => connections.mayOpenDocument(connection, parts.clock.now()),
        failed(document, error) {
          parts.rooms.fail(document, error)
          connection.close('room-failed')
        },
      })
      return
    case 'document':
      connection.entrance = new Entrance({
        peer: connection,
        codec: admission.codec,
        address: admission.name,
        budget,
        wishes: admission.wishes,
        wantsGrant: admission.wantsGrant,
        wallClock: parts.wallClock,
        limits: parts.limits,
        door: new DocumentDoor(parts, admission.name, connection),
        vacated: nothing,
      })
      return connection.entrance.open(connection.caller.token)
  }
}

function receive(parts: HandlerParts, socket: Socket, message: string | Buffer): void {
  const connection = socket.data
  const { admission, entrance } = connection
  parts.metrics.framesReceived++
  // On its way out: what it says now, it says again when it is back.
  if (connection.refused) return
  if (entrance === undefined || admission.kind !== 'document') {
    if (typeof message === 'string') connection.refuse('text-frame')
    else connection.addresses?.receive(message, parts.clock.now())
    return
  }
  if (typeof message === 'string') return entrance.refuse('text-frame')
  if (message.length > parts.limits.frame_bytes_max) return entrance.refuse('frame-too-large')
  const { codec } = admission
  // What comes most is not made into a frame.
  const from = codec.updateAt(message)
  const frame = from < 0 ? codec.decode(message) : undefined
  if (frame?.kind !== 'bad-frame' || !isSeveral(codec, message)) {
    return receiveOne(connection, entrance, message, from, frame)
  }
  // Each as if it had come alone; the frames of all are whole, or none is acted on.
  for (const one of messagesIn(codec, message)) {
    const start = codec.updateAt(one)
    receiveOne(connection, entrance, one, start, start < 0 ? codec.decode(one) : undefined)
    if (connection.refused) return
  }
}

/** @param from where its update begins, when it is nothing else; then there is no frame of it */
function receiveOne(
  { allowance }: Connection,
  entrance: Entrance,
  message: Uint8Array,
  from: number,
  frame: Frame | BadFrame | undefined,
): void {
  if (!allowance.takes(frame?.kind ?? 'update', message.length)) entrance.refuse('too-fast')
  else if (frame === undefined) entrance.takeUpdate(message, from)
  else entrance.receive(frame, message)
}

function upgrade(
  parts: HandlerParts,
  request: Request,
  visit: Visit,
  server: Server<Connection>,
  connections: Connections,
): Response | undefined {
  const wanted = admissionFor(visit.path, queryOf(request.url), parts.rooms)
  const refused = connections.refusalFor(visit.visitor.address, parts.clock.now()) ?? visit.refusal
  if (refused !== undefined) logRefusal(parts, refused, visit)
  const connection = new Connection({
    caller: credentialsOf(parts, request, visit),
    admission: refused === undefined ? wanted : instead(wanted, refused),
    server,
    servers: parts.servers,
    clock: parts.clock,
    limits: parts.limits,
    metrics: parts.metrics,
    crowd: connections.crowd,
  })
  const protocol = subprotocolFor(request.headers)
  const headers = protocol === undefined ? {} : { 'Sec-WebSocket-Protocol': protocol }
  const upgraded = server.upgrade(request, { data: connection, headers })
  return upgraded ? undefined : refuseRequest('upgrade-failed')
}

/** An operator who has forgotten a flag finds here which site, host or address it is about. */
function logRefusal({ log }: HandlerParts, kind: RefusalKind, { from, visitor }: Visit): void {
  const origin = from.kind === 'own' ? undefined : from.origin
  log.warn('refused', { kind, address: visitor.address, host: visitor.host, origin })
}
