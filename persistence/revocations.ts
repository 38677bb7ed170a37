/** Access that was taken back; what is left out is everybody's, on every document. */
export interface StoredRevocation {
  readonly document: string | undefined
  /** Whose, by the id under which the authority knows them. */
  readonly id: string | undefined
  /** When that was said, in milliseconds since 1970, by the server to which it was. */
  readonly at: number
}

/** How far revocations were read: the number and the tag of the newest. */
export interface RevocationsPlace {
  /** 0 before the first. */
  readonly number: number
  /** Tells the newest from another one that was given its number, as after a failover. */
  readonly tag: number
}

/** Before the first revocation. */
export const firstPlace: RevocationsPlace = { number: 0, tag: 0 }

/** What was said after a place, oldest first, and the place then. */
export interface RevocationsSince {
  readonly place: RevocationsPlace
  readonly revocations: readonly StoredRevocation[]
}

/** How many revocations are kept, and for how long. */
export interface RevocationsKept {
  readonly count: number
  readonly ms: number
}

/**
 * Revocations, so that they hold on servers which did not hear of them, and after a restart.
 * Promises resolve when what they say is on disk, and reject as those of a `Store`.
 */
export interface Revocations {
  /**
   * Adds one, in the place of an earlier one of the same document and person, and drops what is
   * too old or too much. Numbers become visible in their order. Where the earlier one is of that
   * time or a later one, as by a clock that is ahead, it is kept as of a millisecond after that.
   */
  add(what: StoredRevocation, kept: RevocationsKept): Promise<void>
  /** Those after a place; all of them where the store does not know that place. */
  since(place: RevocationsPlace): Promise<RevocationsSince>
}

/** Names the document and the person of a revocation. */
export function revocationKey({ document, id }: Omit<StoredRevocation, 'at'>): string {
  const told = JSON.stringify([document ?? null, id ?? null])
  return new Bun.CryptoHasher('sha256').update(told).digest('hex')
}
