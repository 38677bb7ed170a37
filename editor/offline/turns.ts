/** Does one thing after the other, whatever becomes of those before. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve()

  next<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(work)
    this.#last = turn.catch(() => undefined)
    return turn
  }
}
