import { type Refusal, refusal } from './refusal.ts'

/** Refusals about documents as wholes and their content, over HTTP but for the first. */
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
} as const satisfies Record<string, Refusal>
