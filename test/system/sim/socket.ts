import type { Clock } from '../../../src/base/clock.ts'
import type { Mutation } from './mutation.ts'
import type { Random } from './random.ts'
import type { Trace } from './trace.ts'

/** What the client's side of a socket hears. */
export interface ClientEnd {
  opened(): void
  /** `published`: it came over a topic, and not for this client alone. */
  message(bytes: Uint8Array, published: boolean): void
  closed(code: number): void
}

/** What the server's side of a socket hears. */
export interface ServerEnd {
  message(bytes: Buffer<ArrayBuffer>): void
  drain(): void
  closed(code: number): void
}

type Parcel =
  | { readonly kind: 'message'; readonly bytes: Uint8Array; readonly published: boolean }
  | { readonly kind: 'close'; readonly code: number }

/** Everything that sockets share. */
export interface SocketParts {
  readonly clock: Clock
  readonly random: Random
  readonly trace: Trace
  readonly mutation: Mutation | undefined
}

/** How much the operating system takes of a socket before the sender notices. */
const kernelBytesMax = 2_048
/** What one turn sends is kept together up to here; only beyond does it leave at once. */
const corkBytesMax = 1_024
/** Unsent bytes over which a server that drops for the slow drops. */
const droppingBytes = 750

/**
 * One WebSocket with both of its ends, as Bun and a network treat it: messages in order, sent at
 * the end of the turn, at the reader's pace; what the kernel does not take is counted.
 */
export class SimSocket {
  readonly id: number
  readonly #parts: SocketParts
  readonly #client: ClientEnd
  readonly #bytesPerMs: number
  #server: ServerEnd | undefined
  readonly topics = new Set<string>()
  #corked: Parcel[] = []
  #corkedBytes = 0
  readonly #kernel: Parcel[] = []
  #kernelBytes = 0
  readonly #waiting: Parcel[] = []
  #waitingBytes = 0
  #pumping = false
  #stalled = false
  #clientGone = false
  /** Nothing more goes up; what is under way may still arrive, up to the first that does not. */
  #upLost = false
  #upDead = false
  #lastArrivalAt = 0

  constructor(id: number, parts: SocketParts, client: ClientEnd) {
    this.id = id
    this.#parts = parts
    this.#client = client
    this.#bytesPerMs = parts.random.pick([20, 100, 400])
  }

  /** Whether the server still has it. */
  get open(): boolean {
    return this.#server !== undefined
  }

  /** Bytes that the kernel has not taken; what the current turn sends is not counted yet. */
  get bufferedBytes(): number {
    return this.#waitingBytes
  }

  // The server's side.

  accepted(server: ServerEnd): void {
    this.#server = server
    this.#parts.clock.after(this.#latency(), () => {
      if (!this.#clientGone) this.#client.opened()
    })
  }

  refused(): void {
    this.#parts.clock.after(this.#latency(), () => this.#endClient(1006))
  }

  send(bytes: Uint8Array, published = false): number {
    if (!this.open) return 0
    this.#corked.push({ kind: 'message', bytes, published })
    this.#corkedBytes += bytes.length
    if (this.#corkedBytes > corkBytesMax) this.flush()
    return this.#waitingBytes > 0 ? -1 : bytes.length
  }

  closeByServer(code: number): void {
    if (!this.open) return
    this.#corked.push({ kind: 'close', code })
    this.#endServer(code)
  }

  /** Ends it without a word: what waits is gone. */
  abort(): void {
    this.#corked.length = 0
    this.#waiting.length = 0
    this.#waitingBytes = 0
    this.#endServer(1006)
    this.#parts.clock.after(this.#latency(), () => this.#endClient(1006))
  }

  /** The server's process died: what its kernel had may still arrive. */
  serverDied(): void {
    this.#server = undefined
    this.#corked.length = 0
    this.#waiting.length = 0
    this.#waitingBytes = 0
    if (this.#parts.random.chance(0.5)) {
      this.#kernel.push({ kind: 'close', code: 1006 })
      this.#pump()
    } else this.#parts.clock.after(this.#latency(), () => this.#endClient(1006))
  }

  /** The end of a turn: what was sent leaves. */
  flush(): void {
    if (this.#corked.length === 0) return
    const corked = this.#corked
    this.#corked = []
    this.#corkedBytes = 0
    for (const parcel of corked) this.#post(parcel)
    this.#pump()
  }

  // The client's side.

  sendUp(bytes: Uint8Array): void {
    if (this.#clientGone || this.#upLost) return
    this.#arriving(() => this.#server?.message(Buffer.from(bytes)))
  }

  closeByClient(): void {
    if (this.#clientGone) return
    this.#clientGone = true
    this.#arriving(() => this.#endServer(1000))
  }

  // The network's whims.

  /** The connection breaks; both ends notice soon, and what was under way is lost. */
  reset(): void {
    this.#upLost = true
    this.#parts.clock.after(this.#latency(), () => this.#endServer(1006))
    this.#parts.clock.after(this.#latency(), () => this.#endClient(1006))
  }

  /** Nothing goes through any more; each end notices when it does. */
  goSilent(clientNoticesMs: number, serverNoticesMs: number): void {
    this.#stalled = true
    this.#upLost = true
    this.#parts.clock.after(clientNoticesMs, () => this.#endClient(1006))
    this.#parts.clock.after(serverNoticesMs, () => this.#endServer(1006))
  }

  /** The client reads nothing until `resume`. */
  stall(): void {
    this.#stalled = true
  }

  resume(): void {
    if (this.#upLost) return
    this.#stalled = false
    this.#pump()
  }

  #latency(): number {
    return this.#parts.random.between(1, 30) / 10
  }

  #arriving(act: () => void): void {
    const { clock } = this.#parts
    this.#lastArrivalAt = Math.max(this.#lastArrivalAt, clock.now() + this.#latency())
    clock.after(this.#lastArrivalAt - clock.now(), () => {
      // A stream has no holes: behind what is lost everything is.
      if (this.#upLost && !this.#parts.random.chance(0.3)) this.#upDead = true
      if (!this.#upDead) act()
    })
  }

  #endServer(code: number): void {
    const server = this.#server
    if (server === undefined) return
    this.#server = undefined
    if (this.#parts.mutation !== 'hears-no-close') server.closed(code)
  }

  #endClient(code: number): void {
    if (this.#clientGone) return
    this.#clientGone = true
    this.#client.closed(code)
  }

  #post(parcel: Parcel): void {
    const bytes = sizeOf(parcel)
    const fits = this.#kernelBytes === 0 || this.#kernelBytes + bytes <= kernelBytesMax
    if (this.#waiting.length === 0 && fits) {
      this.#kernel.push(parcel)
      this.#kernelBytes += bytes
      return
    }
    // The product has set Bun's own bound as high as it goes, and sees to it itself.
    const drops = this.#parts.mutation === 'drops-for-the-slow'
    if (drops && this.#waitingBytes > droppingBytes) return
    this.#waiting.push(parcel)
    this.#waitingBytes += bytes
  }

  #pump(): void {
    if (this.#pumping || this.#stalled || this.#clientGone || this.#kernel.length === 0) return
    this.#pumping = true
    const ms = this.#latency() + this.#kernelBytes / this.#bytesPerMs
    this.#parts.clock.after(ms, () => {
      this.#pumping = false
      if (!this.#stalled) this.#deliver()
    })
  }

  #deliver(): void {
    const parcels = this.#kernel.splice(0)
    this.#kernelBytes = 0
    for (const parcel of parcels) {
      if (this.#clientGone) return
      if (parcel.kind === 'close') return this.#endClient(parcel.code)
      this.#parts.trace.note(`down ${this.id}`, this.#parts.clock.now(), parcel.bytes)
      this.#client.message(parcel.bytes, parcel.published)
    }
    this.#refill()
    this.#pump()
  }

  #refill(): void {
    if (this.#waiting.length === 0) return
    while (this.#waiting.length > 0) {
      const [next] = this.#waiting
      if (next === undefined) break
      const bytes = sizeOf(next)
      // Something larger than the kernel's share goes alone.
      if (this.#kernel.length > 0 && this.#kernelBytes + bytes > kernelBytesMax) return
      this.#waiting.shift()
      this.#kernel.push(next)
      this.#kernelBytes += bytes
      this.#waitingBytes -= bytes
    }
    this.#server?.drain()
  }
}

function sizeOf(parcel: Parcel): number {
  return parcel.kind === 'message' ? parcel.bytes.length + 4 : 4
}
