/** Chance as an argument, so that a simulation can own it. */
export interface Chance {
  /** A name that nobody guesses. */
  name(): string
  /** A client id for Yjs. */
  clientId(): number
  /** So many bytes that nobody guesses. */
  bytes(count: number): Uint8Array
  /** A number from 0 to 1, not with it. */
  fraction(): number
}

/** The machine's own chance. */
export const systemChance: Chance = {
  name: () => crypto.randomUUID(),
  clientId: () => crypto.getRandomValues(new Uint32Array(1))[0] ?? 1,
  bytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
  fraction: () => Math.random(),
}
