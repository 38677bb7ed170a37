import type { Server } from 'bun'
import type { RefusalKind } from '../base/errors.ts'
import type { Limits } from '../base/limits.ts'
import { type Credentials, credentialsFrom } from '../http/credentials.ts'
import { handle, type HandleParts } from '../http/handle.ts'
import type { Connection } from './connection.ts'
import { documentPage } from './document-page.ts'
import type { Origins, Provenance } from '../http/origins.ts'
import { type Pages, servePage } from '../http/pages.ts'
import { pathOf, queryOf } from '../http/request-url.ts'
import { refuseRequest } from '../http/answers.ts'
import { answerPreflight, dress, isPreflight } from '../http/response-headers.ts'
import type { TrustedProxies, Visitor } from '../http/proxies.ts'

/** What requests are judged and answered with. */
interface RequestParts extends HandleParts {
  readonly limits: Limits
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
export async function answer(
  parts: RequestParts,
  request: Request,
  visit: Visit,
): Promise<Response> {
  return dress(await answerBare(parts, request, visit), visit.from)
}

const apiRoot = '/api/'

async function answerBare(parts: RequestParts, request: Request, visit: Visit): Promise<Response> {
  const { from, path, refusal } = visit
  if (refusal === 'host-refused') return refuseRequest(refusal)
  if (from.kind === 'listed' && isPreflight(request)) return answerPreflight()
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  // Pages of other sites may read pages, and nothing of a document.
  if (refusal !== undefined && (!isRead || path.startsWith(apiRoot) || path.startsWith(endpoint))) {
    return refuseRequest(refusal)
  }
  const context = {
    request,
    path,
    query: queryOf(request.url),
    from,
    // Read only where it matters who asks.
    get credentials() {
      return credentialsOf(parts, request, visit)
    },
  }
  const routed = await handle(parts, context)
  if (routed !== undefined) return routed
  if (path.startsWith(apiRoot)) return refuseRequest('not-found')
  if (!isRead) return refuseRequest('method-not-allowed')
  if (path.startsWith(endpoint)) {
    return documentPage(parts, path.slice(endpoint.length), context.credentials)
  }
  return servePage(parts.pages, request, path, parts.origins.framing) ?? refuseRequest('not-found')
}

/** Who sent a request, and with what token. */
export function credentialsOf(
  parts: RequestParts,
  request: Request,
  { visitor }: Visit,
): Credentials {
  return credentialsFrom(request, visitor.address || undefined, parts.authority, parts.tokenCookie)
}

/**
 * A name or an address, with a port or without. Anything else would stand in the URL before the
 * path, and be taken for a part of it.
 */
function isHost(host: string | null): boolean {
  return host === null || /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i.test(host)
}
