import type { Description } from '../document/description.ts'
import type { UpdatePieces } from '../update/split.ts'
import type { Delivery } from '../room/delivery/deliveries.ts'
import type { Room } from '../room/room.ts'
import type { RoomSession } from '../room/room-session.ts'
import type { SharedFrame } from '../room/delivery/shared-frames.ts'

/** How much of a document is read in one turn of the event loop to find what lies where. */
const readBytesMax = 524_288

/** What the client has: everything up to a position, which was this state vector. */
export interface Having {
  readonly position: number
  readonly stateVector: Uint8Array
}

/** The position of one that has nothing of this copy's life for sure. */
export const noPosition = -1

type Stage =
  /** Its socket drains; then it is looked at what it lacks. */
  | { readonly kind: 'draining' }
  /** What it lacks is being found out. */
  | { readonly kind: 'reading' }
  /** What it lacks goes out in pieces as its socket drains. */
  | { readonly kind: 'pieces'; readonly pieces: UpdatePieces; next: number }
  /** What it lacks is much: it waits for its turn, then the frame is made and sent. */
  | { readonly kind: 'whole'; frame: SharedFrame | undefined }

/** What a client that is off the topic needs of its session. */
export interface CatchUpHost {
  readonly session: RoomSession
  /** Whether the client must not hear what it wrote itself by now. */
  mustNotHearItself(): boolean
  /** What the client lacks is little: it goes out, and the client is on the topic again. */
  conclude(description: Description): void
}

/**
 * Brings a client that is off the topic up to date: what it lacks goes out as its socket drains,
 * until what came meanwhile is little.
 */
export class CatchUp implements Delivery {
  readonly #host: CatchUpHost
  readonly #room: Room
  #having: Having
  #stage: Stage = { kind: 'draining' }

  constructor(host: CatchUpHost, room: Room, having: Having) {
    this.#host = host
    this.#room = room
    this.#having = having
  }

  /** Whether nothing is on its way to the client. */
  get isSilent(): boolean {
    return this.unsentBytes() === 0
  }

  /** The client has said anew what it has. */
  restart(having: Having): void {
    this.end()
    this.#having = having
    this.#stage = { kind: 'draining' }
  }

  /** Goes on if the socket has taken everything. */
  drained(): void {
    const stage = this.#stage
    if (this.unsentBytes() > 0) return
    if (stage.kind === 'pieces') return this.#feed(stage)
    if (stage.kind === 'draining') this.#read()
  }

  end(): void {
    this.#room.deliveries.leave(this)
  }

  work(): boolean {
    const stage = this.#stage
    switch (stage.kind) {
      case 'reading':
        if (!this.#room.document.prepare(readBytesMax)) return true
        this.#found()
        return false
      case 'whole':
        return this.#makeFrame(stage)
      case 'draining':
      case 'pieces':
        return false
    }
  }

  unsentBytes(): number {
    return this.#host.session.peer.bufferedBytes()
  }

  tooSlow(): void {
    this.#host.session.refuse('too-slow')
  }

  failed(error: unknown): void {
    this.#room.failed(error)
  }

  /** Finds out what the client lacks: at once where that is quick. */
  #read(): void {
    const { deliveries, document } = this.#room
    deliveries.leave(this)
    // What it wrote meanwhile is in what it lacks. The confirmation comes back here.
    if (this.#host.mustNotHearItself()) return
    if (document.prepare(readBytesMax)) return this.#found()
    this.#stage = { kind: 'reading' }
    deliveries.start(this)
  }

  #found(): void {
    const { deliveries, document } = this.#room
    this.#stage = { kind: 'draining' }
    if (this.#host.mustNotHearItself() || this.unsentBytes() > 0) return
    const description = this.#describe()
    if (this.#room.fitsWhole(description)) return this.#host.conclude(description)
    const { pieces } = description
    if (pieces !== undefined) {
      this.#has(document)
      const stage: Stage = { kind: 'pieces', pieces, next: 0 }
      this.#stage = stage
      return this.#feed(stage)
    }
    this.#stage = { kind: 'whole', frame: undefined }
    deliveries.waitForPlace(this, description.byteLength)
  }

  #describe(): Description {
    return this.#room.document.since(this.#having.position, this.#having.stateVector)
  }

  /** What was described goes out: behind it the client has everything. */
  #has({ position, stateVector }: Having): void {
    this.#having = { position, stateVector }
  }

  /** Sends as much as the socket takes; the next drain goes on. */
  #feed(stage: Extract<Stage, { readonly kind: 'pieces' }>): void {
    const { session } = this.#host
    // What the socket has not taken lies in memory as a copy, and for each client its own.
    while (this.unsentBytes() === 0) {
      const update = stage.pieces.piece(stage.next++)
      if (update === undefined) {
        this.#stage = { kind: 'draining' }
        return this.#read()
      }
      this.#room.sendUpdate(session, 'update', update)
      if (session.ended) return
    }
  }

  /** Has a place: describes the document as it is by now, and makes and sends the frame. */
  #makeFrame(stage: Extract<Stage, { readonly kind: 'whole' }>): boolean {
    const { deliveries, document } = this.#room
    const { session } = this.#host
    if (stage.frame === undefined) {
      if (!document.prepare(readBytesMax)) return true
      // Other documents of the socket may have filled it, or the client has written.
      if (this.unsentBytes() > 0 || this.#host.mustNotHearItself()) {
        this.#stage = { kind: 'draining' }
        deliveries.leave(this)
        return false
      }
      stage.frame = this.#room.sharedFrame(session, this.#describe())
      this.#has(document)
      return true
    }
    const frame = stage.frame.goOn()
    if (frame === undefined) return true
    session.peer.sendDescription(frame)
    this.#stage = { kind: 'draining' }
    // Nothing may be left for a drain to tell of.
    this.drained()
    return false
  }
}
