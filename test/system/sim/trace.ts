/** What happened in a run, by kind. */
export interface Counts {
  edits: number
  presences: number
  receipts: number
  echoes: number
  crashes: number
  restarts: number
  cuts: number
  stalls: number
  reconnects: number
  hardCloses: number
  detaches: number
  largeOpenings: number
  largeCatchUps: number
  compactions: number
  evictions: number
  storeFailures: number
  storeHangs: number
  checks: number
  turns: number
}

/** Nothing yet. */
function noCounts(): Counts {
  return {
    edits: 0,
    presences: 0,
    receipts: 0,
    echoes: 0,
    crashes: 0,
    restarts: 0,
    cuts: 0,
    stalls: 0,
    reconnects: 0,
    hardCloses: 0,
    detaches: 0,
    largeOpenings: 0,
    largeCatchUps: 0,
    compactions: 0,
    evictions: 0,
    storeFailures: 0,
    storeHangs: 0,
    checks: 0,
    turns: 0,
  }
}

/** Counts, and a hash over everything that happened in its order. */
export class Trace {
  readonly counts = noCounts()
  readonly #violations: string[] = []
  #hash = 0n

  /** Sixteen hex digits: two runs that did the same have the same. */
  get hash(): string {
    return this.#hash.toString(16).padStart(16, '0')
  }

  get violations(): readonly string[] {
    return this.#violations
  }

  /** Something went wrong; a few sentences are enough. */
  violate(sentence: string): void {
    if (this.#violations.length < 10) this.#violations.push(sentence)
  }

  /** Mixes an event into the hash. */
  note(what: string, at: number, bytes?: Uint8Array): void {
    this.#hash = Bun.hash.xxHash64(`${what} ${at}`, this.#hash)
    if (bytes !== undefined) this.#hash = Bun.hash.xxHash64(bytes, this.#hash)
  }
}
