import type { Database } from 'bun:sqlite'

/** A row as SQLite gives it: a damaged file may hold anything, so nothing is believed yet. */
export interface LogRow {
  readonly sequence: number
  readonly count: unknown
  readonly checksum: unknown
  readonly bytes: unknown
}

interface Position {
  /** The highest sequence ever given; 0 in a new store. */
  readonly last: number
  /** How far the index reaches. */
  readonly indexed: number
}

/** The log table and the index that follows it. Every write happens in the caller's transaction. */
export class SqliteLog {
  readonly #database: Database
  readonly #insert
  readonly #position
  readonly #selectIndexed
  readonly #selectTail

  constructor(database: Database) {
    this.#database = database
    this.#insert = database.query<unknown, [number, number, number, number, Uint8Array]>(
      'INSERT INTO log (sequence, document, count, checksum, bytes) VALUES (?, ?, ?, ?, ?)',
    )
    this.#position = database.query<Position, []>('SELECT last, indexed FROM position')
    this.#selectIndexed = database.query<LogRow, [number]>(
      `SELECT entry.sequence, log.count, log.checksum, log.bytes FROM entry
       LEFT JOIN log ON log.sequence = entry.sequence
       WHERE entry.document = ? ORDER BY entry.sequence`,
    )
    this.#selectTail = database.query<LogRow, [number, number]>(
      `SELECT sequence, count, checksum, bytes FROM log
       WHERE sequence > ? AND document = ? ORDER BY sequence`,
    )
  }

  position(): Position {
    return this.#position.get() ?? { last: 0, indexed: 0 }
  }

  insert(
    sequence: number,
    document: number,
    count: number,
    checksum: number,
    bytes: Uint8Array,
  ): void {
    this.#insert.run(sequence, document, count, checksum, bytes)
  }

  /** Notes the highest sequence given. */
  advance(last: number): void {
    this.#run('UPDATE position SET last = ?', last)
  }

  /** Rows of one document in order; one that only the index knows of has no bytes. */
  rowsOf(document: number): readonly LogRow[] {
    return [
      ...this.#selectIndexed.all(document),
      ...this.#selectTail.all(this.position().indexed, document),
    ]
  }

  /** Whether the document has a row of that sequence. */
  has(document: number, sequence: number): boolean {
    const sql = 'SELECT sequence FROM log WHERE sequence = ? AND document = ?'
    return this.#database.query<unknown, number[]>(sql).get(sequence, document) !== null
  }

  /** Brings the index up to the end of the log. */
  index(): void {
    const { last, indexed } = this.position()
    if (last === indexed) return
    this.#run(
      `INSERT OR IGNORE INTO entry (document, sequence) SELECT document, sequence FROM log
       WHERE sequence > ? ORDER BY document, sequence`,
      indexed,
    )
    this.#run('UPDATE position SET indexed = ?', last)
  }

  /** Drops the rows of one document up to and with `through`. */
  drop(document: number, through: number): void {
    this.#run(
      `DELETE FROM log WHERE sequence IN
       (SELECT sequence FROM entry WHERE document = ? AND sequence <= ?)`,
      document,
      through,
    )
    this.#run(
      'DELETE FROM log WHERE sequence > ? AND sequence <= ? AND document = ?',
      this.position().indexed,
      through,
      document,
    )
    this.#run('DELETE FROM entry WHERE document = ? AND sequence <= ?', document, through)
  }

  /** Drops one row, also where only the index knows of it; never one of another document. */
  dropRow(document: number, sequence: number): void {
    this.#run('DELETE FROM log WHERE sequence = ? AND document = ?', sequence, document)
    this.#run('DELETE FROM entry WHERE document = ? AND sequence = ?', document, sequence)
  }

  #run(sql: string, ...values: number[]): void {
    this.#database.query<unknown, number[]>(sql).run(...values)
  }
}
