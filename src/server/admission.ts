import type { RefusalKind } from '../base/errors.ts'
import type { Rooms } from '../room/rooms.ts'
import { readDocumentName } from '../protocol/document-name.ts'
import { hocuspocus } from '../protocol/hocuspocus.ts'
import { yWebsocket } from '../protocol/y-websocket.ts'
import type { Admission } from '../connection/connection.ts'
import { endpoint } from './requests.ts'

/** Where one socket carries many documents; the paths are taken exactly. */
const multiplexEndpoints: ReadonlySet<string> = new Set(['/', '/hocuspocus', '/hocuspocus/'])
/** One for all who wish for nothing. */
const noWishes = { echo: false, saved: false, statuses: false }

/**
 * `/hocuspocus` and `/` for many documents over one socket; `/ws/<document>`, and every other path
 * as a y-websocket server at the root would take it, for one.
 */
export function admissionFor(
  path: string,
  query: URLSearchParams,
  rooms: Pick<Rooms, 'find'>,
): Admission {
  const wantsGrant = query.get('grant') === '1'
  if (multiplexEndpoints.has(path)) return { kind: 'multiplex', protocol: hocuspocus, wantsGrant }
  const codec = yWebsocket
  const encoded = path.startsWith(endpoint) ? path.slice(endpoint.length) : path.slice(1)
  const verdict = readDocumentName(encoded)
  if (verdict.kind === 'bad-name') {
    return { kind: 'refused', codec, refusal: 'bad-name', detail: verdict.reason }
  }
  const echo = query.get('echo') === '1'
  const saved = query.get('saved') === '1'
  const chat = query.get('chat') === '1'
  const messages = query.get('messages') === '1'
  const isAsking = echo || saved || chat || messages
  const wishes = isAsking ? { echo, saved, statuses: false, chat, messages } : noWishes
  // The string that is there already: a crowd in one document keeps its name once.
  const name = rooms.find(verdict.name)?.name ?? verdict.name
  return { kind: 'document', name, codec, wishes, wantsGrant }
}

/** A refusal, in the words of what was asked for. */
export function refusedAdmission(admission: Admission, refusal: RefusalKind): Admission {
  const codec = 'codec' in admission ? admission.codec : undefined
  return { kind: 'refused', codec, refusal }
}
