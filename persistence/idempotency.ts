/** An answer over HTTP that is given again. */
export interface KeptAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** What is known of a key. */
export type Claim =
  /** It was free, and is the caller's now: `settle` or `release` it. */
  | { readonly kind: 'claimed' }
  /** Another request has it. */
  | { readonly kind: 'other' }
  /** The same request has it, and no answer yet: it is being answered, or its server has ended. */
  | { readonly kind: 'unanswered' }
  | { readonly kind: 'answered'; readonly answer: KeptAnswer }

/** How many keys are kept, and for how long. */
export interface KeysKept {
  readonly count: number
  readonly ms: number
}

/**
 * Keys that clients give to requests so that one that comes again is done once, beside a store's
 * documents. Promises resolve when what they say is on disk, and reject as those of a `Store`.
 */
export interface IdempotencyKeys {
  /**
   * Takes a key for a request, in one transaction, and drops what is too old or too much.
   * @param request names the request, by a digest
   */
  claim(key: string, request: string, kept: KeysKept): Promise<Claim>
  /** Keeps the answer to a claimed request. */
  settle(key: string, answer: KeptAnswer): Promise<void>
  /** Frees a key whose request has changed nothing. */
  release(key: string): Promise<void>
}
