import { createHash } from 'node:crypto'
import type { Clock } from '../base/clock.ts'
import { RefusalError } from '../base/errors.ts'
import type { Limits } from '../base/limits/limits.ts'
import { setNewest } from '../base/newest.ts'
import type { UnaskedVersions } from '../history/unasked.ts'
import type { Rooms } from '../room/rooms.ts'
import type { Journal } from '../storage/journal.ts'
import { checkDocumentName } from '../protocol/document-name.ts'
import { contentOf, deadClocks, stateOf } from '../storage/stored-content.ts'
import { areComments, beside, commentedIn, commentsBeside } from '../../persistence/companion.ts'
import type { Page, Store, Stored, StoredSummary } from '../../persistence/store.ts'
import type { UpdateParts } from '../update/section.ts'
import type { Busy, Converter } from '../ydoc/converter.ts'
import type { Edited, Looked, ReadContent, RootOf, Unfit } from '../ydoc/content/content-wish.ts'

/** What documents are told from. */
export interface CatalogParts {
  readonly store: Store
  readonly journal: Journal
  readonly rooms: Rooms
  readonly converter: Converter
  /** Where there is one, what is replaced or deleted is kept first. */
  readonly unasked: UnaskedVersions | undefined
  readonly clock: Clock
  readonly limits: Limits
}

/** A document as the API tells it. */
export interface DocumentView {
  readonly name: string
  readonly bytes: number
  readonly created: string | null
  readonly changed: string | null
  readonly sessions: number
  readonly versions: number
  readonly historyBytes: number
  readonly roots: readonly RootOf[]
}

/** Kept answers of looking: a document that stays as it is, is looked at once. */
const looksMax = 2_000

/** The documents of a store, whether they are open or not. */
export class Catalog {
  readonly #parts: CatalogParts
  readonly #looks = new Map<string, Looked>()

  constructor(parts: CatalogParts) {
    this.#parts = parts
  }

  /** All that is stored of a document, with what was written so far. */
  async load(name: string): Promise<Stored> {
    const { journal, store } = this.#parts
    if (journal.holds(name)) await journal.flushed()
    return store.load(name)
  }

  /**
   * The same of one that is there.
   * @param isAdmin whether the asker may know that it was deleted
   * @throws RefusalError `not-found`, `document-deleted`
   */
  async loadLive(name: string, isAdmin: boolean): Promise<Stored> {
    const stored = await this.load(name)
    if (stored.deleted !== undefined && isAdmin) throw deletedHere()
    if (!stored.exists || stored.deleted !== undefined) throw new RefusalError('not-found')
    return stored
  }

  /**
   * The same without reading anything of it, for what is below one that is there.
   * @throws RefusalError `not-found`, `document-deleted`
   */
  async demandLive(name: string, isAdmin: boolean): Promise<void> {
    if (await this.isLive(name)) return
    if (isAdmin && (await this.#lists(name, true))) throw deletedHere()
    throw new RefusalError('not-found')
  }

  /** Whether a document is there, without reading anything of it. */
  async isLive(name: string): Promise<boolean> {
    const { journal } = this.#parts
    if (journal.holds(name)) await journal.flushed()
    return this.#lists(name, false)
  }

  async #lists(name: string, deleted: boolean): Promise<boolean> {
    const [first] = await this.#parts.store.list({ prefix: name, deleted, limit: 1 })
    return first?.document === name
  }

  /** The updates that make a document. @throws RefusalError `document-damaged` */
  contentOf(stored: Stored): readonly Uint8Array[] {
    return contentOf(stored)
  }

  /** The whole state as one update, without a conversion. @throws RefusalError */
  stateOf(stored: Stored): Promise<UpdateParts> {
    return stateOf(this.#parts, stored)
  }

  /** What a document holds, and the tag of that. @throws RefusalError */
  async look(name: string, stored: Stored): Promise<Looked & { readonly tag: string }> {
    const { epoch, position, through } = stored
    const key = JSON.stringify([name, epoch, position, through])
    const known = this.#looks.get(key)
    const looked = known ?? lookedAt(await this.#parts.converter.look(contentOf(stored)), key)
    setNewest(this.#looks, key, looked, looksMax)
    return { ...looked, tag: tagOf(stored, looked.digest) }
  }

  /** A document that is there, as the API tells it. @throws RefusalError */
  async describe(
    name: string,
    isAdmin: boolean,
  ): Promise<{ readonly view: DocumentView; readonly tag: string }> {
    const stored = await this.loadLive(name, isAdmin)
    const { roots, tag } = await this.look(name, stored)
    const [summary] = await this.#parts.store.list({ prefix: name, limit: 1 })
    return { view: await this.#view(name, roots, summary), tag }
  }

  /** A page of documents, without their comments. */
  async list({ after, limit, ...page }: Page): Promise<readonly StoredSummary[]> {
    const found: StoredSummary[] = []
    for (let from = after; ;) {
      const some = await this.#parts.store.list({ ...page, after: from, limit })
      found.push(...some.filter(({ document }) => !areComments(document)))
      from = some.at(-1)?.document
      if (some.length < limit || found.length >= limit) return found.slice(0, limit)
    }
  }

  /** One line of a list, as the API tells it. @throws RefusalError */
  async describeListed(summary: StoredSummary): Promise<DocumentView> {
    const name = summary.document
    const stored = await this.load(name)
    // A document that cannot be read is listed all the same.
    const looked = await this.look(name, stored).catch(() => undefined)
    return this.#view(name, looked?.roots ?? [], summary)
  }

  /**
   * Makes an empty document; one of comments only while what they are on is there: else they would
   * outlive it, and be found on whatever has its name next.
   * @throws RefusalError `document-exists`, `document-deleted`, `not-found`
   */
  async create(name: string): Promise<void> {
    const owner = commentedIn(name)
    if (await this.#parts.store.create(name, owner)) return
    const { deleted, exists } = await this.#parts.store.load(name)
    if (!exists && owner !== undefined) throw new RefusalError('not-found')
    if (deleted === undefined) throw new RefusalError('document-exists')
    throw new RefusalError('document-deleted', 'Undelete it, or purge it first.', 409)
  }

  /** Deletes a document, and sends those away who are in it. @throws RefusalError `not-found` */
  async delete(name: string): Promise<void> {
    const { deleted, exists } = await this.load(name)
    if (!exists) throw new RefusalError('not-found')
    if (deleted === undefined) {
      const comments = commentsBeside(name)
      const mayHave = !areComments(name) && checkDocumentName(comments).kind === 'name'
      // Who waits for the first comment is sent away like everybody else, on whichever server.
      if (mayHave) await this.#parts.store.create(comments, name)
      await this.#close(name)
    }
    // None is made beside it any more.
    for (const one of await this.#companions(name, false)) await this.#close(one)
  }

  async #close(name: string): Promise<void> {
    const { rooms, store, unasked } = this.#parts
    await unasked?.keepBefore(name, 'before-delete')
    await store.delete(name)
    await rooms.shut(name, 'document-deleted')
  }

  /** Brings a deleted document back. @throws RefusalError `not-found` when there is none */
  async undelete(name: string): Promise<void> {
    const { store } = this.#parts
    const { deleted, exists } = await store.load(name)
    if (!exists) throw new RefusalError('not-found')
    if (deleted === undefined) {
      throw new RefusalError('document-live', 'There is nothing to bring back.')
    }
    for (const one of await this.#companions(name, true)) await store.undelete(one)
    await store.undelete(name)
  }

  /**
   * Removes what is left of a deleted document, for good.
   * @throws RefusalError `not-found`, `document-live`
   */
  async purge(name: string): Promise<void> {
    const stored = await this.load(name)
    if (!stored.exists) throw new RefusalError('not-found')
    if (stored.deleted === undefined) throw new RefusalError('document-live', 'Delete it first.')
    for (const one of await this.#companions(name, false)) await this.delete(one)
    // The document goes last: while it is there, what was not purged yet is found again.
    for (const one of await this.#companions(name, true)) await this.#end(one)
    await this.#end(name)
  }

  async #end(name: string): Promise<void> {
    const { store } = this.#parts
    await store.purge(name, await deadClocks(this.#parts, await this.load(name)))
  }

  /** The names of the documents beside one, such as its comments, which share its fate. */
  async #companions(name: string, deleted: boolean): Promise<readonly string[]> {
    const found: string[] = []
    const page = { prefix: `${name}${beside}`, deleted, limit: companionsAtOnce }
    for (;;) {
      const some = await this.#parts.store.list({ ...page, after: found.at(-1) })
      found.push(...some.map(({ document }) => document))
      if (some.length < companionsAtOnce) return found
    }
  }

  async #view(
    name: string,
    roots: readonly RootOf[],
    summary: StoredSummary | undefined,
  ): Promise<DocumentView> {
    const { rooms, store } = this.#parts
    const history = await store.versions?.size(name)
    return {
      name,
      bytes: (summary?.snapshotBytes ?? 0) + (summary?.logBytes ?? 0),
      created: timeOf(summary?.created),
      // Whoever made it has left it so where nothing was written since.
      changed: timeOf(summary?.changed ?? summary?.created),
      sessions: rooms.find(name)?.sessionCount ?? 0,
      versions: history?.count ?? 0,
      historyBytes: history?.bytes ?? 0,
      roots,
    }
  }
}

function deletedHere(): RefusalError {
  return new RefusalError('document-deleted', 'Bring it back with undelete.')
}

const companionsAtOnce = 100

/** What is too large to be looked into is not folded either: where it stands names its state. */
function lookedAt(outcome: Looked | Unfit | Busy, standing: string): Looked {
  const isTooLarge = outcome.kind === 'unfit' && outcome.refusal === 'body-too-large'
  return isTooLarge ? { kind: 'looked', digest: standing, roots: [] } : settle(outcome)
}

/** The strong tag of a state: of which life, and what of it. */
export function tagOf({ incarnation }: Stored, digest: string): string {
  return createHash('sha256').update(`${incarnation}\n${digest}`).digest('base64url').slice(0, 27)
}

/** A time of the store as the API tells it. */
function timeOf(time: number | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString()
}

/** What came of a conversion. @throws RefusalError when it did not come about */
export function settle<Value extends Looked | ReadContent | Edited>(
  outcome: Value | Unfit | Busy,
): Value {
  if (outcome.kind === 'busy') throw new RefusalError('conversions-full')
  if (outcome.kind === 'unfit') throw new RefusalError(outcome.refusal, outcome.detail)
  return outcome
}
