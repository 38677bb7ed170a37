import type { WebSocketHandler } from 'bun'
import { WaitingBudget } from '../channel/waiting-frames.ts'
import { admit } from './admit.ts'
import type { Connection } from '../connection/connection.ts'
import { faulted, guard } from '../connection/faults.ts'
import { WritePace } from '../connection/write-pace.ts'
import type { Garbage } from './garbage.ts'
import type { HandlerParts } from './handler-parts.ts'
import { receive } from './receive.ts'

/** The most that Bun takes as a bound. */
const unsentBytesMost = 2 ** 32 - 1

/** What becomes of the sockets. @param garbage counts what has come and gone */
export function createSocketHandlers(
  parts: HandlerParts,
  garbage: Garbage,
): WebSocketHandler<Connection> {
  const { connections, limits, metrics } = parts
  const pace = new WritePace(parts)
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
      admit(parts, socket.data, budget)
    },
    message(socket, message) {
      if (!socket.data.heard) connections.heard(socket.data)
      try {
        receive(parts, socket.data, message)
      } catch (error) {
        faulted(parts, socket.data, error)
      }
      garbage.received(message.length)
      pace.took(socket.data, message.length)
    },
    ping(socket) {
      if (!socket.data.allowance.takes('control', 1)) socket.data.refuse('too-fast')
    },
    pong(socket) {
      if (!socket.data.allowance.takes('control', 1)) socket.data.refuse('too-fast')
    },
    drain(socket) {
      const { channel, multiplexer } = socket.data
      if (channel !== undefined) guard(parts, socket.data, () => channel.drained())
      else multiplexer?.drained()
    },
    close(socket, _code, reason) {
      metrics.connectionsClosed++
      connections.closed(socket.data)
      socket.data.closed()
      const { channel, isSentAway, multiplexer } = socket.data
      if (reason === cutOverSize) cutOff(parts, socket.data)
      if (channel !== undefined) guard(parts, socket.data, () => channel.end(isSentAway))
      else multiplexer?.end(isSentAway)
    },
  }
}

/** Bun's reason where a frame is beyond `maxPayloadLength`; the client gets 1009. */
const cutOverSize = 'Received too big message'

/** Nothing could be said to it: it is told when it comes back. */
function cutOff(parts: HandlerParts, connection: Connection): void {
  const { multiplexer, admission, caller, channel } = connection
  const document = admission.kind === 'document' ? admission.name : undefined
  parts.log.warn('frame-cut', { kind: 'frame-too-large', address: caller.facts.ip, document })
  connection.countRefusal('frame-too-large')
  if (channel !== undefined) guard(parts, connection, () => channel.cut())
  else multiplexer?.cut()
}
