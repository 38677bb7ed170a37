import { BenchClient } from '../clients/client.ts'
import { PreparedEdits, textName, writerId } from '../clients/edits.ts'
import { Histogram } from '../report/histogram.ts'
import { busy } from '../clients/raw-socket.ts'
import { seededRandom } from '../clients/random.ts'
import { ServerProcess, type Subject } from '../servers.ts'
import { documentName } from '../clients/documents.ts'
import { type Measured, type Pace, round } from './row.ts'

/** Everybody in every document types, each at their own times. */
export interface Typing {
  readonly documents: number
  readonly clients: number
  /** Keystrokes a second of each client. */
  readonly rate: number
}

/** A keystroke that is due, whatever became of those before it. */
interface Due {
  readonly at: number
  readonly typist: Typist
}

interface Typist {
  readonly client: BenchClient
  readonly edits: PreparedEdits
  /** When each keystroke was due, by clock. */
  readonly times: Float64Array
  next: number
}

/**
 * An open loop: keystrokes leave at times set beforehand, and what a reader waited is counted from
 * there, so that a server that stalls cannot make the measurement wait with it.
 */
export async function runTyping(subject: Subject, shape: Typing, pace: Pace): Promise<Measured> {
  const server = await ServerProcess.start(subject)
  try {
    const latency = new Histogram()
    const measured = { value: false }
    const seconds = (pace.warmMs + pace.runMs) / 1_000
    const documents: Typist[][] = []
    for (let index = 0; index < shape.documents; index++) {
      const room: Typist[] = []
      documents.push(room)
      for (let place = 0; place < shape.clients; place++) {
        const advanced = (writer: number, from: number, to: number): void => {
          if (!measured.value) return
          const now = performance.now()
          for (let clock = from; clock < to; clock++) {
            latency.add(now - (room[writer]?.times[clock] ?? now))
          }
        }
        const name = documentName(index)
        const options = { writers: shape.clients, advanced, collect: index === 0 && place === 0 }
        const client = await BenchClient.open(server.port, subject.wire, name, options)
        const count = Math.ceil(seconds * shape.rate)
        const edits = new PreparedEdits(subject.wire, name, writerId(place), count)
        room.push({ client, edits, times: new Float64Array(count), next: 0 })
      }
    }
    const due = timetable(documents, shape, seconds)
    const outcome = await type(due, pace, server, measured)
    const cpuMs = (await server.quiet()) - outcome.cpuBefore
    measured.value = false
    const deliveries = outcome.edits * (shape.clients - 1)
    for (const room of documents) checkRoom(room)
    await checkFresh(subject, server, documents[0] ?? [])
    for (const { client } of documents.flat()) client.end()
    return {
      value: (cpuMs * 1_000) / deliveries,
      second: latency.quantile(0.99),
      notes: {
        'p50 ms': latency.quantile(0.5),
        'p99 ms': latency.quantile(0.99),
        'p99.9 ms': latency.quantile(0.999),
        'server busy': round(cpuMs / outcome.ms),
        'generator busy': round(outcome.busyMs / outcome.ms),
      },
    }
  } finally {
    await server.stop()
  }
}

/** Keystrokes of everybody, each typist's at irregular times, in the order of time. */
function timetable(
  documents: readonly (readonly Typist[])[],
  { rate }: Typing,
  seconds: number,
): readonly Due[] {
  const random = seededRandom(7)
  const due: Due[] = []
  for (const typist of documents.flat()) {
    for (let key = 0; key < Math.ceil(seconds * rate); key++) {
      const at = ((key + random()) * 1_000) / rate
      typist.times[key] = at
      due.push({ at, typist })
    }
  }
  return due.toSorted((left, right) => left.at - right.at)
}

interface Outcome {
  readonly cpuBefore: number
  readonly edits: number
  readonly ms: number
  readonly busyMs: number
}

function type(
  due: readonly Due[],
  pace: Pace,
  server: ServerProcess,
  measured: { value: boolean },
): Promise<Outcome> {
  const origin = performance.now() + 50
  for (const typist of new Set(due.map((key) => key.typist))) {
    for (let key = 0; key < typist.times.length; key++) {
      typist.times[key] = (typist.times[key] ?? 0) + origin
    }
  }
  let next = 0
  let begun: { cpuBefore: number; next: number; at: number; busyMs: number } | undefined
  return new Promise((resolve) => {
    const turn = (): void => {
      const now = performance.now()
      if (begun === undefined && now - origin > pace.warmMs) {
        measured.value = true
        begun = { cpuBefore: server.cpuMs(), next, at: now, busyMs: busy.ms }
      }
      for (let key = due[next]; key !== undefined && key.at + origin <= now; key = due[next]) {
        const { typist } = key
        typist.client.socket.write(typist.edits.frames(typist.next, typist.next + 1))
        typist.next++
        next++
      }
      busy.ms += performance.now() - now
      if (next < due.length || begun === undefined) return void setImmediate(turn)
      const ended = { ...begun, edits: next - begun.next }
      const ms = performance.now() - ended.at
      setTimeout(() => resolve({ ...ended, ms, busyMs: busy.ms - ended.busyMs }), 300)
    }
    turn()
  })
}

function checkRoom(room: readonly Typist[]): void {
  for (const [reader, { client }] of room.entries()) {
    for (const [writer, { next }] of room.entries()) {
      const has = client.count.clocks[writer]
      if (writer !== reader && has !== next) {
        throw new Error(`client ${reader} has ${has} of ${next} keystrokes of ${writer}`)
      }
    }
  }
}

async function checkFresh(
  subject: Subject,
  server: ServerProcess,
  room: readonly Typist[],
): Promise<void> {
  if (!subject.wire.answers) return
  const options = { collect: true }
  const fresh = await BenchClient.open(server.port, subject.wire, documentName(0), options)
  const length = fresh.document().getText(textName).length
  const sum = room.reduce((all, { next }) => all + next, 0)
  if (length !== sum) throw new Error(`a fresh client has ${length} letters of ${sum}`)
  fresh.end()
}
