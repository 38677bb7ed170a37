import { readFileSync } from 'node:fs'

/** What this thread has worked, in ms: it does not count what other programs do meanwhile. */
export function worked(): number {
  // The system adds up when a thread lets go.
  Bun.sleepSync(0.01)
  const file = `/proc/self/task/${process.pid}/schedstat`
  const [nanoseconds = '0'] = readFileSync(file, 'utf8').split(' ')
  return Number(nanoseconds) / 1e6
}
