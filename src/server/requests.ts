import type { Server } from 'bun'
import type { RefusalKind } from '../base/errors.ts'
import type { Limits } from '../base/limits.ts'
import type { Log } from '../base/log.ts'
import { type AdminParts, answerAdmin, isAdminPath } from '../api/revoke.ts'
import { type Caller, callerFrom } from '../http/credentials.ts'
import type { Connection } from './connection.ts'
import { documentPage } from './document-page.ts'
import { type HealthParts, healthPage, readyPage } from '../api/health.ts'
import type { Origins, Provenance } from '../http/origins.ts'
import { type Pages, servePage } from '../http/pages.ts'
import { pathOf } from '../http/request-url.ts'
import { refuseRequest } from '../http/answers.ts'
import { answerPreflight, dress, isPreflight } from '../http/response-headers.ts'
import type { TrustedProxies, Visitor } from '../http/proxies.ts'

/** What requests are judged and answered with. */
interface RequestParts extends HealthParts, AdminParts {
  readonly limits: Limits
  readonly log: Log
  /** Name of the cookie that holds a token, if one does. */
  readonly tokenCookie: string | undefined
  readonly origins: Origins
  readonly pages: Pages
  readonly proxies: TrustedProxies
}

/** What stands before a document's name in a path. */
export const endpoint = '/ws/'

/** A request, as far as it is known before anything is done about it. */
export interface Visit {
  readonly path: string
  readonly visitor: Visitor
  readonly from: Provenance
  /** Why nothing may be done about it but to read pages. */
  readonly refusal: RefusalKind | undefined
}

/** What is to be known of a request. */
export function visitOf(parts: RequestParts, request: Request, server: Server<Connection>): Visit {
  const { origins, proxies } = parts
  const { headers } = request
  const visitor = proxies.visitor(headers, server.requestIP(request)?.address ?? '')
  const from = origins.provenance(headers, visitor.host)
  const known = origins.knows(visitor.host) && isHost(headers.get('host'))
  const refusal = known ? (from.kind === 'foreign' ? 'origin-refused' : undefined) : 'host-refused'
  return { path: pathOf(request.url), visitor, from, refusal }
}

/** Answers a request that is no upgrade. */
export function answer(
  parts: RequestParts,
  request: Request,
  visit: Visit,
  connections: ReadonlySet<Connection>,
): Response | Promise<Response> {
  const bare = answerBare(parts, request, visit, connections)
  if (bare instanceof Response) return dress(bare, visit.from)
  return bare.then((response) => dress(response, visit.from))
}

function answerBare(
  parts: RequestParts,
  request: Request,
  visit: Visit,
  connections: ReadonlySet<Connection>,
): Response | Promise<Response> {
  const { from, path, refusal } = visit
  if (refusal === 'host-refused') return refuseRequest(refusal)
  if (from.kind === 'listed' && isPreflight(request)) return answerPreflight()
  if (isAdminPath(path)) {
    if (refusal !== undefined) return refuseRequest(refusal)
    return answerAdmin(parts, request, path, connections)
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    if (refusal !== undefined) return refuseRequest(refusal)
    return refuseRequest('method-not-allowed')
  }
  if (path === '/healthz') return healthPage(parts, connections)
  if (path === '/readyz') return readyPage(parts)
  if (path.startsWith(endpoint)) {
    if (refusal !== undefined) return refuseRequest(refusal)
    const name = path.slice(endpoint.length)
    return documentPage(parts, name, callerOf(parts, request, visit))
  }
  return servePage(parts.pages, request, path, parts.origins.framing) ?? refuseRequest('not-found')
}

/** Who sent a request, and with what token. */
export function callerOf(parts: RequestParts, request: Request, { visitor }: Visit): Caller {
  return callerFrom(request, visitor.address || undefined, parts.authority, parts.tokenCookie)
}

/**
 * A name or an address, with a port or without. Anything else would stand in the URL before the
 * path, and be taken for a part of it.
 */
function isHost(host: string | null): boolean {
  return host === null || /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i.test(host)
}
