import type { Authority, Who } from '../auth/authority.ts'
import type { RefusalKind } from '../base/errors.ts'
import { type Credentials, credentialsFrom } from './credentials.ts'
import type { Origins, Provenance } from './origins.ts'
import type { RequestClient, TrustedProxies } from './proxies.ts'
import { pathOf, queryOf } from './request-url.ts'

/** One request, as far as it is known before anything is done about it. */
export interface RequestContext {
  /** Who asks for sure, where the authority says nothing of that: the program vouches for it. */
  readonly as: Who | undefined
  readonly request: Request
  /** Lets its answer stand still for as long as it likes; others are cut then. */
  readonly keepOpen: () => void
  /** As it came: not decoded, not normalised, without the query. */
  readonly path: string
  readonly query: URLSearchParams
  /** The client that sent it, and the host that it asked for. */
  readonly client: RequestClient
  /** The page that a browser asks for. */
  readonly from: Provenance
  /** Why nothing may be done about it but to read pages. */
  readonly refusal: RefusalKind | undefined
  /** The token that came along, and where from. Read anew each time that it is asked for. */
  readonly credentials: Credentials
}

/** What requests are judged by before anything is done about them. */
export interface ContextParts {
  readonly authority: Pick<Authority, 'headers'>
  /** Name of the cookie that holds a token, if one does. */
  readonly tokenCookie: string | undefined
  readonly origins: Origins
  readonly proxies: TrustedProxies
}

/**
 * What is to be known of a request.
 * @param peer IP address at the other end of its connection, empty where that is unknown
 * @param keepOpen lets its answer stand still for as long as it likes
 * @param as who asks, where the authority says nothing of that
 */
export function contextOf(
  parts: ContextParts,
  request: Request,
  peer: string,
  keepOpen: () => void,
  as?: Who,
): RequestContext {
  const { authority, origins, proxies, tokenCookie } = parts
  const { headers } = request
  const client = proxies.clientOf(headers, peer)
  const from = origins.provenance(headers, client.host)
  const known = origins.knows(client.host) && isHost(headers.get('host'))
  return {
    request,
    keepOpen,
    as,
    path: pathOf(request.url),
    get query() {
      return queryOf(request.url)
    },
    client,
    from,
    refusal: known ? (from.kind === 'foreign' ? 'origin-refused' : undefined) : 'host-refused',
    // Read only where it matters who asks.
    get credentials() {
      return credentialsFrom(request, client.address || undefined, authority, tokenCookie)
    },
  }
}

/**
 * A name or an address, with a port or without. Anything else would stand in the URL before the
 * path, and be taken for a part of it.
 */
function isHost(host: string | null): boolean {
  return host === null || /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i.test(host)
}
