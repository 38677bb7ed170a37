import type { Provenance } from './origins.ts'

/**
 * What every answer carries: nobody guesses its type, learns from it where a reader came from,
 * frames it or builds upon it, unless it says otherwise itself.
 */
const always: readonly (readonly [header: string, value: string])[] = [
  ['x-content-type-options', 'nosniff'],
  ['referrer-policy', 'no-referrer'],
  ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
  ['cross-origin-opener-policy', 'same-origin'],
  ['cache-control', 'no-store'],
]

const allowedHeaders =
  'authorization, content-type, if-match, if-none-match, idempotency-key, last-event-id'
const methods = 'GET, HEAD, POST, PUT, PATCH, DELETE'

/** Completes an answer's headers; sites that may use this server may read it. */
export function dress(response: Response, from: Provenance): Response {
  const { headers } = response
  for (const [header, value] of always) if (!headers.has(header)) headers.set(header, value)
  headers.append('vary', 'origin')
  // What every site may load says so itself.
  if (headers.has('cross-origin-resource-policy')) return response
  const listed = from.kind === 'listed'
  headers.set('cross-origin-resource-policy', listed ? 'cross-origin' : 'same-origin')
  if (listed) headers.set('access-control-allow-origin', from.origin)
  return response
}

/** Whether it is a browser's question if a page may send a request. */
export function isPreflight(request: Request): boolean {
  return request.method === 'OPTIONS' && request.headers.has('access-control-request-method')
}

/** Yes, for an hour. Cookies are not for other sites: they have their users' tokens. */
export function answerPreflight(): Response {
  return new Response(null, {
    status: 204,
    headers: {
      'access-control-allow-methods': methods,
      'access-control-allow-headers': allowedHeaders,
      'access-control-max-age': '3600',
    },
  })
}
