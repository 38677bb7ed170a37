import { type Cancel, type Clock, systemClock } from '../../../src/base/clock.ts'

interface Task {
  at: number
  readonly everyMs: number | undefined
  readonly run: () => void
}

/** A clock that stands still until it is told to go on. */
export class FakeClock implements Clock {
  #now = 0
  readonly #tasks = new Set<Task>()
  #soon: (() => void)[] = []

  now(): number {
    return this.#now
  }

  /** How much is scheduled for later. */
  get pending(): number {
    return this.#tasks.size
  }

  after(ms: number, run: () => void): Cancel {
    return this.#add({ at: this.#now + ms, everyMs: undefined, run })
  }

  every(ms: number, run: () => void): Cancel {
    return this.#add({ at: this.#now + ms, everyMs: ms, run })
  }

  soon(run: () => void): void {
    this.#soon.push(run)
  }

  /** Runs what was scheduled for the end of this turn. */
  turn(): void {
    const soon = this.#soon
    this.#soon = []
    for (const run of soon) run()
  }

  /** Goes on by `ms`, running what falls due in order; promises settle between the tasks. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    await this.#settle()
    for (let task = this.#next(end); task !== undefined; task = this.#next(end)) {
      this.#now = Math.max(this.#now, task.at)
      if (task.everyMs === undefined) this.#tasks.delete(task)
      else task.at += task.everyMs
      task.run()
      await this.#settle()
    }
    this.#now = end
  }

  async #settle(): Promise<void> {
    for (let round = 0; round < 5; round++) {
      this.turn()
      for (let tick = 0; tick < 5; tick++) await Promise.resolve()
    }
  }

  #next(end: number): Task | undefined {
    let next: Task | undefined
    for (const task of this.#tasks) {
      if (task.at <= end && (next === undefined || task.at < next.at)) next = task
    }
    return next
  }

  #add(task: Task): Cancel {
    this.#tasks.add(task)
    return () => this.#tasks.delete(task)
  }
}

/** The machine's clock, but what repeats does so every 20 ms at least: rounds are waited for. */
export const quickRounds: Clock = {
  ...systemClock,
  every: (ms, task) => systemClock.every(Math.min(ms, 20), task),
}

/** The machine's clock, but it shows the time that a test says: nothing comes back meanwhile. */
export function shownClock(): Clock & { pass(ms: number): void } {
  let shown = 0
  return {
    ...systemClock,
    now: () => shown,
    pass(ms) {
      shown += ms
    },
  }
}
