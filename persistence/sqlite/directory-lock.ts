import { Database, SQLiteError } from 'bun:sqlite'
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { StoreError } from '../store-error.ts'
import { storeErrorOf } from './error.ts'

/** A held data directory. */
export interface DirectoryLock {
  /** Lets go. Idempotent. */
  release(): void
}

/**
 * Makes the directory where it is missing (mode 0700) and takes it for this process, until
 * `release` or the death of the process, however it dies.
 *
 * The lock is an exclusive transaction on a database of its own: the operating system drops it
 * with the process, SQLite also sees a second holder within one process, and the main database
 * stays open to backup tools. The file beside it only says who, for the message.
 *
 * @throws StoreError `locked` when another server has it; `unavailable` when it cannot be made
 */
export function lockDirectory(directory: string): DirectoryLock {
  makeDirectory(directory)
  const file = join(directory, 'lock.sqlite')
  const ownerFile = join(directory, 'lock.json')
  let database: Database | undefined
  try {
    database = new Database(file, { create: true, readwrite: true })
    database.run('PRAGMA journal_mode = MEMORY')
    database.run('BEGIN EXCLUSIVE')
    writeFileSync(ownerFile, JSON.stringify({ pid: process.pid, host: hostname() }))
  } catch (error) {
    database?.close()
    throw refusalOf(error, directory, ownerFile)
  }
  const held = database
  return {
    release(): void {
      if (!held.inTransaction) return
      rmSync(ownerFile, { force: true })
      held.run('ROLLBACK')
      held.close()
    },
  }
}

function refusalOf(error: unknown, directory: string, ownerFile: string): StoreError {
  if (!(error instanceof SQLiteError)) return unusable(directory, error)
  if (error.code?.startsWith('SQLITE_BUSY') !== true) return storeErrorOf(error, directory)
  const message =
    `The data directory ${directory} is in use by ${ownerOf(ownerFile)}; ` +
    'stop that server or choose another directory.'
  return new StoreError('locked', message, { cause: error })
}

function ownerOf(ownerFile: string): string {
  try {
    const owner: unknown = JSON.parse(readFileSync(ownerFile, 'utf8'))
    if (typeof owner === 'object' && owner !== null && 'pid' in owner && 'host' in owner) {
      return `process ${String(owner.pid)} on ${String(owner.host)}`
    }
  } catch {
    // Between its taking the lock and its writing the file, or gone again: the name is a courtesy.
  }
  return 'another server'
}

/** A directory is on disk when its parent is synced. */
function makeDirectory(directory: string): void {
  try {
    const first = mkdirSync(directory, { recursive: true, mode: 0o700 })
    if (first === undefined) return
    for (let made = resolve(directory); ; made = dirname(made)) {
      syncDirectory(dirname(made))
      if (made === resolve(first) || made === dirname(made)) return
    }
  } catch (error) {
    throw unusable(directory, error)
  }
}

function unusable(directory: string, error: unknown): StoreError {
  const said = error instanceof Error ? error.message : String(error)
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const remedy = remedies[String(code)] ?? 'name a directory that this user may create and write.'
  const message = `The data directory ${directory} cannot be used: ${said}; ${remedy}`
  return new StoreError('unavailable', message, { cause: error })
}

const remedies: Readonly<Record<string, string>> = {
  ENOSPC: 'make room on the disk.',
  EROFS: 'let its file system be written.',
}

function syncDirectory(directory: string): void {
  const handle = openSync(directory, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
