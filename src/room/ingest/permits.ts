import { type Access, covers } from '../../base/access.ts'
import type { Frame } from '../../protocol/frame.ts'

/** Whether a frame may be acted on; `unless-news` when only if it changes nothing. */
export type Permission = 'yes' | 'unless-news' | 'no'

/** What a client with that access may say. The one place in which reading and writing differ. */
export function permits(access: Access, frame: Pick<Frame, 'kind'>): Permission {
  if (covers(access, 'write')) return 'yes'
  switch (frame.kind) {
    case 'update':
      return 'no'
    case 'step-2':
      // It answers the server's step 1 and mostly repeats what is there.
      return 'unless-news'
    default:
      return 'yes'
  }
}
