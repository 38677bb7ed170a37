import { Database, SQLiteError } from 'bun:sqlite'
import { existsSync } from 'node:fs'
import { checksumOf } from '../checksum.ts'
import { unpackUpdates } from '../packed-updates.ts'
import { damageOf } from './damage.ts'
import { summariesOf, summaryOf } from './documents.ts'
import { applicationId, schemaVersion } from './migrations.ts'
import { storeErrorOf } from './error.ts'
import { NewFile } from './new-file.ts'
import { StoreError } from '../store-error.ts'
import { versionId } from '../versions.ts'
import { soundVersion } from './versions/versions.ts'
import type { Damage, StoredSummary } from '../store.ts'

/** One document as it was read, without a change to the file. */
export interface ReadDocument {
  readonly document: string
  readonly snapshot: Uint8Array | undefined
  /** Updates since the snapshot that check out, with the sequence of their row. */
  readonly log: readonly { readonly sequence: number; readonly bytes: Uint8Array }[]
  /** What does not check out, and what was set aside before. */
  readonly damage: readonly Damage[]
  /** The ids of versions that do not check out. */
  readonly badVersions: readonly string[]
}

interface Row {
  readonly sequence: number
  readonly count: unknown
  readonly checksum: unknown
  readonly bytes: unknown
}

/** How long to wait for a writer that closes the file. */
const busyMs = 5_000

/** The version of the file from which on it has a table of versions of documents. */
const versionsSince = 3

/** The tables of version 1 with the columns that came later. */
const tablesOfFirst = `WITH
  document AS (SELECT *, 1 AS live, NULL AS created, NULL AS deleted FROM main.document),
  snapshot AS (SELECT *, NULL AS time FROM main.snapshot),
  log AS (SELECT *, NULL AS time FROM main.log)`

/** Reads a store's file beside a server that writes it: takes no lock and changes nothing. */
export class SqliteReader {
  readonly #file: string
  readonly #database: Database
  /** What stands before a query that names what the file's version has not. */
  #tables = ''
  #version = 0

  /** @throws StoreError `unavailable`, `version` or `damaged` when it is no file of ours */
  constructor(file: string) {
    this.#file = file
    if (!existsSync(file)) {
      throw new StoreError(
        'unavailable',
        `There is no file ${file}; name a database that ytopic has written.`,
      )
    }
    this.#database = this.#said(() => new Database(file, { readonly: true, strict: true }))
    try {
      this.#said(() => this.#check())
    } catch (error) {
      this.#database.close()
      throw error
    }
  }

  /** The version of its tables. */
  get version(): number {
    return this.#version
  }

  /** The names of all documents, those included of which only damage is left. */
  names(): readonly string[] {
    const sql = `${this.#tables} SELECT name FROM document WHERE live = 1
      UNION SELECT document FROM damaged ORDER BY 1`
    return this.#said(() => this.#database.query<{ name: string }, []>(sql).all()).map(
      ({ name }) => name,
    )
  }

  /** Sizes of all documents, in the order of their names. */
  sizes(): readonly StoredSummary[] {
    const page = 'SELECT id, name, created, deleted FROM document WHERE live = 1'
    // The index may lag behind the log, so it is of no use here.
    const sql = this.#tables + summariesOf(page, 'LEFT JOIN log ON log.document = page.id')
    return this.#said(() =>
      this.#database.query<Parameters<typeof summaryOf>[0], []>(sql).all().map(summaryOf),
    )
  }

  /** One document as of one moment; undefined when there is none (any more). */
  read(document: string): ReadDocument | undefined {
    return this.#said(() => this.#database.transaction(() => this.#read(document)).deferred())
  }

  /** What SQLite finds wrong with the file's structure, one sentence each. */
  faults(): readonly string[] {
    const sql = 'SELECT integrity_check AS said FROM pragma_integrity_check'
    const said = this.#said(() => this.#database.query<{ said: string }, []>(sql).all())
    return said.map((row) => row.said).filter((line) => line !== 'ok')
  }

  /**
   * Writes all of it, as of one moment, to another file: whole and synced, or not at all.
   * @throws StoreError `unavailable` when the file exists or cannot be written
   */
  copyTo(file: string): void {
    const made = new NewFile(file)
    const { unfinished } = made
    try {
      this.#said(() => this.#database.query('VACUUM INTO ?').run(unfinished), unfinished)
      made.finish()
    } finally {
      made.drop()
    }
  }

  close(): void {
    this.#database.close()
  }

  #read(document: string): ReadDocument | undefined {
    const damage: Damage[] = damageOf(this.#database, document).map((one) => ({
      ...one,
      reason: `${one.reason} It is set aside.`,
    }))
    const id = this.#database
      .query<{ id: number }, [string]>('SELECT id FROM document WHERE name = ?')
      .get(document)?.id
    if (id === undefined && damage.length === 0) return undefined
    const snapshot = id === undefined ? undefined : this.#snapshot(document, id, damage)
    const log = id === undefined ? [] : this.#log(document, id, damage)
    const badVersions = id === undefined ? [] : this.#badVersions(document, id)
    return { document, snapshot, log, damage, badVersions }
  }

  #badVersions(document: string, id: number): readonly string[] {
    if (this.#version < versionsSince) return []
    return this.#database
      .query<Parameters<typeof soundVersion>[1], [number]>(
        'SELECT time, keyframe, checksum, bytes FROM version WHERE document = ? ORDER BY time',
      )
      .all(id)
      .filter((row) => soundVersion(document, row) === undefined)
      .map(({ time }) => versionId(time))
  }

  #snapshot(document: string, id: number, damage: Damage[]): Uint8Array | undefined {
    const row = this.#database
      .query<Row, [number]>(
        `SELECT through AS sequence, 0 AS count, checksum, bytes FROM snapshot WHERE document = ?`,
      )
      .get(id)
    if (row === null) return undefined
    const bytes = soundBytes(document, row)
    if (bytes !== undefined) return bytes
    damage.push({ document, entry: 'snapshot', reason: 'It does not match its checksum.' })
    return undefined
  }

  #log(document: string, id: number, damage: Damage[]): ReadDocument['log'] {
    // The index may lag behind the log, so the rows behind it are found by reading them.
    const rows = this.#database
      .query<Row, [number, number]>(
        `SELECT entry.sequence, count, checksum, bytes FROM entry
           LEFT JOIN log ON log.sequence = entry.sequence WHERE entry.document = ?
         UNION ALL
         SELECT sequence, count, checksum, bytes FROM log
           WHERE sequence > (SELECT indexed FROM position) AND document = ? ORDER BY 1`,
      )
      .all(id, id)
    return rows.flatMap((row) => {
      const { sequence } = row
      const bytes = soundBytes(document, row)
      if (bytes !== undefined) {
        return unpackUpdates(bytes).map((update) => ({ sequence, bytes: update }))
      }
      damage.push({ document, entry: sequence, reason: 'It does not match its checksum.' })
      return []
    })
  }

  #check(): void {
    this.#database.run(`PRAGMA busy_timeout = ${busyMs}`)
    const program = this.#pragma('application_id')
    const version = this.#pragma('user_version')
    this.#version = version
    if (program !== applicationId) {
      throw new StoreError(
        'damaged',
        `${this.#file} is a database, but not one of ytopic's; name another file.`,
      )
    }
    if (version === 1) this.#tables = tablesOfFirst
    if (version >= 1 && version <= schemaVersion) return
    const known = `this program knows up to ${schemaVersion}`
    throw new StoreError('version', `${this.#file} has schema version ${version}, ${known}.`)
  }

  #pragma(name: 'user_version' | 'application_id'): number {
    const sql = `SELECT ${name} AS value FROM pragma_${name}`
    return this.#database.query<{ value: number }, []>(sql).get()?.value ?? 0
  }

  #said<Result>(work: () => Result, file = this.#file): Result {
    try {
      return work()
    } catch (error) {
      throw error instanceof SQLiteError ? storeErrorOf(error, file) : error
    }
  }
}

function soundBytes(document: string, row: Row): Uint8Array | undefined {
  const { sequence, count, checksum, bytes } = row
  if (!(bytes instanceof Uint8Array) || typeof count !== 'number') return undefined
  return checksum === checksumOf(document, sequence, count, bytes) ? bytes : undefined
}
