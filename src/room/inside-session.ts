import type { Author } from '../../persistence/store.ts'
import type { Who } from '../auth/authority.ts'
import type { Access } from '../base/access.ts'
import type { RefusalKind } from '../base/errors.ts'
import type { Presence } from '../presence/table.ts'
import { encodeAwareness } from '../protocol/awareness.ts'
import { authorOf } from './ingest/author.ts'
import { silent } from './ingest/inside-writer.ts'
import type { SessionAllowance } from './ingest/session-allowance.ts'
import type { RoomPeer, RoomSession } from './room-session.ts'
import type { Room } from './room.ts'

/** There is no socket: nothing is sent, and nobody is behind. */
const nobody: RoomPeer = {
  send: () => undefined,
  sendDescription: () => undefined,
  checkUnsent: () => undefined,
  publish: () => true,
  subscribe: () => undefined,
  unsubscribe: () => undefined,
  bufferedBytes: () => 0,
  refuse: () => undefined,
}

/** What others see of it is shown anew as often as y-protocols does. */
const renewMs = 15_000

const encoder = new TextEncoder()

/** Who opened the session, and hears of its end. */
export interface InsideHost {
  /** The session has ended, and why. */
  refused(kind: RefusalKind, detail: string | undefined): void
  /** The once-a-second round. */
  swept(now: number): void
}

/** The program itself in one document: it keeps the room open and is seen like anybody else. */
export class InsideSession implements RoomSession {
  readonly room: Room
  readonly codec = silent
  readonly topic: string
  readonly peer = nobody
  readonly presence: Presence
  readonly keepsFrames = false
  /** It hears no frames: it asks for what it lacks when it needs it. */
  readonly live = false
  readonly access: Access = 'admin'
  readonly since: number
  readonly who: Who | undefined
  readonly author: Author | undefined
  readonly allowance: SessionAllowance
  readonly #host: InsideHost
  readonly #clientId: number
  #clock: number
  #shown: object | undefined
  #shownAt = 0
  #ended = false

  /**
   * Takes a place in the open room; where there is none the host is told why.
   * @param shown as whom it is seen, and from which clock on
   */
  constructor(
    room: Room,
    who: Who | undefined,
    shown: { readonly clientId: number; readonly clock: number },
    host: InsideHost,
  ) {
    this.room = room
    this.topic = room.topicOf(silent, room.name)
    this.presence = room.presence.join()
    this.since = room.now
    this.who = who
    this.author = authorOf(who)
    this.allowance = room.allowance()
    this.#host = host
    this.#clientId = shown.clientId
    this.#clock = shown.clock
    room.join(this)
  }

  get ended(): boolean {
    return this.#ended
  }

  /** The clock of what it has shown. */
  get clock(): number {
    return this.#clock
  }

  /** Shows that to the others as its awareness state; undefined shows nothing any more. */
  show(state: object | undefined): void {
    const was = this.#shown
    this.#shown = state
    if (this.#ended || (state ?? was) === undefined) return
    if (state !== undefined) this.#clock++
    this.#say()
  }

  /** Renews what it shows, or others would take it for gone. */
  sweep(now: number): void {
    this.#host.swept(now)
    if (this.#shown === undefined || now - this.#shownAt < renewMs) return
    this.#clock++
    this.#say()
  }

  refuse(kind: RefusalKind, detail?: string): void {
    if (this.#ended) return
    this.end()
    this.#host.refused(kind, detail)
  }

  /** Leaves the room; idempotent. */
  end(): void {
    if (this.#ended) return
    this.#ended = true
    this.room.leave(this)
  }

  #say(): void {
    this.#shownAt = this.room.now
    const state = this.#shown && encoder.encode(JSON.stringify(this.#shown))
    const update = encodeAwareness([{ clientId: this.#clientId, clock: this.#clock, state }])
    this.room.presence.receive(this, update, update, true)
  }

  // What it writes goes through `Room.write`, which answers.
  accepted(): void {}
  acceptedStep2(): void {}
  refuseUpdate(): void {}
  ask(): void {}
  send(): void {}
  tellUnseen(): void {}
  detach(): void {}
  keepAlive(): void {}
}
