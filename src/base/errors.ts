import { type Refusal, refusal } from './refusal.ts'
import { contentRefusals } from './content-refusals.ts'

export type { Refusal }

/** Every expected refusal. Anything that is not here is a bug. */
export const refusals = {
  ...contentRefusals,
  'bad-frame': refusal(
    4400,
    400,
    false,
    'The message does not follow the protocol; it was not taken.',
  ),
  'bad-update': refusal(
    4400,
    400,
    false,
    'The update is not a sound Yjs update; nothing of it was kept.',
  ),
  'bad-awareness': refusal(
    4400,
    400,
    false,
    'The awareness update is not valid; nothing of it was shown.',
  ),
  'bad-name': refusal(4400, 400, false, 'The document name is not valid; choose another one.'),
  'origin-refused': refusal(
    4420,
    403,
    false,
    'This site may not use this server; the operator can allow it with --origin.',
  ),
  'host-refused': refusal(
    4421,
    421,
    false,
    'This server does not answer to this host name; the operator can list it with --origin.',
  ),
  // For a client of one document only: the Hocuspocus provider 2 never returns after this code.
  'permission-denied': refusal(
    4403,
    403,
    false,
    'Access to this document is denied; ask for it, or show another token.',
  ),
  // Likewise.
  'grant-ended': refusal(
    4401,
    401,
    false,
    'Your access has ended; connect again with a new token.',
  ),
  // For those who can be asked for a token over the protocol: they return with the next one.
  'token-wanted': refusal(
    4300,
    401,
    true,
    'Your access has ended; connect again with a new token.',
  ),
  'access-changed': refusal(4300, 409, true, 'Your access has changed; connect again.'),
  'authority-unavailable': refusal(
    1013,
    503,
    true,
    'The authorization service is unavailable; try again.',
  ),
  // These answer requests only.
  'bad-request': refusal(
    4400,
    400,
    false,
    'The request is not valid; correct it and send it again.',
  ),
  'body-too-large': refusal(
    4413,
    413,
    false,
    'The request body is larger than the limit of this server; send less.',
  ),
  'unsupported-type': refusal(
    4400,
    415,
    false,
    'The type of the request body is not supported here; send another.',
  ),
  'token-needed': refusal(
    4400,
    401,
    false,
    'The request needs a token; send one that is still good.',
  ),
  'upgrade-required': refusal(
    4400,
    426,
    false,
    'A document is opened over a WebSocket; send an upgrade request.',
  ),
  'too-many-revocations': refusal(
    4429,
    429,
    false,
    'The list of revoked access is full; wait until older entries have ended.',
  ),
  quarantined: refusal(
    4400,
    400,
    false,
    'Some of your edits cannot be applied; they were set aside and are not in the document.',
  ),
  'read-only': refusal(
    4403,
    403,
    false,
    'You may read this document but not change it; your edit was not kept.',
  ),
  'too-many-documents': refusal(
    4429,
    429,
    false,
    'This connection has too many documents open; close one first.',
  ),
  'too-many-session-addresses': refusal(
    4429,
    429,
    false,
    'This document is open under too many session addresses; close one first.',
  ),
  'text-frame': refusal(
    4400,
    400,
    false,
    'Text messages are not part of the protocol; send binary ones.',
  ),
  'frame-too-large': refusal(
    4413,
    413,
    false,
    'The message is larger than the limit of this server; send less at once.',
  ),
  // The client has to start over with a fresh document: its clocks are another's for good.
  'clocks-taken': refusal(
    4409,
    409,
    false,
    'Your last edits clash with others of the same client id: copy them, then reload.',
  ),
  'document-full': refusal(
    4413,
    413,
    false,
    'The document has reached its size limit; delete content or go on in another one.',
  ),
  'queue-full': refusal(
    1013,
    503,
    true,
    'Too much was sent before the document was open; connect again.',
  ),
  'room-full': refusal(
    1013,
    503,
    true,
    'Too many clients have this document open; try again later.',
  ),
  'server-full': refusal(1013, 503, true, 'This server has too many connections; try again later.'),
  'memory-full': refusal(
    1013,
    503,
    true,
    'This server has no memory left for more content; try again later.',
  ),
  'too-fast': refusal(
    1013,
    503,
    true,
    'Your client sent too much in a short time; connect again in a moment.',
  ),
  'too-many-gaps': refusal(
    1013,
    503,
    true,
    'Too many edits wait for earlier ones that never came; connect again to send those.',
  ),
  'too-many-clients': refusal(
    4429,
    429,
    false,
    'One session brought too many new client ids; reload the page.',
  ),
  'too-many-roots': refusal(
    4429,
    429,
    false,
    'One session brought too many names of root types; use fewer.',
  ),
  'address-full': refusal(
    1013,
    429,
    true,
    'Too many connections come from your IP address; try again later.',
  ),
  'too-many-requests': refusal(
    1013,
    429,
    true,
    'Too many requests come from your IP address; try again later.',
  ),
  silent: refusal(1013, 408, true, 'Your client sent nothing in time; connect again.'),
  'too-slow': refusal(
    1013,
    503,
    true,
    'Your connection is too slow for this document; connect again to catch up.',
  ),
  'store-unavailable': refusal(
    1013,
    503,
    true,
    'The document store takes no writes at the moment; try again.',
  ),
  'document-damaged': refusal(
    4500,
    500,
    false,
    'The stored document is damaged; the operator has to repair it.',
  ),
  draining: refusal(1012, 503, true, 'The server is restarting; connect again.'),
  'room-failed': refusal(
    1011,
    500,
    true,
    'The document hit an internal error and is being reloaded; connect again.',
  ),
  'history-failed': refusal(
    4422,
    422,
    false,
    'The history of the document could not be used; ask the operator of this server.',
  ),
  'root-ambiguous': refusal(
    4409,
    409,
    false,
    'The document has several roots; say which one is meant.',
  ),
  'restore-impossible': refusal(
    4409,
    409,
    false,
    'The document cannot be made what this version was; copy what you need from it.',
  ),
  'not-found': refusal(4404, 404, false, 'Nothing exists under this path; check it.'),
  'method-not-allowed': refusal(
    4405,
    405,
    false,
    'This path does not support that method; see the Allow header.',
  ),
  'request-failed': refusal(
    1011,
    500,
    true,
    'The request hit an internal error of the server; try again.',
  ),
  'upgrade-failed': refusal(
    4400,
    400,
    false,
    'The request could not be upgraded to a WebSocket; check its headers.',
  ),
} as const satisfies Record<string, Refusal>

/** The name of a refusal in the table. */
export type RefusalKind = keyof typeof refusals

/** An expected refusal, thrown where a value cannot be returned. */
export class RefusalError extends Error {
  readonly kind: RefusalKind
  /** What it was about, behind the table's sentence. */
  readonly detail: string | undefined
  /** Where a request is answered with another status than the table's. */
  readonly status: number | undefined

  constructor(kind: RefusalKind, detail?: string, status?: number) {
    super(reasonFor(kind, detail))
    this.name = 'RefusalError'
    this.kind = kind
    this.detail = detail
    this.status = status
  }
}

/** The sentence of a refusal for a person, with what it was about behind it. */
export function reasonFor(kind: RefusalKind, detail: string | undefined): string {
  const { sentence } = refusals[kind]
  // A word for programs: a denial has no code.
  const said = kind === 'document-deleted' ? `deleted: ${sentence}` : sentence
  return detail === undefined ? said : `${said} ${detail}`
}
