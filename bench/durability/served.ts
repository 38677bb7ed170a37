import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensureStrace } from '../../scripts/programs/strace.mjs'
import { freshDirectory, serverCommand, startProcess } from '../../test/support/harness/process.ts'
import { statOf } from '../processes.ts'

/** What the server has done so far. */
export interface Work {
  readonly commits: number
  /** User and system time of the whole process, all threads. */
  readonly cpuSeconds: number
}

/** A server in a process of its own, on one core. */
export interface Served {
  readonly url: string
  work(): Promise<Work>
  /** Ends it. @returns how often it synced, where that was to be counted */
  end(): Promise<number | undefined>
}

/** Starts a server on an empty directory. Counting syncs goes through strace and costs time. */
export async function serve(countSyncs: boolean, flags: readonly string[]): Promise<Served> {
  const directory = await freshDirectory()
  const summary = join(directory.path, 'syncs')
  const data = join(directory.path, 'data')
  if (countSyncs) ensureStrace()
  const calls = ['-f', '--seccomp-bpf', '-c', '-o', summary, '-e', 'trace=fsync,fdatasync']
  const counting = countSyncs ? ['strace', ...calls] : []
  const command = [...onCore(0), ...counting, ...serverCommand]
  const server = await startProcess(data, 0, flags, command)
  const { pid }: { pid: number } = await Bun.file(join(data, 'lock.json')).json()
  let ended = false
  // A measurement that fails leaves no server behind.
  process.on('exit', () => {
    if (!ended) process.kill(pid, 'SIGKILL')
  })
  return {
    url: server.url,
    async work() {
      const { metrics } = await (await fetch(`${server.http}/healthz`)).json()
      return { commits: metrics.commits, cpuSeconds: cpuSecondsOf(pid) }
    },
    async end() {
      process.kill(pid, 'SIGTERM')
      await server.gone
      ended = true
      const syncs = countSyncs ? syncsIn(readFileSync(summary, 'utf8')) : undefined
      await directory.remove()
      return syncs
    },
  }
}

/** Leaves the first core to the server. */
export function moveToOwnCore(): void {
  const [taskset] = onCore(1)
  if (taskset !== undefined) spawnSync(taskset, ['-p', '-c', '1', `${process.pid}`])
}

function onCore(core: number): readonly string[] {
  if (Bun.which('taskset') === null || navigator.hardwareConcurrency < 2) return []
  return ['taskset', '-c', `${core}`]
}

function cpuSecondsOf(pid: number): number {
  const [user, system] = statOf(pid).slice(11)
  return (Number(user) + Number(system)) / 100
}

/** Adds up the column "calls" of `strace -c`. */
function syncsIn(summary: string): number {
  const rows = [...summary.matchAll(/^ *[\d.]+ +[\d.]+ +\d+ +(\d+) .*(?:fsync|fdatasync)$/gm)]
  return rows.reduce((sum, [, calls]) => sum + Number(calls), 0)
}
