import { SimClient } from './client.ts'
import { SimClock } from './clock.ts'
import { editList } from './editor.ts'
import { editRandomly } from './edits.ts'
import type { Mutation } from './mutation.ts'
import { Random } from './random.ts'
import { SimServer, simLimits } from './server.ts'
import { type ClientEnd, SimSocket } from './socket.ts'
import { Disk } from './store.ts'
import { Trace } from './trace.ts'

/**
 * A document without text marks: only such a one is sent in pieces, so only here may a client write
 * more than one socket can hold.
 */
export const plainDocument = 'a/b'

function hasEditor(name: string): boolean {
  return name !== plainDocument
}

/** A server that comes and goes, its disk, and clients that come and go: all from one seed. */
export class World {
  readonly clock = new SimClock()
  readonly disk = new Disk()
  readonly trace = new Trace()
  /** Per document, what clients were told is on disk. */
  readonly acknowledged = new Map<string, Uint8Array[]>()
  readonly clients = new Set<SimClient>()
  readonly documents: readonly string[]
  readonly random: Random
  readonly #serverRandom: Random
  readonly #networkRandom: Random
  readonly #editRandom: Random
  readonly #listRandom: Random
  readonly #mutation: Mutation | undefined
  #server: SimServer | undefined
  #nextSocket = 1

  constructor(seed: number, mutation?: Mutation) {
    this.random = new Random(seed)
    this.#serverRandom = this.random.fork()
    this.#networkRandom = this.random.fork()
    this.#editRandom = this.random.fork()
    // Not a fork: the seeds that were found before there were lists stay what they were.
    this.#listRandom = new Random(seed + 1)
    this.#mutation = mutation
    this.documents = this.random.chance(0.6) ? ['notes', plainDocument] : ['notes']
    this.clock.onTurnEnd(() => this.#server?.flush())
    this.startServer()
    for (let count = this.random.between(4, 7); count > 0; count--) {
      this.addClient(this.random.pick(this.documents))
    }
  }

  get serverUp(): boolean {
    return this.#server !== undefined
  }

  startServer(): void {
    this.#server ??= new SimServer({
      clock: this.clock,
      disk: this.disk,
      random: this.#serverRandom.fork(),
      trace: this.trace,
      mutation: this.#mutation,
    })
  }

  /** `kill -9`. */
  killServer(): void {
    const server = this.#server
    if (server === undefined) return
    this.#server = undefined
    this.#count(server)
    server.kill()
    this.trace.note('killed', this.clock.now())
    this.trace.counts.crashes++
  }

  /** SIGTERM, then the process ends; `done` comes when it has. */
  stopServer(done: () => void): void {
    const server = this.#server
    if (server === undefined) return done()
    const ended = (): void => {
      if (this.#server !== server) return
      this.#server = undefined
      this.#count(server)
      server.kill()
      this.trace.counts.restarts++
      done()
    }
    server.stop().then(ended, (error: unknown) => {
      this.trace.violate(`stopping failed: ${String(error)}`)
      ended()
    })
  }

  /** Adds what the running server has counted; for the end. */
  countServer(): void {
    if (this.#server !== undefined) this.#count(this.#server)
    this.trace.counts.turns = this.clock.turns
  }

  addClient(name: string): SimClient {
    const client = new SimClient({
      clock: this.clock,
      trace: this.trace,
      name,
      clientId: this.random.between(1, 2 ** 32 - 1),
      hasEditor: hasEditor(name),
      largeBytes: simLimits.whole_step2_bytes_max ?? 0,
      wishes: { echo: this.random.chance(0.25), saved: this.random.chance(0.5) },
      connect: (path, end) => this.#connect(path, end),
      acknowledged: (update) => this.#acknowledge(name, update),
    })
    this.clients.add(client)
    this.changePresence(client)
    client.connect()
    return client
  }

  removeClient(client: SimClient): void {
    this.clients.delete(client)
    if (this.random.chance(0.5)) client.destroy()
    else client.vanish()
  }

  edit(client: SimClient): void {
    this.trace.counts.edits++
    editRandomly(client.document, this.#editRandom, hasEditor(client.name))
    if (hasEditor(client.name) && this.#listRandom.chance(0.3)) {
      editList(client.document, this.#listRandom)
    }
  }

  changePresence(client: SimClient): void {
    this.trace.counts.presences++
    const state = { name: `client ${client.clientId}`, caret: this.random.between(0, 99) }
    client.awareness.setLocalState(this.random.chance(0.05) ? null : state)
  }

  #connect(path: string, end: ClientEnd): SimSocket {
    const socket = new SimSocket(
      this.#nextSocket++,
      {
        clock: this.clock,
        random: this.#networkRandom.fork(),
        trace: this.trace,
        mutation: this.#mutation,
      },
      end,
    )
    this.clock.after(this.#networkRandom.between(1, 30) / 10, () => {
      if (this.#server === undefined) socket.refused()
      else this.#server.accept(socket, path)
    })
    return socket
  }

  #acknowledge(name: string, update: Uint8Array): void {
    const updates = this.acknowledged.get(name) ?? []
    this.acknowledged.set(name, updates)
    updates.push(update)
  }

  #count(server: SimServer): void {
    const { metrics } = server
    const { counts } = this.trace
    counts.detaches += metrics.clientsDetached
    counts.compactions += metrics.compactions
    counts.evictions += metrics.roomsEvicted
    if (metrics.roomsFailed > 0) this.trace.violate(`${metrics.roomsFailed} rooms failed`)
    const most = simLimits.journal_bytes_max ?? 0
    if (server.batchBytesPeak > most + headerSlackBytes) {
      this.trace.violate(`a batch had ${server.batchBytesPeak} bytes, more than ${most}`)
    }
  }
}

/** The limit counts what was asked for before the record's header is there. */
const headerSlackBytes = 8
