import { Database } from 'bun:sqlite'
import { checksumOf } from '../checksum.ts'
import { openDatabase } from '../sqlite/schema.ts'
import {
  asideLog,
  asideSnapshot,
  tableOrder,
  type TableRow,
  type TablesSource,
  type TablesTarget,
} from './tables.ts'

/** Tables that begin with a row, which gives way. */
const begun: ReadonlySet<string> = new Set(['store', 'event_reach', 'revocation_reach', 'position'])

/** How many rows are written in one transaction. */
const transactionRows = 1_000

/** Has all of a file of today's tables read, as of one moment. */
export async function readSqlite<Result>(
  file: string,
  work: (source: TablesSource) => Promise<Result>,
): Promise<Result> {
  const database = new Database(file, { readonly: true, strict: true })
  try {
    database.run('BEGIN')
    return await work({
      total: () => Promise.resolve(totalOf(database)),
      rows: (now) => rowsOf(database, now),
    })
  } finally {
    database.close()
  }
}

/** Has a new file written. It is whole when that resolves, and synced when it is closed. */
export async function writeSqlite<Result>(
  file: string,
  work: (target: TablesTarget) => Promise<Result>,
): Promise<Result> {
  const database = openDatabase(file, 'full')
  try {
    const target = new SqliteTarget(database)
    const result = await work(target)
    target.finish()
    database.run('PRAGMA wal_checkpoint(TRUNCATE)')
    return result
  } finally {
    database.close()
  }
}

function totalOf(database: Database): number {
  const counts = tableOrder.map((table) => `(SELECT count(*) FROM ${table})`)
  const sql = `SELECT ${counts.join(' + ')} AS total`
  return database.query<{ total: number }, []>(sql).get()?.total ?? 0
}

async function* rowsOf(database: Database, now: string): AsyncGenerator<TableRow> {
  const names = new Map<number, string>()
  for (const table of tableOrder) {
    // The columns are those of the tables of today, which `Tables` tells.
    const query = database.query<never, []>(`SELECT * FROM ${table}`)
    for (const row of query.iterate()) yield soundRow({ table, row }, names, now)
    if (table === 'damaged') yield* missingRows(database, now)
  }
}

/** The row; where its bytes do not check out it is one that is set aside. */
function soundRow(given: TableRow, names: Map<number, string>, now: string): TableRow {
  switch (given.table) {
    case 'document':
      names.set(given.row.id, given.row.name)
      return given
    case 'snapshot': {
      const { bytes, checksum, document, through } = given.row
      const name = names.get(document) ?? ''
      if (checksum === checksumOf(name, through, 0, bytes)) return given
      return asideSnapshot(name, through, bytes, now)
    }
    case 'log': {
      const { bytes, checksum, count, document, sequence } = given.row
      const name = names.get(document) ?? ''
      if (checksum === checksumOf(name, sequence, count, bytes)) return given
      return asideLog(name, sequence, bytes, now)
    }
    default:
      return given
  }
}

/** Rows that the index knows of and that are not there. */
function* missingRows(database: Database, now: string): Generator<TableRow> {
  const query = database.query<{ sequence: number; name: string }, []>(
    `SELECT entry.sequence, document.name FROM entry
     JOIN document ON document.id = entry.document
     LEFT JOIN log ON log.sequence = entry.sequence WHERE log.sequence IS NULL`,
  )
  for (const { name, sequence } of query.iterate()) {
    yield asideLog(name, sequence, null, now)
  }
}

class SqliteTarget implements TablesTarget {
  readonly #database: Database
  #written = 0

  constructor(database: Database) {
    this.#database = database
    database.run('BEGIN')
    for (const table of begun) database.run(`DELETE FROM ${table}`)
  }

  put({ row, table }: TableRow): Promise<void> {
    const given = table === 'position' ? { ...row, indexed: 0 } : row
    const columns = Object.keys(given)
    const places = columns.map(() => '?').join(', ')
    this.#database
      .query(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places})`)
      .run(...Object.values(given))
    if (++this.#written % transactionRows === 0) this.#database.run('COMMIT; BEGIN')
    return Promise.resolve()
  }

  /** All have come: what goes with them is brought up to them. */
  finish(): void {
    this.#database.run(
      `INSERT OR IGNORE INTO entry (document, sequence)
         SELECT document, sequence FROM log ORDER BY document, sequence;
       UPDATE position SET indexed = last;
       COMMIT`,
    )
  }
}
