import type { Database } from 'bun:sqlite'
import type { Damage } from '../store.ts'
import type { SqliteLog } from './log.ts'

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
    return this.#database
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

  /** Drops what was set aside of a document. */
  forget(document: string): void {
    this.#database.query('DELETE FROM damaged WHERE document = ?').run(document)
  }
}
