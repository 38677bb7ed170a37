import type { Batch } from './batch.ts'

/** One appended update as it was stored. */
export interface LogEntry {
  /** Position in the store's log; rises with every append, never reused. */
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
  /** What was found damaged and set aside while loading; empty when all is well. */
  readonly damage: readonly Damage[]
}

/** One line of a listing. */
export interface StoredSummary {
  readonly document: string
  readonly snapshotBytes: number
  readonly logBytes: number
  readonly logRows: number
}

/**
 * Durable bytes by document name. A store knows names, bytes and sequences, never Yjs.
 * Several servers may append to one store; nothing here assumes an owner.
 * Every promise that rejects does so with a `StoreError` (persistence/store-error.ts).
 */
export interface Store {
  /**
   * Appends every update of the batch, all or nothing.
   * Resolves when the transaction that holds them is on disk (synced, for stores that can).
   * On rejection nothing of the batch was stored and the same batch may be given again.
   */
  append(batch: Batch): Promise<void>
  /** Everything stored of one document; an unknown document is empty, not an error. */
  load(document: string): Promise<Stored>
  /**
   * Replaces the snapshot and drops the log up to and with `through`, in one transaction.
   * A `through` below that of the stored snapshot changes nothing and resolves to false.
   */
  compact(document: string, snapshot: Uint8Array, through: number): Promise<boolean>
  /** Names in ascending order of their UTF-8 bytes, beginning after `after`, at most `limit`. */
  list(after: string | undefined, limit: number): Promise<readonly StoredSummary[]>
  /** Removes all that is stored of the document; resolves to whether there was anything. */
  delete(document: string): Promise<boolean>
  /** Waits for what was asked before, then releases files and locks. Idempotent. */
  close(): Promise<void>
}
