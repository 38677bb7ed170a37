import { Database, SQLiteError } from 'bun:sqlite'
import { existsSync } from 'node:fs'
import { StoreError } from '../../../persistence/store-error.ts'
import type { Foreign } from './foreign.ts'

/**
 * The documents of a file of @hocuspocus/extension-sqlite: table `documents`, columns `name` and
 * `data`, a Yjs V1 state.
 * @throws StoreError when it is no such file
 */
export function hocuspocusDocuments(file: string): readonly Foreign[] {
  if (!existsSync(file)) {
    throw new StoreError('unavailable', `There is no file ${file}; name a database of Hocuspocus.`)
  }
  let database
  try {
    database = new Database(file, { readonly: true })
    const sql = 'SELECT name, data FROM documents ORDER BY name'
    return database.query<{ name: unknown; data: unknown }, []>(sql).all().map(foreignOf)
  } catch (error) {
    if (!(error instanceof SQLiteError)) throw error
    const message = `${file} is no database of Hocuspocus: ${error.message}. Name another file.`
    throw new StoreError('damaged', message, { cause: error })
  } finally {
    database?.close()
  }
}

function foreignOf({ name, data }: { name: unknown; data: unknown }): Foreign {
  const document = String(name)
  if (data instanceof Uint8Array) return { document, updates: [data] }
  return { document, updates: { unreadable: 'Its data is no bytes.' } }
}
