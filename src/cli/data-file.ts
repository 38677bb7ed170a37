import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { openSqliteStore, sqliteFileName } from '../../persistence/sqlite/store.ts'
import { SqliteReader } from '../../persistence/sqlite/reader.ts'
import type { Store } from '../../persistence/store.ts'
import { StoreError } from '../../persistence/store-error.ts'

/** The database of a data directory. */
export function dataFile(directory: string): string {
  return join(resolve(directory), sqliteFileName)
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
 * Opens a data directory for writing; closes afterwards.
 * @param missing whether a directory without documents is made or refused
 * @throws StoreError `locked` while a server runs on it
 */
export async function writing<Result>(
  directory: string,
  missing: 'make' | 'refuse',
  work: (store: Store) => Promise<Result>,
): Promise<Result> {
  if (missing === 'refuse' && !existsSync(dataFile(directory))) {
    throw new StoreError(
      'unavailable',
      `There are no documents in ${resolve(directory)}; name another directory with --data.`,
    )
  }
  const store = await openSqliteStore({ directory: resolve(directory), durability: 'full' })
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}
