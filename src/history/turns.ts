/** Has the work on each document done one after another, in the order in which it was asked for. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>()

  /** Resolves, or rejects, as the work does. */
  take<Result>(document: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#last.get(document)
    const turn = before === undefined ? work() : before.then(work)
    const settled = turn
      .catch(() => undefined)
      .finally(() => {
        if (this.#last.get(document) === settled) this.#last.delete(document)
      })
    this.#last.set(document, settled)
    return turn
  }
}
