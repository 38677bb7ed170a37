import type * as Y from 'yjs'
import { BenchClient } from '../clients/client.ts'
import { PreparedEdits, textName, writerId } from '../clients/edits.ts'
import { documentName, preload } from '../clients/documents.ts'
import { busy } from '../clients/raw-socket.ts'
import { ServerProcess, type Subject } from '../servers.ts'
import { type Measured, type Pace, round } from './row.ts'

/** Writers as fast as the slowest reader allows. */
export interface FlatOut {
  readonly documents: number
  readonly clients: number
  readonly writers: number
  /** Edits that one writer makes at most. */
  readonly edits: number
  /** Edits of one writer that may be on their way. */
  readonly window: number
  /** What the document holds before, under another root name. */
  readonly before?: readonly Uint8Array[]
}

const chunkEdits = 16

/** Runs it on one server and asserts that everybody, and a fresh client, has everything. */
export async function runFlatOut(subject: Subject, shape: FlatOut, pace: Pace): Promise<Measured> {
  const server = await ServerProcess.start(subject)
  try {
    if (shape.before !== undefined) {
      await preload(subject, server, documentName(0), shape.before)
    }
    const crowd = await Crowd.gather(subject, server, shape)
    await crowd.write(Math.ceil(shape.edits * 0.2), pace.warmMs)
    const cpuBefore = await server.quiet()
    const written = crowd.written
    const busyBefore = busy.ms
    const started = performance.now()
    await crowd.write(shape.edits, pace.runMs)
    const seconds = (performance.now() - started) / 1_000
    const generatorBusy = (busy.ms - busyBefore) / (seconds * 1_000)
    const cpuMs = (await server.quiet()) - cpuBefore
    const edits = crowd.written - written
    const deliveries = edits * (shape.clients - 1)
    await crowd.check(subject, server)
    crowd.end()
    return {
      value: (cpuMs * 1_000) / deliveries,
      notes: {
        'edits/s': Math.round(edits / seconds),
        'deliveries/s': Math.round(deliveries / seconds),
        'CPU µs an edit': round((cpuMs * 1_000) / edits),
        'generator busy': round(generatorBusy),
      },
    }
  } finally {
    await server.stop()
  }
}

/** One writer: what it has sent, and how many readers have got how much of it. */
class Writer {
  readonly #client: BenchClient
  readonly #edits: PreparedEdits
  readonly #window: number
  /** How many readers have each chunk. */
  readonly #have: Uint16Array
  readonly #readers: number
  sent = 0
  /** Edits that all readers have. */
  done = 0

  constructor(client: BenchClient, edits: PreparedEdits, shape: FlatOut) {
    this.#client = client
    this.#edits = edits
    this.#window = shape.window
    this.#readers = shape.clients - 1
    this.#have = new Uint16Array(Math.ceil(edits.count / chunkEdits) + 1)
  }

  /** A reader has come from one clock to another. @returns whether all have more than before */
  advanced(from: number, to: number): boolean {
    const last = Math.floor(to / chunkEdits)
    for (let chunk = Math.floor(from / chunkEdits) + 1; chunk <= last; chunk++) {
      this.#have[chunk] = (this.#have[chunk] ?? 0) + 1
    }
    let more = false
    while (this.#have[this.done / chunkEdits + 1] === this.#readers) {
      this.done += chunkEdits
      more = true
    }
    return more
  }

  /** Sends as much as the window allows, in whole chunks. */
  send(until: number): void {
    while (this.sent < until && this.sent - this.done < this.#window) {
      const to = Math.min(until, this.sent + chunkEdits)
      this.#client.socket.write(this.#edits.frames(this.sent, to))
      this.sent = to
    }
  }
}

/** All clients of one run. */
class Crowd {
  readonly #shape: FlatOut
  readonly #clients: BenchClient[][] = []
  readonly #writers: Writer[][] = []
  #until = 0
  #deadline = 0
  #finished: (() => void) | undefined

  private constructor(shape: FlatOut) {
    this.#shape = shape
  }

  static async gather(subject: Subject, server: ServerProcess, shape: FlatOut): Promise<Crowd> {
    const crowd = new Crowd(shape)
    for (let index = 0; index < shape.documents; index++) {
      const document = documentName(index)
      const clients: BenchClient[] = []
      const writers: Writer[] = []
      for (let client = 0; client < shape.clients; client++) {
        const advanced = (writer: number, from: number, to: number): void => {
          if (writers[writer]?.advanced(from, to) === true) crowd.#go(writers[writer])
        }
        const options = { writers: shape.writers, advanced, collect: index === 0 && client === 0 }
        clients.push(await BenchClient.open(server.port, subject.wire, document, options))
      }
      // Writers are the last clients, so that the first one hears of all but perhaps one.
      for (let writer = 0; writer < shape.writers; writer++) {
        const client = clients[shape.clients - 1 - writer]
        if (client === undefined) throw new Error('more writers than clients')
        const id = writerId(writer)
        const edits = new PreparedEdits(subject.wire, document, id, shape.edits)
        writers.push(new Writer(client, edits, shape))
      }
      crowd.#clients.push(clients)
      crowd.#writers.push(writers)
    }
    return crowd
  }

  /** Edits of all writers so far. */
  get written(): number {
    return this.#writers.flat().reduce((sum, writer) => sum + writer.sent, 0)
  }

  /** Writes up to so many edits each, or for so long; resolves when all readers have all. */
  async write(until: number, ms: number): Promise<void> {
    this.#until = Math.ceil(until / chunkEdits) * chunkEdits
    this.#until = Math.min(this.#until, Math.floor(this.#shape.edits / chunkEdits) * chunkEdits)
    this.#deadline = performance.now() + ms
    const finished = new Promise<void>((resolve) => (this.#finished = resolve))
    const watch = setInterval(() => this.#look(), 20)
    for (const writer of this.#writers.flat()) writer.send(this.#until)
    await finished
    clearInterval(watch)
  }

  #go(writer: Writer): void {
    if (performance.now() < this.#deadline) writer.send(this.#until)
  }

  #look(): void {
    const late = performance.now() >= this.#deadline
    const over = this.#writers.every((writers) =>
      writers.every(({ sent, done }) => done === sent && (late || sent >= this.#until)),
    )
    if (over) this.#finished?.()
    const lost = this.#clients.flat().filter(({ closed }) => closed).length
    if (lost > 0) throw new Error(`${lost} clients were disconnected`)
  }

  /** Everybody has everything, and so has somebody who comes now. */
  async check(subject: Subject, server: ServerProcess): Promise<void> {
    const expected = this.#writers[0]?.map(({ sent }) => sent) ?? []
    for (const [index, clients] of this.#clients.entries()) {
      const writers = this.#writers[index] ?? []
      for (const [client, { count }] of clients.entries()) {
        if (count.gaps > 0) throw new Error(`client ${client} saw ${count.gaps} gaps`)
        for (const [writer, { sent }] of writers.entries()) {
          const isItself = this.#shape.clients - 1 - writer === client
          if (!isItself && count.clocks[writer] !== sent) {
            throw new Error(`client ${client} has ${count.clocks[writer]} of ${sent} edits`)
          }
        }
      }
    }
    const [witness] = this.#clients[0] ?? []
    if (witness === undefined) throw new Error('nobody was there')
    if (!subject.wire.answers) return checkText(witness.document(), expected, witness, this.#shape)
    const fresh = await BenchClient.open(server.port, subject.wire, documentName(0), {
      collect: true,
    })
    const whole = (): Y.Doc => fresh.document()
    checkText(whole(), expected, undefined, this.#shape)
    if (this.#shape.writers < this.#shape.clients) {
      const ours = witness.document().getText(textName).toString()
      if (ours !== whole().getText(textName).toString()) throw new Error('texts differ')
    }
    fresh.end()
  }

  end(): void {
    for (const client of this.#clients.flat()) client.end()
  }
}

/** All edits are in the document, but those of a witness's own. */
function checkText(
  document: Y.Doc,
  expected: readonly number[],
  witness: BenchClient | undefined,
  shape: FlatOut,
): void {
  const isWriter = witness !== undefined && shape.writers === shape.clients
  const sum =
    expected.reduce((all, sent) => all + sent, 0) - (isWriter ? (expected.at(-1) ?? 0) : 0)
  const length = document.getText(textName).length
  if (length !== sum) throw new Error(`a client has ${length} letters of ${sum}`)
}
