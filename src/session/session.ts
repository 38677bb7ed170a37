import type { Grant, Who } from '../auth/authority.ts'
import type { Author } from '../../persistence/store.ts'
import { type Access, covers } from '../base/access.ts'
import { type RefusalKind, refusals } from '../base/errors.ts'
import type { Codec } from '../protocol/codec.ts'
import type { Frame } from '../protocol/frame.ts'
import type { Presence } from '../presence/table.ts'
import { authorOf } from '../room/ingest/author.ts'
import { CatchUp, type Having, noPosition } from './catch-up.ts'
import { Confirmations } from './confirmations.ts'
import type { Description } from '../document/description.ts'
import type { Peer } from '../room/peer.ts'
import { type HeldUpdates, holdUpdates } from '../room/ingest/held-updates.ts'
import { permits } from '../room/ingest/permits.ts'
import type { Room } from '../room/room.ts'
import type { RoomSession } from '../room/room-session.ts'
import type { SessionAllowance } from '../room/ingest/session-allowance.ts'
import type { ReceiptWishes, SessionHost, SessionParts } from './session-parts.ts'
import type { Opening, SessionState } from './session-state.ts'

/** One for all: most sessions are live. */
const live: SessionState = { kind: 'live' }

/** One client on one document that it was let into. Bytes in, bytes out; it knows no sockets. */
export class Session implements RoomSession {
  readonly peer: Peer
  readonly codec: Codec
  readonly topic: string
  /** What is ours in the document's presence. */
  readonly presence: Presence
  readonly wishes: ReceiptWishes
  readonly #host: SessionHost
  readonly #room: Room
  /** What the client may do. */
  access: Access
  #who: Who | undefined
  #author: Author | undefined
  /** When it came, by the server's clock. */
  readonly since: number
  #state: SessionState = { kind: 'joined' }
  #opening: Opening = 'before-step-1'
  readonly #confirmations: Confirmations | undefined
  #allowance: SessionAllowance | undefined
  #held: HeldUpdates | undefined

  /** Takes a place in the open room. */
  constructor(parts: SessionParts, host: SessionHost, room: Room, grant: Grant) {
    this.peer = parts.peer
    this.codec = parts.codec
    this.topic = room.topicOf(parts.codec, parts.address)
    this.presence = room.presence.join()
    this.wishes = parts.wishes
    this.#host = host
    this.since = room.now
    this.#room = room
    this.access = grant.access
    this.#who = grant.who
    this.#author = authorOf(grant.who)
    this.#held = holdUpdates(room.document.life)
    this.#confirmations = Confirmations.wanted(parts, room, () => this.drained())
    room.join(this)
    if (this.ended) return
    this.send({ kind: 'authenticated', access: grant.access })
    // Says that receipts are given here, before there is anything to confirm.
    if (parts.wishes.saved) this.send({ kind: 'saved', count: 0 })
  }

  /** Whether it is on its topic. */
  get live(): boolean {
    return this.#state.kind === 'live'
  }

  /** What it may still ask and add. Who only listens keeps none. */
  get allowance(): SessionAllowance {
    return (this.#allowance ??= this.#room.allowance())
  }

  /** The once-a-second round. */
  sweep(now: number): void {
    this.drained()
    if (this.#allowance?.rest(now) === true) this.#allowance = undefined
  }

  get ended(): boolean {
    return this.#state.kind === 'ended'
  }

  /** Who the client is, as far as that was granted. */
  get who(): Who | undefined {
    return this.#who
  }

  /** Whose what it writes is in history. */
  get author(): Author | undefined {
    return this.#author
  }

  /** What the client may do from now on; it is told when that is something else. */
  allow({ access, who }: Grant): void {
    this.#who = who
    this.#author = authorOf(who)
    if (this.access === access) return
    const told = this.codec.encode({ kind: 'authenticated', access })
    // Where the protocol has no word for it a writer would go on writing in vain.
    if (told === undefined && !covers(access, 'write')) return this.refuse('access-changed')
    this.access = access
    if (told !== undefined) this.peer.send(told)
    // What was refused until now the client has still.
    if (covers(access, 'write') && this.#opening !== 'before-step-1') {
      this.ask(this.#room.document.stateVector)
    }
  }

  /** Takes one decoded frame and the bytes in which it came, which end with its payload. */
  receive(frame: Frame, raw: Uint8Array): void {
    if (this.#state.kind === 'ended') return
    const room = this.#room
    const held = this.#held
    const opening = this.#opening
    if (opening === 'after-step-1') this.#opening = 'over'
    switch (frame.kind) {
      case 'step-1':
        if (!this.allowance.mayAsk(room.document.byteLength)) return this.refuse('too-fast')
        if (opening === 'before-step-1') this.#opening = 'after-step-1'
        return this.#describe(room, frame.stateVector, opening === 'before-step-1')
      case 'step-2':
        room.ingest.receiveStep2(this, frame.update, permits(this.access, frame))
        this.#held = undefined
        held?.release(this)
        return
      case 'update':
        if (held !== undefined) return held.add(this, raw, frame)
        return room.ingest.receiveUpdate(this, frame, raw, permits(this.access, frame))
      case 'awareness':
        return room.presence.receive(this, frame.update, raw, opening === 'after-step-1')
      case 'query-awareness':
        if (!this.allowance.mayAsk(room.presence.readBytes)) return this.refuse('too-fast')
        this.peer.questions.charge(room.presence.readBytes)
        return room.presence.sendAll(this)
      case 'message':
      case 'stateless':
        return room.receiveStateless(this, frame.text)
      case 'chat':
        if (this.wishes.chat !== true) return this.refuse('bad-frame', 'Ask for it with chat=1.')
        return room.receiveChat(this, frame.text)
      case 'auth':
        return this.#host.shown(frame.token)
      case 'close':
        this.end()
        return this.#host.closed()
      case 'keep-alive':
        return
      case 'authenticated':
      case 'granted':
      case 'saved':
      case 'sync-status':
      case 'denied':
      case 'token-wanted':
        return this.refuse('bad-frame', 'Only the server may send this message.')
    }
  }

  /** Whether it wants the messages back that it sent. */
  get keepsFrames(): boolean {
    return this.#confirmations?.keepsFrames ?? false
  }

  /** The room has taken so many updates of this client, or knew all of them. */
  accepted(count: number, frames: readonly Uint8Array[]): void {
    this.#confirmations?.accepted(count, frames)
  }

  /** The room has taken a step 2 of this client, or knew all of it. */
  acceptedStep2(update: Uint8Array | undefined): void {
    this.#confirmations?.acceptedStep2(update)
  }

  /** An update of this client was not taken. It is told as its protocol has it. */
  refuseUpdate(kind: RefusalKind, detail?: string): void {
    // What passes by itself is worth a new start: then the client brings the update again.
    if (refusals[kind].retry || kind === 'clocks-taken') return this.refuse(kind, detail)
    const stays = kind === 'read-only' || kind === 'quarantined'
    if (this.wishes.statuses || stays) this.#room.metrics.countRefusal(kind)
    if (kind === 'read-only') this.#confirmations?.refused()
    if (this.wishes.statuses) return this.send({ kind: 'sync-status', saved: false })
    // Who may read goes on reading; the reason is said with every edit that is not taken.
    if (stays) this.send({ kind: 'denied', reason: refusals[kind].sentence })
    else this.refuse(kind, detail)
  }

  /** Something of its presence is not shown: said where a denial says no more than that. */
  tellUnseen(reason: string): void {
    if (!this.wishes.statuses && !this.wishes.saved) this.send({ kind: 'denied', reason })
  }

  /** Asks for what the client has, besides the question that comes with each answer to step 1. */
  ask(stateVector: Uint8Array): void {
    this.#confirmations?.asked()
    this.send({ kind: 'step-1', stateVector })
  }

  /** Queues one frame for this client alone. */
  send(frame: Frame): void {
    const bytes = this.codec.encode(frame)
    if (bytes !== undefined) this.peer.send(bytes)
  }

  /** The socket has taken everything: goes on with what the client lacks. */
  drained(): void {
    if (this.#state.kind === 'behind') this.#state.catchUp.drained()
  }

  /** Takes the client off the topic until its socket has drained. */
  detach(): void {
    const room = this.#room
    if (this.#state.kind !== 'live') return
    room.metrics.clientsDetached++
    const { position, stateVector } = room.document
    this.#fallBehind(room, { position, stateVector })
  }

  /** Ends, and has the client told why it is not served. */
  refuse(kind: RefusalKind, detail?: string): void {
    if (this.#state.kind === 'ended') return
    this.end()
    this.#host.refused(kind, detail)
  }

  /** Leaves the room; idempotent. @param isSentAway whether its client was told to come back */
  end(isSentAway = false): void {
    if (this.#state.kind === 'ended') return
    if (this.#state.kind === 'live') this.peer.unsubscribe(this.topic)
    if (this.#state.kind === 'behind') this.#state.catchUp.end()
    this.#state = { kind: 'ended' }
    this.#room.leave(this, isSentAway)
    this.peer.questions.release(this)
    this.#confirmations?.end()
  }

  /** Says something without content if nothing else is on its way to a client off the topic. */
  keepAlive(): void {
    const state = this.#state
    if (state.kind === 'behind' && state.catchUp.isSilent) this.send({ kind: 'keep-alive' })
  }

  /** Answers step 1: describes and puts on the topic, in one turn where that is quick. */
  #describe(room: Room, stateVector: Uint8Array, first: boolean): void {
    const { questions } = this.peer
    const reads = room.document.readsFor(stateVector)
    const turn = questions.ask(this, reads, stateVector.length, () => {
      if (!this.ended) this.#describe(room, stateVector, first)
    })
    if (turn === 'later') return
    if (turn === 'too-many') return this.refuse('queue-full')
    const description = room.describe(stateVector)
    if (typeof description === 'string') return this.refuse('bad-frame', description)
    const stepOne: Frame = { kind: 'step-1', stateVector: room.document.stateVector }
    if (description !== undefined) {
      this.#conclude(description)
      this.send(stepOne)
    } else {
      // The server's own step 1 does not wait for a large document. It goes out before anybody's
      // presence, or what the client says of the others would stand where its own is expected.
      this.send(stepOne)
      questions.hold(this)
      this.#fallBehind(room, { position: noPosition, stateVector })
      this.drained()
    }
    if (this.ended || !first) return
    questions.charge(room.presence.readBytes)
    room.presence.sendAll(this)
  }

  #conclude(description: Description): void {
    const room = this.#room
    room.sendUpdate(this, 'step-2', description.bytes())
    // In the turn in which it was described, so that nothing is lost, but behind the document: Bun
    // writes large messages straight from their bytes only to a socket that is on no topic.
    if (this.#state.kind === 'behind') this.#state.catchUp.end()
    if (this.#state.kind !== 'live') {
      this.peer.subscribe(this.topic)
      this.#state = live
    }
    this.peer.questions.release(this)
    room.presence.sendMissed(this)
    room.metrics.clientsCaughtUp++
  }

  #fallBehind(room: Room, having: Having): void {
    if (this.#state.kind === 'live') this.peer.unsubscribe(this.topic)
    room.presence.misses(this)
    if (this.#state.kind === 'behind') return this.#state.catchUp.restart(having)
    const host = {
      session: this,
      mustNotHearItself: () => this.#confirmations?.mustNotHearItself === true,
      conclude: (description: Description) => this.#conclude(description),
    }
    this.#state = { kind: 'behind', catchUp: new CatchUp(host, room, having) }
  }
}
