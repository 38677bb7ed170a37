import type { Clock } from './clock.ts'

/** Steps in one turn of the event loop. */
const stepsPerTurn = 1_000

/**
 * Does work that nobody has to wait for in turns of the event loop of their own, so that what else
 * there is to do comes in between. The first begins at once.
 * @param work yields how many steps it has taken, where it may stop in between; a step is about as
 *   much as looking after one connection, some microseconds
 * @returns what the work returns; rejects with what it throws
 */
export async function inSlices<T>(clock: Clock, work: Iterator<number, T>): Promise<T> {
  for (;;) {
    for (let taken = 0; taken < stepsPerTurn;) {
      const step = work.next()
      if (step.done === true) return step.value
      taken += step.value
    }
    await new Promise<void>((resolve) => clock.soon(resolve))
  }
}
