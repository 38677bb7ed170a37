/**
 * Counts what loops over somebody's bytes do, for those who want to know how a cost grows: a
 * struct, a range, a client, an entry, a kilobyte that is copied. It costs an addition, and
 * nothing acts on it.
 */
export const steps = { taken: 0 }
