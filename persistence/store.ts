import type { Batch } from './batch.ts'

/** One appended update as it was stored. */
export interface LogEntry {
  /**
   * Position in the store's log; rises with every append, never reused. The updates that one
   * batch brought for one document share it: they were stored together and fold together.
   */
  readonly sequence: number
  /** The bytes as they were appended. */
  readonly bytes: Uint8Array
}

/** Something in the store that did not check out; it was kept aside, not deleted. */
export interface Damage {
  readonly document: string
  /** `snapshot`, or the sequence of the log row. */
  readonly entry: 'snapshot' | number
  /** One sentence for the operator. */
  readonly reason: string
}

/** All that is stored of one document. */
export interface Stored {
  readonly snapshot: Uint8Array | undefined
  /** Updates since the snapshot, in the order in which they were appended. */
  readonly log: readonly LogEntry[]
  /** The highest sequence folded into `snapshot` or listed in `log`; 0 when there is nothing. */
  readonly through: number
  /**
   * All that was ever found damaged and set aside of this document, again at every load until it
   * is deleted: so that what is missing is never taken for what never was. Empty when all is well.
   */
  readonly damage: readonly Damage[]
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
}

/**
 * Durable bytes by document name. A store knows names, bytes and sequences, never Yjs.
 * A name is any string of 1 to 512 UTF-8 bytes without lone surrogates (`document-name.ts`), kept
 * as it is: never normalised, never a path.
 * Several servers may append to one store; nothing here assumes an owner.
 * Every promise that rejects does so with a `StoreError` (persistence/store-error.ts).
 */
export interface Store {
  /** Where it keeps things, as an operator would look for it. */
  readonly place?: string
  /**
   * Appends every update of the batch, all or nothing.
   * Resolves when the transaction that holds them is on disk (synced, for stores that can).
   * The batch may be changed again only when the promise has settled.
   * On rejection the same batch may be given again: nothing of it was stored, or, when the writer
   * died or the disk failed in the midst of the commit, perhaps all of it and then twice.
   */
  append(batch: Batch): Promise<void>
  /** Everything stored of one document; an unknown document is empty, not an error. */
  load(document: string): Promise<Stored>
  /**
   * Replaces the snapshot and drops the log up to and with `through`, in one transaction.
   * `through` must be the sequence of a stored log entry or of the stored snapshot, as `load` gave
   * it. Anything else (somebody compacted further, or the document was deleted meanwhile)
   * changes nothing and resolves to false.
   */
  compact(document: string, snapshot: Uint8Array, through: number): Promise<boolean>
  /**
   * Moves one log row, with all its updates, to what is damaged: for bytes that are as they were
   * appended and still cannot be used. `load` serves them no more and names them in `damage`.
   * `reason` is one sentence for the operator.
   * Resolves to false when the document has no log row of that sequence (it was compacted, deleted
   * or set aside meanwhile); then nothing changed.
   */
  setAside(document: string, sequence: number, reason: string): Promise<boolean>
  /**
   * Documents in ascending order of their names' UTF-8 bytes, beginning after the name `after`
   * (which need not exist), at most `limit`.
   */
  list(after: string | undefined, limit: number): Promise<readonly StoredSummary[]>
  /**
   * Removes all that is stored of the document, with what was set aside; resolves to whether there
   * was anything.
   */
  delete(document: string): Promise<boolean>
  /** Waits for what was asked before, then releases files and locks. Idempotent. */
  close(): Promise<void>
}
