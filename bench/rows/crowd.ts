import { join } from 'node:path'
import { BenchClient } from '../clients/client.ts'
import { documentName, preload } from '../clients/documents.ts'
import { textName } from '../clients/edits.ts'
import { ServerProcess, type Subject } from '../servers.ts'
import { type Measured, type Pace, round } from './row.ts'

const mib = 1024 * 1024

/** Idle connections. Value: resident KB each. */
export async function runIdle(
  subject: Subject,
  shape: { readonly connections: number; readonly documents: number },
  { quick }: Pace,
): Promise<Measured> {
  const server = await ServerProcess.start(subject)
  try {
    const clients: BenchClient[] = []
    const enter = async (from: number, to: number): Promise<void> => {
      for (let index = from; index < to; index++) {
        const name = documentName(index % shape.documents)
        clients.push(await BenchClient.open(server.port, subject.wire, name))
      }
    }
    // What the first connections bring to life is the server's, not theirs.
    const first = shape.documents
    await enter(0, first)
    await settle(server, quick)
    const before = server.rss()
    await enter(first, first + shape.connections)
    await settle(server, quick)
    const after = server.rss()
    const lost = clients.filter(({ closed }) => closed).length
    if (lost > 0) throw new Error(`${lost} clients were disconnected`)
    for (const client of clients) client.end()
    return {
      value: (after - before) / 1024 / shape.connections,
      notes: { 'RSS before, MB': round(before / mib, 1), 'RSS after, MB': round(after / mib, 1) },
    }
  } finally {
    await server.stop()
  }
}

/** Garbage is collected when there has been time for it; Bun takes some ten seconds. */

async function settle(server: ServerProcess, quick: boolean): Promise<void> {
  await server.quiet()
  await Bun.sleep(quick ? 1_500 : 13_000)
  await server.quiet()
}

/** Many clients open a large document at once. Value: p99 in ms; second: growth in MB. */
export async function runJoinLarge(
  subject: Subject,
  shape: {
    readonly clients: number
    readonly updates: readonly Uint8Array[]
    readonly text: number
  },
): Promise<Measured> {
  const server = await ServerProcess.start(subject)
  try {
    const name = documentName(0)
    await preload(subject, server, name, shape.updates)
    const present = await BenchClient.open(server.port, subject.wire, name)
    await server.quiet()
    const before = server.rss()
    let most = before
    const watch = setInterval(() => (most = Math.max(most, server.rss())), 25)
    const times: number[] = []
    const cpuBefore = server.cpuMs()
    const busyBefore = process.cpuUsage()
    const startedAt = performance.now()
    const joined = Array.from({ length: shape.clients }, async () => {
      const started = performance.now()
      const client = await BenchClient.open(server.port, subject.wire, name)
      times.push(performance.now() - started)
      return client
    })
    const clients = await Promise.race([Promise.all(joined), Bun.sleep(60_000)])
    clearInterval(watch)
    const cpuMs = server.cpuMs() - cpuBefore
    const { user, system } = process.cpuUsage(busyBefore)
    const generatorBusy = (user + system) / 1_000 / (performance.now() - startedAt)
    if (clients === undefined) throw new Error(`after 60 s ${times.length} had it`)
    for (const client of clients) client.end()
    const fresh = await BenchClient.open(server.port, subject.wire, name, { collect: true })
    const { length } = fresh.document().getText(textName)
    if (length !== shape.text) throw new Error(`a fresh client has ${length} of ${shape.text}`)
    for (const client of [fresh, present]) client.end()
    times.sort((left, right) => left - right)
    const p99 = times[Math.ceil(times.length * 0.99) - 1] ?? Infinity
    return {
      value: p99,
      second: (most - before) / mib,
      notes: {
        'p50 ms': round(times[Math.floor(times.length / 2)] ?? 0, 0),
        'growth, MB': round((most - before) / mib, 1),
        'CPU ms': round(cpuMs, 0),
        'generator busy': round(generatorBusy),
      },
    }
  } finally {
    await server.stop()
  }
}

/**
 * Everybody in one document shows presence once a second. Value: p99 of the way of an edit
 * between two clients of another document: how long the event loop lets others wait.
 */
export async function runPresence(
  subject: Subject,
  shape: { readonly clients: number; readonly seconds: number },
): Promise<Measured> {
  const server = await ServerProcess.start(subject)
  try {
    const name = documentName(0)
    const heard = new Map<number, number>()
    const clients: BenchClient[] = []
    for (let index = 0; index < shape.clients; index++) {
      const options = index === 0 ? { awareness: readAwareness(heard) } : {}
      clients.push(await BenchClient.open(server.port, subject.wire, name, options))
    }
    const probe = startProbe(subject, server, shape.seconds)
    // The probe takes a moment to start.
    await Bun.sleep(500)
    const cpuBefore = server.cpuMs()
    const busyBefore = process.cpuUsage()
    const origin = performance.now()
    const period = 1_000 / shape.clients
    let next = 0
    const total = shape.clients * (shape.seconds + 1)
    while (next < total) {
      const now = performance.now() - origin
      for (; next < total && next * period <= now; next++) {
        const index = next % shape.clients
        const clock = 1 + Math.floor(next / shape.clients)
        clients[index]?.socket.send(subject.wire.awareness(name, presence(index, clock)))
      }
      await Bun.sleep(1)
    }
    const ms = performance.now() - origin
    const cpuMs = server.cpuMs() - cpuBefore
    const { user, system } = process.cpuUsage(busyBefore)
    const latency = JSON.parse(await new Response(probe.stdout).text()) as ProbeWords
    for (let tries = 0; tries < 100 && !all(heard, shape); tries++) await Bun.sleep(50)
    if (!all(heard, shape)) throw new Error(`the first client knows ${heard.size} of all`)
    for (const client of clients) client.end()
    return {
      value: latency.p99,
      notes: {
        'p50 ms': latency.p50,
        'probes answered': latency.arrived,
        'server busy': round(cpuMs / ms),
        'generator busy': round((user + system) / 1_000 / ms),
      },
    }
  } finally {
    await server.stop()
  }
}

/** What the probe prints. */
interface ProbeWords {
  readonly p50: number
  readonly p99: number
  readonly arrived: number
}

/** A process beside this one, whose own work must not count as the server's delay. */
function startProbe(subject: Subject, { port }: ServerProcess, seconds: number) {
  const probe = join(import.meta.dir, '..', 'probe.ts')
  const words = [subject.name, `${port}`, `${seconds}`]
  return Bun.spawn([process.execPath, probe, ...words], { stdout: 'pipe', stderr: 'inherit' })
}

/** Whether the first client has heard the last of everybody else. */
function all(heard: ReadonlyMap<number, number>, shape: { clients: number; seconds: number }) {
  let last = 0
  for (const [client, clock] of heard) if (client > 1 && clock > shape.seconds) last++
  return last === shape.clients - 1
}

function presence(index: number, clock: number): Uint8Array {
  const state = {
    user: { name: `Person ${index}`, color: '#30bced' },
    cursor: { anchor: { type: 1, item: clock }, head: { type: 1, item: clock } },
  }
  const json = new TextEncoder().encode(JSON.stringify(state))
  return Uint8Array.of(
    1,
    ...varUint(index + 1),
    ...varUint(clock),
    ...varUint(json.length),
    ...json,
  )
}

function varUint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) | 128, ...varUint(Math.floor(value / 128))]
}

function readAwareness(heard: Map<number, number>) {
  return (bytes: Uint8Array, from: number, to: number): void => {
    let at = from
    const read = (): number => {
      let value = 0
      for (let scale = 1; at < to; scale *= 128) {
        const byte = bytes[at++] ?? 0
        value += (byte & 127) * scale
        if (byte < 128) break
      }
      return value
    }
    read()
    for (let left = read(); left > 0; left--) {
      const client = read()
      heard.set(client, read())
      const length = read()
      at += length
    }
  }
}
