import type { Server, WebSocketHandler } from 'bun'
import type { Who } from '../auth/authority.ts'
import { describeError, stackOf } from '../base/log.ts'
import { refuseRequest } from '../http/answers.ts'
import { contextOf } from '../http/context.ts'
import { closeAll } from '../connection/close-all.ts'
import type { Connection } from '../connection/connection.ts'
import { guard } from '../connection/faults.ts'
import { Garbage } from './garbage.ts'
import type { HandlerParts } from './handler-parts.ts'
import { answer } from './requests.ts'
import { startRounds } from './round.ts'
import { createSocketHandlers } from './sockets.ts'
import { upgrade } from './upgrade.ts'

const elsewhere = 'Another server has it; connect again to come to that one.'

/** An HTTP answer; undefined once a request was upgraded. */
type Answer = Response | undefined | Promise<Response>

/** Handlers for a `Bun.serve`. */
export interface Handlers {
  readonly fetch: (request: Request, server: Server<Connection>) => Answer
  /**
   * Answers a request of the program's own, which came over no network.
   * @param as who asks, where the authority says nothing of that
   */
  readonly ask: (request: Request, as?: Who) => Promise<Response>
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
  const sendAway = (): Promise<void> => closeAll(parts, connections, () => true)
  const { cluster, journal, store } = parts
  cluster?.watch({ trouble: () => journal.trouble ?? store.trouble, sendAway })
  return {
    fetch(request, server) {
      parts.listeners.add(server)
      try {
        const peer = server.requestIP(request)?.address ?? ''
        const context = contextOf(parts, request, peer, () => server.timeout(request, 0))
        const isUpgrade = request.headers.get('upgrade')?.toLowerCase() === 'websocket'
        if (!isUpgrade) {
          const mayRequest = connections.addressCounts.mayRequest(
            context.client.address,
            parts.clock.now(),
          )
          if (!mayRequest) return refuseRequest('too-many-requests')
          return answer(parts, context).catch(failed)
        }
        if (draining) return refuseRequest('draining')
        // Balancers try the next server at once.
        if (cluster?.isStoreElsewhere === true) return refuseRequest('store-unavailable', elsewhere)
        return upgrade(parts, context, server)
      } catch (error) {
        return failed(error)
      }
    },
    async ask(request, as) {
      const context = contextOf(parts, request, '', () => undefined, as)
      const told = await answer(parts, context).catch(failed)
      if (request.method !== 'HEAD') return told
      await told.body?.cancel()
      return new Response(null, told)
    },
    websocket: createSocketHandlers(parts, garbage),
    async drain() {
      draining = true
      stopRounds()
      await sendAway()
    },
    async retire(server) {
      await closeAll(parts, connections, (connection) => connection.server === server)
      parts.listeners.forget(server)
    },
  }
}
