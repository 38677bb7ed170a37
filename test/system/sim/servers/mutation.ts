/** A rule of several servers that is broken on purpose, to prove that the simulation sees it. */
export type Mutation =
  /** What was written is told to the other servers before it is stored. */
  | 'publishes-before-storing'
  /** The store takes rows for a document that is deleted, or was meanwhile. */
  | 'ignores-the-epoch'
  /** A document is read in two views: first its snapshot, then its log. */
  | 'loads-in-two-views'
  /** What a failover has lost is not stored again by those who have it. */
  | 'gives-nothing-back'
  /** Rows that were heard of beyond a hole are not compared with those that are read. */
  | 'trusts-what-is-ahead'
  /** Rows get their number when they are sent, and show when they are stored. */
  | 'numbers-out-of-order'
  /** The store is asked only when the bus has been away. */
  | 'polls-never'
  /** A row that is given its number again, as after a failover, has the same tag. */
  | 'has-no-tags'
  /** A row on the bus counts as the next one whatever it says that it follows. */
  | 'trusts-the-bus'
  /** Presence is told to no other server. */
  | 'keeps-presence-to-itself'

/** Every mutation. */
export const mutations: readonly Mutation[] = [
  'publishes-before-storing',
  'ignores-the-epoch',
  'loads-in-two-views',
  'gives-nothing-back',
  'trusts-what-is-ahead',
  'numbers-out-of-order',
  'polls-never',
  'has-no-tags',
  'trusts-the-bus',
  'keeps-presence-to-itself',
]
