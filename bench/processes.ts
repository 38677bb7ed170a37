import { readdirSync, readFileSync } from 'node:fs'

/** CPU of all threads of a process so far, in milliseconds. */
export function cpuMsOf(pid: number): number {
  let ns = 0
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    try {
      const stat = readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8')
      ns += Number(stat.split(' ')[0])
    } catch {
      // A thread that ended in between.
    }
  }
  return ns / 1e6
}

/** CPU of a process and of those that it has started, in milliseconds; of ended ones by the 10. */
export function familyCpuMsOf(pid: number): number {
  const [, , ended = 0, endedInKernel = 0] = statOf(pid).slice(11).map(Number)
  let ms = cpuMsOf(pid) + (ended + endedInKernel) * 10
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      if (parentOf(Number(name)) === pid) ms += cpuMsOf(Number(name))
    } catch {
      // A process that ended in between.
    }
  }
  return ms
}

/** The process that started this one. */
export function parentOf(pid: number): number {
  return Number(statOf(pid)[1])
}

/** What stands behind the name in `/proc/PID/stat`; times by the hundredth of a second. */
export function statOf(pid: number): readonly string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

/** The load of the machine in the last minute: others may be at work on it. */
export function loadAverage(): string {
  return readFileSync('/proc/loadavg', 'utf8').split(' ')[0] ?? '?'
}
