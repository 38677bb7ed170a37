import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { openSqliteStore, sqliteFileName } from '../../persistence/sqlite/store.ts'
import { SqliteReader } from '../../persistence/sqlite/reader.ts'
import { openPostgresStore } from '../../persistence/postgres/store.ts'
import { readPostgres } from '../../persistence/transfer/postgres-tables.ts'
import type { Store, StoredSummary } from '../../persistence/store.ts'
import { StoreError } from '../../persistence/store-error.ts'
import type { ValuesOf } from '../config/flag.ts'
import type { CheckedStore } from './check.ts'
import type { dataFlags } from './command.ts'
import { connectionOf } from './database.ts'

/** The database of a data directory. */
export function dataFile(directory: string): string {
  return join(resolve(directory), sqliteFileName)
}

/** What is read of documents where no server is asked. */
export interface DocumentsReader extends CheckedStore {
  /** All of them, those included that are deleted, by their names. */
  sizes(): readonly StoredSummary[] | Promise<readonly StoredSummary[]>
}

type Values = ValuesOf<typeof dataFlags>

/** Reads a database or else a data directory, as of one moment, also while servers run on it. */
export async function readingFrom<Result>(
  values: Values,
  work: (reader: DocumentsReader) => Promise<Result>,
): Promise<Result> {
  const connection = connectionOf(values)
  if (connection === undefined) return reading(dataFile(values.data), work)
  return readPostgres(connection, ({ reader }) => work(reader))
}

/** Reads a data directory, also while a server runs on it; closes afterwards. */
export async function reading<Result>(
  file: string,
  work: (reader: SqliteReader) => Promise<Result>,
): Promise<Result> {
  const reader = new SqliteReader(file)
  try {
    return await work(reader)
  } finally {
    reader.close()
  }
}

/**
 * Opens a database or else a data directory for writing; closes afterwards.
 * @param missing whether a place without documents is made one or refused
 * @throws StoreError `locked` while a server runs on the directory; servers may run on a database
 */
export async function writing<Result>(
  values: Values,
  missing: 'make' | 'refuse',
  work: (store: Store) => Promise<Result>,
): Promise<Result> {
  const connection = connectionOf(values)
  if (connection !== undefined) {
    if (missing === 'refuse') await readPostgres(connection, () => Promise.resolve())
    return closing(await openPostgresStore(connection), work)
  }
  const { data: directory } = values
  if (missing === 'refuse' && !existsSync(dataFile(directory))) {
    throw new StoreError(
      'unavailable',
      `There are no documents in ${resolve(directory)}; name another directory with --data.`,
    )
  }
  return closing(await openSqliteStore({ directory: resolve(directory), durability: 'full' }), work)
}

async function closing<Result>(
  store: Store,
  work: (store: Store) => Promise<Result>,
): Promise<Result> {
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}
