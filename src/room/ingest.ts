import type { RefusalKind } from '../base/errors.ts'
import type { Audiences } from './topics.ts'
import type { ServerDocument } from '../document/document.ts'
import type { Permission } from './permits.ts'
import type { RoomHost } from './room-parts.ts'
import type { Session } from './session.ts'

/** What clients write into one document: checked whole, relayed, kept and given to the journal. */
export class Writing {
  readonly #name: string
  readonly #document: ServerDocument
  readonly #audiences: Audiences
  readonly #parts: RoomHost
  #askedAt = Number.NEGATIVE_INFINITY

  constructor(name: string, document: ServerDocument, audiences: Audiences, parts: RoomHost) {
    this.#name = name
    this.#document = document
    this.#audiences = audiences
    this.#parts = parts
  }

  /**
   * Checks an update whole, then relays it and hands it to the journal; all in this turn.
   * @param raw the message as it came
   * @param from where in it the update begins
   */
  receiveUpdate(session: Session, raw: Uint8Array, from: number, permission: Permission): void {
    const { burst, metrics } = this.#parts
    const fitness = this.#fitness(session, 'update', raw, from, permission)
    if (fitness === 'unfit') return
    if (fitness !== 'fit') return this.#receiveInOrder(session, fitness, permission)
    const document = this.#document
    if (!document.hasNews()) {
      this.#letGo()
      metrics.updatesKnown++
      return session.accepted(1, framesFor(session, raw))
    }
    if (burst.follows(session) && this.#hold(session, raw)) return
    this.#letGo()
    const waiting = document.take(raw, from)
    this.#audiences.publishRaw(session, raw, from)
    this.#keep(raw, from)
    session.accepted(1, framesFor(session, raw))
    metrics.updatesRelayed++
    if (waiting) this.#askForPast(session)
  }

  /** A step 2 repeats what the server has; only what is new in it is for the others. */
  receiveStep2(session: Session, update: Uint8Array, permission: Permission): void {
    const { metrics } = this.#parts
    this.#letGo()
    if (this.#document.repeats(update)) {
      metrics.updatesKnown++
      return session.acceptedStep2(undefined)
    }
    const sifted = this.#document.barred.sift(update)
    if (sifted.kind === 'none') return void this.#endOver(session)
    const kept = sifted.kind === 'some' ? sifted.rest : update
    const isWhole = kept === update
    if (kept === undefined) return void this.#reject(session, 'set-aside')
    const fitness = this.#fitness(session, 'step-2', kept, 0, permission)
    if (fitness === 'unfit') return
    if (fitness !== 'fit') return this.receiveStep2(session, fitness, permission)
    const news = this.#document.absorb(kept)
    if (news === undefined) metrics.updatesKnown++
    else {
      this.#audiences.publish(session, { kind: 'update', update: news.update })
      this.#keep(news.update, 0)
      metrics.updatesRelayed++
    }
    // What was left out is not saved, so nothing of this frame is confirmed.
    if (isWhole) session.acceptedStep2(news === undefined ? undefined : update)
    else this.#reject(session, 'set-aside')
    if (news?.waiting === true) this.#askForPast(session)
  }

  /** What the client writes stands on what was set aside: nothing of it will ever be kept. */
  #endOver(session: Session): 'unfit' {
    this.#parts.metrics.framesRefused++
    this.#parts.log.warn('refused', { kind: 'set-aside', document: this.#name })
    session.refuse('set-aside', 'Reload the page.')
    return 'unfit'
  }

  /** Goes on with an update that was put in order, in a message of its own. */
  #receiveInOrder(session: Session, update: Uint8Array, permission: Permission): void {
    const raw = session.codec.encode({ kind: 'update', update })
    if (raw !== undefined) this.receiveUpdate(session, raw, raw.length - update.length, permission)
  }

  /**
   * Whether what goes from `from` to the end of the bytes is taken; if not, its sender is told.
   * @returns the update put in order, to be taken instead, where only its form is at fault
   */
  #fitness(
    session: Session,
    kind: 'step-2' | 'update',
    bytes: Uint8Array,
    from: number,
    permission: Permission,
  ): 'fit' | 'unfit' | Uint8Array {
    const { burst, journal, limits, memory } = this.#parts
    const document = this.#document
    // What is held is on its way to the same places.
    const size = bytes.length - from + burst.update.byteLength
    if (permission === 'no') return this.#reject(session, 'read-only')
    const fault = document.inspect(bytes, from)
    const regular = fault === undefined ? undefined : document.regular(bytes, from)
    if (regular !== undefined) return regular
    if (fault !== undefined) return this.#reject(session, 'bad-update', fault)
    if (kind === 'update' && !document.barred.isEmpty) {
      // With a scan of its own: what `inspect` found stays. A step 2 was sifted before.
      const sifted = document.barred.sift(bytes.subarray(from))
      if (sifted.kind === 'none') return this.#endOver(session)
      if (sifted.kind === 'some') return this.#reject(session, 'set-aside')
    }
    if (permission === 'unless-news' && document.hasNews()) {
      return this.#reject(session, 'read-only')
    }
    if (!journal.hasRoom(size)) return this.#reject(session, 'store-unavailable')
    // Who comes back to a full document with nothing new may stay.
    if (document.byteLength + size > limits.document_bytes_max && document.hasNews()) {
      return this.#reject(session, 'document-full')
    }
    if (!memory.hasRoom(size) && document.hasNews()) return this.#reject(session, 'memory-full')
    const trespass = document.trespass()
    if (trespass !== undefined) return this.#reject(session, 'bad-update', trespass)
    const { novelty } = document
    const excess = novelty.excess(bytes, from)
    if (excess !== undefined) return this.#reject(session, excess)
    const rest = novelty.withoutUndeleted(bytes)
    if (rest !== undefined) {
      // Its sender has the deletes as well, and says them with all that it has.
      if (kind === 'update') session.ask(document.stateVector)
      return rest
    }
    if (novelty.contradicts(bytes)) return this.#reject(session, 'clocks-taken')
    const tooMuch = session.allowance.add(novelty, kind)
    return tooMuch === undefined ? 'fit' : this.#reject(session, tooMuch)
  }

  /** Hands to the journal what the document has taken. */
  #keep(bytes: Uint8Array, from: number): void {
    this.#parts.memory.add(bytes.length - from)
    this.#parts.journal.append(this.#name, bytes, from)
  }

  /** Puts the update that was just inspected to its writer's burst; false when it must go alone. */
  #hold(session: Session, raw: Uint8Array): boolean {
    const { burst } = this.#parts
    const document = this.#document
    if (!burst.holds(session) || !document.canHold(burst.update)) {
      burst.release()
      if (!document.canHold(burst.update)) return false
    }
    const waiting = document.hold(raw, burst.update)
    burst.hold(session, session.keepsFrames ? raw : undefined, this.#release)
    if (waiting) this.#askForPast(session)
    return true
  }

  /** Whatever was held leaves before what comes now. */
  #letGo(): void {
    this.#parts.burst.release()
  }

  /** What was held leaves as one update. */
  readonly #release = (): void => {
    const { burst, metrics } = this.#parts
    const held = burst.take()
    if (held === undefined) return
    try {
      const update = burst.update.take()
      this.#document.put(update)
      this.#audiences.publish(held.session, { kind: 'update', update })
      this.#keep(update, 0)
      held.session.accepted(held.count, held.frames)
      metrics.updatesRelayed += held.count
    } catch (error) {
      this.#parts.failed(this.#name, error)
    }
  }

  /** Tells the sender of what is not taken. */
  #reject(session: Session, kind: RefusalKind, detail?: string): 'unfit' {
    this.#letGo()
    this.#parts.metrics.framesRefused++
    this.#parts.log.warn('refused', { kind, document: this.#name, detail })
    session.rejected(kind, detail)
    return 'unfit'
  }

  /** An update stands on something that is not here: its sender is likely to have it. */
  #askForPast(session: Session): void {
    this.#parts.metrics.updatesWaiting++
    const now = this.#parts.clock.now()
    if (now - this.#askedAt < askAgainMs) return
    this.#askedAt = now
    session.ask(this.#document.stateVector)
  }
}

/** A gap is asked about at most this often; the answer may take a round trip. */
const askAgainMs = 200
const noFrames: readonly Uint8Array[] = []

function framesFor(session: Session, raw: Uint8Array): readonly Uint8Array[] {
  return session.keepsFrames ? [raw] : noFrames
}
