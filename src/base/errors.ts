/** How one kind of refusal looks from outside. */
export interface Refusal {
  /** WebSocket close code. y-websocket 3.1 stops for good on 4400 to 4499 and returns otherwise. */
  readonly closeCode: number
  /** HTTP status where the refusal answers a request. */
  readonly status: number
  /** Whether the same thing may succeed later without a change on the client's side. */
  readonly retry: boolean
  /** One sentence for a person; at most 120 bytes, the room of a close frame's reason. */
  readonly sentence: string
}

/** Every expected refusal. Anything that is not here is a bug. */
export const refusals = {
  'bad-frame': refusal(4400, 400, false, 'The frame does not decode.'),
  'bad-update': refusal(4400, 400, false, 'The update does not decode; nothing of it was kept.'),
  'bad-awareness': refusal(4400, 400, false, 'The awareness update does not decode.'),
  'bad-name': refusal(4400, 400, false, 'That is not a document name.'),
  'origin-refused': refusal(4420, 403, false, 'Pages of this site may not use this server.'),
  'host-refused': refusal(4421, 421, false, 'This server is not known by that name.'),
  // For a client of one document only: the Hocuspocus provider 2 never returns after this code.
  'permission-denied': refusal(4403, 403, false, 'Permission denied.'),
  // Likewise.
  'grant-ended': refusal(4401, 401, false, 'Your access has ended; come back with a new token.'),
  // For those who can be asked for a token over the protocol: they return with the next one.
  'token-wanted': refusal(4300, 401, true, 'Your access has ended; come back with a new token.'),
  'access-changed': refusal(4300, 409, true, 'Your access has changed; come back.'),
  'authority-unavailable': refusal(1013, 503, true, 'Who may do what cannot be decided now.'),
  // These answer requests only.
  'bad-request': refusal(4400, 400, false, 'The request cannot be understood.'),
  'body-too-large': refusal(4413, 413, false, 'The body is larger than this server takes.'),
  'unsupported-type': refusal(4400, 415, false, 'That type of body is not taken here.'),
  'token-needed': refusal(4400, 401, false, 'A token is needed.'),
  'upgrade-required': refusal(4400, 426, false, 'A document is opened over a WebSocket.'),
  'too-many-revocations': refusal(4429, 429, false, 'No more revocations are remembered.'),
  quarantined: refusal(
    4400,
    400,
    false,
    'Some of it cannot be applied: it is set aside, not kept.',
  ),
  'read-only': refusal(4403, 403, false, 'You may read this document, not change it.'),
  'too-many-documents': refusal(4429, 429, false, 'Too many documents on one connection.'),
  'too-many-addresses': refusal(4429, 429, false, 'Too many session addresses of this document.'),
  'text-frame': refusal(4400, 400, false, 'Text frames are not part of the protocol.'),
  'frame-too-large': refusal(4413, 413, false, 'The frame is larger than this server takes.'),
  // The client has to start over with a fresh document: its clocks are another's for good.
  'clocks-taken': refusal(
    4409,
    409,
    false,
    'Others hold something else in the place of your last edits: copy them, then reload.',
  ),
  'document-full': refusal(4413, 413, false, 'The document has reached its size limit.'),
  'queue-full': refusal(1013, 503, true, 'Too much was sent before the document was open.'),
  'room-full': refusal(1013, 503, true, 'Too many clients have this document open.'),
  'server-full': refusal(1013, 503, true, 'Too many connections on this server.'),
  'memory-full': refusal(1013, 503, true, 'The open documents take all memory of this server.'),
  'too-fast': refusal(1013, 503, true, 'The client sent more than it may.'),
  'too-many-gaps': refusal(1013, 503, true, 'Too much of the document waits for what is missing.'),
  'too-many-clients': refusal(4429, 429, false, 'Too many client ids from one client.'),
  'too-many-roots': refusal(4429, 429, false, 'Too many names of root types from one client.'),
  'address-full': refusal(1013, 429, true, 'Too many connections from this network address.'),
  'too-many-requests': refusal(1013, 429, true, 'Too many requests from this network address.'),
  silent: refusal(1013, 408, true, 'Nothing was said in time.'),
  'too-slow': refusal(1013, 503, true, 'The client did not keep up.'),
  'store-unavailable': refusal(1013, 503, true, 'The store does not take writes now.'),
  'document-damaged': refusal(4500, 500, false, 'The stored document is damaged.'),
  draining: refusal(1012, 503, true, 'The server is restarting.'),
  'room-failed': refusal(1011, 500, true, 'The document hit a fault and is being reloaded.'),
  'history-failed': refusal(4422, 422, false, 'The history of the document could not be used.'),
  'root-ambiguous': refusal(4409, 409, false, 'Say which root of the document is meant.'),
  'restore-impossible': refusal(4409, 409, false, 'The document cannot be made what it was.'),
  'not-found': refusal(4404, 404, false, 'There is nothing here.'),
  'method-not-allowed': refusal(4405, 405, false, 'That method is not allowed here.'),
  'request-failed': refusal(1011, 500, true, 'The request hit a fault.'),
  'upgrade-failed': refusal(4400, 400, false, 'The request could not be upgraded to a WebSocket.'),
} as const satisfies Record<string, Refusal>

/** The name of a refusal in the table. */
export type RefusalKind = keyof typeof refusals

/** An expected refusal, thrown where a value cannot be returned. */
export class RefusalError extends Error {
  readonly kind: RefusalKind
  /** What it was about, behind the table's sentence. */
  readonly detail: string | undefined

  constructor(kind: RefusalKind, detail?: string) {
    super(reasonFor(kind, detail))
    this.name = 'RefusalError'
    this.kind = kind
    this.detail = detail
  }
}

/** The sentence of a refusal for a person, with what it was about behind it. */
export function reasonFor(kind: RefusalKind, detail: string | undefined): string {
  const { sentence } = refusals[kind]
  return detail === undefined ? sentence : `${sentence} ${detail}`
}

function refusal(closeCode: number, status: number, retry: boolean, sentence: string): Refusal {
  return { closeCode, status, retry, sentence }
}
