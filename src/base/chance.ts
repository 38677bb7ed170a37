/** Chance as an argument, so that a simulation can own it. */
export interface Chance {
  /** A name that nobody guesses. */
  name(): string
  /** A client id for Yjs. */
  clientId(): number
}

/** The machine's own chance. */
export const systemChance: Chance = {
  name: () => crypto.randomUUID(),
  clientId: () => crypto.getRandomValues(new Uint32Array(1))[0] ?? 1,
}
