import { drainMicrotasks } from 'bun:jsc'
import type { Cancel, Clock } from '../../../src/base/clock.ts'

interface Task {
  readonly at: number
  /** Ties go to who asked first. */
  readonly order: number
  readonly run: () => void
  cancelled: boolean
}

/**
 * Time that only moves when told to. Each task is one turn of the event loop: its promises settle,
 * then what it sent leaves, then comes what was asked for `soon`.
 */
export class SimClock implements Clock {
  #now = 0
  #order = 0
  readonly #heap: Task[] = []
  #soon: (() => void)[] = []
  readonly #turnEnds: (() => void)[] = []
  /** Turns so far. */
  turns = 0

  now(): number {
    return this.#now
  }

  after(ms: number, run: () => void): Cancel {
    const task = { at: this.#now + Math.max(ms, 0), order: this.#order++, run, cancelled: false }
    this.#push(task)
    return () => {
      task.cancelled = true
    }
  }

  every(ms: number, run: () => void): Cancel {
    let cancel: Cancel = () => undefined
    const turn = (): void => {
      cancel = this.after(ms, turn)
      run()
    }
    cancel = this.after(ms, turn)
    return () => cancel()
  }

  soon(run: () => void): void {
    this.#soon.push(run)
  }

  /** Calls `flush` at the end of every turn, before what was asked for `soon`. */
  onTurnEnd(flush: () => void): void {
    this.#turnEnds.push(flush)
  }

  /** Goes on by `ms`, running what falls due. */
  advance(ms: number): void {
    const end = this.#now + ms
    this.#settle()
    for (let task = this.#heap[0]; task !== undefined && task.at <= end; task = this.#heap[0]) {
      this.#pop()
      if (task.cancelled) continue
      this.#now = Math.max(this.#now, task.at)
      this.turns++
      task.run()
      this.#settle()
    }
    this.#now = end
  }

  #settle(): void {
    drainMicrotasks()
    this.#endTurn()
    while (this.#soon.length > 0) {
      const soon = this.#soon
      this.#soon = []
      for (const run of soon) {
        run()
        drainMicrotasks()
        this.#endTurn()
      }
    }
  }

  #endTurn(): void {
    for (const flush of this.#turnEnds) flush()
  }

  #push(task: Task): void {
    const heap = this.#heap
    let at = heap.length
    heap.push(task)
    while (at > 0) {
      const parentAt = (at - 1) >> 1
      const parent = heap[parentAt]
      if (parent === undefined || !isBefore(task, parent)) break
      heap[at] = parent
      at = parentAt
    }
    heap[at] = task
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let at = 0
    for (;;) {
      let childAt = 2 * at + 1
      const right = heap[childAt + 1]
      let child = heap[childAt]
      if (child !== undefined && right !== undefined && isBefore(right, child)) {
        child = right
        childAt++
      }
      if (child === undefined || !isBefore(child, last)) break
      heap[at] = child
      at = childAt
    }
    heap[at] = last
  }
}

function isBefore(left: Task, right: Task): boolean {
  return left.at < right.at || (left.at === right.at && left.order < right.order)
}

/**
 * The clock of one process: when the process is killed, nothing that it has planned happens; while
 * it is frozen, as when its machine is, all of that waits.
 */
export class LifeClock implements Clock {
  readonly #clock: Clock
  #alive = true
  #held: (() => void)[] | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  now(): number {
    return this.#clock.now()
  }

  after(ms: number, run: () => void): Cancel {
    let isCancelled = false
    const cancel = this.#clock.after(ms, () => {
      this.enter(() => {
        if (!isCancelled) run()
      })
    })
    return () => {
      isCancelled = true
      cancel()
    }
  }

  every(ms: number, run: () => void): Cancel {
    const cancel = this.#clock.every(ms, () => (this.#alive ? this.enter(run) : cancel()))
    return cancel
  }

  soon(run: () => void): void {
    this.#clock.soon(() => this.enter(run))
  }

  end(): void {
    this.#alive = false
  }

  /** Nothing happens until `thaw`. */
  freeze(): void {
    this.#held ??= []
  }

  /** What fell due meanwhile happens, each thing in its own turn. */
  thaw(): void {
    const held = this.#held ?? []
    this.#held = undefined
    for (const run of held) this.soon(run)
  }

  /** Something reaches the process. */
  enter(run: () => void): void {
    if (!this.#alive) return
    if (this.#held === undefined) run()
    else this.#held.push(run)
  }
}
