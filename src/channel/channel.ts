import type { Grant, Revocation, Verdict } from '../auth/authority.ts'
import { Backlog } from './backlog.ts'
import { RefusalError, type RefusalKind, refusals } from '../base/errors.ts'
import type { BadFrame, Frame } from '../protocol/frame.ts'
import type { KnownRefusal } from './refused-uploads.ts'
import type { Room } from '../room/room.ts'
import type { SessionHost, SessionParts } from '../session/session-parts.ts'
import { Session } from '../session/session.ts'
import { kindOf, Lease, type LeaseParts } from './lease.ts'
import { type WaitingBudget, WaitingFrames } from './waiting-frames.ts'

/** What stands between a client and a document. */
export interface DocumentAccess {
  readonly document: string
  /** Whether a client has to show a token before it is decided about. */
  readonly needsToken: boolean
  /**
   * Decides about the client; rejects while the authority is unavailable.
   * @param inside whether it is in the document, and the token the one that let it in
   */
  decide(token: string | undefined, inside: boolean): Verdict | Promise<Verdict>
  /** The document's room, opened when it is not; rejects with what `Rooms.open` throws. */
  open(): Promise<Room>
  /** Told of a fault in our own code that came up outside of a call. */
  failed(error: unknown): void
  /** Does something in another turn of the event loop; a fault in it is told as `failed` is. */
  later(work: () => void): void
  /** What the client offers was refused for good; state vectors of it and of the document. */
  uploadRefused(kind: RefusalKind, offered: Uint8Array, held: Uint8Array): void
  /** Whether it offers what was refused before. */
  refusalOf(offered: Uint8Array, held: Uint8Array): KnownRefusal | undefined
}

/** What a channel is made of. */
export interface ChannelParts extends SessionParts, LeaseParts {
  readonly documentAccess: DocumentAccess
  /** What may wait, asked for when something does. */
  readonly budget: () => WaitingBudget
  /** Told when the client has closed the address and nothing of it is kept. */
  readonly vacated: () => void
}

type ChannelState =
  /** Nobody has been decided about; frames wait for a token. */
  | { readonly kind: 'waiting'; readonly frames: WaitingFrames }
  /** The client is being decided about, then the room opened; frames wait. */
  | {
      readonly kind: 'opening'
      readonly frames: WaitingFrames
      readonly token: string | undefined
    }
  | { readonly kind: 'inside'; readonly lease: Lease; readonly room: Room }
  /** Whatever it says but a token is passed over. */
  | { readonly kind: 'denied' }
  | { readonly kind: 'ended' }

/**
 * One client's way into one document, for as long as its socket lives: it may be denied and try
 * again, close the address and come back, all in the order in which it said so.
 */
export class Channel implements SessionHost {
  readonly #parts: ChannelParts
  #state: ChannelState
  /** What waited for the room to open, as long as some of it is left. */
  #backlog: Backlog | undefined
  /** The state vector of a client that has been asked for what it has, until that has come. */
  #offered: Uint8Array | undefined
  /** Whether what the client brings is being looked at: what is refused then is that. */
  #isJudging = false

  constructor(parts: ChannelParts) {
    this.#parts = parts
    this.#state = { kind: 'waiting', frames: new WaitingFrames(parts.budget()) }
  }

  /** Whether it waits for a token. */
  get waiting(): boolean {
    return this.#state.kind === 'waiting'
  }

  /** It has waited long enough for a token. */
  giveUp(): void {
    if (this.#state.kind !== 'waiting') return
    if (this.#parts.documentAccess.needsToken) {
      return this.refuse('permission-denied', 'No token was sent in time.')
    }
    this.#state.frames.drain()
    this.closed()
  }

  /** Takes one decoded frame and the bytes in which it came. */
  receive(frame: Frame | BadFrame, raw: Uint8Array): void {
    if (this.#backlog?.keep(frame, raw) === true) return
    this.#backlog = undefined
    this.#take(frame, raw)
  }

  #take(frame: Frame | BadFrame, raw: Uint8Array): void {
    if (frame.kind === 'bad-frame') return this.refuse('bad-frame', frame.reason)
    const state = this.#state
    switch (state.kind) {
      case 'inside':
        return this.#receiveInside(state, frame, raw)
      case 'waiting':
        return this.#receiveWaiting(state.frames, frame, raw)
      case 'opening':
        // A close waits as well: what was written before it must not be lost.
        if (!state.frames.add(frame, raw)) this.refuse('queue-full')
        return
      case 'denied':
        if (frame.kind === 'auth') return this.open(frame.token)
        return frame.kind === 'close' ? this.closed() : undefined
      case 'ended':
    }
  }

  /** Has the client decided about and the room opened; frames wait until then. */
  open(token: string | undefined): void {
    const { documentAccess, budget } = this.#parts
    const frames = 'frames' in this.#state ? this.#state.frames : new WaitingFrames(budget())
    const opening: ChannelState = { kind: 'opening', frames, token }
    this.#state = opening
    // Another attempt, a refusal or the end may come in between; then this one is void.
    const isStill = (): boolean => this.#state === opening
    admit(documentAccess, token)
      .then(
        (entry) => {
          if (!isStill()) return
          if (entry.kind === 'denied') this.refuse(kindOf(entry), entry.reason)
          // It may have been closed since it was handed out; what it held is in the store.
          else if (entry.room.closed) this.open(token)
          else this.#enter(entry.room, entry.grant, opening)
        },
        (error: unknown) => {
          const kind = error instanceof RefusalError ? error.kind : 'store-unavailable'
          if (isStill()) this.refuse(kind)
        },
      )
      .catch((error: unknown) => documentAccess.failed(error))
  }

  /** A new token on a document that is open. */
  shown(token: string): void {
    if (this.#state.kind === 'inside') this.#state.lease.shown(token)
  }

  /** The once-a-second round: what was granted may end. */
  sweep(): void {
    if (this.#state.kind === 'inside') this.#state.lease.sweep()
  }

  /** Access is taken back: has those decided anew who are meant. @returns whether it is one */
  revoke(what: Revocation): boolean {
    const { document } = this.#parts.documentAccess
    if (what.document !== undefined && what.document !== document) return false
    if (this.#state.kind === 'inside') return this.#state.lease.revoke(what)
    if (this.#state.kind !== 'opening') return false
    // What is being decided about may have been looked up before.
    this.open(this.#state.token)
    return true
  }

  /** Tells the client why it is not served; only a new token makes it listened to again. */
  refuse(kind: RefusalKind, detail?: string): void {
    switch (this.#state.kind) {
      case 'inside':
        return this.#state.lease.session.refuse(kind, detail)
      case 'waiting':
      case 'opening':
        this.#state.frames.drain()
        return this.refused(kind, detail)
      case 'denied':
      case 'ended':
    }
  }

  refused(kind: RefusalKind, detail: string | undefined): void {
    // Its access may have ended, or the document: another time it is welcome with the same.
    if (this.#isJudging || kind === 'bad-frame' || kind === 'frame-too-large') {
      this.#noteUpload(kind)
    }
    this.#state = { kind: 'denied' }
    this.#parts.peer.refuse(kind, detail)
  }

  /** The socket was cut over a frame that was too large to be taken at all. */
  cut(): void {
    this.#noteUpload('frame-too-large')
  }

  #noteUpload(kind: RefusalKind): void {
    const offered = this.#offered
    this.#offered = undefined
    if (this.#state.kind !== 'inside' || offered === undefined || refusals[kind].retry) return
    this.#parts.documentAccess.uploadRefused(kind, offered, this.#state.room.document.stateVector)
  }

  closed(): void {
    this.#state = { kind: 'waiting', frames: new WaitingFrames(this.#parts.budget()) }
    this.#parts.vacated()
  }

  /** The socket has taken everything: goes on with what the client lacks. */
  drained(): void {
    if (this.#state.kind === 'inside') this.#state.lease.session.drained()
  }

  /**
   * The socket is gone; idempotent.
   * @param isSentAway whether the server closed it for the client to return
   */
  end(isSentAway = false): void {
    const state = this.#state
    this.#state = { kind: 'ended' }
    this.#backlog?.drop()
    if (state.kind === 'inside') state.lease.session.end(isSentAway)
    if (state.kind === 'waiting' || state.kind === 'opening') state.frames.drain()
  }

  /** Who comes with what was refused before is told before it is asked for it. */
  #receiveInside(
    { room, lease }: Extract<ChannelState, { readonly kind: 'inside' }>,
    frame: Frame,
    raw: Uint8Array,
  ): void {
    if (frame.kind === 'step-1') {
      const held = room.document.stateVector
      const known = this.#parts.documentAccess.refusalOf(frame.stateVector, held)
      if (known !== undefined) {
        lease.session.end()
        this.#state = { kind: 'denied' }
        return this.#parts.peer.refuse(known.kind, refusedBefore, known.waitMs)
      }
      this.#offered = frame.stateVector
    }
    this.#isJudging = frame.kind === 'step-2' || frame.kind === 'update'
    try {
      lease.session.receive(frame, raw)
    } finally {
      this.#isJudging = false
    }
    if (frame.kind === 'step-2') this.#offered = undefined
  }

  #receiveWaiting(frames: WaitingFrames, frame: Frame, raw: Uint8Array): void {
    if (frame.kind === 'close') {
      frames.drain()
      return this.closed()
    }
    if (frame.kind === 'auth') return this.open(frame.token)
    if (!frames.add(frame, raw)) return this.refuse('queue-full')
    // Where nobody has to show a token, the first frame counts as one. A lone presence does not:
    // version 2 of the Hocuspocus provider sends its last one behind the close.
    if (!this.#parts.documentAccess.needsToken && frame.kind !== 'awareness') this.open(undefined)
  }

  #enter(
    room: Room,
    grant: Grant,
    { frames, token }: Extract<ChannelState, { readonly kind: 'opening' }>,
  ): void {
    const session = new Session(this.#parts, this, room, grant)
    // The room may have refused it on the way in.
    if (session.ended) return frames.drain()
    this.#state = {
      kind: 'inside',
      room,
      lease: new Lease(this.#parts, session, room, grant, token),
    }
    // Those of before it closed and came again are later.
    this.#backlog?.moveTo(frames)
    const { documentAccess } = this.#parts
    const backlog = new Backlog(frames, {
      take: (frame, raw) => this.#take(frame, raw),
      later: (work) => documentAccess.later(work),
    })
    this.#backlog = backlog.isOver ? undefined : backlog
  }
}

const refusedBefore =
  'Your copy of this document was refused before: copy what you need, then reload.'

type Entry =
  | { readonly kind: 'entry'; readonly room: Room; readonly grant: Grant }
  | Extract<Verdict, { readonly kind: 'denied' }>

async function admit(documentAccess: DocumentAccess, token: string | undefined): Promise<Entry> {
  const verdict = await documentAccess.decide(token, false)
  if (verdict.kind === 'denied') return verdict
  return { kind: 'entry', room: await documentAccess.open(), grant: verdict.grant }
}
