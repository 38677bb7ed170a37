import { Database } from 'bun:sqlite'
import { applicationId, migrations, schemaVersion } from './migrations.ts'
import type { Durability } from './protocol.ts'
import { StoreError } from '../store-error.ts'

/**
 * More than the store has, as Bun finalizes cached statements only when it closes a database: one
 * that is left over keeps the file open, and its write-ahead log is not folded back.
 */
const cachedStatementsMax = 64

/** How long to wait for a reader or a backup tool that holds the file. */
const busyMs = 5_000

/**
 * Opens the file, making the tables in a new one and bringing those of an older version up to
 * today's: each step in one transaction, so that it is either done or not begun.
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
    // What is dropped is overwritten, so that what is purged can be found nowhere.
    database.run('PRAGMA secure_delete = ON')
    migrate(database)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

function migrate(database: Database): void {
  for (let version = pragma(database, 'user_version'); version < schemaVersion; version++) {
    const steps = migrations[version] ?? ''
    database
      .transaction(() => database.run(`${steps}; PRAGMA user_version = ${version + 1}`))
      .immediate()
  }
}

/** Looked at before the first write, so that somebody else's file stays as it was. */
function checkOwnFile(database: Database, file: string): void {
  const version = pragma(database, 'user_version')
  const program = pragma(database, 'application_id')
  if (program !== applicationId) {
    const tableCount = numberOf(database, 'SELECT count(*) AS value FROM sqlite_schema')
    if (program === 0 && version === 0 && tableCount === 0) return
    throw new StoreError(
      'damaged',
      `${file} is a database, but not one of ytopic's; name another directory.`,
    )
  }
  if (version >= 1 && version <= schemaVersion) return
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
