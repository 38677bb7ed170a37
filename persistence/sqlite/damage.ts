import type { Database } from 'bun:sqlite'
import type { QuarantinedRow, Damage } from '../store.ts'
import type { SqliteLog } from './log.ts'
import { unpackUpdates } from '../packed-updates.ts'

/** The reasons of what the store found itself end so; see `soundRow`. */
const isRow = `entry <> 'snapshot' AND bytes IS NOT NULL
  AND reason NOT LIKE '% does not match its checksum.' AND reason NOT LIKE '% is missing.'`

/** All that was ever set aside of a document. */
export function damageOf(database: Database, document: string): readonly Damage[] {
  return database
    .query<{ entry: string; reason: string }, [string]>(
      'SELECT entry, reason FROM damaged WHERE document = ? ORDER BY id',
    )
    .all(document)
    .map(({ entry, reason }) => ({
      document,
      entry: entry === 'snapshot' ? entry : Number(entry),
      reason,
    }))
}

/** What was set aside. Every write happens in the caller's transaction. */
export class SqliteDamage {
  readonly #database: Database
  readonly #log: SqliteLog

  constructor(database: Database, log: SqliteLog) {
    this.#database = database
    this.#log = log
  }

  /** All that was ever set aside of a document. */
  of(document: string): readonly Damage[] {
    return damageOf(this.#database, document)
  }

  /** Moves the bytes within SQL: whatever a damaged row holds arrives as it is. */
  keep(id: number, found: readonly Damage[], time: Date): void {
    for (const { document, entry, reason } of found) {
      const [table, key] = entry === 'snapshot' ? ['snapshot', 'document'] : ['log', 'sequence']
      this.#database
        .query<unknown, [string, string, number, string, string]>(
          `INSERT INTO damaged (document, entry, bytes, reason, time)
           VALUES (?, ?, (SELECT bytes FROM ${table} WHERE ${key} = ?), ?, ?)`,
        )
        .run(document, `${entry}`, entry === 'snapshot' ? id : entry, reason, time.toISOString())
      if (entry === 'snapshot') {
        this.#database.query('DELETE FROM snapshot WHERE document = ?').run(id)
      } else this.#log.dropRow(id, entry)
    }
  }

  /** The log rows that somebody else set aside, whose bytes had passed their checksum. */
  rows(document: string): readonly QuarantinedRow[] {
    return this.#database
      .query<{ entry: string; reason: string; bytes: Uint8Array }, [string]>(
        `SELECT entry, reason, bytes FROM damaged WHERE ${isRow} AND document = ? ORDER BY id`,
      )
      .all(document)
      .map(({ entry, reason, bytes }) => ({
        sequence: Number(entry),
        reason,
        updates: unpackUpdates(bytes),
      }))
  }

  /** Drops one of those rows. @returns whether there was one */
  drop(document: string, sequence: number): boolean {
    const { changes } = this.#database
      .query<unknown, [string, string]>(
        `DELETE FROM damaged WHERE ${isRow} AND document = ? AND entry = ?`,
      )
      .run(document, `${sequence}`)
    return changes > 0
  }

  /** Drops what was set aside of a document. */
  forget(document: string): void {
    this.#database.query('DELETE FROM damaged WHERE document = ?').run(document)
  }
}
