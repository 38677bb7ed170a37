import type { Server, ServerWebSocket } from 'bun'
import { anonymous } from '../../../src/auth/anonymous.ts'
import type { Chance } from '../../../src/base/chance.ts'
import type { WallClock } from '../../../src/base/clock.ts'
import { limitOptionsOf, type Limits } from '../../../src/base/limits/limits.ts'
import type { Log, LogFields } from '../../../src/base/log.ts'
import type { Bus } from '../../../src/cluster/bus.ts'
import type { Folded } from '../../../src/ydoc/request.ts'
import { fold } from '../../../src/ydoc/fold/fold.ts'
import type { Connection, Socket } from '../../../src/connection/connection.ts'
import { createYtopic, type Ytopic } from '../../../src/ytopic.ts'
import type { Store } from '../../../persistence/store.ts'
import type { Mutation } from './mutation.ts'
import type { Random } from './random.ts'
import type { LifeClock } from './clock.ts'
import { cutFrame } from './cut-frame.ts'
import type { SimSocket } from './socket.ts'
import type { Trace } from './trace.ts'

/** Small, so that everything that has a limit meets it. */
export const simLimits: Partial<Limits> = {
  backpressure_soft_bytes: 2_500,
  backpressure_hard_bytes: 30_000,
  whole_step2_bytes_max: 1_500,
  piece_bytes_min: 500,
  journal_bytes_max: 50_000,
  // So that presence goes out both ways.
  awareness_batch_sessions_min: 4,
  room_idle_ms_max: 400,
  tail_updates_max: 24,
  tail_bytes_max: 2_000,
  deny_delay_ms: 200,
  drain_spread_ms: 100,
  drain_ms_max: 3_000,
  store_retry_ms_max: 1_000,
}

/** A process's hold on what is stored. */
interface ProcessStore extends Store {
  /** Bytes of the largest batch of several updates. */
  readonly batchBytesPeak: number
  /** The process dies. */
  crash(): void
}

/** What one process is made of; the last four where there are others. */
export interface SimServerParts {
  /** Ends with the process. */
  readonly clock: LifeClock
  readonly limits: Partial<Limits>
  readonly mutation: Mutation | undefined
  readonly random: Random
  readonly store: ProcessStore
  readonly trace: Trace
  readonly bus?: Bus
  readonly chance?: Chance
  readonly wallClock?: WallClock
  /** Whether a document may be refused as a deleted one is. */
  readonly isDeleted?: () => boolean
}

/** One process: the product's own code, on a clock, a store and sockets of the simulation. */
export class SimServer {
  readonly #parts: SimServerParts
  readonly #ytopic: Ytopic
  readonly #sockets = new Set<SimSocket>()
  readonly #topics = new Map<string, Set<SimSocket>>()
  readonly #bun: Server<Connection>
  #arriving: SimSocket | undefined

  constructor(parts: SimServerParts) {
    this.#parts = parts
    const { bus, chance, clock, limits, store, wallClock } = parts
    this.#ytopic = createYtopic({
      store,
      clock,
      bus,
      chance,
      wallClock,
      authority: anonymous('write'),
      limits: limitOptionsOf(limits),
      log: this.#log(),
      fold: (updates) => this.#fold(updates),
    })
    // The part of Bun's server that the product uses.
    this.#bun = {
      upgrade: (_: Request, { data }: { data: Connection }) => this.#upgrade(data),
      requestIP: () => null,
      publish: (topic: string, bytes: Uint8Array) => this.#publish(topic, bytes, undefined),
    } as unknown as Server<Connection>
  }

  get batchBytesPeak(): number {
    return this.#parts.store.batchBytesPeak
  }

  /** Documents from within the process. */
  get documents(): Ytopic['documents'] {
    return this.#ytopic.documents
  }

  /** Adds what it has counted; before its end. */
  count(): void {
    const { counts } = this.#parts.trace
    const { metrics } = this.#ytopic
    counts.detaches += metrics.clientsDetached
    counts.compactions += metrics.compactions
    counts.evictions += metrics.roomsEvicted
    if (metrics.roomsFailed > 0) this.#parts.trace.violate(`${metrics.roomsFailed} rooms failed`)
  }

  /** A client asks to be connected to `path`. */
  accept(socket: SimSocket, path: string): void {
    const headers = { upgrade: 'websocket' }
    this.#arriving = socket
    const refusal = this.#ytopic.fetch(new Request(`http://sim${path}`, { headers }), this.#bun)
    this.#arriving = undefined
    if (refusal !== undefined) socket.refused()
  }

  /** The end of a turn: what was sent leaves. */
  flush(): void {
    for (const socket of this.#sockets) socket.flush()
  }

  /** `kill -9`. */
  kill(): void {
    this.#parts.clock.end()
    this.#parts.store.crash()
    for (const socket of this.#sockets) socket.serverDied()
    this.#sockets.clear()
    this.#topics.clear()
  }

  /** SIGTERM. @returns whether all was written. */
  async stop(): Promise<boolean> {
    return (await this.#ytopic.stop()).written
  }

  #upgrade(data: Connection): boolean {
    const socket = this.#arriving
    if (socket === undefined) return false
    this.#arriving = undefined
    this.#sockets.add(socket)
    const { websocket } = this.#ytopic
    const handle = this.#handle(socket, data)
    this.#call(websocket.open?.(handle))
    const { clock } = this.#parts
    socket.accepted({
      message: (bytes) => clock.enter(() => this.#call(websocket.message?.(handle, bytes))),
      drain: () => clock.enter(() => this.#call(websocket.drain?.(handle))),
      closed: (code) =>
        clock.enter(() => {
          this.#forget(socket)
          this.#call(websocket.close?.(handle, code, ''))
        }),
    })
    return true
  }

  /** Bun does not wait for a handler: two frames would run at the same time. */
  #call(result: void | Promise<void> | undefined): void {
    if (result !== undefined) this.#parts.trace.violate('a handler of a socket waits for something')
  }

  /** The part of Bun's socket that the product uses. */
  #handle(socket: SimSocket, data: Connection): Socket {
    const handle = {
      data,
      send: (bytes: Uint8Array) => this.#send(socket, bytes),
      publish: (topic: string, bytes: Uint8Array) => this.#publish(topic, bytes, socket),
      subscribe: (topic: string) => this.#subscribe(socket, topic),
      unsubscribe: (topic: string) => this.#topics.get(topic)?.delete(socket) ?? false,
      getBufferedAmount: () => socket.bufferedBytes,
      close: (code: number) => socket.closeByServer(code),
      terminate: () => this.#cut(socket),
    }
    return handle as unknown as ServerWebSocket<Connection>
  }

  #send(socket: SimSocket, bytes: Uint8Array): number {
    const { whole_step2_bytes_max: wholeBytes = 0 } = simLimits
    const isCut = this.#parts.mutation === 'cuts-what-is-whole' && bytes.length > wholeBytes
    if (!isCut) return socket.send(bytes.slice())
    return cutFrame(bytes).reduce((_, piece) => socket.send(piece), 0)
  }

  #cut(socket: SimSocket): void {
    const { backpressure_hard_bytes: hardBytes = 0 } = simLimits
    if (socket.open && socket.bufferedBytes > hardBytes) this.#parts.trace.counts.hardCloses++
    socket.abort()
  }

  #subscribe(socket: SimSocket, topic: string): void {
    const members = this.#topics.get(topic) ?? new Set()
    this.#topics.set(topic, members)
    if (this.#parts.mutation !== 'subscribes-late') members.add(socket)
    else this.#parts.clock.after(20, () => socket.open && members.add(socket))
  }

  #forget(socket: SimSocket): void {
    for (const members of this.#topics.values()) members.delete(socket)
    this.#parts.clock.soon(() => this.#sockets.delete(socket))
  }

  #publish(topic: string, bytes: Uint8Array, sender: SimSocket | undefined): number {
    const copy = bytes.slice()
    let worst = 0
    for (const member of this.#topics.get(topic) ?? []) {
      if (member === sender && this.#parts.mutation !== 'tells-the-sender') continue
      const status = member.send(copy, true)
      worst = worst < 0 ? worst : status
    }
    return worst
  }

  #fold(updates: readonly Uint8Array[]): Promise<Folded> {
    const kept = this.#parts.mutation === 'folds-too-little' ? updates.slice(0, -1) : updates
    const ms = this.#parts.random.chance(0.4) ? this.#parts.random.between(50, 1_000) : 5
    return new Promise((resolve) => {
      this.#parts.clock.after(ms, () => resolve(fold(kept)))
    })
  }

  #log(): Log {
    const note = (event: string, fields: LogFields = {}): void => {
      this.#parts.trace.note(event, this.#parts.clock.now())
      const kind = fields['kind']
      const expected =
        kind === 'store-unavailable' ||
        (kind === 'document-deleted' && this.#parts.isDeleted?.() === true)
      if (grave.has(event) && !expected) {
        this.#parts.trace.violate(`the server says ${event}: ${JSON.stringify(fields)}`)
      }
    }
    return { info: note, warn: note, error: note }
  }
}

/** What must never happen with sound clients and an undamaged disk. */
const grave: ReadonlySet<string> = new Set([
  'room-failed',
  'refused',
  'stored-damage',
  'document-damaged',
  'open-failed',
])
