import { type Refusal, refusal } from './refusal.ts'

/** Refusals about documents as wholes and their content: but for the first, not over sockets. */
export const contentRefusals = {
  'document-deleted': refusal(4404, 410, false, 'This document was deleted.'),
  'document-exists': refusal(4409, 409, false, 'This document exists; choose another name.'),
  'document-live': refusal(4409, 409, false, 'This document is not deleted.'),
  'not-acceptable': refusal(4400, 406, false, 'The content is not available in that form.'),
  'precondition-failed': refusal(4412, 412, false, 'The document is not in the state you name.'),
  'precondition-needed': refusal(4428, 428, false, 'Name the state you edit with If-Match.'),
  'bad-content': refusal(4422, 422, false, 'The content is not valid; correct it.'),
  'conversions-full': refusal(1013, 503, true, 'Too many documents are converted; try again.'),
  'events-gone': refusal(4404, 410, false, 'These events are not kept any more.'),
  'too-many-streams': refusal(1013, 503, true, 'Too many clients listen to events; try again.'),
  // To a program that has the document open itself.
  'replica-too-large': refusal(4413, 413, false, 'The document is too large for transact.'),
  'hook-failed': refusal(1011, 503, true, 'The document could not be prepared; try again.'),
  'handle-closed': refusal(4410, 410, false, 'This document was closed by the program; open it.'),
} as const satisfies Record<string, Refusal>
