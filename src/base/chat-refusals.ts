import { type Refusal, refusal } from './refusal.ts'

/** Refusals about messages and comments: told to their sender alone, who stays connected. */
export const chatRefusals = {
  'bad-message': refusal(
    4400,
    400,
    false,
    'The message cannot be read or is empty; write another.',
  ),
  'message-too-long': refusal(4413, 413, false, 'The message is too long; shorten it.'),
  'messages-too-fast': refusal(
    4429,
    429,
    true,
    'You sent many messages in a short time; wait a moment and send it again.',
  ),
  'messages-read-only': refusal(
    4400,
    403,
    false,
    'You may read here but not write messages; ask for comment access.',
  ),
  'not-your-message': refusal(
    4400,
    403,
    false,
    'Only its author can change this message; ask them, or write one of your own.',
  ),
  'no-such-message': refusal(4404, 404, false, 'This message is not there any more; reload.'),
  'no-such-comment': refusal(4404, 404, false, 'This comment is not there any more; reload.'),
  'not-your-comment': refusal(
    4400,
    403,
    false,
    'This comment or thread is somebody else’s; ask them, or write a comment of your own.',
  ),
  'too-many-comments': refusal(
    4413,
    409,
    false,
    'There are too many comments here; delete some that are done with.',
  ),
  'no-messages': refusal(
    4400,
    501,
    false,
    'This server keeps no messages; its operator has to give it a store that does.',
  ),
  'not-in-room': refusal(4400, 409, false, 'You are not in this room; join it first.'),
} as const satisfies Record<string, Refusal>
