/** Those who are waited for, and until when. */
export class Awaited<Kind> {
  readonly #until = new Map<Kind, number>()

  get size(): number {
    return this.#until.size
  }

  /** Until when it is waited for the first that was added; undefined while for nobody. */
  get firstUntil(): number | undefined {
    return this.#until.values().next().value
  }

  /** Waits for one. @param until by the clock that `takeOverdue` is asked with */
  add(one: Kind, until: number): void {
    this.#until.set(one, until)
  }

  /** One is waited for no more. */
  delete(one: Kind): void {
    this.#until.delete(one)
  }

  /** Those who are waited for. */
  all(): IterableIterator<Kind> & IteratorObject<Kind> {
    return this.#until.keys()
  }

  /** Waits no more for those whose time is over. @returns them */
  takeOverdue(now: number): readonly Kind[] {
    if (this.#until.size === 0) return []
    const overdue = [...this.#until].flatMap(([one, until]) => (until < now ? [one] : []))
    for (const one of overdue) this.#until.delete(one)
    return overdue
  }
}
