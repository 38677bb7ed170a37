import { BenchClient } from '../clients/client.ts'
import { documentName, preload, type Written } from '../clients/documents.ts'
import { PreparedEdits, textName, writerId } from '../clients/edits.ts'
import { RawSocket } from '../clients/raw-socket.ts'
import { ServerProcess, type Subject } from '../servers.ts'
import { type Measured, type Pace, round } from './row.ts'

/** Documents that a client has open and nobody writes. Value: resident bytes by encoded byte. */
export async function runMemory(
  subject: Subject,
  paper: Written,
  count: number,
  { quick }: Pace,
): Promise<Measured> {
  let server = await ServerProcess.start(subject)
  try {
    await preload(subject, server, documentName(0), [paper.update])
    // Who keeps nothing on disk has a document in memory from the moment in which it came.
    const born = subject.stores ? undefined : await settled(server, quick)
    for (let index = 1; index <= count; index++) {
      await preload(subject, server, documentName(index), [paper.update])
    }
    if (subject.stores) {
      const { directory } = server
      await Bun.sleep(3_000)
      await server.quiet()
      await server.stop(true, 'SIGTERM')
      server = await ServerProcess.start(subject, directory)
    }
    const first = await BenchClient.open(server.port, subject.wire, documentName(0))
    const before = born ?? (await settled(server, quick))
    const clients = [first]
    for (let index = 1; index <= count; index++) {
      clients.push(await BenchClient.open(server.port, subject.wire, documentName(index)))
    }
    const after = await settled(server, quick)
    const last = documentName(count)
    const fresh = await BenchClient.open(server.port, subject.wire, last, { collect: true })
    const text = fresh.document().getText(textName).toString()
    if (text !== paper.text) throw new Error(`a fresh client has ${text.length} letters`)
    for (const client of [...clients, fresh]) client.end()
    return {
      value: (after - before) / count / paper.update.length,
      notes: { 'KB a document': round((after - before) / count / 1024, 0) },
    }
  } finally {
    await server.stop()
  }
}

/** Resident memory when garbage has been collected, which takes Bun some ten seconds. */
async function settled(server: ServerProcess, quick: boolean): Promise<number> {
  await server.quiet()
  await Bun.sleep(quick ? 1_500 : 13_000)
  await server.quiet()
  return server.rss()
}

/** Edits until the server has said of each that it is on disk. Value: edits a second. */
export async function runDurable(
  subject: Subject,
  shape: { readonly writers: number; readonly edits: number },
  pace: Pace,
): Promise<Measured> {
  const server = await ServerProcess.start(subject)
  try {
    const writers: Saver[] = []
    for (let index = 0; index < shape.writers; index++) {
      writers.push(await Saver.open(subject, server, documentName(index), shape.edits))
    }
    const warm = Math.floor(shape.edits / 4)
    await Promise.all(writers.map((writer) => writer.write(warm)))
    const cpuBefore = server.cpuMs()
    const started = performance.now()
    const edits = shape.edits - warm
    await Promise.all(writers.map((writer) => writer.write(pace.quick ? edits / 4 : edits)))
    const seconds = (performance.now() - started) / 1_000
    const cpuMs = server.cpuMs() - cpuBefore
    const total = writers.reduce((sum, { sent }) => sum + sent - warm, 0)
    // What was said to be on disk is there when the process was killed.
    const { directory } = server
    await server.stop(true, 'SIGKILL')
    const again = await ServerProcess.start(subject, directory)
    const name = documentName(0)
    const fresh = await BenchClient.open(again.port, subject.wire, name, { collect: true })
    const { length } = fresh.document().getText(textName)
    await again.stop()
    const expected = writers[0]?.sent ?? 0
    if (length !== expected) throw new Error(`${length} of ${expected} letters were on disk`)
    return {
      value: total / seconds,
      notes: { 'CPU µs an edit': round((cpuMs * 1_000) / total), edits: total },
    }
  } finally {
    await server.stop().catch(() => undefined)
  }
}

/** A client that hears which of its edits are on disk (`?saved=1`, docs/wire.md). */
class Saver {
  readonly #socket: RawSocket
  readonly #edits: PreparedEdits
  readonly #window = 4_096
  #saved = 0
  #until = 0
  #done: (() => void) | undefined
  sent = 0

  private constructor(socket: RawSocket, edits: PreparedEdits) {
    this.#socket = socket
    this.#edits = edits
  }

  static async open(
    { wire }: Subject,
    { port }: ServerProcess,
    name: string,
    count: number,
  ): Promise<Saver> {
    const born: { saver?: Saver } = {}
    const socket = await RawSocket.connect(port, `${wire.path(name)}?saved=1`, {
      message: (bytes, from, to) => born.saver?.heard(bytes, from, to),
      large: () => undefined,
      closed: () => undefined,
    })
    const saver = new Saver(socket, new PreparedEdits(wire, name, writerId(0), count))
    born.saver = saver
    for (const message of wire.hello(name, Uint8Array.of(0))) socket.send(message)
    return saver
  }

  /** Writes so many more; resolves when all are on disk. */
  write(count: number): Promise<void> {
    this.#until = Math.floor(this.sent + count)
    return new Promise((resolve) => {
      this.#done = resolve
      this.#send()
    })
  }

  heard(bytes: Uint8Array, from: number, to: number): void {
    if (bytes[from] !== 110) return
    let count = 0
    for (let at = from + 1, scale = 1; at < to; at++, scale *= 128) {
      count += ((bytes[at] ?? 0) & 127) * scale
    }
    this.#saved = count
    this.#send()
    if (this.#saved === this.#until) this.#done?.()
  }

  #send(): void {
    const to = Math.min(this.#until, this.#saved + this.#window)
    if (to > this.sent) this.#socket.write(this.#edits.frames(this.sent, to))
    this.sent = Math.max(this.sent, to)
  }
}
