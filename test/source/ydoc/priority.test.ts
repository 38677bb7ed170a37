import { expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import { freshDirectory, serverCommand, startProcess } from '../../support/harness/process.ts'

/** By thread of a process, how much it lets others go before it. */
function nicenesses(pid: number): readonly number[] {
  return readdirSync(`/proc/${pid}/task`).map((thread) => {
    const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8')
    return Number(stat.split(') ')[1]?.split(' ')[16])
  })
}

const startMs = 60_000

test(
  'PERF-14: what converts goes behind the relay, also of a server that goes behind others',
  async () => {
    // Elsewhere a priority is of the whole process, and is left as it is.
    if (process.platform !== 'linux') return
    const data = await freshDirectory()
    const own = Math.min(getPriority(0) + 3, 18)
    const command = ['nice', '-n', `${own - getPriority(0)}`, ...serverCommand]
    const server = await startProcess(data.path, 0, [], command)
    const at = `${server.http}/api/v1/documents/doc/content?format=text&root=t`
    const answer = await fetch(at, { method: 'PUT', body: 'the words' })
    expect(answer.status).toBe(201)
    const found = nicenesses(server.pid)
    expect(found).toContain(Math.min(own + 10, 19))
    expect(found.filter((nice) => nice < own)).toEqual([])
    await server.end('SIGTERM')
    await data.remove()
  },
  startMs,
)
