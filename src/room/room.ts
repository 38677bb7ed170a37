import type { Author, NewEvent } from '../../persistence/store.ts'
import { reasonFor, type RefusalKind } from '../base/errors.ts'
import { describeError, stackOf } from '../base/log.ts'
import type { Metrics } from '../base/metrics.ts'
import type { Codec } from '../protocol/codec.ts'
import type { Frame } from '../protocol/frame.ts'
import { Topics } from './delivery/topics.ts'
import type { Description } from '../document/description.ts'
import type { ServerDocument } from '../document/document.ts'
import type { Deliveries } from './delivery/deliveries.ts'
import { InsideWriter } from './ingest/inside-writer.ts'
import { type Receipt, Receipts } from './receipts.ts'
import type { RoomHost } from './room-parts.ts'
import { RoomPresence } from './room-presence.ts'
import type { RoomSession } from './room-session.ts'
import { SessionAllowance } from './ingest/session-allowance.ts'
import type { SharedFrame } from './delivery/shared-frames.ts'
import { tellApplication } from './stateless.ts'
import { SlowCheck } from './delivery/slow-check.ts'
import { Ingest } from './ingest/ingest.ts'

/** A document open on this server, with its sessions. */
export class Room {
  readonly name: string
  readonly #document: ServerDocument
  /** Who is here. */
  readonly presence: RoomPresence
  readonly #parts: RoomHost
  readonly #sessions = new Set<RoomSession>()
  readonly #topics: Topics
  /** What is written into it. */
  readonly ingest: Ingest
  readonly #slow: SlowCheck
  #emptySince: number
  #keepAliveAt: number
  #closed = false
  #isComingAgain = false

  /** @param before the presence in the room whose place it takes, if there was one just now */
  constructor(name: string, document: ServerDocument, parts: RoomHost, before?: RoomPresence) {
    this.name = name
    this.#document = document
    this.#parts = parts
    this.#slow = new SlowCheck(parts.clock, parts.limits, this.#sessions)
    this.#topics = new Topics(parts.broadcast, () => this.#slow.soon())
    this.ingest = new Ingest(name, document, this.#topics, parts)
    this.presence = new RoomPresence(name, parts, this.#topics, this.#sessions, before)
    this.#emptySince = parts.clock.now()
    this.#keepAliveAt = parts.clock.now() + parts.limits.keep_alive_ms
  }

  /** The server's copy, with all that was said so far. */
  get document(): ServerDocument {
    this.#letGo()
    return this.#document
  }

  /** What it takes of the memory of all documents, about. */
  get byteLength(): number {
    return this.#document.byteLength + this.presence.readBytes
  }

  get metrics(): Metrics {
    return this.#parts.metrics
  }

  /** The time by the server's clock. */
  get now(): number {
    return this.#parts.clock.now()
  }

  /** Who is here. */
  get sessions(): ReadonlySet<RoomSession> {
    return this.#sessions
  }

  get sessionCount(): number {
    return this.#sessions.size
  }

  /** Whether another room is opened for this document by now: nobody may enter this one. */
  get closed(): boolean {
    return this.#closed
  }

  /** Lets nobody in any more. @param isComingAgain whether another room takes its place */
  close(isComingAgain = false): void {
    this.#closed = true
    this.#isComingAgain = isComingAgain
    if (!isComingAgain) this.presence.close(this.now)
  }

  /** Milliseconds for which nobody has been here; 0 while somebody is. */
  idleMs(now: number): number {
    return this.#sessions.size > 0 ? 0 : now - this.#emptySince
  }

  /** The topic of those who use that protocol and that address; one string for all of them. */
  topicOf(codec: Codec, address: string): string {
    return this.#topics.topicOf(`${codec.id}:${address}`)
  }

  /** What a new session may ask and add. */
  allowance(): SessionAllowance {
    return new SessionAllowance(this.#parts.limits, this.#parts.clock)
  }

  /** Whether a description may go out at once, beside the live frames. */
  fitsWhole(description: Description): boolean {
    return description.byteLength <= this.#parts.limits.whole_step2_bytes_max
  }

  /**
   * What a client with this encoded state vector lacks, where that is quickly found and little;
   * a sentence when the state vector is unsound.
   */
  describe(stateVector: Uint8Array): Description | string | undefined {
    const { document } = this
    const { whole_step2_bytes_max: littleBytes } = this.#parts.limits
    const isQuick = document.prepare(littleBytes)
    const description = isQuick ? document.describe(stateVector) : document.vectorFault(stateVector)
    if (description === undefined || typeof description === 'string') return description
    return this.fitsWhole(description) ? description : undefined
  }

  /** The large descriptions of all documents, and whose turn it is. */
  get deliveries(): Deliveries {
    return this.#parts.deliveries
  }

  /** A fault in our own code came up outside of a call. */
  failed(error: unknown): void {
    this.#parts.failed(this.name, error)
  }

  /** Confirmations for one session; `keepFrames` when they are to carry what was confirmed. */
  receipts(keepFrames: boolean, confirm: (receipt: Receipt) => void): Receipts {
    return new Receipts(this.#parts.journal, keepFrames, (receipt) => {
      try {
        confirm(receipt)
      } catch (error) {
        // What was not said here is asked about again in the next room.
        this.#parts.failed(this.name, error)
      }
    })
  }

  join(session: RoomSession): void {
    if (this.#sessions.size >= this.#parts.limits.room_sessions_max) {
      return session.refuse('room-full')
    }
    if (!this.#hasTopicFor(session)) return session.refuse('too-many-session-addresses')
    this.#sessions.add(session)
    this.#topics.join(session)
    this.#parts.observers?.forEach((one) => one.joined?.(this.name, session))
  }

  /** @param isSentAway whether its client was told to come back at once */
  leave(session: RoomSession, isSentAway = false): void {
    this.#letGo()
    if (!this.#sessions.delete(session)) return
    this.#topics.leave(session)
    const now = this.#parts.clock.now()
    if (this.#sessions.size === 0) this.#emptySince = now
    const isExpected = isSentAway || this.#isComingAgain
    this.presence[isExpected ? 'expect' : 'leave'](session, now)
    this.#parts.observers?.forEach((one) => one.left?.(this.name, session, isExpected))
  }

  /** Each topic is one more frame for every edit; those of plain addresses are one a protocol. */
  #hasTopicFor({ codec, topic }: RoomSession): boolean {
    if (this.#topics.has(topic) || topic === this.topicOf(codec, this.name)) return true
    return this.#topics.size < this.#parts.limits.document_session_addresses_max
  }

  /**
   * Takes an update from within the process; see `Ingest.write`.
   * @param author in history
   * @param events what happened by it; told of when it is stored
   */
  write(
    update: Uint8Array,
    author: Author | undefined,
    events?: readonly NewEvent[],
  ): Promise<void> {
    return this.ingest.write(update, new InsideWriter(author, this.allowance(), events))
  }

  /** Hands a client's message to the application. */
  receiveStateless(session: RoomSession, text: string): void {
    const { log, onStateless } = this.#parts
    if (session.wishes?.messages !== true) {
      return session.refuse('bad-frame', 'Ask for messages with messages=1.')
    }
    if (onStateless === undefined) return
    tellApplication(onStateless, log, {
      document: this.name,
      text,
      who: session.who,
      reply: (answer) => {
        if (this.#sessions.has(session)) this.#tell(session, answer)
      },
      broadcast: (said) => this.sayStateless(said),
    })
  }

  /** Hands on what a client says in the room beside the document; told where there is none. */
  receiveChat(session: RoomSession, text: string): void {
    const { chat } = this.#parts
    if (chat !== undefined) return chat.receive(this.name, session, text)
    const kind: RefusalKind = 'no-messages'
    const words = reasonFor(kind, undefined)
    session.send({ kind: 'chat', text: JSON.stringify({ type: 'error', kind, words }) })
  }

  /**
   * Says something beside the document to all clients that hear messages, here and elsewhere.
   * @returns how many were told here
   */
  sayStateless(text: string): number {
    this.#parts.cluster?.say(this.name, { kind: 'stateless', text })
    return this.hearStateless(text)
  }

  /** Says what another server says beside the document. @returns how many were told */
  hearStateless(text: string): number {
    this.#say({ kind: 'stateless', text })
    let told = 0
    for (const session of this.#sessions) {
      if (session.wishes?.messages !== true) continue
      told++
      // Whoever is on a topic that has a word for it has been told.
      const isTold = session.live && session.codec.encode(anything) !== undefined
      if (!isTold) this.#tell(session, text)
    }
    return told
  }

  /** Each protocol has its own word for it, and none for the other's. */
  #tell(session: RoomSession, text: string): void {
    session.send({ kind: 'stateless', text })
    session.send({ kind: 'message', text })
  }

  /** Sends an update to one session, in a frame that is shared with others on its topic. */
  sendUpdate(session: RoomSession, kind: 'step-2' | 'update', update: Uint8Array): void {
    const frame = this.#parts.frames.encode(session, kind, update)
    if (frame !== undefined) session.peer.send(frame)
  }

  /** The frame in which a large description goes out to one session, shared likewise. */
  sharedFrame(session: RoomSession, description: Description): SharedFrame {
    return this.#parts.frames.whole(session, description)
  }

  /** The once-a-second round: silence, keep-alive, and clients that fell behind unnoticed. */
  *sweep(now: number): Generator<number> {
    this.#document.letGo()
    this.presence.expire(now)
    yield this.presence.size * entrySteps
    if (now >= this.#keepAliveAt) {
      this.#keepAliveAt = now + this.#parts.limits.keep_alive_ms
      this.#say({ kind: 'keep-alive' })
      for (const session of this.#sessions) session.keepAlive()
    }
    for (const session of this.#sessions) {
      yield 1
      this.#slow.look(session)
      session.sweep(now)
    }
  }

  /** Ends every session in this room with the same words, also where one of them fails. */
  refuseAll(kind: RefusalKind): void {
    for (const session of this.#sessions) {
      try {
        session.refuse(kind)
      } catch (error) {
        const fields = { document: this.name, reason: describeError(error), stack: stackOf(error) }
        this.#parts.log.error('refusal-failed', fields)
      }
    }
  }

  /** Whatever was held leaves before what comes now. */
  #letGo(): void {
    this.#parts.coalescer.release()
  }

  /** To everybody, behind what was held. */
  #say(frame: Frame): void {
    this.#letGo()
    this.#topics.broadcast(frame)
  }
}

/** Whether a protocol has a word for a message is asked with this one. */
const anything: Frame = { kind: 'stateless', text: '' }
/** What looking at one presence entry takes, in steps of a round. */
const entrySteps = 1 / 64
