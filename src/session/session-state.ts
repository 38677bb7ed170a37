import type { CatchUp } from './catch-up.ts'

/** Where a session is in the life of its topic. */
export type SessionState =
  /** In the room, not on the topic: the client has not said what it has. */
  | { readonly kind: 'joined' }
  /** On the topic: lacks nothing. */
  | { readonly kind: 'live' }
  /** Off the topic while what it lacks goes out as its socket drains. */
  | { readonly kind: 'behind'; readonly catchUp: CatchUp }
  | { readonly kind: 'ended' }

/** Where the client's own first awareness frame may stand. */
export type Opening = 'before-step-1' | 'after-step-1' | 'over'
