/** Takes back what was scheduled; harmless when it has already run. */
export type Cancel = () => void

/** Time as an argument, so that a simulation can own it. */
export interface Clock {
  /** Monotonic milliseconds from an arbitrary start. */
  now(): number
  /** Runs `task` once after at least `ms` milliseconds. */
  after(ms: number, task: () => void): Cancel
  /** Runs `task` every `ms` milliseconds until cancelled. */
  every(ms: number, task: () => void): Cancel
  /** Runs `task` after the current turn of the event loop has sent what it has to send. */
  soon(task: () => void): void
}

/** The machine's own clock. What repeats does not keep the process alive; what ends does. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, task) {
    const timer = setTimeout(task, ms)
    return () => clearTimeout(timer)
  },
  every(ms, task) {
    const timer = setInterval(task, ms)
    timer.unref()
    return () => clearInterval(timer)
  },
  soon(task) {
    setImmediate(task)
  },
}

/** Wall time in milliseconds since 1970: for what others have dated, never for measuring. */
export type WallClock = () => number

/** The machine's own calendar. */
export const systemWallClock: WallClock = () => Date.now()

/** Resolves after at least `ms` milliseconds of that clock. */
export function sleep(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve)
  })
}

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
