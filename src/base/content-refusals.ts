import { chatRefusals } from './chat-refusals.ts'
import { type Refusal, refusal } from './refusal.ts'

/** Refusals about documents as wholes and their content: but for the first, not over sockets. */
export const contentRefusals = {
  ...chatRefusals,
  'document-deleted': refusal(
    4404,
    410,
    false,
    'This document was deleted; ask its owner to bring it back.',
  ),
  'document-exists': refusal(
    4409,
    409,
    false,
    'This document exists already; choose another name.',
  ),
  'document-live': refusal(
    4409,
    409,
    false,
    'This document is not deleted; only a deleted one takes this request.',
  ),
  'key-reused': refusal(
    4400,
    422,
    false,
    'This Idempotency-Key came with another request before; choose another one.',
  ),
  'key-unanswered': refusal(
    4400,
    409,
    true,
    'A request with this Idempotency-Key was begun and has no answer yet; look whether it was ' +
      'done before you send it with another key.',
  ),
  'keys-unkept': refusal(
    4400,
    501,
    false,
    'The store of this server keeps no idempotency keys; send the request without one.',
  ),
  'not-acceptable': refusal(
    4400,
    406,
    false,
    'The content is not available in that form; ask for another.',
  ),
  'precondition-failed': refusal(
    4412,
    412,
    false,
    'The document is not in the state that your request names; read it again.',
  ),
  'precondition-needed': refusal(
    4428,
    428,
    false,
    'The request does not say which state it edits; send If-Match.',
  ),
  'bad-content': refusal(4422, 422, false, 'The content is not valid; correct it.'),
  'conversions-full': refusal(
    1013,
    503,
    true,
    'The server converts too many documents at the moment; try again.',
  ),
  'events-gone': refusal(
    4404,
    410,
    false,
    'These events are not kept any more; read the documents and go on from now.',
  ),
  'too-many-streams': refusal(1013, 503, true, 'Too many clients listen to events; try again.'),
  // To a program that has the document open itself.
  'replica-too-large': refusal(
    4413,
    413,
    false,
    'The document is too large for transact; edit it as a client.',
  ),
  'hook-failed': refusal(1011, 503, true, 'The document could not be prepared; try again.'),
  'handle-closed': refusal(4410, 410, false, 'This document was closed by the program; open it.'),
  'too-many-endpoints': refusal(4429, 429, false, 'There are too many webhooks; remove one.'),
  'endpoint-refused': refusal(4422, 422, false, 'A webhook cannot have this URL; give another.'),
} as const satisfies Record<string, Refusal>
