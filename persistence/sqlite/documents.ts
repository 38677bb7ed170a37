import type { Database } from 'bun:sqlite'
import type { Page, StoredSummary } from '../store.ts'
import { SqliteEvents } from './outbox/events.ts'
import { packedHeaderBytes } from '../packed-updates.ts'

/** A name that the store knows. */
export interface DocumentRow {
  readonly id: number
  readonly epoch: number
  /** The epoch in which its present life began. */
  readonly life: number
  /** 0 where only the epoch of a former life is kept. */
  readonly live: number
  readonly deleted: number | null
  readonly dead: unknown
  /** The highest row of its log that an event tells of. */
  readonly told: number
}

/** Comes behind all that can follow in a name, which has 512 bytes at most. */
const highest = '\u{10ffff}'.repeat(129)

interface SummaryRow {
  readonly document: string
  readonly snapshotBytes: number
  readonly logBytes: number
  readonly logRows: number
  readonly created: number | null
  readonly changed: number | null
  readonly deleted: number | null
}

/** Sizes and times of the documents in `page` (id, name, created, deleted), by the log's index. */
export function summariesOf(page: string, rows: string): string {
  return `
    SELECT page.name AS document, page.created, page.deleted,
      coalesce(length(snapshot.bytes), 0) AS snapshotBytes,
      coalesce(sum(length(log.bytes) - ${packedHeaderBytes} * log.count), 0) AS logBytes,
      coalesce(sum(log.count), 0) AS logRows,
      coalesce(max(log.time), snapshot.time) AS changed
    FROM (${page}) AS page
    LEFT JOIN snapshot ON snapshot.document = page.id
    ${rows}
    GROUP BY page.id ORDER BY page.name`
}

/** A row of `summariesOf` as a listing has it. */
export function summaryOf(row: SummaryRow): StoredSummary {
  return {
    ...row,
    created: row.created ?? undefined,
    changed: row.changed ?? undefined,
    deleted: row.deleted ?? undefined,
  }
}

/** The table of names and lives. Every write happens in the caller's transaction. */
export class SqliteDocuments {
  /** Each change of a life is one, in the same transaction. */
  readonly events: SqliteEvents
  readonly #database: Database
  readonly #find
  readonly #storeId: string

  constructor(database: Database) {
    this.#database = database
    this.events = new SqliteEvents(database)
    this.#find = database.query<DocumentRow, [string]>(
      'SELECT id, epoch, life, live, deleted, dead, told FROM document WHERE name = ?',
    )
    this.#storeId = database.query<{ id: string }, []>('SELECT id FROM store').get()?.id ?? ''
  }

  find(name: string): DocumentRow | undefined {
    return this.#find.get(name) ?? undefined
  }

  /** Whether there is one that is not deleted. */
  isThere(name: string): boolean {
    const row = this.find(name)
    return row?.live === 1 && row.deleted === null
  }

  /** The same for one life on every server of a store, before and after the first write. */
  incarnationOf(name: string, life: number): string {
    return new Bun.CryptoHasher('sha256')
      .update(`${this.#storeId} ${life} ${name}`)
      .digest('base64url')
      .slice(0, 22)
  }

  /** Makes a document, or begins a new life under a name that is known. */
  create(name: string, time: number): number {
    const row = this.#database
      .query<{ id: number }, [string, number]>(
        `INSERT INTO document (name, created) VALUES (?, ?)
         ON CONFLICT (name) DO UPDATE SET live = 1, created = excluded.created RETURNING id`,
      )
      .get(name, time)
    if (row === null) throw new Error('SQLite gave a document no id.')
    this.events.add('document.created', name, time)
    return row.id
  }

  /** Notes a delete, or that it is undone; what was begun before takes no effect any more. */
  setDeleted(name: string, deleted: boolean, time: number): void {
    this.#database
      .query<unknown, [number | null, string]>(
        'UPDATE document SET deleted = ?, epoch = epoch + 1 WHERE name = ?',
      )
      .run(deleted ? time : null, name)
    this.events.add(deleted ? 'document.deleted' : 'document.undeleted', name, time)
  }

  /** Ends a life: only that it was is kept. */
  end(name: string, dead: Uint8Array, time: number): void {
    this.#database
      .query<unknown, [Uint8Array, string]>(
        `UPDATE document SET epoch = epoch + 1, life = epoch + 1, live = 0, created = NULL,
           deleted = NULL, dead = ? WHERE name = ?`,
      )
      .run(dead, name)
    this.events.forget(name)
    this.events.add('document.purged', name, time)
  }

  /** Notes up to which row of its log a document's changes were told. */
  setTold(id: number, told: number): void {
    this.#database
      .query<unknown, [number, number]>('UPDATE document SET told = ? WHERE id = ?')
      .run(told, id)
  }

  /** What is stored of a page of them; the log's index must be up to its end. */
  list({ after, prefix, deleted, limit }: Page): readonly StoredSummary[] {
    const page = `
      SELECT id, name, created, deleted FROM document
      WHERE name >= max(?, ?) AND name <= ? AND live = 1
        AND deleted IS ${deleted === true ? 'NOT NULL' : 'NULL'}
      ORDER BY name LIMIT ?`
    const rows = `LEFT JOIN entry ON entry.document = page.id
      LEFT JOIN log ON log.sequence = entry.sequence`
    const begin = prefix ?? ''
    // Both ends are places in the index: what begins otherwise is not looked at.
    const next = after === undefined ? '' : `${after}\0`
    return this.#database
      .query<SummaryRow, [string, string, string, number]>(summariesOf(page, rows))
      .all(next, begin, begin + highest, limit)
      .map(summaryOf)
  }
}
