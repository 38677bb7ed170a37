import type { Verdict } from '../auth/authority.ts'
import type { Access } from '../base/access.ts'
import { RefusalError, type RefusalKind } from '../base/errors.ts'
import type { BadFrame, Frame } from '../protocol/frame.ts'
import type { Room } from './room.ts'
import { Session, type SessionHost, type SessionParts } from './session.ts'
import { type WaitingBudget, WaitingFrames } from './waiting-frames.ts'

/** What stands between a client and a document. */
export interface Door {
  /** Whether a client has to show a token before it is decided about. */
  readonly needsToken: boolean
  /** Decides about the client; rejects when it cannot be decided now. */
  decide(token: string | undefined): Verdict | Promise<Verdict>
  /** The document's room, opened when it is not; rejects with what `Rooms.open` throws. */
  open(): Promise<Room>
}

/** What an entrance is made of. */
export interface EntranceParts extends SessionParts {
  readonly door: Door
  readonly budget: WaitingBudget
  /** Told of a fault in our own code that came up outside of a call. */
  readonly failed: (error: unknown) => void
  /** Told when the client has closed the address and nothing of it is kept. */
  readonly vacated: () => void
}

type EntranceState =
  /** Nobody has been decided about; frames wait for a token. */
  | { readonly kind: 'waiting'; readonly frames: WaitingFrames }
  /** The client is being decided about, then the room opened; frames wait. */
  | { readonly kind: 'opening'; readonly frames: WaitingFrames }
  | { readonly kind: 'inside'; readonly session: Session }
  /** Whatever it says but a token is passed over. */
  | { readonly kind: 'denied' }
  | { readonly kind: 'ended' }

/**
 * One client's way into one document, for as long as its socket lives: it may be denied and try
 * again, close the address and come back, all in the order in which it said so.
 */
export class Entrance implements SessionHost {
  readonly #parts: EntranceParts
  #state: EntranceState

  constructor(parts: EntranceParts) {
    this.#parts = parts
    this.#state = { kind: 'waiting', frames: new WaitingFrames(parts.budget) }
  }

  /** Whether it waits for a token. */
  get waiting(): boolean {
    return this.#state.kind === 'waiting'
  }

  /** It has waited long enough for a token. */
  giveUp(): void {
    if (this.#state.kind !== 'waiting') return
    if (this.#parts.door.needsToken) return this.refuse('permission-denied', 'No token was shown.')
    this.#state.frames.drain()
    this.closed()
  }

  /** Takes one decoded frame and the bytes in which it came. */
  receive(frame: Frame | BadFrame, raw: Uint8Array): void {
    if (frame.kind === 'bad-frame') return this.refuse('bad-frame', frame.reason)
    const state = this.#state
    switch (state.kind) {
      case 'inside':
        return state.session.receive(frame, raw)
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
    const { door, budget, failed } = this.#parts
    const frames = this.#state.kind === 'waiting' ? this.#state.frames : new WaitingFrames(budget)
    const opening: EntranceState = { kind: 'opening', frames }
    this.#state = opening
    // Another attempt, a refusal or the end may come in between; then this one is void.
    const isStill = (): boolean => this.#state === opening
    admit(door, token)
      .then(
        (entry) => {
          if (!isStill()) return
          if (entry.kind === 'denied') this.refuse(kindOf(entry), entry.reason)
          else this.#enter(entry.room, entry.access, frames)
        },
        (error: unknown) => {
          const kind = error instanceof RefusalError ? error.kind : 'store-unavailable'
          if (isStill()) this.refuse(kind)
        },
      )
      .catch(failed)
  }

  /** A new token on a document that is open: nothing is said unless it changes something. */
  shown(token: string): void {
    const state = this.#state
    const decide = async (): Promise<Verdict> => this.#parts.door.decide(token)
    decide()
      .then(
        (verdict) => {
          if (this.#state !== state || state.kind !== 'inside') return
          if (verdict.kind === 'granted') state.session.allow(verdict.grant.access)
          else state.session.refuse(kindOf(verdict), verdict.reason)
        },
        // It cannot be decided now: what was granted stands.
        () => undefined,
      )
      .catch(this.#parts.failed)
  }

  /** Tells the client why it is not served; only a new token makes it listened to again. */
  refuse(kind: RefusalKind, detail?: string): void {
    switch (this.#state.kind) {
      case 'inside':
        return this.#state.session.refuse(kind, detail)
      case 'waiting':
      case 'opening':
        this.#state.frames.drain()
        return this.refused(kind, detail)
      case 'denied':
      case 'ended':
    }
  }

  refused(kind: RefusalKind, detail: string | undefined): void {
    this.#state = { kind: 'denied' }
    this.#parts.peer.refuse(kind, detail)
  }

  closed(): void {
    this.#state = { kind: 'waiting', frames: new WaitingFrames(this.#parts.budget) }
    this.#parts.vacated()
  }

  /** The socket has taken everything: goes on with what the client lacks. */
  drained(): void {
    if (this.#state.kind === 'inside') this.#state.session.drained()
  }

  /** The socket is gone; idempotent. */
  end(): void {
    const state = this.#state
    this.#state = { kind: 'ended' }
    if (state.kind === 'inside') state.session.end()
    if (state.kind === 'waiting' || state.kind === 'opening') state.frames.drain()
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
    if (!this.#parts.door.needsToken && frame.kind !== 'awareness') this.open(undefined)
  }

  #enter(room: Room, access: Access, frames: WaitingFrames): void {
    const waited = frames.drain()
    const session = new Session(this.#parts, this, room, access)
    // The room may have refused it on the way in.
    if (session.ended) return
    this.#state = { kind: 'inside', session }
    for (const { frame, raw } of waited) this.receive(frame, raw)
  }
}

type Denial = Extract<Verdict, { readonly kind: 'denied' }>

function kindOf({ expired }: Denial): RefusalKind {
  return expired === true ? 'grant-ended' : 'permission-denied'
}

type Entry = { readonly kind: 'entry'; readonly room: Room; readonly access: Access } | Denial

async function admit(door: Door, token: string | undefined): Promise<Entry> {
  const verdict = await door.decide(token)
  if (verdict.kind === 'denied') return verdict
  return { kind: 'entry', room: await door.open(), access: verdict.grant.access }
}
