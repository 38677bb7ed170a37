import type { IdempotencyKeys } from './idempotency.ts'
import type { Messages } from './messages.ts'
import type { Outbox } from './outbox.ts'
import type { Revocations } from './revocations.ts'
import type { Versions } from './versions.ts'
import { type Author, Batch, type BatchDocument, type NewEvent } from './batch.ts'

// What whoever writes a store needs besides its shape.
export type { NewVersion, Version, VersionChain, VersionForm, VersionKind } from './versions.ts'
export type { VersionLink, VersionNotes, VersionPage, Versions } from './versions.ts'
export { versionId, versionTime } from './versions.ts'
export { type Author, Batch, type BatchDocument, type NewEvent }
export { eachRecord } from './batch.ts'
export { checkDocumentName } from './document-name.ts'
export { StoreError, type StoreErrorKind } from './store-error.ts'

/**
 * Where a document's log stands: its newest row. The number rises with every row and never comes
 * twice in one store, also over a delete. The tag is the row's own: a row that was lost and given
 * its number again, as after a failover, has another.
 */
export interface Position {
  /** 0 before the first row. */
  readonly number: number
  /** 0 before the first row. */
  readonly tag: number
}

/** One appended update as it was stored. */
export interface LogEntry {
  /** Number of its row. The updates that one batch brought for one document share a row. */
  readonly sequence: number
  /** The bytes as they were appended. */
  readonly bytes: Uint8Array
  /** When its row was stored, in milliseconds since 1970; undefined before times were kept. */
  readonly time: number | undefined
  /** Who brought it, where that is known. */
  readonly by: Author | undefined
}

/** Something in the store that did not check out; it was kept aside, not deleted. */
export interface Damage {
  readonly document: string
  /** `snapshot`, or the sequence of the log row. */
  readonly entry: 'snapshot' | number
  /** One sentence for the operator. */
  readonly reason: string
}

/** A log row that was set aside with `quarantine`. */
export interface QuarantinedRow {
  readonly sequence: number
  /** Why, as it was given. */
  readonly reason: string
  /** Its updates, as they were appended. */
  readonly updates: readonly Uint8Array[]
}

/** Of which life a document is, and how far its log goes. */
export interface Standing {
  /**
   * Fencing number: rises with each delete, undelete and new life, so that nothing late takes
   * effect. 1 for a document that nobody has written.
   */
  readonly epoch: number
  readonly position: Position
}

/** All that is stored of one document. */
export interface Stored extends Standing {
  /**
   * Names this life of the document, the same on every server of the store: a name deleted and
   * made anew has another, one that is brought back keeps its own.
   */
  readonly incarnation: string
  /** Whether there is such a document, be it empty or deleted. */
  readonly exists: boolean
  /** When it was deleted, in milliseconds since 1970; its content is still there. */
  readonly deleted: number | undefined
  /** What was kept of former lives when they were purged, as `purge` was given it. */
  readonly dead: Uint8Array | undefined
  readonly snapshot: Uint8Array | undefined
  /** What was kept with the snapshot of who wrote it, as `compact` was given it. */
  readonly attribution: Uint8Array | undefined
  /** Updates since the snapshot, in the order in which they were appended. */
  readonly log: readonly LogEntry[]
  /** The newest row in `snapshot` or `log`: below `position` where rows were set aside. */
  readonly through: Position
  /**
   * All that was ever found damaged and set aside of this document, again at every load until it
   * is purged: so that what is missing is never taken for what never was. Empty when all is well.
   */
  readonly damage: readonly Damage[]
}

/** What came of one document's part of a batch. */
export type Appended =
  /** `previous` is where the log stood before. */
  | { readonly kind: 'stored'; readonly position: Position; readonly previous: Position }
  /** The document was deleted, or lives another life than the batch was meant for. */
  | { readonly kind: 'refused' }

/** What came after a position. */
export type Since =
  | {
      readonly kind: 'rows'
      readonly epoch: number
      readonly rows: readonly {
        readonly position: Position
        readonly updates: readonly Uint8Array[]
      }[]
    }
  /** The rows after it cannot be told: it is compacted away, unknown, or of another life. */
  | { readonly kind: 'unknown'; readonly epoch: number; readonly deleted: boolean }

/** Where one document stands, as somebody believes or as it is. */
export interface Head extends Standing {
  readonly document: string
}

/** One line of a listing. */
export interface StoredSummary {
  readonly document: string
  /** 0 when there is no snapshot. */
  readonly snapshotBytes: number
  /** The bytes of the updates in the log, as they were appended. */
  readonly logBytes: number
  /** How many updates the log holds: the length of `Stored.log`. */
  readonly logRows: number
  /** When it was made, in milliseconds since 1970; undefined before times were kept. */
  readonly created: number | undefined
  /** When its newest row was stored; likewise. */
  readonly changed: number | undefined
  /** When it was deleted; undefined of one that is not. */
  readonly deleted: number | undefined
}

/** Which documents to list. */
export interface Page {
  /** Only names behind this one, which need not exist. */
  readonly after?: string | undefined
  /** Only names that begin so. */
  readonly prefix?: string | undefined
  /** Those that are deleted; otherwise those that are not. */
  readonly deleted?: boolean | undefined
  /** At most so many. */
  readonly limit: number
}

/**
 * Durable bytes by document name. A store knows names, bytes and positions, never Yjs.
 * A name is any string of 1 to 512 UTF-8 bytes without lone surrogates (`document-name.ts`), kept
 * as it is: never normalised, never a path.
 * Several servers may append to one store; nothing here assumes an owner. Times are by the store's
 * own clock, in milliseconds since 1970.
 * Every promise that rejects does so with a `StoreError` (persistence/store-error.ts).
 */
export interface Store {
  /** Where it keeps things, as an operator would look for it. */
  readonly place?: string
  /** What happened to its documents, where it tells. */
  readonly outbox?: Outbox
  /** Messages in rooms beside its documents, where it keeps any. */
  readonly messages?: Messages | undefined
  /** Keys of requests over HTTP, where it keeps any. */
  readonly idempotency?: IdempotencyKeys
  /** Access that was taken back, where it keeps that. */
  readonly revocations?: Revocations | undefined
  /** Kept states of its documents, where it keeps any. */
  readonly versions?: Versions
  /** Whether several servers may have it open at the same time. */
  readonly isShared?: boolean
  /** Has somebody told when it may be another one that answers, as after a failover. */
  onRenewed?(listen: () => void): void
  /** Why it cannot be used at the moment, where it watches that itself; undefined when it can. */
  readonly trouble?: string | undefined
  /**
   * Appends every update of the batch, all or nothing, but for documents that are deleted or live
   * another life: their part is refused and the rest stored. The first append makes a document.
   * What happened by an update is told of with it, or not at all.
   * Resolves when the transaction that holds them is on disk (synced, for stores that can), to
   * what came of each document, in the order of `batch.documents`.
   * The batch may be changed again only when the promise has settled.
   * On rejection the same batch may be given again: nothing of it was stored, or, when the writer
   * died or the disk failed in the midst of the commit, perhaps all of it and then twice.
   */
  append(batch: Batch): Promise<readonly Appended[]>
  /** Everything stored of one document, as of one moment; an unknown one is empty, not an error. */
  load(document: string): Promise<Stored>
  /**
   * The rows after a position, when the store still has all of them. Like `heads` it is about what
   * others have stored: a shared store lets neither wait for what this server is still storing.
   */
  since(document: string, from: Standing): Promise<Since>
  /** Where those of the documents stand that do not stand where it is believed. */
  heads(believed: readonly Head[]): Promise<readonly Head[]>
  /**
   * Replaces the snapshot and drops the log up to and with `through`, in one transaction.
   * `of` is what `load` gave. Anything else (somebody compacted further, the row was set aside,
   * the document was deleted meanwhile) changes nothing and resolves to false.
   * @param attribution who wrote what in the snapshot; kept beside it, uninterpreted
   */
  compact(
    document: string,
    snapshot: Uint8Array,
    of: Pick<Stored, 'epoch' | 'through'>,
    attribution?: Uint8Array,
  ): Promise<boolean>
  /**
   * Moves one log row, with all its updates, to what is damaged: for bytes that are as they were
   * appended and still cannot be used. `load` serves them no more and names them in `damage`.
   * `reason` is one sentence for the operator.
   * Resolves to false when the document has no log row of that sequence (it was compacted, purged
   * or set aside meanwhile); then nothing changed.
   */
  quarantine(document: string, sequence: number, reason: string): Promise<boolean>
  /**
   * The rows that were set aside with `quarantine`, in the order of that. What did not match its
   * checksum is not among them: nobody knows what it was.
   */
  loadQuarantine(document: string): Promise<readonly QuarantinedRow[]>
  /**
   * Drops one of those rows for good, and from `damage`: after its updates were appended again.
   * Resolves to false when there is no such row; then nothing changed.
   */
  dropQuarantined(document: string, sequence: number): Promise<boolean>
  /** Documents in ascending order of their names' UTF-8 bytes. */
  list(page: Page): Promise<readonly StoredSummary[]>
  /**
   * Makes an empty document; false when there is one, deleted or not.
   * @param beside a document that must be there at that moment, and not deleted; else false
   */
  create(document: string, beside?: string): Promise<boolean>
  /**
   * Deletes a document: its content stays, to be brought back or purged, and nothing can be
   * appended. Resolves to whether there was one that was not deleted yet.
   */
  delete(document: string): Promise<boolean>
  /** Brings a deleted document back, as it was. False when there is none. */
  undelete(document: string): Promise<boolean>
  /**
   * Removes all that is stored of a deleted document for good, from the store's files too. Its
   * name begins a new life.
   * @param dead what `load` shall give as `dead` from then on, uninterpreted
   * @returns false when there is no deleted document of that name
   */
  purge(document: string, dead: Uint8Array): Promise<boolean>
  /** Waits for what was asked before, then releases files and locks. Idempotent. */
  close(): Promise<void>
}
