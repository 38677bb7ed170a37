import type { Database } from 'bun:sqlite'
import { unpackAuthors } from './authors.ts'

/** A row as SQLite gives it: a damaged file may hold anything, so nothing is believed yet. */
export interface LogRow {
  readonly sequence: number
  readonly count: unknown
  readonly checksum: unknown
  readonly bytes: unknown
  readonly time: number | null
  readonly authors: unknown
}

/** A row that is to be written. */
export interface NewRow {
  readonly sequence: number
  readonly document: number
  readonly count: number
  readonly checksum: number
  readonly bytes: Uint8Array
  readonly time: number
  readonly authors: Uint8Array | null
}

interface Reach {
  /** The highest sequence ever given; 0 in a new store. */
  readonly last: number
  /** How far the index reaches. */
  readonly indexed: number
}

/** Who wrote the updates of a row. */
interface WrittenRow {
  readonly count: number
  readonly authors: unknown
}

interface TailRow extends WrittenRow {
  readonly sequence: number
  readonly document: number
}

/** The newest row of a document, with its checksum as tag. */
export interface NewestRow {
  readonly number: number
  readonly tag: number
}

/** So many documents whose newest row is kept in mind when the index has it too. */
const newestMax = 50_000

/** The log table and the index that follows it. Every write happens in the caller's transaction. */
export class SqliteLog {
  readonly #database: Database
  readonly #insert
  readonly #reach
  readonly #selectIndexed
  readonly #selectTail
  readonly #newestIndexed
  readonly #selectWritten
  readonly #selectWrittenTail
  /** The newest row of documents: of all in the tail, which has no index, and of some others. */
  readonly #newest = new Map<number, NewestRow>()

  constructor(database: Database) {
    this.#database = database
    this.#insert = database.query<
      unknown,
      [number, number, number, number, Uint8Array, number, Uint8Array | null]
    >(
      `INSERT INTO log (sequence, document, count, checksum, bytes, time, authors)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    )
    this.#reach = database.query<Reach, []>('SELECT last, indexed FROM position')
    this.#selectIndexed = database.query<LogRow, [number]>(
      `SELECT entry.sequence, log.count, log.checksum, log.bytes, log.time, log.authors FROM entry
       LEFT JOIN log ON log.sequence = entry.sequence
       WHERE entry.document = ? ORDER BY entry.sequence`,
    )
    this.#selectTail = database.query<LogRow, [number, number]>(
      `SELECT sequence, count, checksum, bytes, time, authors FROM log
       WHERE sequence > ? AND document = ? ORDER BY sequence`,
    )
    this.#newestIndexed = database.query<NewestRow, [number]>(
      `SELECT log.sequence AS number, log.checksum AS tag FROM entry
       JOIN log ON log.sequence = entry.sequence
       WHERE entry.document = ? ORDER BY entry.sequence DESC LIMIT 1`,
    )
    this.#selectWritten = database.query<WrittenRow, [number, number]>(
      `SELECT count, authors FROM log WHERE sequence IN
         (SELECT sequence FROM entry WHERE document = ? AND sequence > ?)`,
    )
    this.#selectWrittenTail = database.query<TailRow, [number]>(
      'SELECT sequence, document, count, authors FROM log WHERE sequence > ?',
    )
    this.#readTail()
  }

  reach(): Reach {
    return this.#reach.get() ?? { last: 0, indexed: 0 }
  }

  insert(row: NewRow): void {
    const { sequence, document, count, checksum, bytes, time, authors } = row
    this.#insert.run(sequence, document, count, checksum, bytes, time, authors)
    this.#newest.set(document, { number: sequence, tag: checksum })
  }

  /** Notes the highest sequence given. */
  advance(last: number): void {
    this.#run('UPDATE position SET last = ?', last)
  }

  /** Forgets what it knows of rows whose transaction has failed. */
  rolledBack(): void {
    this.#readTail()
  }

  /** The newest row of a document; undefined when it has none. */
  newest(document: number): NewestRow | undefined {
    return this.#newest.get(document) ?? this.#newestIndexed.get(document) ?? undefined
  }

  /** Rows of one document in order; one that only the index knows of has no bytes. */
  rowsOf(document: number): readonly LogRow[] {
    return [
      ...this.#selectIndexed.all(document),
      ...this.#selectTail.all(this.reach().indexed, document),
    ]
  }

  /**
   * Numbers of those who wrote the rows of some documents, of each after one of its rows. The tail,
   * which has no index, is read once for all of them.
   */
  authorsAfter(rows: ReadonlyMap<number, number>): ReadonlyMap<number, ReadonlySet<number>> {
    const { indexed } = this.reach()
    const authors = new Map<number, Set<number>>()
    const note = (document: number, { authors: packed, count }: WrittenRow): void => {
      const known = authors.get(document) ?? new Set()
      authors.set(document, known)
      for (const number of unpackAuthors(packed, count)) known.add(number)
    }
    for (const [document, after] of rows) {
      for (const row of this.#selectWritten.all(document, after)) note(document, row)
    }
    for (const row of this.#selectWrittenTail.all(indexed)) {
      const after = rows.get(row.document)
      if (after !== undefined && row.sequence > after) note(row.document, row)
    }
    return authors
  }

  /** Whether the document has a row of that sequence, and of that checksum where one is given. */
  has(document: number, sequence: number, checksum?: number): boolean {
    const sql = 'SELECT checksum FROM log WHERE sequence = ? AND document = ?'
    const row = this.#database.query<{ checksum: unknown }, number[]>(sql).get(sequence, document)
    return row !== null && (checksum === undefined || row.checksum === checksum)
  }

  /** Brings the index up to the end of the log. */
  index(): void {
    const { last, indexed } = this.reach()
    if (last === indexed) return
    this.#run(
      `INSERT OR IGNORE INTO entry (document, sequence) SELECT document, sequence FROM log
       WHERE sequence > ? ORDER BY document, sequence`,
      indexed,
    )
    this.#run('UPDATE position SET indexed = ?', last)
    if (this.#newest.size > newestMax) this.#newest.clear()
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
      this.reach().indexed,
      through,
      document,
    )
    this.#run('DELETE FROM entry WHERE document = ? AND sequence <= ?', document, through)
    const newest = this.#newest.get(document)
    if (newest !== undefined && newest.number <= through) this.#newest.delete(document)
  }

  /** Drops one row, also where only the index knows of it; never one of another document. */
  dropRow(document: number, sequence: number): void {
    this.#run('DELETE FROM log WHERE sequence = ? AND document = ?', sequence, document)
    this.#run('DELETE FROM entry WHERE document = ? AND sequence = ?', document, sequence)
    if (this.#newest.get(document)?.number === sequence) this.#readTail()
  }

  #readTail(): void {
    this.#newest.clear()
    const sql = 'SELECT document, sequence AS number, checksum AS tag FROM log WHERE sequence > ?'
    const rows = this.#database.query<NewestRow & { readonly document: number }, [number]>(
      `${sql} ORDER BY sequence`,
    )
    for (const { document, number, tag } of rows.all(this.reach().indexed)) {
      this.#newest.set(document, { number, tag })
    }
  }

  #run(sql: string, ...values: number[]): void {
    this.#database.query<unknown, number[]>(sql).run(...values)
  }
}
