import { RefusalError } from '../base/errors.ts'
import { stackOf, describeError } from '../base/log.ts'
import type { Store } from '../../persistence/store.ts'
import type { Compaction, Compactor } from '../storage/compactor.ts'
import { DocumentLoader } from '../storage/loader.ts'
import { Burst } from './coalescer.ts'
import type { RoomHost, RoomParts } from './room-parts.ts'
import { Room } from './room.ts'
import { SharedFrames } from './shared-frames.ts'

/** The open documents of a server: each is loaded once however many ask, and closed when idle. */
export class Rooms {
  readonly #parts: RoomHost
  readonly #loader: DocumentLoader
  readonly #compactor: Compactor
  readonly #open = new Map<string, Room>()
  readonly #opening = new Map<string, Promise<Room>>()
  readonly #evicting = new Set<Room>()

  constructor(parts: RoomParts & { readonly store: Store; readonly compactor: Compactor }) {
    const failed = (document: string, error: unknown): void => this.fail(document, error)
    const frames = new SharedFrames(parts.limits.shared_frames_bytes_max)
    this.#parts = { ...parts, burst: new Burst(parts.clock), frames, failed }
    this.#loader = new DocumentLoader(parts)
    this.#compactor = parts.compactor
  }

  get size(): number {
    return this.#open.size
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
   * @throws RefusalError `server-full` when too many are open; `document-damaged` when what is
   *   stored cannot be served safely; what the store throws when it cannot be read.
   */
  open(name: string): Promise<Room> {
    const opening = this.#opening.get(name)
    if (opening !== undefined) return opening
    const room = this.#open.get(name)
    if (room !== undefined) return Promise.resolve(room)
    if (this.#open.size + this.#opening.size >= this.#parts.limits.rooms_max) {
      return Promise.reject(new RefusalError('server-full'))
    }
    const loading = this.#load(name).finally(() => this.#opening.delete(name))
    this.#opening.set(name, loading)
    return loading
  }

  /**
   * A fault in a room's own code: its clients are sent away, to come back to a fresh copy from the
   * store. Other rooms go on.
   */
  fail(name: string, error: unknown): void {
    this.#parts.metrics.roomsFailed++
    const fields = { document: name, reason: describeError(error), stack: stackOf(error) }
    this.#parts.log.error('room-failed', fields)
    const room = this.#open.get(name)
    if (room === undefined) return
    this.#close(room)
    room.refuseAll('room-failed')
  }

  /** The once-a-second round. */
  *sweep(): Generator<number> {
    this.#parts.frames.clear()
    for (const room of this.#open.values()) {
      yield 1
      const now = this.#parts.clock.now()
      try {
        yield* room.sweep(now)
        // In between it may have been closed.
        if (this.#open.get(room.name) !== room) continue
        if (room.idleMs(now) > this.#parts.limits.room_idle_ms_max) this.#startEviction(room)
        else if (room.document.wantsCompaction) this.#startCompaction(room)
      } catch (error) {
        this.fail(room.name, error)
      }
    }
  }

  async #load(name: string): Promise<Room> {
    // What an earlier room of this document handed over must be in the store before it is read.
    if (this.#parts.journal.holds(name)) await this.#parts.journal.flushed()
    const document = await this.#loader.load(name)
    const room = new Room(name, document, this.#parts)
    this.#open.set(name, room)
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
    if (compaction !== 'set-aside') return
    // The document may have been read again before something was set aside.
    await this.#opening.get(name)?.catch(() => undefined)
    if (this.#open.has(name)) this.fail(name, new RefusalError('room-failed'))
  }

  #close(room: Room): void {
    this.#open.delete(room.name)
    room.close()
  }

  #startEviction(room: Room): void {
    if (this.#evicting.has(room)) return
    this.#evicting.add(room)
    this.#evict(room)
      .catch((error: unknown) => this.fail(room.name, error))
      .finally(() => this.#evicting.delete(room))
  }

  /**
   * Closes a room unless somebody came while its last edits were being written. What it left in the
   * log is folded afterwards: nobody waits for that, as it may take long.
   */
  async #evict(room: Room): Promise<void> {
    const { clock, journal, limits, metrics } = this.#parts
    await journal.flushed()
    const stillIdle = room.idleMs(clock.now()) > limits.room_idle_ms_max
    if (!stillIdle || room.closed) return
    this.#close(room)
    metrics.roomsEvicted++
    if (room.document.tailUpdates > 0) this.#startCompaction(room)
  }
}
