/** Where a session is in the life of its topic. */
export type SessionState =
  /** In the room, not on the topic: the client has not said what it has. */
  | { readonly kind: 'joined' }
  /** On the topic: lacks nothing. */
  | { readonly kind: 'live' }
  /** Off the topic while what it lacks goes out as its socket drains. */
  | Behind
  | { readonly kind: 'ended' }

/** Off the topic, and what is still to be sent. */
export interface Behind {
  readonly kind: 'behind'
  /** What the client has once `rest` is out: everything up to here. */
  readonly position: number
  readonly stateVector: Uint8Array
  /** Updates that still have to go out. */
  readonly rest: Uint8Array[]
}

/** Where the client's own first awareness frame may stand. */
export type Opening = 'before-step-1' | 'after-step-1' | 'over'
