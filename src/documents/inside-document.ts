import type { EditParts, Edits } from '../api/edits.ts'
import type { Catalog } from '../api/catalog.ts'
import type { Who } from '../auth/authority.ts'
import { RefusalError, type RefusalKind, refusals } from '../base/errors.ts'
import { refuseComments } from '../http/authorize.ts'
import { InsideSession } from '../room/inside-session.ts'
import type { Room } from '../room/room.ts'
import { Replica } from '../ydoc/replica.ts'
import { readContent, wantedEdit } from './content.ts'
import type { ContentByFormat, ContentEdit, DocumentChange } from './open-document.ts'
import type { OpenDocument, OpenOptions, RootOptions } from './open-document.ts'

/** What documents within the process work with. */
export interface InsideParts extends EditParts {
  readonly catalog: Catalog
  readonly edits: Edits
}

/** After this time a room that was closed with its people is entered again, as they do. */
const returnMs = 1_000

/** So often a change is tried anew in the room that follows one which was closed. */
const roomsMax = 3

/** A change that was handed over. */
interface Handed<Result> {
  readonly result: Result
  /** Resolves when it is on disk. */
  readonly written: Promise<unknown>
}

/** The program's copy, and how far it goes. */
interface Copied {
  readonly copy: Replica
  readonly room: Room
  /** Up to which of the room's copy it has everything. */
  position: number
}

/** See `OpenDocument`. */
export class InsideDocument implements OpenDocument {
  readonly name: string
  readonly who: Who | undefined
  readonly #parts: InsideParts
  readonly #closed: () => void
  readonly #clientId: number
  #session: InsideSession | undefined
  #shown: object | undefined
  #shownClock = 0
  #replica: Copied | undefined
  /** Who writes the next copy, for Yjs. */
  #writerId: number
  #usedAt: number
  #turn: Promise<unknown> = Promise.resolve()
  #isClosed = false

  /** @param closed told when it is closed */
  constructor(
    name: string,
    { presence, who }: OpenOptions,
    parts: InsideParts,
    closed: () => void,
  ) {
    this.name = name
    this.who = who
    this.#parts = parts
    this.#closed = closed
    this.#clientId = parts.chance.clientId()
    this.#writerId = this.#clientId
    this.#shown = presence
    this.#usedAt = parts.clock.now()
  }

  /** Takes its place in the room. @throws RefusalError */
  async enter(): Promise<InsideSession> {
    const room = await this.#parts.rooms.open(this.name)
    if (this.#isClosed) throw closedError()
    const known = this.#session
    if (known !== undefined && !known.ended) return known
    let refusal: RefusalError | undefined
    const seen = { clientId: this.#clientId, clock: this.#shownClock }
    const session = new InsideSession(room, this.who, seen, {
      refused: (kind, detail) => {
        refusal = new RefusalError(kind, detail)
        this.#left(kind)
      },
      swept: (now) => this.#rest(now),
    })
    if (refusal !== undefined) throw refusal
    this.#session = session
    session.show(this.#tellable())
    return session
  }

  async transact<Result>(change: DocumentChange<Result>): Promise<Result> {
    refuseComments(this.name)
    // One after the other: each sees what the one before it did.
    const turn = this.#turn.then(() => this.#change(change))
    this.#turn = turn.catch(() => undefined)
    const { result, written } = await turn
    await written
    return result
  }

  async read<Format extends keyof ContentByFormat>(
    format: Format,
    options: RootOptions = {},
  ): Promise<ContentByFormat[Format]> {
    this.#demandOpen()
    return readContent(this.#parts, this.name, format, options)
  }

  async edit(change: ContentEdit): Promise<boolean> {
    this.#demandOpen()
    refuseComments(this.name)
    const { changed } = await this.#parts.edits.write({
      document: this.name,
      grant: { access: 'admin', who: this.who },
      wanted: wantedEdit(change),
      creates: true,
    })
    return changed
  }

  show(state: object | undefined): void {
    this.#demandOpen()
    this.#shown = state
    this.#session?.show(this.#tellable())
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#session?.end()
    this.#drop()
    this.#closed()
  }

  async #change<Result>(change: DocumentChange<Result>): Promise<Handed<Result>> {
    for (let round = 1; ; round++) {
      this.#demandOpen()
      this.#usedAt = this.#parts.clock.now()
      const { room } = await this.enter()
      const replica = await this.#current(room)
      this.#demandOpen()
      if (room.closed && round < roomsMax) continue
      // From here to where it is written no await comes between: nobody else is quicker.
      return this.#make(replica, change)
    }
  }

  #make<Result>(copied: Copied, change: DocumentChange<Result>): Handed<Result> {
    const { copy, room } = copied
    try {
      const { result, update } = copy.change(change)
      if (update === undefined) return { result, written: Promise.resolve() }
      const before = room.document.position
      const taken = room.write(update, this.#session?.author)
      if (room.document.position === before + 1) copied.position = before + 1
      return { result, written: this.#settle(taken, room) }
    } finally {
      if (copy.isSpoilt) this.#drop()
    }
  }

  async #settle(taken: Promise<void>, room: Room): Promise<void> {
    try {
      await taken
      if (room.closed) throw new RefusalError('room-failed', refusals.draining.sentence)
    } catch (error) {
      // What the copy holds beyond the document has clocks that must not come twice.
      this.#writerId = this.#parts.chance.clientId()
      this.#drop()
      throw error
    }
  }

  /** The program's copy, with all that is in the room in this turn. @throws RefusalError */
  async #current(room: Room): Promise<Copied> {
    const { limits } = this.#parts
    if (this.#replica?.room !== room || this.#replica.copy.isSpoilt) await this.#fill(room)
    for (;;) {
      if (room.document.byteLength > limits.replica_bytes_max) {
        this.#drop()
        const detail = `It has ${room.document.byteLength} bytes; ${limits.replica_bytes_max} are`
        throw new RefusalError('replica-too-large', `${detail} the limit (--replica-bytes-max).`)
      }
      const replica = this.#replica
      if (replica === undefined) throw closedError()
      const { document } = room
      if (replica.position === document.position) return replica
      if (document.prepare(preparedBytes)) {
        const lacks = document.describe(replica.copy.stateVector)
        if (typeof lacks === 'string') throw new RefusalError('room-failed', lacks)
        replica.copy.apply([lacks.bytes()])
        replica.position = document.position
        return replica
      }
      await new Promise<void>((resolve) => this.#parts.clock.soon(resolve))
    }
  }

  /** Makes the copy anew, of what is stored: a room tells all of a large document in many turns. */
  async #fill(room: Room): Promise<void> {
    this.#drop()
    const { catalog, limits } = this.#parts
    const stored = await catalog.load(this.name)
    const parts = catalog.contentOf(stored)
    const copy = new Replica(this.#writerId)
    const bytes = parts.reduce((sum, part) => sum + part.length, 0)
    if (bytes <= limits.replica_bytes_max) copy.apply(parts)
    this.#replica = { copy, room, position: -1 }
  }

  /** What the room's round finds unused for long is let go of. */
  #rest(now: number): void {
    if (now - this.#usedAt > this.#parts.limits.replica_idle_ms_max) this.#drop()
  }

  #drop(): void {
    this.#replica?.copy.end()
    this.#replica = undefined
  }

  /** The room has ended: whoever may come back does, so that others see it again. */
  #left(kind: RefusalKind): void {
    this.#shownClock = this.#session?.clock ?? this.#shownClock
    this.#session = undefined
    this.#drop()
    if (!refusals[kind].retry || this.#isClosed) return
    this.#parts.clock.after(returnMs, () => {
      if (!this.#isClosed) this.enter().catch(() => undefined)
    })
  }

  /** What is shown, with who it is: where nobody asserts that, it is the program's word. */
  #tellable(): object | undefined {
    const { id, name, color } = this.who ?? {}
    const known = Object.entries({ id, name, color }).filter(([, value]) => value !== undefined)
    if (this.#shown === undefined || known.length === 0) return this.#shown
    const said: unknown = 'user' in this.#shown ? this.#shown.user : undefined
    const user = typeof said === 'object' ? said : {}
    return { ...this.#shown, user: { ...user, ...Object.fromEntries(known) } }
  }

  #demandOpen(): void {
    if (this.#isClosed) throw closedError()
  }
}

/** So much of a document is looked through in one turn. */
const preparedBytes = 256 * 1_024

function closedError(): RefusalError {
  return new RefusalError('handle-closed')
}
