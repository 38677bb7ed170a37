import type { SQLiteError } from 'bun:sqlite'
import { StoreError } from '../store-error.ts'

/** What SQLite's refusal means to who uses the store. */
export function storeErrorOf(error: SQLiteError, file: string): StoreError {
  const code = error.code ?? `SQLite error ${error.errno}`
  const said = `${error.message} (${code})`
  const options = { cause: error }
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) {
    const message = `${file} cannot be read: ${said}; put back a backup or run sqlite3 ".recover".`
    return new StoreError('damaged', message, options)
  }
  const remedy = remedies.find(([codes]) => codes.test(code))?.[1] ?? 'try again later.'
  return new StoreError('unavailable', `${file} cannot be used now: ${said}; ${remedy}`, options)
}

const remedies: readonly (readonly [RegExp, string])[] = [
  [/^SQLITE_FULL/, 'make room on the disk.'],
  [/^SQLITE_(BUSY|LOCKED)/, 'end the other program that uses it, or wait.'],
  [/^SQLITE_(READONLY|CANTOPEN|PERM|AUTH)/, 'let this user write the file and its directory.'],
  [/^SQLITE_IOERR/, 'look at the disk and the system log.'],
]
