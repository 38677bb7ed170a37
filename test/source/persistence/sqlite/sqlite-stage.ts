import { Database } from 'bun:sqlite'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqliteStore, sqliteFileName } from '../../../../persistence/sqlite/store.ts'
import type { Store } from '../../../../persistence/store.ts'
import type { StoreStage } from '../../../../persistence/contract/stage.ts'

/** Where a store may be opened; not made yet. */
export interface DataDirectory {
  readonly directory: string
  /** The database in it. */
  readonly file: string
  /** Runs SQL in the file as another program would; gives the rows of the last statement. */
  sql(...statements: readonly string[]): readonly unknown[]
  remove(): Promise<void>
}

export async function dataDirectory(): Promise<DataDirectory> {
  const root = await mkdtemp(join(tmpdir(), 'ytopic-store-'))
  const directory = join(root, 'deep', 'data')
  const file = join(directory, sqliteFileName)
  return {
    directory,
    file,
    sql(...statements: readonly string[]): readonly unknown[] {
      using database = new Database(file, { readwrite: true })
      database.run('PRAGMA busy_timeout = 5000')
      let rows: readonly unknown[] = []
      for (const statement of statements) rows = database.query(statement).all()
      return rows
    },
    remove: () => rm(root, { recursive: true, force: true }),
  }
}

/** An embedded store in a directory of its own. */
export interface SqliteStage extends StoreStage {
  readonly data: DataDirectory
}

export async function sqliteStage(): Promise<SqliteStage> {
  const data = await dataDirectory()
  const open = (): Promise<Store> =>
    openSqliteStore({ directory: data.directory, durability: 'full' })
  let store = await open()
  return {
    data,
    store,
    async reopen(): Promise<Store> {
      await store.close()
      store = await open()
      return store
    },
    async dispose(): Promise<void> {
      await store.close()
      await data.remove()
    },
  }
}
