/** What a request is about. */
interface Waited {
  readonly touches: (document: string) => boolean
  readonly settled: Promise<unknown>
}

/**
 * The order of requests that go over several connections: each takes effect as if one after the
 * other were served. Writes wait for those before them; a read waits for the writes before it that
 * touch its document, so that a load waits for no append that is none of its business.
 */
export class Turns {
  readonly #writes = new Set<Waited>()
  readonly #everything = new Set<Promise<unknown>>()
  #lastWrite: Promise<unknown> = Promise.resolve()

  /** Behind every write that was asked before. */
  write<Result>(
    touches: (document: string) => boolean,
    work: () => Promise<Result>,
  ): Promise<Result> {
    const result = this.#lastWrite.then(work)
    this.#lastWrite = settled(result)
    this.#keep(touches, this.#lastWrite)
    return result
  }

  /** Behind the writes of that document, of all without one; others need not wait for it. */
  read<Result>(document: string | undefined, work: () => Promise<Result>): Promise<Result> {
    const result = this.#after(document).then(work)
    this.#track(settled(result))
    return result
  }

  /** Behind nothing: of what is stored, however much this server has still to store. */
  aside<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = work()
    this.#track(settled(result))
    return result
  }

  /** A read for what comes before it, a write for the reads that come behind it. */
  beside<Result>(document: string, work: () => Promise<Result>): Promise<Result> {
    const result = this.#after(document).then(work)
    this.#keep((name) => name === document, settled(result))
    return result
  }

  /** Resolves when all that was asked before is done. */
  async done(): Promise<void> {
    await Promise.all(this.#everything)
  }

  async #after(document: string | undefined): Promise<void> {
    const before = [...this.#writes].filter(
      ({ touches }) => document === undefined || touches(document),
    )
    await Promise.all(before.map((waited) => waited.settled))
  }

  #keep(touches: Waited['touches'], end: Promise<unknown>): void {
    const waited: Waited = { touches, settled: end }
    this.#writes.add(waited)
    this.#track(end.then(() => this.#writes.delete(waited)))
  }

  /** `end` never rejects. */
  #track(end: Promise<unknown>): void {
    const over = end.finally(() => this.#everything.delete(over))
    this.#everything.add(over)
  }
}

/** Resolves however it ends. */
function settled(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch(() => undefined)
}
