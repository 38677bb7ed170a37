import type { RefusalKind } from '../../base/errors.ts'
import type { Topics } from '../delivery/topics.ts'
import type { ServerDocument } from '../../document/document.ts'
import type { Inspection } from '../../document/inspection.ts'
import type { UpdateFrame } from '../../protocol/frame.ts'
import type { InsideWriter } from './inside-writer.ts'
import type { Permission } from './permits.ts'
import type { RoomHost } from '../room-parts.ts'
import type { Writer } from './writer.ts'

/** What clients write into one document: checked whole, relayed, kept and given to the journal. */
export class Ingest {
  readonly #name: string
  readonly #document: ServerDocument
  readonly #topics: Topics
  readonly #parts: RoomHost
  #askedAt = Number.NEGATIVE_INFINITY

  constructor(name: string, document: ServerDocument, topics: Topics, parts: RoomHost) {
    this.#name = name
    this.#document = document
    this.#topics = topics
    this.#parts = parts
  }

  /**
   * Checks an update whole, then relays it and hands it to the journal; all in this turn.
   * @param raw the message in which it came, which ends with it
   */
  receiveUpdate(writer: Writer, frame: UpdateFrame, raw: Uint8Array, permission: Permission): void {
    const { coalescer, metrics } = this.#parts
    const from = frame.from ?? raw.length - frame.update.length
    const found = this.#inspect(writer, 'update', raw, from, permission)
    if (found === 'unfit') return
    if (found instanceof Uint8Array) return this.#receiveInOrder(writer, found, permission)
    const document = this.#document
    if (!document.hasNews(found)) {
      this.#letGo()
      metrics.updatesKnown++
      return writer.accepted(1, framesFor(writer, raw))
    }
    if (coalescer.follows(writer) && this.#hold(writer, found)) return
    this.#letGo()
    const waiting = document.take(found)
    this.#topics.publish(writer, frame, raw)
    this.#keep(writer, raw, from)
    writer.accepted(1, framesFor(writer, raw))
    metrics.updatesRelayed++
    if (waiting) this.#askForPast(writer)
  }

  /** A step 2 repeats what the server has; only what is new in it is for the others. */
  receiveStep2(writer: Writer, update: Uint8Array, permission: Permission): void {
    const { metrics } = this.#parts
    this.#letGo()
    if (this.#document.repeats(update)) {
      metrics.updatesKnown++
      return writer.acceptedStep2(undefined)
    }
    const sifted = this.#document.barred.sift(update)
    if (sifted.kind === 'none') return void this.#sendAway(writer, 'quarantined', reload)
    const kept = sifted.kind === 'some' ? sifted.rest : update
    const isWhole = kept === update
    if (kept === undefined) return void this.#refuse(writer, 'quarantined')
    const found = this.#inspect(writer, 'step-2', kept, 0, permission)
    if (found === 'unfit') return
    if (found instanceof Uint8Array) return this.receiveStep2(writer, found, permission)
    const news = this.#document.absorb(found)
    if (news === undefined) metrics.updatesKnown++
    else {
      this.#topics.publish(writer, { kind: 'update', update: news.update })
      this.#keep(writer, news.update, 0)
      metrics.updatesRelayed++
    }
    // What was left out is not saved, so nothing of this frame is confirmed.
    if (isWhole) writer.acceptedStep2(news === undefined ? undefined : update)
    else this.#refuse(writer, 'quarantined')
    if (news?.waiting === true) this.#askForPast(writer)
  }

  /**
   * Takes what another server has stored, and relays what is new of it. It was judged there.
   * @returns what is wrong with it in a sentence; then nothing was taken
   */
  takeStored(update: Uint8Array): string | undefined {
    this.#letGo()
    const found = this.#document.inspectStored(update)
    if (found.kind !== 'sound') return found.sentence
    const news = this.#document.absorb(found)
    if (news === undefined) return undefined
    this.#topics.broadcast({ kind: 'update', update: news.update })
    this.#parts.memory.add(news.update.length)
    this.#parts.metrics.updatesFollowed++
    return undefined
  }

  /**
   * Takes an update from within the process: judged, relayed and stored as a client's. Resolves
   * when it is on disk.
   * @throws RefusalError when it is not taken
   */
  async write(update: Uint8Array, writer: InsideWriter): Promise<void> {
    // On a topic of its own, so that all the others are told.
    this.#topics.join(writer)
    try {
      this.receiveStep2(writer, update, 'yes')
    } finally {
      this.#topics.leave(writer)
    }
    await writer.taken
    await this.#parts.journal.flushed()
  }

  /** What the client writes stands on what is gone: nothing of it will ever be kept. */
  #sendAway(writer: Writer, kind: RefusalKind, detail: string): 'unfit' {
    this.#letGo()
    this.#parts.metrics.framesRefused++
    this.#parts.log.warn('refused', { kind, document: this.#name })
    writer.refuse(kind, detail)
    return 'unfit'
  }

  /** Goes on with an update that was put in order, in a message of its own. */
  #receiveInOrder(writer: Writer, update: Uint8Array, permission: Permission): void {
    const frame = { kind: 'update', update } as const
    const raw = writer.codec.encode(frame)
    if (raw !== undefined) this.receiveUpdate(writer, frame, raw, permission)
  }

  /**
   * Whether what goes from `from` to the end of the bytes is taken; if not, its sender is told.
   * @returns what the update was found to be; or the update put in order, to be taken instead,
   *   where only its form is at fault
   */
  #inspect(
    writer: Writer,
    kind: 'step-2' | 'update',
    bytes: Uint8Array,
    from: number,
    permission: Permission,
  ): Inspection | 'unfit' | Uint8Array {
    const { coalescer, journal, limits, memory } = this.#parts
    const document = this.#document
    // What is held is on its way to the same places.
    const size = bytes.length - from + coalescer.update.byteLength
    if (permission === 'no') return this.#refuse(writer, 'read-only')
    const found = document.inspect(bytes, from)
    if (found.kind !== 'sound') {
      const regular = document.regular(found, bytes, from)
      return regular ?? this.#refuse(writer, 'bad-update', found.sentence)
    }
    if (document.isOfFormerLife(found)) return this.#sendAway(writer, 'document-deleted', startAnew)
    if (kind === 'update' && !document.barred.isEmpty) {
      // A step 2 was sifted before.
      const sifted = document.barred.sift(bytes.subarray(from))
      if (sifted.kind === 'none') return this.#sendAway(writer, 'quarantined', reload)
      if (sifted.kind === 'some') return this.#refuse(writer, 'quarantined')
    }
    if (permission === 'unless-news' && document.hasNews(found)) {
      return this.#refuse(writer, 'read-only')
    }
    if (!journal.hasRoom(size)) return this.#refuse(writer, 'store-unavailable')
    // Who comes back to a full document with nothing new may stay.
    if (document.byteLength + size > limits.document_bytes_max && document.hasNews(found)) {
      return this.#refuse(writer, 'document-full')
    }
    if (!memory.hasRoom(size) && document.hasNews(found)) return this.#refuse(writer, 'memory-full')
    const { additions } = document
    if (additions.isContinuation(found)) return found
    const trespass = document.trespass(found)
    if (trespass !== undefined) return this.#refuse(writer, 'bad-update', trespass)
    if (additions.isOneDelete(found)) return found
    const excess = additions.excess(found)
    if (excess !== undefined) return this.#refuse(writer, excess)
    const rest = additions.withoutUndeleted(found)
    if (rest !== undefined) {
      // Its sender has the deletes as well, and says them with all that it has.
      if (kind === 'update') writer.ask(document.stateVector)
      return rest
    }
    const contradicts = additions.contradicts(found, (read) => writer.allowance.mayAsk(read))
    if (contradicts === 'unread') return this.#refuse(writer, 'too-fast')
    if (contradicts) return this.#refuse(writer, 'clocks-taken')
    const tooMuch = writer.allowance.add(found, additions.clients(found), kind)
    return tooMuch === undefined ? found : this.#refuse(writer, tooMuch)
  }

  /** Hands to the journal what the document has taken. */
  #keep(writer: Writer, bytes: Uint8Array, from: number): void {
    this.#parts.memory.add(bytes.length - from)
    const { epoch } = this.#document.life
    this.#parts.journal.append(this.#name, bytes, from, writer.author, epoch, writer.events)
  }

  /** Puts the update to its writer's burst; false when it must go alone. */
  #hold(writer: Writer, found: Inspection): boolean {
    const { coalescer } = this.#parts
    const { bytes, scan } = found
    if (!coalescer.holds(writer) || !coalescer.update.continues(scan)) {
      coalescer.release()
      if (!coalescer.update.continues(scan)) return false
    }
    const waiting = this.#document.hold(found, coalescer.update)
    coalescer.hold(writer, writer.keepsFrames ? bytes : undefined, this.#release)
    if (waiting) this.#askForPast(writer)
    return true
  }

  /** Whatever was held leaves before what comes now. */
  #letGo(): void {
    this.#parts.coalescer.release()
  }

  /** What was held leaves as one update. */
  readonly #release = (): void => {
    const { coalescer, metrics } = this.#parts
    const held = coalescer.take()
    if (held === undefined) return
    try {
      const update = coalescer.update.take()
      this.#document.put(update)
      this.#topics.publish(held.writer, { kind: 'update', update })
      this.#keep(held.writer, update, 0)
      held.writer.accepted(held.count, held.frames)
      metrics.updatesRelayed += held.count
    } catch (error) {
      this.#parts.failed(this.#name, error)
    }
  }

  /** Tells the sender of what is not taken. */
  #refuse(writer: Writer, kind: RefusalKind, detail?: string): 'unfit' {
    this.#letGo()
    this.#parts.metrics.framesRefused++
    this.#parts.log.warn('refused', { kind, document: this.#name, detail })
    writer.refuseUpdate(kind, detail)
    return 'unfit'
  }

  /**
   * An update stands on something that is not here: its sender is likely to have it, and so is the
   * store, where the sender comes from another server (docs/decisions/asking-while-reading.md).
   */
  #askForPast(writer: Writer): void {
    this.#parts.metrics.updatesWaiting++
    const now = this.#parts.clock.now()
    if (now - this.#askedAt < askAgainMs) return
    this.#askedAt = now
    this.#parts.catchUp?.(this.#name)
    writer.ask(this.#document.stateVector)
  }
}

const reload = 'Reload the page.'
const startAnew = 'What you have is of the document before it: drop your copy and reload.'

/** A gap is asked about at most this often; the answer may take a round trip. */
const askAgainMs = 200
const noFrames: readonly Uint8Array[] = []

function framesFor(writer: Writer, raw: Uint8Array): readonly Uint8Array[] {
  return writer.keepsFrames ? [raw] : noFrames
}
