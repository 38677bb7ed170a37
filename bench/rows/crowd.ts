import { BenchClient } from '../client.ts'
import { documentName, preload } from '../documents.ts'
import { PreparedEdits, textName, writerId } from '../edits.ts'
import { Histogram } from '../histogram.ts'
import { ServerProcess, type Subject } from '../servers.ts'
import { type Measured, round } from './row.ts'

const mib = 1024 * 1024

/** Idle connections. Value: resident KB each. */
export async function runIdle(
  subject: Subject,
  shape: { readonly connections: number; readonly documents: number },
): Promise<Measured> {
  const server = await ServerProcess.start(subject)
  try {
    const clients: BenchClient[] = []
    const join = async (from: number, to: number): Promise<void> => {
      for (let index = from; index < to; index++) {
        const name = documentName(index % shape.documents)
        clients.push(await BenchClient.open(server.port, subject.wire, name))
      }
    }
    // What the first connections bring to life is the server's, not theirs.
    const first = shape.documents
    await join(0, first)
    await settle(server)
    const before = server.rss()
    await join(first, first + shape.connections)
    await settle(server)
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
const quietMs = 18_000

async function settle(server: ServerProcess): Promise<void> {
  await server.quiet()
  await Bun.sleep(quietMs)
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
    await settle(server)
    const before = server.rss()
    let most = before
    const watch = setInterval(() => (most = Math.max(most, server.rss())), 25)
    const times: number[] = []
    const cpuBefore = server.cpuMs()
    const joined = Array.from({ length: shape.clients }, async () => {
      const started = performance.now()
      const client = await BenchClient.open(server.port, subject.wire, name)
      times.push(performance.now() - started)
      return client
    })
    const clients = await Promise.race([Promise.all(joined), Bun.sleep(60_000)])
    clearInterval(watch)
    const cpuMs = server.cpuMs() - cpuBefore
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
    const probe = await Probe.between(subject, server)
    const latency = new Histogram()
    const cpuBefore = server.cpuMs()
    const origin = performance.now()
    const period = 1_000 / shape.clients
    let next = 0
    let nextProbe = 0
    const total = shape.clients * shape.seconds
    while (next < total) {
      const now = performance.now() - origin
      for (; next < total && next * period <= now; next++) {
        const index = next % shape.clients
        const clock = 1 + Math.floor(next / shape.clients)
        clients[index]?.socket.send(subject.wire.awareness(name, presence(index, clock)))
      }
      if (nextProbe <= now) {
        probe.send(latency, origin + nextProbe)
        nextProbe += 20
      }
      await Bun.sleep(1)
    }
    const ms = performance.now() - origin
    const cpuMs = server.cpuMs() - cpuBefore
    await probe.over()
    for (let tries = 0; tries < 100 && !all(heard, shape); tries++) await Bun.sleep(50)
    if (!all(heard, shape)) throw new Error(`the first client knows ${heard.size} of all`)
    for (const client of clients) client.end()
    return {
      value: latency.quantile(0.99),
      notes: {
        'p50 ms': latency.quantile(0.5),
        'probes answered': latency.count,
        'server busy': round(cpuMs / ms),
      },
    }
  } finally {
    await server.stop()
  }
}

/** Whether the first client has heard the last of everybody else. */
function all(heard: ReadonlyMap<number, number>, shape: { clients: number; seconds: number }) {
  let last = 0
  for (const [client, clock] of heard) if (client > 1 && clock >= shape.seconds) last++
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

/** Two clients of a document of their own: how long the way from one to the other takes. */
class Probe {
  readonly #send: (at: number) => void
  readonly #sent: { at: number; latency: Histogram }[] = []
  #got = 0

  private constructor(send: (at: number) => void) {
    this.#send = send
  }

  static async between(subject: Subject, server: ServerProcess): Promise<Probe> {
    const name = documentName(99_999)
    const edits = new PreparedEdits(subject.wire, name, writerId(0), 10_000)
    const born: { probe?: Probe } = {}
    const advanced = (_writer: number, from: number, to: number): void => {
      for (let clock = from; clock < to; clock++) born.probe?.arrived(clock)
    }
    await BenchClient.open(server.port, subject.wire, name, { writers: 1, advanced })
    const writer = await BenchClient.open(server.port, subject.wire, name)
    const probe = new Probe((clock) => writer.socket.write(edits.frames(clock, clock + 1)))
    born.probe = probe
    return probe
  }

  /** Sends one that was due at that time. */
  send(latency: Histogram, at: number): void {
    this.#send(this.#sent.length)
    this.#sent.push({ at, latency })
  }

  arrived(clock: number): void {
    const sent = this.#sent[clock]
    this.#got++
    sent?.latency.add(performance.now() - sent.at)
  }

  /** What has not come by now counts as it is. */
  async over(): Promise<void> {
    for (let tries = 0; tries < 200 && this.#got < this.#sent.length; tries++) await Bun.sleep(50)
    for (const { at, latency } of this.#sent.slice(this.#got)) latency.add(performance.now() - at)
  }
}
