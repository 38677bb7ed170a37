/**
 * A fault built into the simulated surroundings on purpose, to prove that the simulation sees what
 * it is there to see. Each stands for a way in which the product could break its word.
 */
export type Mutation =
  /** The store says "on disk" before anything is. */
  | 'acknowledges-early'
  /** A batch now and then never reaches the disk, and nobody hears of it. */
  | 'drops-a-batch'
  /** A client is on its topic only a while after it was described to. */
  | 'subscribes-late'
  /** Bun's default: a frame for a client over the limit vanishes, and the client stays. */
  | 'drops-for-the-slow'
  /** A snapshot lacks the last update that went into it. */
  | 'folds-too-little'
  /** Compacting drops what came after the snapshot was made. */
  | 'compacts-too-much'
  /** What a client publishes comes back to it as well. */
  | 'tells-the-sender'
  /** The server does not hear of a socket's end. */
  | 'hears-no-close'
  /** What makes sense only as a whole goes out in pieces. */
  | 'cuts-what-is-whole'

/** Every mutation. */
export const mutations: readonly Mutation[] = [
  'acknowledges-early',
  'drops-a-batch',
  'subscribes-late',
  'drops-for-the-slow',
  'folds-too-little',
  'compacts-too-much',
  'tells-the-sender',
  'hears-no-close',
  'cuts-what-is-whole',
]
