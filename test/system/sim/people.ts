import { SimClient } from './client/client.ts'
import { editList } from './client/editor.ts'
import { editRandomly } from './client/edits.ts'
import { SimClock } from './clock.ts'
import type { Mutation } from './mutation.ts'
import { Random } from './random.ts'
import { simLimits } from './server.ts'
import { type ClientEnd, SimSocket } from './socket.ts'
import { Trace } from './trace.ts'

/**
 * A document without text marks: only such a one is sent in pieces, so only here may a client write
 * more than one socket can hold.
 */
export const plainDocument = 'a/b'

function hasEditor(name: string): boolean {
  return name !== plainDocument
}

/** Clients that come and go and what they do, whatever stands behind their sockets. */
export abstract class People {
  readonly clock = new SimClock()
  readonly trace = new Trace()
  /** Per document, what clients were told is on disk. */
  readonly acknowledged = new Map<string, Uint8Array[]>()
  readonly clients = new Set<SimClient>()
  readonly random: Random
  protected readonly serverRandom: Random
  protected readonly networkRandom: Random
  protected readonly mutation: Mutation | undefined
  readonly #editRandom: Random
  readonly #listRandom: Random
  #nextSocket = 1

  constructor(seed: number, mutation?: Mutation) {
    this.random = new Random(seed)
    this.serverRandom = this.random.fork()
    this.networkRandom = this.random.fork()
    this.#editRandom = this.random.fork()
    // Not a fork: the seeds that were found before there were lists stay what they were.
    this.#listRandom = new Random(seed + 1)
    this.mutation = mutation
  }

  /** Those that may be opened. */
  abstract get documents(): readonly string[]

  addClient(name: string): SimClient {
    const clientId = this.random.between(1, 2 ** 32 - 1)
    const client = new SimClient({
      clock: this.clock,
      trace: this.trace,
      name,
      clientId,
      hasEditor: hasEditor(name),
      largeBytes: simLimits.whole_step2_bytes_max ?? 0,
      wishes: { echo: this.random.chance(0.25), saved: this.random.chance(0.5) },
      connect: (path, end) => this.#connect(path, end, clientId),
      acknowledged: (update, stood) => this.acknowledge(name, update, stood),
      isDeleted: () => this.isDeleted(name),
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

  /** Whether those who have it open may be sent away for good. */
  protected isDeleted(_name: string): boolean {
    return false
  }

  /** Brings a client's socket to a server, or refuses it. */
  protected abstract accept(socket: SimSocket, path: string, clientId: number): void

  /** Takes note of what a client was told is on disk. @param _stood see `ClientParts` */
  protected acknowledge(name: string, update: Uint8Array, _stood: StateVector | undefined): void {
    const updates = this.acknowledged.get(name) ?? []
    this.acknowledged.set(name, updates)
    updates.push(update)
  }

  #connect(path: string, end: ClientEnd, clientId: number): SimSocket {
    const socket = new SimSocket(
      this.#nextSocket++,
      {
        clock: this.clock,
        random: this.networkRandom.fork(),
        trace: this.trace,
        mutation: this.mutation,
      },
      end,
    )
    this.clock.after(this.networkRandom.between(1, 30) / 10, () => {
      this.accept(socket, path, clientId)
    })
    return socket
  }
}

type StateVector = ReadonlyMap<number, number>
