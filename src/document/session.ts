import { type RefusalKind, RefusalError } from '../base/errors.ts'
import type { Codec } from '../protocol/codec.ts'
import type { BadFrame, Frame } from '../protocol/frame.ts'
import type { Presence } from './awareness.ts'
import type { Description } from './document.ts'
import type { Peer } from './peer.ts'
import type { Receipt, Receipts } from './receipts.ts'
import type { Room } from './room.ts'

/** Which confirmations a client has asked for. */
export interface ReceiptWishes {
  /** Its own updates back, once they are on disk. */
  readonly echo: boolean
  /** How many of its frames are on disk. */
  readonly saved: boolean
}

interface Queued {
  readonly frame: Frame
  readonly raw: Uint8Array
}

type SessionState =
  /** The room is being opened; frames wait. */
  | { readonly kind: 'opening'; readonly queue: Queued[]; bytes: number }
  /** In the room, not on the topic: the client has not said what it has. */
  | { readonly kind: 'joined' }
  /** On the topic: lacks nothing. */
  | { readonly kind: 'live' }
  /** Off the topic while what it lacks goes out as its socket drains. */
  | Behind
  | { readonly kind: 'ended' }

interface Behind {
  readonly kind: 'behind'
  /** What the client has once `rest` is out: everything up to here. */
  readonly position: number
  readonly stateVector: Uint8Array
  /** Updates that still have to go out. */
  readonly rest: Uint8Array[]
}

/** Where the client's own first awareness frame may stand. */
type Opening = 'before-step-1' | 'after-step-1' | 'over'

/** One client on one document. Bytes in, bytes out; it knows no sockets. */
export class Session {
  readonly peer: Peer
  readonly codec: Codec
  readonly topic: string
  #state: SessionState = { kind: 'opening', queue: [], bytes: 0 }
  #room: Room | undefined
  #presence: Presence | undefined
  #opening: Opening = 'before-step-1'
  readonly #queueBytesMax: number
  readonly #wishes: ReceiptWishes
  #receipts: Receipts | undefined

  constructor(parts: {
    readonly peer: Peer
    readonly codec: Codec
    readonly document: string
    readonly queueBytesMax: number
    readonly wishes: ReceiptWishes
  }) {
    this.peer = parts.peer
    this.codec = parts.codec
    this.topic = `${parts.codec.id}:${parts.document}`
    this.#queueBytesMax = parts.queueBytesMax
    this.#wishes = parts.wishes
  }

  /** Whether it is on its topic. */
  get live(): boolean {
    return this.#state.kind === 'live'
  }

  get ended(): boolean {
    return this.#state.kind === 'ended'
  }

  /** What is ours in the document's presence; undefined until the room is open. */
  get presence(): Presence | undefined {
    return this.#presence
  }

  /** The room is open: takes a place in it and handles what waited, in order. */
  enter(room: Room): void {
    if (this.#state.kind !== 'opening') return
    const { queue } = this.#state
    this.#room = room
    this.#presence = room.awareness.join()
    this.#state = { kind: 'joined' }
    const { echo, saved } = this.#wishes
    if (echo || saved) this.#receipts = room.receipts(echo, (receipt) => this.#confirm(receipt))
    room.join(this)
    // Says that receipts are given here, before there is anything to confirm.
    if (saved) this.send({ kind: 'saved', count: 0 })
    for (const { frame, raw } of queue) this.#handle(room, frame, raw)
  }

  /** Takes one decoded frame and the bytes in which it came. */
  receive(frame: Frame | BadFrame, raw: Uint8Array): void {
    if (frame.kind === 'bad-frame') return this.refuse('bad-frame', frame.reason)
    const state = this.#state
    if (state.kind === 'ended') return
    if (state.kind === 'opening') return this.#queue(state, frame, raw)
    if (this.#room !== undefined) this.#handle(this.#room, frame, raw)
  }

  /** The room has taken an update of this client, or knew all of it. */
  accepted(frame: Frame, raw: Uint8Array): void {
    if (this.#receipts === undefined) return
    const isStep2 = frame.kind === 'step-2'
    // What comes back must not look like an answer to step 1.
    const echo = isStep2 ? this.codec.encode({ kind: 'update', update: frame.update }) : raw
    this.#receipts.accepted(echo)
  }

  /** Queues one frame for this client alone. */
  send(frame: Frame): void {
    this.peer.send(this.codec.encode(frame))
  }

  /** The socket has taken everything: goes on with what the client lacks. */
  drained(): void {
    if (this.#state.kind === 'behind') this.#feed(this.#state)
  }

  /** Takes the client off the topic until its socket has drained. */
  detach(): void {
    const room = this.#room
    if (room === undefined || this.#state.kind !== 'live') return
    room.metrics.clientsDetached++
    this.#fallBehind(room, [])
  }

  /** Tells the client why it is not served and ends. */
  refuse(kind: RefusalKind, detail?: string): void {
    if (this.#state.kind === 'ended') return
    this.end()
    this.peer.refuse(kind, detail)
  }

  /** Leaves the room; idempotent. The socket is the caller's to close. */
  end(): void {
    if (this.#state.kind === 'ended') return
    if (this.#state.kind === 'live') this.peer.unsubscribe(this.topic)
    this.#state = { kind: 'ended' }
    this.#room?.leave(this)
    this.#room = undefined
  }

  #confirm(receipt: Receipt): void {
    if (this.#state.kind === 'ended') return
    for (const frame of receipt.frames) this.peer.send(frame)
    if (this.#wishes.saved) this.send({ kind: 'saved', count: receipt.count })
  }

  #queue(state: SessionState & { kind: 'opening' }, frame: Frame, raw: Uint8Array): void {
    state.bytes += raw.length
    if (state.bytes > this.#queueBytesMax) this.refuse('queue-full')
    else state.queue.push({ frame, raw })
  }

  #handle(room: Room, frame: Frame, raw: Uint8Array): void {
    if (this.#state.kind === 'ended') return
    const opening = this.#opening
    if (opening === 'after-step-1') this.#opening = 'over'
    switch (frame.kind) {
      case 'step-1':
        if (opening === 'before-step-1') this.#opening = 'after-step-1'
        return this.#describe(room, frame.stateVector, opening === 'before-step-1')
      case 'step-2':
      case 'update':
        return room.receiveUpdate(this, frame, raw)
      case 'awareness':
        return room.receiveAwareness(this, frame.update, raw, opening === 'after-step-1')
      case 'query-awareness':
        return room.sendAwareness(this, 'present')
      case 'keep-alive':
        return
      case 'saved':
      case 'denied':
        return this.refuse('bad-frame', 'That is for the server to say.')
    }
  }

  /** Answers step 1: subscribe, then describe, in one turn. */
  #describe(room: Room, stateVector: Uint8Array, first: boolean): void {
    const description = room.document.describe(stateVector)
    if (typeof description === 'string') return this.refuse('bad-frame', description)
    if (room.fitsWhole(description)) this.#conclude(room, description)
    else {
      // Presence and the server's own step 1 do not wait for a large document.
      this.#fallBehind(room, description.updates, description.last)
    }
    if (this.ended) return
    this.send({ kind: 'step-1', stateVector: room.document.stateVector })
    if (first) room.sendAwareness(this, 'present')
  }

  #conclude(room: Room, description: Description): void {
    if (this.#state.kind !== 'live') {
      this.peer.subscribe(this.topic)
      this.#state = { kind: 'live' }
    }
    for (const update of description.updates) this.send({ kind: 'update', update })
    this.send({ kind: 'step-2', update: description.last })
    room.metrics.clientsCaughtUp++
  }

  #fallBehind(room: Room, updates: readonly Uint8Array[], last?: Uint8Array): void {
    if (this.#state.kind === 'live') this.peer.unsubscribe(this.topic)
    const { position, stateVector } = room.document
    const rest = last === undefined ? [...updates] : [...updates, last]
    const behind: Behind = { kind: 'behind', position, stateVector, rest }
    this.#state = behind
    if (rest.length > 0) this.#feed(behind)
  }

  /** Sends as much as the soft limit allows; the next drain goes on. */
  #feed(behind: Behind): void {
    const room = this.#room
    if (room === undefined) throw new RefusalError('room-failed', 'A session fed without a room.')
    while (behind.rest.length > 0 && this.peer.bufferedBytes() < room.softBytes) {
      const update = behind.rest.shift()
      if (update !== undefined) this.send({ kind: 'update', update })
      if (this.ended) return
    }
    if (behind.rest.length > 0 || this.peer.bufferedBytes() > 0) return
    const description = room.document.since(behind.position, behind.stateVector)
    if (!room.fitsWhole(description)) {
      return this.#fallBehind(room, description.updates, description.last)
    }
    this.#conclude(room, description)
    // Departures went by unheard, so those are said as well.
    room.sendAwareness(this, 'recent')
  }
}
