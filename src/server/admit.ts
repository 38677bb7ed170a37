import { Channel } from '../channel/channel.ts'
import type { WaitingBudget } from '../channel/waiting-frames.ts'
import { ConnectionAccess } from '../connection/connection-access.ts'
import type { Connection } from '../connection/connection.ts'
import type { HandlerParts } from './handler-parts.ts'
import { Multiplexer } from '../connection/multiplexer.ts'

/** A socket of one document has no place to clear. */
const nothing = (): void => undefined

/**
 * Does what the upgrade decided about a connection: tells it why not, or gives it its document.
 * @param budget what may wait before its documents are open
 */
export function admit(
  parts: HandlerParts,
  connection: Connection,
  budget: () => WaitingBudget,
): void {
  const { admission } = connection
  switch (admission.kind) {
    case 'refused':
      return connection.refuse(admission.refusal, admission.detail)
    case 'multiplex':
      connection.multiplexer = new Multiplexer({
        connection,
        protocol: admission.protocol,
        wantsGrant: admission.wantsGrant,
        limits: parts.limits,
        now: parts.clock.now(),
        wallClock: parts.wallClock,
        documentAccess: (document) => new ConnectionAccess(parts, document, connection),
        mayOpen: () => parts.connections.mayOpenDocument(connection, parts.clock.now()),
        failed(document, error) {
          parts.rooms.fail(document, error)
          connection.close('room-failed')
        },
      })
      return
    case 'document':
      connection.channel = new Channel({
        peer: connection,
        codec: admission.codec,
        address: admission.name,
        budget,
        wishes: admission.wishes,
        wantsGrant: admission.wantsGrant,
        wallClock: parts.wallClock,
        limits: parts.limits,
        documentAccess: new ConnectionAccess(parts, admission.name, connection),
        vacated: nothing,
      })
      return connection.channel.open(connection.caller.token)
  }
}
