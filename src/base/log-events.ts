/**
 * Everything that the log tells operators, each in a sentence: what happened, and what to do. What
 * it happened to stands in the fields before it. docs/operating.md lists them.
 */
export const logEvents = {
  'authority-failed':
    'The authority could not decide, and the client was told to try again; check what decides.',
  'bus-down': 'The bus is away, so that edits of other servers come by the store; check the bus.',
  'bus-up': 'The bus is there, and other servers are heard at once; nothing is left to do.',
  'heads-unknown':
    'The store does not tell what other servers have written; their edits come when it does.',
  'following-failed':
    'What other servers have written could not be read; it is tried again, so check the store.',
  'changes-not-told':
    'Changes of documents could not be told as events; this is tried again, so check the store.',
  'clients-sent-elsewhere':
    'The store is away here and not elsewhere, so clients are sent there; check the way to it.',
  'compaction-failed':
    'The document was not folded and is served from its updates; do what the reason says.',
  'damage-mended': 'The damaged document was stored anew from memory; nothing is left to do.',
  'delivery-given-up':
    'A webhook has not taken an event for three days; see its deliveries, and replay it there.',
  'document-damaged':
    'The document is refused, as its stored bytes are damaged; restore it from a backup.',
  'entry-quarantined':
    'An entry of the document was set aside and the rest is served; try ytopic recover.',
  'events-missed':
    'A webhook was away until its next events were not kept any more; it goes on with later ones.',
  'frame-cut':
    'A client was cut off in a message above twice --frame-bytes-max; raise it if that is too low.',
  'hook-failed':
    'A hook of the embedding program threw an error or took too long; correct what it names.',
  'journal-listener-failed':
    'The server hit an internal error behind a write that is on disk; report it with the stack.',
  'lines-left-out':
    'So many lines were left out before this one; raise --log-lines-per-second-max to see more.',
  'message-failed': 'A message or comment could not be kept; look at the store.',
  'messages-not-dropped':
    'Messages that are too old could not be dropped; this is tried again, so check the store.',
  'open-failed': 'The document could not be opened; see kind and reason for what to mend.',
  'presence-unseen':
    'The presence of a client is not shown to others; raise the limit that the reason names.',
  'refusal-failed':
    'A client could not be told that it is refused; report this with the stack, it is a bug.',
  refused:
    'A client was refused and told why; docs/operating.md lists the kinds with their limits.',
  'request-failed':
    'An HTTP request hit an internal error and was answered 500; report it with the stack.',
  'revocation-failed':
    'Access that was taken back elsewhere could not be here; take it back again on this server.',
  'revocations-unknown':
    'The store does not tell what access was taken back; after 30 s nobody new is let in.',
  'room-failed':
    'The document hit an internal error and is loaded anew; report it with the stack, it is a bug.',
  'round-failed':
    'The upkeep of the server hit an internal error and goes on; report it, it is a bug.',
  'stateless-handler-failed': 'The onStateless handler threw an error; correct the handler.',
  'store-back':
    'The store takes writes again, and all that waited is stored; nothing is left to do.',
  'store-silent':
    'The store does not answer; check its disk, and leave the server on: edits wait in its memory.',
  'store-write-failed':
    'The store took no write; do what the reason says, and leave the server on: edits wait there.',
  'stored-damage': 'Stored bytes of the document are damaged and kept aside; run ytopic verify.',
  'upload-refused':
    'All that a client brought was refused; it is told so before it brings the same again.',
  'version-failed': 'No version of the document was made; a later edit makes one, see the reason.',
  'webhook-disabled':
    'A webhook is told nothing any more; mend what the reason says, and enable it again.',
  'webhook-troubled':
    'A webhook could not be told for the moment; this is tried again, so check the store.',
  'webhooks-unknown':
    'The webhooks could not be read from the store; this is tried again, so check the store.',
} as const

/** The name of one. */
export type LogEvent = keyof typeof logEvents
