import { RefusalError, type RefusalKind } from '../base/errors.ts'
import { stackOf, describeError } from '../base/log.ts'
import type { ClusterListener } from '../cluster/cluster.ts'
import type { Standing, Store } from '../../persistence/store.ts'
import type { Compaction, Compactor } from '../storage/compactor.ts'
import { DocumentLoader } from '../storage/loader.ts'
import { Coalescer } from './ingest/coalescer.ts'
import { Followers } from './follow/followers.ts'
import { DocumentsMemory } from './delivery/memory.ts'
import { Deliveries } from './delivery/deliveries.ts'
import type { RoomHost, RoomParts } from './room-parts.ts'
import { Room } from './room.ts'
import type { RoomPresence } from './room-presence.ts'
import { SharedFrames } from './delivery/shared-frames.ts'

/** The open documents of a server: each is loaded once however many ask, and closed when idle. */
export class Rooms {
  readonly #parts: RoomHost
  readonly #loader: DocumentLoader
  readonly #compactor: Compactor
  readonly #open = new Map<string, Room>()
  readonly #opening = new Map<string, Promise<Room>>()
  readonly #evicting = new Set<Room>()
  /** Who is on their way back to documents that were closed and are not opened anew yet. */
  readonly #comingBack = new Map<string, RoomPresence>()
  readonly #memory: DocumentsMemory
  /** Where other servers write to the same store. */
  readonly #followers: Followers | undefined
  #makingRoom: Promise<void> | undefined
  #madeRoomAt = Number.NEGATIVE_INFINITY

  constructor(parts: RoomParts & { readonly store: Store; readonly compactor: Compactor }) {
    const failed = (document: string, error: unknown): void => this.fail(document, error)
    const deliveries = new Deliveries(parts.limits, parts.clock)
    const frames = new SharedFrames(parts.limits.shared_frames_bytes_max)
    this.#memory = new DocumentsMemory(parts.limits.documents_bytes_max, () => this.#makeRoomSoon())
    const shared = {
      coalescer: new Coalescer(parts.clock),
      deliveries,
      frames,
      memory: this.#memory,
      failed,
    }
    const isShared = parts.store.isShared === true || parts.cluster !== undefined
    const catchUp = isShared ? (name: string): void => this.#followers?.hurry(name) : undefined
    this.#parts = { ...parts, ...shared, catchUp }
    this.#loader = new DocumentLoader(parts)
    this.#compactor = parts.compactor
    const gone = this.#leave.bind(this)
    this.#followers = isShared ? new Followers({ ...parts, failed, gone }) : undefined
    parts.journal.onWritten((batch, appended) => {
      for (const [place, { kind }] of appended.entries()) {
        const document = batch.documents[place]
        if (kind === 'refused' && document !== undefined) gone(document.name, document.epoch, false)
      }
      this.#followers?.written(batch, appended)
    })
  }

  get size(): number {
    return this.#open.size
  }

  /** What the open documents take together, as it was last counted. */
  get byteLength(): number {
    return this.#memory.byteLength
  }

  /** The room of a document, if it is open. */
  find(name: string): Room | undefined {
    return this.#open.get(name)
  }

  /** The open rooms, for an operator's page. */
  list(): readonly Room[] {
    return [...this.#open.values()]
  }

  /**
   * The room of a document, loaded when it is not open yet. Callers are answered in the order in
   * which they asked.
   * @throws RefusalError `server-full` when too many are open; `memory-full` when those that are
   *   open, and not idle, take all that they may; `document-damaged` when what is
   *   stored cannot be served safely; what the store throws when it cannot be read.
   */
  open(name: string): Promise<Room> {
    const there = this.#opening.get(name) ?? this.#open.get(name)
    if (there !== undefined) return Promise.resolve(there)
    if (this.#open.size + this.#opening.size >= this.#parts.limits.rooms_max) {
      return Promise.reject(new RefusalError('server-full'))
    }
    const loading = this.#load(name).finally(() => this.#opening.delete(name))
    this.#opening.set(name, loading)
    return loading
  }

  /**
   * Says something beside a document to those who have it open.
   * @returns whether it is open here
   */
  sayStateless(name: string, text: string): boolean {
    const room = this.find(name)
    room?.sayStateless(text)
    if (room === undefined) this.#parts.cluster?.say(name, { kind: 'stateless', text })
    return room !== undefined
  }

  /** Resolves when an open document has all that other servers have stored of it. */
  async caughtUp(name: string): Promise<void> {
    await this.#followers?.catchUp(name)
  }

  /** Whether what was just loaded of a document has all that its open copy had before. */
  async isWhole(name: string, stored: Standing): Promise<boolean> {
    return (await this.#followers?.isWhole(name, stored)) ?? true
  }

  /** Hears other servers, where there are any. @param revoked told of access taken back there */
  listen(revoked: ClusterListener['revoked']): void {
    const followers = this.#followers
    if (followers === undefined) return
    this.#parts.cluster?.listen({
      heard: (document, server, message) => followers.heard(document, server, message),
      up: () => followers.up(),
      down: () => followers.down(),
      left: (server) => followers.left(server),
      revoked,
    })
  }

  /** Follows other servers no more. */
  end(): void {
    this.#followers?.end()
  }

  /**
   * A fault in a room's own code: its clients are sent away, to come back to a fresh copy from the
   * store. Other rooms go on.
   */
  fail(name: string, error: unknown): void {
    this.#parts.metrics.roomsFailed++
    const [reason, stack] = [describeError(error), stackOf(error)]
    this.#parts.log.error('room-failed', { document: name, reason, stack })
    const room = this.#open.get(name)
    if (room !== undefined) this.#startAnew(room)
  }

  /**
   * Ends a document's room, for good, as the store has it: those in it are told, and so are those
   * who come. Other servers look for themselves.
   */
  async shut(name: string, kind: RefusalKind): Promise<void> {
    this.#parts.cluster?.say(name, { kind: 'look' })
    await this.#opening.get(name)?.catch(() => undefined)
    const room = this.#open.get(name)
    if (room === undefined) return
    this.#close(room)
    room.refuseAll(kind)
  }

  /**
   * The store does not take what was written in a room: the document was deleted, or lives another
   * life. What was not on disk is confirmed to nobody; who comes back finds what is there now.
   * @param isDeleted whether it is known that there is none, and nobody need come back
   */
  #leave(name: string, epoch: number | undefined, isDeleted: boolean): void {
    const room = this.#open.get(name)
    if (room === undefined || room.document.life.epoch !== epoch) return
    if (!isDeleted) return this.#startAnew(room)
    this.#close(room)
    room.refuseAll('document-deleted')
  }

  /** Its clients are sent away, to come back to a fresh copy; until then they are seen. */
  #startAnew(room: Room): void {
    this.#close(room, true)
    this.#comingBack.set(room.name, room.presence)
    room.refuseAll('room-failed')
  }

  /** The once-a-second round. */
  *sweep(): Generator<number> {
    this.#parts.frames.clear()
    this.#memory.beginCount()
    const begun = this.#parts.clock.now()
    this.#parts.deliveries.sweep(begun)
    for (const [name, presence] of this.#comingBack) {
      presence.expire(begun)
      if (!presence.isExpecting) this.#comingBack.delete(name)
    }
    for (const room of this.#open.values()) {
      yield 1
      const now = this.#parts.clock.now()
      try {
        yield* room.sweep(now)
        // In between it may have been closed.
        if (this.#open.get(room.name) !== room) continue
        this.#memory.count(room.byteLength)
        const { name, document } = room
        this.#parts.observers?.forEach((one) => one.looked?.(name, document.position, now))
        if (room.idleMs(now) > this.#parts.limits.room_idle_ms_max) this.#startEviction(room)
        else if (room.document.wantsCompaction) this.#startCompaction(room)
      } catch (error) {
        this.fail(room.name, error)
      }
    }
    this.#memory.endCount()
  }

  async #load(name: string): Promise<Room> {
    // What an earlier room of this document handed over must be in the store before it is read.
    if (this.#parts.journal.holds(name)) await this.#parts.journal.flushed()
    if (!this.#memory.hasRoom(0)) {
      await this.#makingRoom
      if (!this.#memory.hasRoom(0)) throw new RefusalError('memory-full')
    }
    await this.#followers?.opening(name)
    const { document, position } = await this.#loader.load(name).catch((error: unknown) => {
      this.#followers?.leave(name)
      throw error
    })
    const room = new Room(name, document, this.#parts, this.#comingBack.get(name))
    this.#comingBack.delete(name)
    this.#open.set(name, room)
    this.#followers?.begin(room, position)
    this.#memory.add(room.byteLength)
    // How large a document is shows when it is there.
    this.#memory.hasRoom(0)
    this.#parts.metrics.roomsOpened++
    return room
  }

  #startCompaction({ name, document }: Room): void {
    this.#compactor
      .request(name, document)
      .then((compaction) => this.#reloadAfter(compaction, name))
      .catch((error: unknown) => this.fail(name, error))
  }

  /** A copy in memory that holds what does not apply is thrown away; the store has the rest. */
  async #reloadAfter(compaction: Compaction, name: string): Promise<void> {
    if (compaction !== 'quarantined') return
    // The document may have been read again before something was set aside.
    await this.#opening.get(name)?.catch(() => undefined)
    if (this.#open.has(name)) this.fail(name, new RefusalError('room-failed'))
  }

  #close(room: Room, isComingAgain = false): void {
    this.#open.delete(room.name)
    this.#followers?.leave(room.name)
    this.#memory.add(-room.byteLength)
    room.close(isComingAgain)
  }

  /** Not while it is being done, nor again and again where nothing is idle. */
  #makeRoomSoon(): void {
    const now = this.#parts.clock.now()
    if (this.#makingRoom !== undefined || now - this.#madeRoomAt < makeRoomAgainMs) return
    this.#madeRoomAt = now
    this.#makingRoom = this.#makeRoom().finally(() => {
      this.#makingRoom = undefined
    })
  }

  /** Closes documents that nobody has open, the largest first, until the others have room. */
  async #makeRoom(): Promise<void> {
    const idle = this.list().filter(({ sessionCount }) => sessionCount === 0)
    for (const room of idle.toSorted((left, right) => right.byteLength - left.byteLength)) {
      if (this.#memory.isEased) return
      await this.#evict(room, 0).catch((error: unknown) => this.fail(room.name, error))
    }
  }

  #startEviction(room: Room): void {
    if (this.#evicting.has(room)) return
    this.#evicting.add(room)
    this.#evict(room, this.#parts.limits.room_idle_ms_max)
      .catch((error: unknown) => this.fail(room.name, error))
      .finally(() => this.#evicting.delete(room))
  }

  /**
   * Closes a room unless somebody came while its last edits were being written. What it left in the
   * log is folded afterwards: nobody waits for that, as it may take long.
   */
  async #evict(room: Room, idleMs: number): Promise<void> {
    const { clock, journal, metrics } = this.#parts
    await journal.flushed()
    const stillIdle = room.sessionCount === 0 && room.idleMs(clock.now()) >= idleMs
    if (!stillIdle || room.closed) return
    this.#close(room)
    metrics.roomsEvicted++
    this.#parts.observers?.forEach((one) => one.closed?.(room.name, room.document.position))
    if (room.document.tailUpdates > 0) this.#startCompaction(room)
  }
}

/** How often it is tried to make room. */
const makeRoomAgainMs = 250
