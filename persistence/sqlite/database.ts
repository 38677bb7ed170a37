import type { Database } from 'bun:sqlite'
import type { BatchDocument, BatchParts } from '../batch.ts'
import { checksumOf } from '../checksum.ts'
import type { Appended, Damage, Head, Page, Position, QuarantinedRow } from '../store.ts'
import type { Since, Standing, Stored, StoredSummary } from '../store.ts'
import { authorsOf, packAuthors, SqliteAuthors } from './authors.ts'
import { SqliteDamage } from './damage.ts'
import { type DocumentRow, SqliteDocuments } from './documents.ts'
import { SqliteLog } from './log.ts'
import { SqliteIdempotencyKeys } from './idempotency/idempotency-keys.ts'
import { SqliteMessages } from './messages/messages.ts'
import { SqliteOutbox } from './outbox/outbox.ts'
import { packByDocument, unpackUpdates } from '../packed-updates.ts'
import type { Durability, LoadedRows } from './protocol.ts'
import { SqliteRevocations } from './revocations/revocations.ts'
import { bytesOf, type GoodRow, joined, placeOf, type SnapshotRow } from './rows.ts'
import { soundRow, soundSnapshot, withoutBytes } from './rows.ts'
import { openDatabase } from './schema.ts'
import { SqliteVersions } from './versions/versions.ts'

/** Rows behind the index at which it catches up; every load of a document reads through them. */
const tailRowsMax = 4_096

const start: Position = { number: 0, tag: 0 }
/** A name that nobody has written. */
const unwritten = { epoch: 1, life: 1, live: 0, deleted: null, dead: null }

/** The embedded store without its thread: every call blocks until it is done. */
export class SqliteDatabase {
  readonly #database: Database
  readonly #documents: SqliteDocuments
  readonly #authors: SqliteAuthors
  readonly #log: SqliteLog
  readonly #damaged: SqliteDamage
  readonly #findSnapshot
  readonly versions: SqliteVersions
  readonly outbox: SqliteOutbox
  readonly messages: SqliteMessages
  readonly idempotency: SqliteIdempotencyKeys
  readonly revocations: SqliteRevocations

  /** @throws StoreError, SQLiteError (see `openDatabase`) */
  constructor(file: string, durability: Durability) {
    this.#database = openDatabase(file, durability)
    this.#documents = new SqliteDocuments(this.#database)
    this.#authors = new SqliteAuthors(this.#database)
    this.#log = new SqliteLog(this.#database)
    this.#damaged = new SqliteDamage(this.#database, this.#log)
    this.outbox = new SqliteOutbox(this.#database, this.#documents, this.#log)
    this.messages = new SqliteMessages(this.#database)
    this.idempotency = new SqliteIdempotencyKeys(this.#database)
    this.revocations = new SqliteRevocations(this.#database)
    this.versions = new SqliteVersions(this.#database, this.#documents, this.#authors)
    this.#findSnapshot = this.#database.query<SnapshotRow, [number]>(
      'SELECT through, tag, checksum, bytes, attribution FROM snapshot WHERE document = ?',
    )
  }

  /** One transaction and one row per document, whatever the batch holds. */
  append({ authors, documents, events, records }: BatchParts, time: number): readonly Appended[] {
    const packed = packByDocument(documents, records)
    try {
      return this.transact(() => {
        const numbers = this.#authors.numbersOf(authors)
        let sequence = this.#log.reach().last
        const appended = packed.map(({ document, count, bytes, authorPlaces }): Appended => {
          const id = this.#writable(document, time)
          if (id === undefined) return { kind: 'refused' }
          const previous = this.#position(id)
          sequence++
          const tag = checksumOf(document.name, sequence, count, bytes)
          const by = packAuthors(authorPlaces, numbers)
          const row = { sequence, document: id, count, checksum: tag, bytes, time, authors: by }
          this.#log.insert(row)
          return { kind: 'stored', position: { number: sequence, tag }, previous }
        })
        this.#log.advance(sequence)
        for (const { by, data, document, type } of events) {
          if (appended[by]?.kind === 'stored') this.outbox.events.add(type, document, time, data)
        }
        return appended
      })
    } catch (error) {
      this.#log.rolledBack()
      throw error
    }
  }

  /** What may be done between two requests, when nobody waits for it. */
  maintain(): void {
    const { last, indexed } = this.#log.reach()
    if (last - indexed >= tailRowsMax) this.transact(() => this.#log.index())
  }

  /** Everything that checks out; what does not is set aside first, as found at `time`. */
  load(document: string, time: Date): LoadedRows {
    const row = this.#documents.find(document)
    const found: Damage[] = []
    const stored = row === undefined ? null : this.#findSnapshot.get(row.id)
    const snapshot = stored === null ? undefined : soundSnapshot(document, stored, found)
    const rows = row === undefined ? [] : this.#soundRows(document, row, found)
    if (row !== undefined && found.length > 0) {
      this.transact(() => this.#damaged.keep(row.id, found, time))
    }
    const { epoch, life, live, deleted, dead } = row ?? unwritten
    const last = rows.at(-1)
    const numbers = rows.flatMap(({ authors }) => [...authors])
    const base = snapshot === undefined || stored === null ? start : placeOf(stored)
    const through = last === undefined ? base : { number: last.sequence, tag: last.tag }
    return {
      epoch,
      incarnation: this.#documents.incarnationOf(document, life),
      exists: live === 1,
      deleted: deleted ?? undefined,
      dead: bytesOf(dead),
      position: row === undefined ? start : this.#position(row.id),
      snapshot,
      attribution: bytesOf(stored?.attribution),
      through,
      damage: this.#damaged.of(document),
      rows: rows.map(withoutBytes),
      packed: joined(rows.map(({ bytes }) => bytes)),
      authors: authorsOf(this.#database, numbers),
    }
  }

  since(document: string, { epoch, position }: Standing): Since {
    const row = this.#documents.find(document)
    const now = row ?? unwritten
    const unknown = { kind: 'unknown', epoch: now.epoch, deleted: now.deleted !== null } as const
    if (now.epoch !== epoch || now.deleted !== null) return unknown
    if (row === undefined) {
      return position.number === 0 ? { kind: 'rows', epoch, rows: [] } : unknown
    }
    if (!this.#isKnown(row.id, position)) return unknown
    const found: Damage[] = []
    const rows = this.#soundRows(document, row, found)
    if (found.length > 0) return unknown
    return {
      kind: 'rows',
      epoch,
      rows: rows
        .filter(({ sequence }) => sequence > position.number)
        .map(({ sequence, tag, bytes }) => ({
          position: { number: sequence, tag },
          updates: unpackUpdates(bytes),
        })),
    }
  }

  heads(believed: readonly Head[]): readonly Head[] {
    return believed.flatMap(({ document, epoch, position }) => {
      const row = this.#documents.find(document)
      const now = row === undefined ? start : this.#position(row.id)
      const nowEpoch = row?.epoch ?? unwritten.epoch
      const same = now.number === position.number && now.tag === position.tag
      return same && nowEpoch === epoch ? [] : [{ document, epoch: nowEpoch, position: now }]
    })
  }

  compact(
    document: string,
    snapshot: Uint8Array,
    { epoch, through }: Pick<Stored, 'epoch' | 'through'>,
    attribution: Uint8Array | undefined,
  ): boolean {
    return this.transact(() => {
      const row = this.#documents.find(document)
      if (row === undefined || row.epoch !== epoch || row.deleted !== null) return false
      const { number, tag } = through
      const base = this.#findSnapshot.get(row.id)
      const known =
        (base?.through === number && base.tag === tag) || this.#log.has(row.id, number, tag)
      if (!known) return false
      const checksum = checksumOf(document, number, 0, snapshot)
      this.#database
        .query(
          `INSERT OR REPLACE INTO snapshot
             (document, through, tag, checksum, bytes, attribution, time)
           VALUES (?1, ?2, ?3, ?4, ?5, ?6, coalesce(
             (SELECT time FROM log WHERE sequence = ?2),
             (SELECT time FROM snapshot WHERE document = ?1)))`,
        )
        .run(row.id, number, tag, checksum, snapshot, attribution ?? null)
      this.#log.drop(row.id, number)
      return true
    })
  }

  quarantine(document: string, sequence: number, reason: string, time: Date): boolean {
    return this.transact(() => {
      const id = this.#documents.find(document)?.id
      if (id === undefined || !this.#log.has(id, sequence)) return false
      this.#damaged.keep(id, [{ document, entry: sequence, reason }], time)
      return true
    })
  }

  loadQuarantine(document: string): readonly QuarantinedRow[] {
    return this.#damaged.rows(document)
  }

  dropQuarantined(document: string, sequence: number): boolean {
    return this.transact(() => this.#damaged.drop(document, sequence))
  }

  /** Brings the log's index up to its end. */
  index(): void {
    this.transact(() => this.#log.index())
  }

  list(page: Page): readonly StoredSummary[] {
    this.index()
    return this.#documents.list(page)
  }

  create(document: string, beside: string | undefined, time: number): boolean {
    return this.transact(() => {
      const isAlone = beside !== undefined && !this.#documents.isThere(beside)
      if (isAlone || this.#documents.find(document)?.live === 1) return false
      this.#documents.create(document, time)
      return true
    })
  }

  delete(document: string, time: number): boolean {
    return this.#setDeleted(document, true, time)
  }

  undelete(document: string, time: number): boolean {
    return this.#setDeleted(document, false, time)
  }

  #setDeleted(document: string, deleted: boolean, time: number): boolean {
    return this.transact(() => {
      const row = this.#documents.find(document)
      if (row?.live !== 1 || (row.deleted !== null) === deleted) return false
      this.#documents.setDeleted(document, deleted, time)
      return true
    })
  }

  purge(document: string, dead: Uint8Array, time: number): boolean {
    const purged = this.transact(() => {
      const row = this.#documents.find(document)
      if (row?.live !== 1 || row.deleted === null) return false
      this.#log.drop(row.id, Number.MAX_SAFE_INTEGER)
      this.#database.query('DELETE FROM snapshot WHERE document = ?').run(row.id)
      this.#damaged.forget(document)
      this.versions.forget(row.id)
      this.messages.forget(document)
      this.idempotency.forget(document)
      this.#documents.end(document, dead, time)
      return true
    })
    // What was dropped is overwritten in the database; the write-ahead log still holds it.
    if (purged) this.#database.run('PRAGMA wal_checkpoint(TRUNCATE)')
    return purged
  }

  close(): void {
    this.#database.close()
  }

  /** The document to append to, made where it is not; undefined where it may not be. */
  #writable({ name, epoch }: BatchDocument, time: number): number | undefined {
    const row = this.#documents.find(name)
    const now = row ?? unwritten
    if (now.deleted !== null || (epoch !== undefined && epoch !== now.epoch)) return undefined
    return row?.live === 1 ? row.id : this.#documents.create(name, time)
  }

  #position(id: number): Position {
    const newest = this.#log.newest(id)
    const base = newest === undefined ? this.#findSnapshot.get(id) : null
    return newest ?? (base === null ? start : placeOf(base))
  }

  /** Whether every row behind that position is still in the log. */
  #isKnown(id: number, { number, tag }: Position): boolean {
    const base = this.#findSnapshot.get(id)
    if (base === null && number === 0) return true
    if (base !== null && base.through === number && base.tag === tag) return true
    return this.#log.has(id, number, tag)
  }

  #soundRows(document: string, { id }: DocumentRow, found: Damage[]): readonly GoodRow[] {
    return this.#log.rowsOf(id).flatMap((row) => soundRow(document, row, found) ?? [])
  }

  /** Does it whole or not at all. */
  transact<Result>(work: () => Result): Result {
    return this.#database.transaction(work).immediate()
  }
}
