import type { Author } from './batch.ts'

/** Why a version was made. */
export type VersionKind =
  | 'auto'
  | 'named'
  | 'before-restore'
  | 'restored'
  | 'before-replace'
  | 'before-delete'
  | 'import'

/** Whether a version's bytes are a whole state, or follow on the version before. */
export type VersionForm = 'keyframe' | 'increment'

/** What people have written on a version. */
export interface VersionNotes {
  readonly name?: string | undefined
  /** Uninterpreted. */
  readonly meta?: string | undefined
}

/** A version that is to be kept. */
export interface NewVersion extends VersionNotes {
  readonly document: string
  /** Of which epoch the document has to be. */
  readonly epoch: number
  /** The newest version, as it was when this one was made; undefined when there was none. */
  readonly after: string | undefined
  readonly kind: VersionKind
  readonly form: VersionForm
  readonly bytes: Uint8Array
  /** Bytes of the whole state that it stands for. */
  readonly stateBytes: number
  /** Who wrote since the version before. */
  readonly authors: readonly Author[]
  /** The version whose content it brought back. */
  readonly restoredFrom?: string | undefined
}

/** What is told of a version. */
export interface Version extends VersionNotes {
  /** The ids of a document's versions sort as their times do. */
  readonly id: string
  /** Of which life of the document. */
  readonly incarnation: string
  /** In milliseconds since 1970; no two of a document are the same. */
  readonly time: number
  readonly kind: VersionKind
  readonly form: VersionForm
  readonly authors: readonly Author[]
  readonly restoredFrom: string | undefined
  readonly stateBytes: number
  /** What it takes in the store. */
  readonly storedBytes: number
}

/** One of the versions that make up another. */
export interface VersionLink {
  readonly id: string
  readonly form: VersionForm
  readonly bytes: Uint8Array
}

/** The bytes of a version. */
export type VersionChain =
  /** From a keyframe on; the last is the version itself. */
  | { readonly kind: 'chain'; readonly links: readonly VersionLink[] }
  /** That one of them does not check out, or its keyframe is gone. */
  | { readonly kind: 'damaged'; readonly id: string }
  | { readonly kind: 'none' }

/** Which versions of a document to list. */
export interface VersionPage {
  readonly document: string
  /** Only versions before this one, which need not exist. */
  readonly before?: string | undefined
  /** Only those that have a name. */
  readonly named?: boolean | undefined
  readonly limit: number
}

/**
 * Kept states of documents, beside a store's snapshots and logs. Knows bytes, never Yjs: how
 * increments are made and joined is its user's. A deleted document keeps its versions, a purged
 * one has none. Names, times and rejections are as with a `Store`.
 */
export interface Versions {
  /**
   * Keeps a version. Resolves to undefined when the document is not there, deleted or of another
   * epoch, or when `after` is not the newest version: then nothing changed.
   */
  add(version: NewVersion): Promise<Version | undefined>
  /** Newest first. */
  list(page: VersionPage): Promise<readonly Version[]>
  find(document: string, id: string): Promise<Version | undefined>
  /** The bytes of a version; of the newest where none is named. */
  chain(document: string, id?: string): Promise<VersionChain>
  /** Gives a version other notes. Undefined when there is no such version. */
  note(document: string, id: string, notes: VersionNotes): Promise<Version | undefined>
  /**
   * Drops a version; the next newer one, where it follows on that, gets these bytes in the same
   * transaction. Resolves to false when there is no such version, or its next is not the one that
   * is named, or follows on it and is not named: then nothing changed.
   */
  remove(
    document: string,
    id: string,
    next?: { readonly id: string; readonly form: VersionForm; readonly bytes: Uint8Array },
  ): Promise<boolean>
  /** How many a document has, and the bytes that they take. */
  size(document: string): Promise<{ readonly count: number; readonly bytes: number }>
}

/** The id of the version of that time. */
export function versionId(time: number): string {
  return time.toString(36).padStart(idLength, '0')
}

/** The time of the version of that id; -1 when no version can have it. */
export function versionTime(id: string): number {
  const time = /^[0-9a-z]+$/.test(id) ? Number.parseInt(id, 36) : Number.NaN
  return Number.isSafeInteger(time) && versionId(time) === id ? time : -1
}

/** Enough until the year 5188. */
const idLength = 9
