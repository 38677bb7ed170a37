import type { Server } from 'bun'
import type { RefusalKind } from '../base/errors.ts'
import { refuseRequest } from '../http/answers.ts'
import type { RequestContext } from '../http/context.ts'
import { subprotocolFor } from '../http/credentials.ts'
import { admissionFor, refusedAdmission } from './admission.ts'
import { Connection } from '../connection/connection.ts'
import type { HandlerParts } from './handler-parts.ts'

/** Makes a connection of a request, also of one that is refused: a socket can be told why. */
export function upgrade(
  parts: HandlerParts,
  context: RequestContext,
  server: Server<Connection>,
): Response | undefined {
  const { connections } = parts
  const wanted = admissionFor(context.path, context.query, parts.rooms)
  const refused =
    connections.refusalFor(context.client.address, parts.clock.now()) ?? context.refusal
  if (refused !== undefined) logRefusal(parts, refused, context)
  const connection = new Connection({
    caller: context.credentials,
    admission: refused === undefined ? wanted : refusedAdmission(wanted, refused),
    server,
    listeners: parts.listeners,
    clock: parts.clock,
    limits: parts.limits,
    metrics: parts.metrics,
    addressCounts: connections.addressCounts,
  })
  const protocol = subprotocolFor(context.request.headers)
  const headers = protocol === undefined ? {} : { 'Sec-WebSocket-Protocol': protocol }
  const upgraded = server.upgrade(context.request, { data: connection, headers })
  return upgraded ? undefined : refuseRequest('upgrade-failed')
}

/** An operator who has forgotten a flag finds here which site, host or address it is about. */
function logRefusal(
  { log }: HandlerParts,
  kind: RefusalKind,
  { from, client }: RequestContext,
): void {
  const origin = from.kind === 'own' ? undefined : from.origin
  log.warn('refused', { kind, address: client.address, host: client.host, origin })
}
