import type { Server } from 'bun'
import { type RefusalKind, refusals } from '../base/errors.ts'
import type { Connection } from './connection.ts'
import { type HealthParts, healthPage, readyPage } from './health.ts'
import type { Origins, Provenance } from './origins.ts'
import { type Pages, servePage } from './pages.ts'
import { answerPreflight, dress, isPreflight } from './response-headers.ts'
import type { TrustedProxies, Visitor } from './trusted-proxies.ts'

/** What requests are judged and answered with. */
interface RequestParts extends HealthParts {
  readonly origins: Origins
  readonly pages: Pages
  readonly proxies: TrustedProxies
}

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
  const known = origins.knows(visitor.host)
  const refusal = known ? (from.kind === 'foreign' ? 'origin-refused' : undefined) : 'host-refused'
  return { path: pathOf(request.url), visitor, from, refusal }
}

/** Answers a request that is no upgrade. */
export function answer(
  parts: RequestParts,
  request: Request,
  visit: Visit,
  connections: ReadonlySet<Connection>,
): Response {
  return dress(answerBare(parts, request, visit, connections), visit.from)
}

function answerBare(
  parts: RequestParts,
  request: Request,
  { from, path, refusal }: Visit,
  connections: ReadonlySet<Connection>,
): Response {
  if (refusal === 'host-refused') return refuseRequest(refusal)
  if (from.kind === 'listed' && isPreflight(request)) return answerPreflight()
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    if (refusal !== undefined) return refuseRequest(refusal)
    return refuseRequest('method-not-allowed')
  }
  if (path === '/healthz') return healthPage(parts, connections)
  if (path === '/readyz') return readyPage(parts)
  return servePage(parts.pages, request, path, parts.origins.framing) ?? refuseRequest('not-found')
}

/** A refusal as an answer. */
export function refuseRequest(kind: RefusalKind): Response {
  const { status, sentence } = refusals[kind]
  return new Response(`${sentence}\n`, { status })
}

/** The path as it came, without the query. */
function pathOf(url: string): string {
  const start = url.indexOf('/', url.indexOf('//') + 2)
  const query = url.indexOf('?', start)
  return query < 0 ? url.slice(start) : url.slice(start, query)
}
