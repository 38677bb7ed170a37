import type { Who } from '../auth/authority.ts'
import { Awaited } from '../base/clock.ts'
import type { RefusalKind } from '../base/errors.ts'
import type { PresenceMessage } from '../cluster/messages.ts'
import { PresenceBatch } from '../presence/batching.ts'
import { withIdentity } from '../presence/identity.ts'
import { AwarenessTable, type Presence } from '../presence/table.ts'
import { type AwarenessEntry, decodeAwareness, encodeAwareness } from '../protocol/awareness.ts'
import type { Frame } from '../protocol/frame.ts'
import { Elsewhere } from './follow/elsewhere.ts'
import type { RoomHost } from './room-parts.ts'
import type { Topics, Subscriber } from './delivery/topics.ts'

/** Somebody of whom the authority says nothing. */
const nobody: Who = {}

/** What presence needs of a session. */
export interface PresentSession extends Subscriber {
  /** What it shows, and what it has missed. */
  readonly presence: Presence
  /** Who its client is, as far as the authority said. */
  readonly who: Who | undefined
  send(frame: Frame): void
  /** Tells its client that something of its presence is not shown. */
  tellUnseen(reason: string): void
  /** Ends the session and tells its client why. */
  refuse(kind: RefusalKind, detail?: string): void
}

/** Who is here in one open document: taken from its sessions, and told to them. */
export class RoomPresence {
  readonly #document: string
  readonly #parts: RoomHost
  readonly #topics: Topics
  readonly #sessions: ReadonlySet<PresentSession>
  readonly #table: AwarenessTable
  readonly #batching: PresenceBatch
  readonly #elsewhere: Elsewhere
  /** What clients show that were sent away and are on their way back. */
  readonly #expected: Awaited<Presence>

  /**
   * @param sessions those of the document
   * @param before of a room that was closed, and whose clients are on their way back to this one
   */
  constructor(
    document: string,
    parts: RoomHost,
    topics: Topics,
    sessions: ReadonlySet<PresentSession>,
    before?: RoomPresence,
  ) {
    this.#document = document
    this.#parts = parts
    this.#topics = topics
    this.#sessions = sessions
    this.#elsewhere = before ? before.#elsewhere : new Elsewhere(document, parts)
    this.#table = before ? before.#table : new AwarenessTable(parts.limits)
    this.#expected = before ? before.#expected : new Awaited()
    this.#batching = new PresenceBatch(parts.limits, parts.clock, (entries) => this.#say(entries))
  }

  /** What is read to tell who is here, in bytes. */
  get readBytes(): number {
    return this.#table.readBytes
  }

  /** Entries, with those that have left of late. */
  get size(): number {
    return this.#table.size
  }

  /** A new session's part. */
  join(): Presence {
    return this.#table.join()
  }

  /** A session has left: what it showed goes, and the others hear of it. */
  leave({ presence }: Pick<PresentSession, 'presence'>, now: number): void {
    const before = this.#table.version
    const gone = this.#table.leave(presence, now)
    this.#elsewhere.say({ presence }, gone, this.#sessions.size)
    this.#announce(gone, before)
  }

  /** A session's client was sent away to come back: what it showed goes when it does not. */
  expect({ presence }: PresentSession, now: number): void {
    this.#expected.add(presence, now + this.#parts.limits.handover_ms_max)
  }

  /** Whether somebody is on their way back. */
  get isExpecting(): boolean {
    return this.#expected.size > 0
  }

  /** Whoever is still expected goes. */
  close(now: number): void {
    this.#leaveExpected(Infinity, now)
  }

  #leaveExpected(until: number, now: number): void {
    for (const presence of this.#expected.takeOverdue(until)) this.leave({ presence }, now)
  }

  /**
   * Removes what was not renewed in time, who was to come back in time, and those of other servers
   * who are not there any more.
   */
  expire(now: number): void {
    this.#leaveExpected(now, now)
    const before = this.#table.version
    const left = this.#table.dropElsewhere(this.#elsewhere.overdue(now), now)
    this.#announce([...left, ...this.#table.expire(now)], before)
  }

  /** Takes what a client shows. */
  receive(session: PresentSession, update: Uint8Array, raw: Uint8Array, opening: boolean): void {
    this.#parts.coalescer.release()
    const reading = decodeAwareness(update, this.#parts.limits)
    if (typeof reading === 'string') return this.#refuse(session, 'bad-awareness', reading)
    const { entries, excess } = reading
    const now = this.#parts.clock.now()
    const identified = this.#withIdentity(session, entries)
    const before = this.#table.version
    const outcome = this.#table.receive(identified, session.presence, opening, now)
    const { accepted, challenges, isFull, taken } = outcome
    if (opening) this.#elsewhere.claim(session, taken, 'came')
    else this.#elsewhere.say(session, taken, this.#sessions.size)
    this.#tellUnseen(
      session,
      excess ?? (isFull ? 'there is too much presence in this document' : undefined),
    )
    if (challenges.length > 0) {
      session.send({ kind: 'awareness', update: encodeAwareness(challenges) })
    }
    if (accepted.length === 0) return
    this.#parts.metrics.awarenessRelayed++
    if (this.#batching.takes(accepted, this.#sessions.size, before)) return
    const isAll = excess === undefined && accepted.length === entries.length
    const whole = isAll && identified === entries
    const said: Frame = { kind: 'awareness', update: whole ? update : encodeAwareness(accepted) }
    this.#topics.publish(session, said, whole ? raw : undefined)
  }

  /** Takes what another server says of the presence of its sessions. */
  hear(server: string, { claim, id, update }: PresenceMessage): void {
    this.#parts.coalescer.release()
    const reading = decodeAwareness(update, this.#parts.limits)
    if (typeof reading === 'string') return
    const there = this.#elsewhere.presenceOf(server, id, () => this.#table.join(true))
    const before = this.#table.version
    const now = this.#parts.clock.now()
    const entries = reading.entries.filter((entry) => {
      if (entry.state !== undefined) this.#elsewhere.confirm(entry.clientId)
      // A client that has come here since is not taken back by a server that has missed that.
      return claim !== 'here' || !this.#contradict(entry)
    })
    const outcome = this.#table.receive(entries, there, claim !== undefined, now)
    const { accepted, challenges } = outcome
    // It held for this message: a client that has moved on since is not taken back.
    there.claimed = undefined
    // Who has left, as others here have seen, is asked by its server to announce itself anew.
    this.#elsewhere.say({ presence: there }, challenges, this.#sessions.size)
    for (const entry of entries) if (entry.state === undefined) this.#contradict(entry)
    this.#announce(accepted, before)
  }

  /** Another server says who is there on it, or all are asked: others have left it unheard. */
  doubt(server: string | undefined): void {
    this.#elsewhere.doubt(server)
  }

  /** Tells the others who is here. */
  sayOwn(): void {
    const here = [...this.#sessions].map(({ presence }) => presence)
    const people = Map.groupBy([...here, ...this.#expected.all()], ({ id }) => id)
    for (const [id, presences] of people) {
      const entries = presences.flatMap((presence) => this.#table.shownBy(presence))
      this.#elsewhere.claim({ presence: { id } }, entries, 'here')
    }
  }

  /** The sessions of another server are gone, and so is what they showed. */
  serverLeft(server: string): void {
    const now = this.#parts.clock.now()
    for (const there of this.#elsewhere.forget(server)) {
      const before = this.#table.version
      this.#announce(this.#table.leave(there, now), before)
    }
  }

  /**
   * A client that others take for gone, or for theirs, and that is here says so itself, at its next
   * clock. @returns whether it is here, and others know nothing newer of it
   */
  #contradict({ clientId, clock, state }: AwarenessEntry): boolean {
    const row = this.#table.find(clientId)
    if (row?.owner === undefined || row.owner.isElsewhere) return false
    if (state !== undefined && clock > row.clock) return false
    for (const session of this.#sessions) {
      if (session.presence !== row.owner) continue
      const seen = { clientId, clock: Math.max(clock, row.clock), state: undefined }
      session.send({ kind: 'awareness', update: encodeAwareness([seen]) })
      return true
    }
    return false
  }

  /** Who others see for sure; undefined where it is the client's own word. */
  shownAs(who: Who | undefined): Who | undefined {
    return this.#parts.enforceIdentity ? (who ?? nobody) : undefined
  }

  /** The entries with who their client is for sure; they themselves where nobody decides that. */
  #withIdentity(
    session: PresentSession,
    entries: readonly AwarenessEntry[],
  ): readonly AwarenessEntry[] {
    const { presence } = session
    const who = this.shownAs(session.who)
    if (who === undefined) return entries
    presence.id = who.id
    return entries.map((entry) => withIdentity(entry, who))
  }

  /** Presence beyond a limit costs nobody the connection that carries their edits. */
  #tellUnseen(session: PresentSession, reason: string | undefined): void {
    const { presence } = session
    const isTold = presence.isToldUnseen
    presence.isToldUnseen = reason !== undefined
    if (reason === undefined) return
    const { log, metrics } = this.#parts
    metrics.awarenessUnseen++
    // The next state of the same client is likely to be the same.
    if (isTold) return
    log.warn('presence-unseen', { document: this.#document, reason })
    session.tellUnseen(`Others do not see where you are: ${reason}.`)
  }

  /** What a session shows of its clients. */
  shownBy({ presence }: PresentSession): readonly AwarenessEntry[] {
    return this.#table.shownBy(presence)
  }

  /** Tells one client who is here. */
  sendAll(session: PresentSession): void {
    this.#sendEntries(session, this.#table.present())
  }

  /** From now on the session hears of nobody's presence, until `sendMissed`. */
  misses({ presence }: PresentSession): void {
    presence.missedSince ??= this.#batching.waitsSince ?? this.#table.version
  }

  /** Tells one client what it missed of the others' presence. */
  sendMissed(session: PresentSession): void {
    const { missedSince } = session.presence
    session.presence.missedSince = undefined
    if (missedSince === undefined) return
    this.#sendEntries(session, this.#table.changedSince(missedSince))
  }

  #sendEntries(session: PresentSession, entries: readonly AwarenessEntry[]): void {
    this.#parts.coalescer.release()
    if (entries.length > 0) session.send({ kind: 'awareness', update: encodeAwareness(entries) })
  }

  #refuse(session: PresentSession, kind: RefusalKind, detail?: string): void {
    this.#parts.metrics.framesRefused++
    this.#parts.log.warn('refused', { kind, document: this.#document, detail })
    session.refuse(kind, detail)
  }

  #announce(entries: readonly AwarenessEntry[], before: number): void {
    if (entries.length === 0) return
    if (this.#batching.takes(entries, this.#sessions.size, before)) return
    this.#say(entries)
  }

  /** To everybody, behind what was held. */
  #say(entries: readonly AwarenessEntry[]): void {
    this.#parts.coalescer.release()
    this.#topics.broadcast({ kind: 'awareness', update: encodeAwareness(entries) })
  }
}
