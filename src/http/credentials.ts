import { RefusalError } from '../base/errors.ts'
import { isLoopback } from '../base/loopback.ts'
import { addressGroup } from './proxies.ts'
import { queryOf } from './request-url.ts'
import type { Authority, RequestFacts } from '../auth/authority.ts'

/** What a request says of who sent it. */
export interface Credentials {
  /** The token that came with the request; undefined when none did. */
  readonly token: string | undefined
  readonly facts: RequestFacts
}

/** What to answer in `Sec-WebSocket-Protocol`; undefined when Bun may answer as it does. */
type Subprotocol = string | undefined

const entryPrefix = 'token.'
const encodedPrefix = 'token.base64url.'

/**
 * Reads who asks. The token is the one of the subprotocols, else of `Authorization`, else of the
 * query, else of the cookie: what a page sets goes before what its browser adds by itself.
 * @param cookie name of the cookie that holds a token, if one does
 */
export function credentialsFrom(
  request: Request,
  ip: string | undefined,
  wanted: Pick<Authority, 'headers'>,
  cookie: string | undefined,
): Credentials {
  const { headers } = request
  const query = queryOf(request.url).get('token')
  const token =
    tokenEntry(offered(headers)) ??
    bearerToken(headers) ??
    (query || undefined) ??
    (cookie === undefined ? undefined : cookieValue(headers.get('cookie') ?? '', cookie))
  const origin = headers.get('origin') ?? undefined
  const network = ip === undefined || isLoopback(ip) ? undefined : addressGroup(ip)
  const facts = { ip, network, origin, headers: wantedHeaders(headers, wanted.headers) }
  return { token, facts }
}

/**
 * Addresses are kept in logs and histories: a request to change something shows its token
 * elsewhere, and is not taken for one of nobody's.
 * @throws RefusalError `token-needed` of one whose only token stands in its query
 */
export function refuseQueryToken({ headers, method, url }: Request): void {
  if (method === 'GET' || method === 'HEAD' || bearerToken(headers) !== undefined) return
  if (!queryOf(url).get('token')) return
  const detail = 'A token in the query is for GET alone; send it as "Authorization: Bearer …".'
  throw new RefusalError('token-needed', detail)
}

/** One for all who have none of them: it lives as long as the connection. */
const noHeaders: ReadonlyMap<string, string> = new Map()

function wantedHeaders(
  headers: Headers,
  names: readonly string[] | undefined,
): ReadonlyMap<string, string> {
  if (names === undefined) return noHeaders
  return new Map(
    names.flatMap((name): readonly (readonly [string, string])[] => {
      const value = headers.get(name)
      return value === null ? [] : [[name, value]]
    }),
  )
}

/**
 * The subprotocol to answer with. Bun would echo the first that is offered, be it a token: then
 * another of the offered ones is chosen, `ytopic` first, or none.
 */
export function subprotocolFor(headers: Headers): Subprotocol {
  const entries = offered(headers)
  if (!entries.some(isToken)) return undefined
  return (
    entries.find((entry) => entry === 'ytopic') ?? entries.find((entry) => !isToken(entry)) ?? ''
  )
}

/** The token of `Authorization: Bearer …`. */
function bearerToken(headers: Headers): string | undefined {
  const shown = headers.get('authorization') ?? ''
  return /^bearer /i.test(shown) ? shown.slice('bearer '.length).trim() || undefined : undefined
}

function offered(headers: Headers): readonly string[] {
  const entries = headers.get('sec-websocket-protocol')?.split(',') ?? []
  return entries.map((entry) => entry.trim()).filter((entry) => entry !== '')
}

function isToken(entry: string): boolean {
  return entry.startsWith(entryPrefix)
}

/** `token.TOKEN` as it is, or `token.base64url.…` for one with characters that do not fit there. */
function tokenEntry(entries: readonly string[]): string | undefined {
  const entry = entries.find(isToken)
  if (entry === undefined) return undefined
  if (!entry.startsWith(encodedPrefix)) return entry.slice(entryPrefix.length) || undefined
  try {
    const bytes = Uint8Array.fromBase64(entry.slice(encodedPrefix.length), {
      alphabet: 'base64url',
    })
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes) || undefined
  } catch {
    return undefined
  }
}

function cookieValue(header: string, wanted: string): string | undefined {
  for (const pair of header.split(';')) {
    const at = pair.indexOf('=')
    if (at < 0 || pair.slice(0, at).trim() !== wanted) continue
    const value = pair.slice(at + 1).trim()
    const bare = /^"(.*)"$/.exec(value)?.[1] ?? value
    try {
      return decodeURIComponent(bare) || undefined
    } catch {
      return bare
    }
  }
  return undefined
}
