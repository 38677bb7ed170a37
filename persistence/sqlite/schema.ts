import { Database } from 'bun:sqlite'
import type { Durability } from './protocol.ts'
import { StoreError } from '../store-error.ts'

/** `ytop` in ASCII: marks the file as ours (`PRAGMA application_id`). */
export const applicationId = 0x79746f70

/** Kept in `PRAGMA user_version`; a change of the tables raises it and brings a migration. */
export const schemaVersion = 1

/**
 * The log is append-only and its index (`entry`) follows in large steps: an index kept up at every
 * commit dirties one page per document and made commits of many documents 3 to 4 times slower.
 * `position` holds the highest sequence ever given (so that none comes twice, whatever was
 * dropped) and how far the index reaches; rows behind that are found by reading them.
 */
const tables = `
  CREATE TABLE document (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE COLLATE BINARY
  );
  CREATE TABLE log (
    sequence INTEGER PRIMARY KEY,
    document INTEGER NOT NULL,
    count INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    bytes BLOB NOT NULL
  );
  CREATE TABLE entry (
    document INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    PRIMARY KEY (document, sequence)
  ) WITHOUT ROWID;
  CREATE TABLE position (
    last INTEGER NOT NULL,
    indexed INTEGER NOT NULL
  );
  INSERT INTO position VALUES (0, 0);
  CREATE TABLE snapshot (
    document INTEGER PRIMARY KEY,
    through INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    bytes BLOB NOT NULL
  );
  CREATE TABLE damaged (
    id INTEGER PRIMARY KEY,
    document TEXT NOT NULL COLLATE BINARY,
    entry TEXT NOT NULL,
    bytes BLOB,
    reason TEXT NOT NULL,
    time TEXT NOT NULL
  );
  CREATE INDEX damaged_document ON damaged (document);
  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = ${schemaVersion};
`

/**
 * More than the store has, as Bun finalizes cached statements only when it closes a database: one
 * that is left over keeps the file open, and its write-ahead log is not folded back.
 */
const cachedStatementsMax = 64

/** How long to wait for a reader or a backup tool that holds the file. */
const busyMs = 5_000

/**
 * Opens the file, making the tables in a new one.
 *
 * @throws StoreError `version` or `damaged` when the file is not for this program; SQLiteError
 */
export function openDatabase(file: string, durability: Durability): Database {
  Database.MAX_QUERY_CACHE_SIZE = cachedStatementsMax
  const database = new Database(file, { create: true, readwrite: true, strict: true })
  try {
    database.run(`PRAGMA busy_timeout = ${busyMs}`)
    checkOwnFile(database, file)
    database.run('PRAGMA journal_mode = WAL')
    database.run(`PRAGMA synchronous = ${durability === 'full' ? 'FULL' : 'NORMAL'}`)
    database.run('PRAGMA cache_size = -16000')
    database.run('PRAGMA journal_size_limit = 67108864')
    database.run('PRAGMA cell_size_check = ON')
    database.run('PRAGMA trusted_schema = OFF')
    if (pragma(database, 'user_version') === 0) database.transaction(() => database.run(tables))()
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Looked at before the first write, so that somebody else's file stays as it was. */
function checkOwnFile(database: Database, file: string): void {
  const version = pragma(database, 'user_version')
  const program = pragma(database, 'application_id')
  if (program !== applicationId) {
    const tableCount = numberOf(database, 'SELECT count(*) AS value FROM sqlite_schema')
    if (program === 0 && version === 0 && tableCount === 0) return
    throw new StoreError('damaged', `${file} is a database, but not ytopic's; nothing was changed.`)
  }
  if (version === schemaVersion) return
  throw new StoreError(
    'version',
    `${file} has schema version ${version}, this program knows up to ${schemaVersion}; ` +
      'start the program that wrote it, or a newer one. Nothing was changed.',
  )
}

function pragma(database: Database, name: 'user_version' | 'application_id'): number {
  return numberOf(database, `SELECT ${name} AS value FROM pragma_${name}`)
}

function numberOf(database: Database, sql: string): number {
  return database.query<{ value: number }, []>(sql).get()?.value ?? 0
}
