import type { Author } from '../../persistence/batch.ts'
import type { Store, Stored } from '../../persistence/store.ts'
import type { Version, VersionChain, VersionKind, VersionLink } from '../../persistence/versions.ts'
import type { VersionNotes, Versions } from '../../persistence/versions.ts'
import type { WallClock } from '../base/clock.ts'
import { sameBytes } from '../base/bytes.ts'
import { RefusalError } from '../base/errors.ts'
import type { Limits } from '../base/limits/limits.ts'
import type { Rooms } from '../room/rooms.ts'
import { partsOf } from '../storage/fold-stored.ts'
import type { Journal } from '../storage/journal.ts'
import type { Attributable } from '../ydoc/history/attributable.ts'
import type { Historian } from '../ydoc/historian.ts'
import type { ComparedSide, CompareRequest } from '../ydoc/request.ts'
import { superfluous } from './thinning.ts'
import { Turns } from './turns.ts'

/** What history works with. */
export interface HistoryParts {
  readonly store: Store
  readonly versions: Versions
  readonly rooms: Pick<Rooms, 'open'>
  readonly journal: Pick<Journal, 'flushed'>
  readonly historian: Historian
  readonly wallClock: WallClock
  readonly limits: Pick<Limits, 'history_bytes_min'>
  /** Told of each version that was made here; it must not throw. */
  readonly kept?: (document: string, version: Version) => void
}

/** What is to be kept of a document. */
export interface Keeping extends VersionNotes {
  readonly kind: VersionKind
  readonly restoredFrom?: string | undefined
  /** Whether it is kept also where nothing has changed since the last version. */
  readonly anyway: boolean
  /** What was folded before it was stored, so that it need not be once more. */
  readonly folded?: Uint8Array | undefined
}

/** What is compared: a version's id, or the document as it is, or one without content. */
export type Compared = { readonly version: string } | 'now' | 'empty'

/** What restoring made: the version that it made, and the one of just before. */
export interface Restoration {
  readonly version: string
  readonly before: string
}

/** After so many increments comes a keyframe. */
const incrementsMax = 64
/** A version is made anew so often when another one came in between. */
const triesMax = 4
/** So many versions are dropped at most each time one is made. */
const thinnedMax = 16
/** More versions of a document than this are not looked through for what may go. */
const listedMax = 2_000

/** The versions of documents: makes, drops, reads and restores them, one at a time by document. */
export class History {
  readonly #parts: HistoryParts
  readonly #turns = new Turns()

  constructor(parts: HistoryParts) {
    this.#parts = parts
  }

  /** What is told of them is read there. */
  get versions(): Versions {
    return this.#parts.versions
  }

  /**
   * Keeps the state of a document that is on disk by now. Resolves to undefined where nothing has
   * changed.
   * @throws RefusalError `not-found`, `history-failed`
   */
  keep(document: string, what: Keeping): Promise<Version | undefined> {
    return this.#turns.take(document, () => this.#keep(document, what))
  }

  /** Whether there is such a document, of which nothing need have been kept. */
  async knows(document: string): Promise<boolean> {
    const [first] = await this.#parts.store.list({ prefix: document, limit: 1 })
    return first?.document === document
  }

  /** Drops a version; the others stay as they are. @throws RefusalError as `keep` */
  drop(document: string, id: string): Promise<void> {
    return this.#turns.take(document, async () => {
      if (!(await this.#drop(document, id))) throw new RefusalError('not-found')
    })
  }

  /**
   * The state of a version as one Yjs V1 update.
   * @throws RefusalError `not-found`, `history-failed`
   */
  async state(document: string, id: string): Promise<Uint8Array> {
    const state = await this.#parts.historian.state(await this.#chain(document, id))
    if (state === undefined) throw new RefusalError('history-failed', late)
    return state
  }

  /**
   * Makes the content of every root what it was, as one edit of the caller's on top.
   * @param expects throws where the document is not in the state that is meant; then nobody may
   * change it meanwhile either
   * @throws RefusalError `not-found`, `restore-impossible`, `precondition-failed`, and what an edit
   * is refused with
   */
  restore(
    document: string,
    id: string,
    author: Author | undefined,
    expects?: (stored: Stored) => Promise<void>,
  ): Promise<Restoration> {
    return this.#turns.take(document, async () => {
      const { historian, journal, rooms, store } = this.#parts
      const chain = await this.#chain(document, id)
      const room = await rooms.open(document)
      const mark = room.document.position
      await journal.flushed()
      await expects?.(await store.load(document))
      const before = await this.#keep(document, { kind: 'before-restore', anyway: true })
      await journal.flushed()
      const restored = await historian.restore(partsOf(await store.load(document)), chain)
      if (restored.kind === 'impossible') {
        throw new RefusalError('restore-impossible', restored.reason)
      }
      if (restored.kind === 'restored') {
        // The room may have been closed over it.
        const open = room.closed ? await rooms.open(document) : room
        if (expects !== undefined && open.document.position !== mark) {
          throw new RefusalError('precondition-failed')
        }
        await open.write(restored.update, author)
      }
      const what = { kind: 'restored', restoredFrom: id, anyway: true } as const
      const version = await this.#keep(document, what)
      if (version === undefined || before === undefined) throw new RefusalError('history-failed')
      return { version: version.id, before: before.id }
    })
  }

  /**
   * What became of a root between two states, as text of that form; of `attribution` who wrote what
   * is there.
   * @param root undefined where there is but one
   * @throws RefusalError `not-found`, `root-ambiguous`, `history-failed`
   */
  async compare(
    document: string,
    [old, now]: readonly [Compared, Compared],
    how: Pick<CompareRequest, 'context' | 'form' | 'root'>,
  ): Promise<string> {
    const { historian, journal, store } = this.#parts
    await journal.flushed()
    const stored = await store.load(document)
    if (!stored.exists || stored.deleted !== undefined) throw new RefusalError('not-found')
    const sideOf = async (side: Compared): Promise<ComparedSide> => {
      if (side === 'empty') return { kind: 'empty' }
      if (side === 'now') return { kind: 'now', updates: partsOf(stored) }
      return { kind: 'version', chain: await this.#chain(document, side.version) }
    }
    const [from, to] = [await sideOf(old), await sideOf(now)]
    const asked = { ...how, old: from, now: to, stored: attributableOf(stored) }
    const compared = await historian.compare(asked)
    switch (compared.kind) {
      case 'told':
        return compared.text
      case 'ambiguous':
        throw new RefusalError('root-ambiguous', rootsSentence(compared.roots))
      case 'given-up':
        throw new RefusalError('history-failed', compared.reason)
    }
  }

  async #keep(document: string, what: Keeping): Promise<Version | undefined> {
    for (let round = 0; round < triesMax; round++) {
      const outcome = await this.#try(document, what)
      if (outcome === 'same') return undefined
      if (outcome === 'overtaken') continue
      this.#parts.kept?.(document, outcome)
      await this.#thin(document)
      return outcome
    }
    throw new RefusalError('history-failed', 'Others kept making versions meanwhile; try again.')
  }

  async #try(document: string, what: Keeping): Promise<Version | 'same' | 'overtaken'> {
    const { historian, journal, store, versions } = this.#parts
    await journal.flushed()
    const stored = await store.load(document)
    if (!stored.exists || stored.deleted !== undefined) throw new RefusalError('not-found')
    const [newest] = await versions.list({ document, limit: 1 })
    const links = linksOf(await versions.chain(document))
    const kept = await historian.keep({
      stored: attributableOf(stored),
      isFolded: what.folded !== undefined && isJust(stored, what.folded),
      chain: links.map(({ bytes }) => bytes),
      keyframe: isKeyframeDue(links, stored, newest),
      anyway: what.anyway,
    })
    if (kept.kind === 'same') return 'same'
    if (kept.kind === 'given-up') throw new RefusalError('history-failed', kept.reason)
    const { authors, form, packed, stateBytes } = kept
    const { anyway: _, folded: _folded, ...told } = what
    const added = await versions.add({
      document,
      epoch: stored.epoch,
      after: newest?.id,
      ...told,
      form,
      stateBytes,
      bytes: packed,
      authors,
    })
    return added ?? 'overtaken'
  }

  async #chain(document: string, id: string): Promise<readonly Uint8Array[]> {
    const chain = await this.#parts.versions.chain(document, id)
    switch (chain.kind) {
      case 'none':
        throw new RefusalError('not-found')
      case 'damaged':
        throw new RefusalError(
          'history-failed',
          `The stored bytes of version ${chain.id} are damaged.`,
        )
      case 'chain':
        return chain.links.map(({ bytes }) => bytes)
    }
  }

  /** Old ones go, a few at a time. */
  async #thin(document: string): Promise<void> {
    const { limits, versions, wallClock } = this.#parts
    const all = await versions.list({ document, limit: listedMax })
    const gone = superfluous(all, wallClock(), limits.history_bytes_min)
    for (const { id } of gone.slice(0, thinnedMax)) await this.#drop(document, id)
  }

  /** @returns whether there was one */
  async #drop(document: string, id: string): Promise<boolean> {
    const { historian, versions } = this.#parts
    if ((await versions.find(document, id)) === undefined) return false
    if (await versions.remove(document, id)) return true
    const next = await this.#nextOf(document, id)
    const [own, follower] = linksOf(await versions.chain(document, next)).slice(-2)
    if (own?.id !== id || follower === undefined) return false
    const bytes = await historian.join([own.bytes, follower.bytes], own.form)
    if (bytes === undefined) throw new RefusalError('history-failed', late)
    return versions.remove(document, id, { id: follower.id, form: own.form, bytes })
  }

  async #nextOf(document: string, id: string): Promise<string | undefined> {
    const all = await this.#parts.versions.list({ document, limit: listedMax })
    return all.findLast((version) => version.id > id)?.id
  }
}

function rootsSentence(roots: readonly string[]): string {
  if (roots.length === 0) return 'It has none.'
  return `Name one with "root": ${roots.map((root) => JSON.stringify(root)).join(', ')}.`
}

/** The rest is not for the thread that reads it. */
function attributableOf({ attribution, log, snapshot }: Stored): Attributable {
  return { attribution, log, snapshot }
}

/** Whether an update is all that is stored of a document. */
function isJust({ log, snapshot }: Stored, update: Uint8Array): boolean {
  const [only] = log
  if (snapshot !== undefined || only === undefined || log.length > 1) return false
  return sameBytes(only.bytes, update)
}

function linksOf(chain: VersionChain): readonly VersionLink[] {
  // What follows on damage begins anew.
  return chain.kind === 'chain' ? chain.links : []
}

function isKeyframeDue(
  links: readonly VersionLink[],
  { incarnation }: Stored,
  newest: Version | undefined,
): boolean {
  const [keyframe, ...increments] = links
  if (keyframe === undefined || newest?.incarnation !== incarnation) return true
  const bytes = increments.reduce((sum, link) => sum + link.bytes.length, 0)
  return increments.length >= incrementsMax - 1 || bytes > newest.stateBytes
}

const late = 'It took longer than --history-ms-max.'
