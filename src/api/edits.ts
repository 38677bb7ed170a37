import type { Grant } from '../auth/authority.ts'
import type { Chance } from '../base/chance.ts'
import { RefusalError, refusals } from '../base/errors.ts'
import type { NewEvent } from '../../persistence/store.ts'
import type { Room } from '../room/room.ts'
import { authorOf } from '../room/ingest/author.ts'
import type { Change } from '../ydoc/content/content-wish.ts'
import { checkFirst } from '../storage/stored-content.ts'
import { type Catalog, type CatalogParts, settle } from './catalog.ts'

/** What edits work with. */
export interface EditParts extends CatalogParts {
  readonly chance: Chance
}

/** What is to be written: an update as it is, or a change that has to be made one. */
export type Wanted =
  | { readonly kind: 'update'; readonly update: Uint8Array; readonly told?: undefined }
  | { readonly kind: 'change'; readonly change: Change }

/** A request to write. */
export interface WriteRequest {
  readonly document: string
  readonly grant: Grant
  readonly wanted: Wanted
  /**
   * Told the state before each try; undefined where there is no document. Left out where every
   * state will do.
   * @throws RefusalError when it may not be changed
   */
  readonly check?: ((state: string | undefined) => void) | undefined
  /** Whether a document may be made; otherwise one that is not there is not found. */
  readonly creates: boolean
  /** What happens by it, where it is a change; told of when it is stored. */
  readonly events?: readonly NewEvent[] | undefined
}

/** What came of it. */
export interface Written {
  readonly created: boolean
  readonly changed: boolean
  /** The id of a version that has what was there before it was replaced. */
  readonly version: string | undefined
  /** Of a change to comments: JSON of the thread or comment after it. */
  readonly told?: string | undefined
}

type Outcome = Omit<Written, 'created'>

/** Who would write a change that is tried before there is a document. */
const firstClientId = 1

/** So often a change is made anew when somebody else was quicker. */
const triesMax = 3

/** Who writes for HTTP in a room: one client id, so that documents do not gather them. */
interface Hand {
  readonly clientId: number
  /** The edit before, to be waited for. */
  last: Promise<unknown>
}

/** Edits over HTTP: ordinary edits of whoever sent them, answered when they are on disk. */
export class Edits {
  readonly #parts: EditParts
  readonly #catalog: Catalog
  readonly #hands = new WeakMap<Room, Hand>()

  constructor(parts: EditParts, catalog: Catalog) {
    this.#parts = parts
    this.#catalog = catalog
  }

  /** Writes; resolves when it is on disk. @throws RefusalError when nothing was written */
  async write(request: WriteRequest): Promise<Written> {
    const created = await this.#create(request).catch((error: unknown) => {
      throw this.#told(error)
    })
    for (let round = 1; ; round++) {
      const room = await this.#parts.rooms.open(request.document)
      try {
        return { created, ...(await this.#inTurn(room, request, created)) }
      } catch (error) {
        // The room was closed under it: the next one may say why, or take it.
        const isGone = error instanceof RefusalError && error.kind === 'room-failed'
        if (!isGone || round >= triesMax) throw this.#told(error)
      }
    }
  }

  /** A refusal with the limit that it is about, which the room's short sentence leaves out. */
  #told(error: unknown): unknown {
    if (!(error instanceof RefusalError) || error.kind !== 'document-full') return error
    const { document_bytes_max: most } = this.#parts.limits
    return new RefusalError(error.kind, `The limit is ${most} bytes (--document-bytes-max).`)
  }

  /** Makes the document where there is none and one may be made. @returns whether it did */
  async #create({ check, creates, document, wanted }: WriteRequest): Promise<boolean> {
    // What is there is read when it is its turn.
    if (await this.#catalog.isLive(document)) return false
    const { converter, limits } = this.#parts
    const stored = await this.#catalog.load(document)
    const { deleted, exists } = stored
    if (deleted !== undefined) throw new RefusalError('document-deleted', 'Undelete it first.')
    if (exists) return false
    check?.(undefined)
    if (!creates) throw new RefusalError('not-found')
    // What cannot be read leaves no empty document behind.
    const first =
      wanted.kind === 'update'
        ? wanted.update
        : settle(await converter.edit([], wanted.change, firstClientId)).update
    if (first !== undefined) checkFirst(limits, stored, first)
    return this.#catalog.create(document).then(
      () => true,
      (error: unknown) => {
        // Somebody else was quicker; whether it may be changed is checked as of any that is there.
        if (error instanceof RefusalError && error.kind === 'document-exists') return false
        throw error
      },
    )
  }

  #inTurn(room: Room, request: WriteRequest, created: boolean): Promise<Outcome> {
    const hand = this.#hands.get(room) ?? {
      clientId: this.#parts.chance.clientId(),
      last: Promise.resolve(),
    }
    this.#hands.set(room, hand)
    const turn = hand.last.then(() => this.#tryIn(room, hand, request, created))
    hand.last = turn.catch(() => undefined)
    return turn
  }

  async #tryIn(
    room: Room,
    { clientId }: Hand,
    { check, document, events, grant, wanted }: WriteRequest,
    created: boolean,
  ): Promise<Outcome> {
    const { converter, journal, unasked } = this.#parts
    let version: string | undefined
    for (let round = 1; ; round++) {
      const mark = room.document.position
      await journal.flushed()
      const stored = await this.#catalog.loadLive(document, true)
      if (!created) check?.((await this.#catalog.look(document, stored)).tag)
      const { told, update } =
        wanted.kind === 'update'
          ? wanted
          : settle(await converter.edit(this.#catalog.contentOf(stored), wanted.change, clientId))
      if (update !== undefined && !created && round === 1 && replaces(wanted)) {
        version = await unasked?.keepBefore(document, 'before-replace')
      }
      if (room.closed) throw new RefusalError('room-failed')
      // From here to where it is written no await comes between: nobody else is quicker.
      if (room.document.position !== mark && round < triesMax) continue
      if (update === undefined) return { changed: false, told, version }
      const before = room.document.position
      const taken = room.write(update, authorOf(grant.who), events)
      const changed = room.document.position !== before
      await taken
      if (changed && room.closed) throw lost()
      return { changed, told, version }
    }
  }
}

function replaces(wanted: Wanted): boolean {
  return wanted.kind === 'change' && wanted.change.kind === 'replace'
}

/** What a room took that was closed before it was on disk may be lost. */
function lost(): RefusalError {
  return new RefusalError('room-failed', refusals.draining.sentence)
}
