import { checkDocumentName } from '../document-name.ts'
import type { EventType } from '../outbox.ts'
import type { NewVersion, Version, VersionChain, VersionForm, VersionNotes } from '../versions.ts'
import { versionId, type VersionPage, type Versions } from '../versions.ts'

/** What the store beside knows of a document. */
export interface VersionOwner {
  readonly epoch: number
  readonly incarnation: string
  readonly deleted: boolean
}

/** Notes an event. */
type Tell = (type: EventType, document: string, data: object) => void

interface Kept {
  readonly version: Version
  readonly bytes: Uint8Array
}

/** Versions that last as long as the process, oldest first by document. */
export class MemoryVersions implements Versions {
  readonly #kept = new Map<string, Kept[]>()
  readonly #ownerOf: (document: string) => VersionOwner | undefined
  readonly #now: () => number
  readonly #tell: Tell

  /** @param ownerOf throws when nothing can be asked any more; undefined of no document */
  constructor(
    ownerOf: (document: string) => VersionOwner | undefined,
    now: () => number,
    tell: Tell,
  ) {
    this.#ownerOf = ownerOf
    this.#now = now
    this.#tell = tell
  }

  async add({ after, bytes, document, epoch, ...rest }: NewVersion): Promise<Version | undefined> {
    const owner = this.#ownerOf(document)
    const kept = this.#of(document)
    const newest = kept.at(-1)?.version
    if (owner === undefined || owner.deleted || owner.epoch !== epoch) return undefined
    if (newest?.id !== after) return undefined
    const time = Math.max(this.#now(), (newest?.time ?? 0) + 1)
    const { form, kind, stateBytes, authors, meta, name, restoredFrom } = rest
    const version: Version = {
      id: versionId(time),
      incarnation: owner.incarnation,
      time,
      kind,
      form,
      name,
      meta,
      authors: [...authors],
      restoredFrom,
      stateBytes,
      storedBytes: bytes.length,
    }
    this.#kept.set(document, [...kept, { version, bytes: bytes.slice() }])
    this.#tell('version.created', document, { version: version.id, kind })
    if (kind === 'restored') {
      this.#tell('document.restored', document, { version: version.id, restoredFrom })
    }
    return version
  }

  async list({ before, document, limit, named }: VersionPage): Promise<readonly Version[]> {
    return this.#of(document)
      .map(({ version }) => version)
      .filter(({ id }) => before === undefined || id < before)
      .filter(({ name }) => named !== true || name !== undefined)
      .toReversed()
      .slice(0, limit)
  }

  async find(document: string, id: string): Promise<Version | undefined> {
    return this.#of(document).find(({ version }) => version.id === id)?.version
  }

  async chain(document: string, id?: string): Promise<VersionChain> {
    const kept = this.#of(document)
    const place = id === undefined ? kept.length - 1 : placeOf(kept, id)
    if (place < 0) return { kind: 'none' }
    const upTo = kept.slice(0, place + 1)
    const first = upTo.findLastIndex(({ version }) => version.form === 'keyframe')
    if (first < 0) return { kind: 'damaged', id: id ?? '' }
    const links = upTo
      .slice(first)
      .map(({ bytes, version: { form, id: link } }) => ({ id: link, form, bytes: bytes.slice() }))
    return { kind: 'chain', links }
  }

  async note(document: string, id: string, notes: VersionNotes): Promise<Version | undefined> {
    const kept = this.#of(document)
    const place = placeOf(kept, id)
    const former = kept[place]
    if (former === undefined) return undefined
    const version = { ...former.version, name: notes.name, meta: notes.meta }
    kept[place] = { ...former, version }
    return version
  }

  async remove(
    document: string,
    id: string,
    next?: { readonly id: string; readonly form: VersionForm; readonly bytes: Uint8Array },
  ): Promise<boolean> {
    const kept = this.#of(document)
    const place = placeOf(kept, id)
    if (place < 0) return false
    const newer = kept[place + 1]
    const follows = newer?.version.form === 'increment'
    if (next === undefined ? follows : newer?.version.id !== next.id) return false
    if (next !== undefined && newer !== undefined) {
      const { bytes, form } = next
      const version = { ...newer.version, form, storedBytes: bytes.length }
      kept[place + 1] = { version, bytes: bytes.slice() }
    }
    kept.splice(place, 1)
    return true
  }

  async size(document: string): Promise<{ readonly count: number; readonly bytes: number }> {
    const kept = this.#of(document)
    const bytes = kept.reduce((sum, { version }) => sum + version.storedBytes, 0)
    return { count: kept.length, bytes }
  }

  /** Drops all of a document. */
  forget(document: string): void {
    this.#kept.delete(document)
  }

  #of(document: string): Kept[] {
    checkDocumentName(document)
    this.#ownerOf(document)
    return this.#kept.get(document) ?? []
  }
}

function placeOf(kept: readonly Kept[], id: string): number {
  return kept.findIndex(({ version }) => version.id === id)
}
