import type { Database } from 'bun:sqlite'
import { checksumOf } from '../checksum.ts'
import { packByDocument, packedHeaderBytes } from './packed-updates.ts'
import { SqliteLog } from './log.ts'
import type { LogRow } from './log.ts'
import type { Durability, LoadedRows } from './protocol.ts'
import { openDatabase } from './schema.ts'
import type { Damage, StoredSummary } from '../store.ts'

interface SnapshotRow {
  readonly through: number
  readonly checksum: unknown
  readonly bytes: unknown
}

interface GoodRow {
  readonly sequence: number
  readonly count: number
  readonly bytes: Uint8Array
}

/** Rows behind the index at which it catches up; every load of a document reads through them. */
const tailRowsMax = 4_096

/** The embedded store without its thread: every call blocks until it is done. */
export class SqliteDatabase {
  readonly #database: Database
  readonly #log: SqliteLog
  readonly #findDocument
  readonly #findSnapshot

  /** @throws StoreError, SQLiteError (see `openDatabase`) */
  constructor(file: string, durability: Durability) {
    this.#database = openDatabase(file, durability)
    this.#log = new SqliteLog(this.#database)
    this.#findDocument = this.#database.query<{ id: number }, [string]>(
      'SELECT id FROM document WHERE name = ?',
    )
    this.#findSnapshot = this.#database.query<SnapshotRow, [number]>(
      'SELECT through, checksum, bytes FROM snapshot WHERE document = ?',
    )
  }

  /** One transaction and one row per document, whatever the batch holds. */
  append(documents: readonly string[], records: Uint8Array): void {
    const packed = packByDocument(documents, records)
    this.#transact(() => {
      let sequence = this.#log.position().last
      for (const { document, count, bytes } of packed) {
        if (count === 0) continue
        sequence++
        const id = this.#idOf(document) ?? this.#create(document)
        const checksum = checksumOf(document, sequence, count, bytes)
        this.#log.insert(sequence, id, count, checksum, bytes)
      }
      this.#log.advance(sequence)
    })
  }

  /** What may be done between two requests, when nobody waits for it. */
  maintain(): void {
    const { last, indexed } = this.#log.position()
    if (last - indexed >= tailRowsMax) this.#transact(() => this.#log.index())
  }

  /** Everything that checks out; what does not is set aside first, as found at `time`. */
  load(document: string, time: Date): LoadedRows {
    const id = this.#idOf(document)
    const found: Damage[] = []
    const stored = id === undefined ? null : this.#findSnapshot.get(id)
    const snapshot = stored === null ? undefined : soundSnapshot(document, stored, found)
    const rows: GoodRow[] = []
    for (const row of id === undefined ? [] : this.#log.rowsOf(id)) {
      const sound = soundRow(document, row, found)
      if (sound !== undefined) rows.push(sound)
    }
    if (id !== undefined && found.length > 0) this.#transact(() => this.#keepAside(id, found, time))
    return {
      snapshot,
      through: rows.at(-1)?.sequence ?? (snapshot === undefined ? 0 : (stored?.through ?? 0)),
      damage: this.#damageOf(document),
      sequences: rows.map((row) => row.sequence),
      counts: rows.map((row) => row.count),
      packed: joined(rows.map((row) => row.bytes)),
    }
  }

  compact(document: string, snapshot: Uint8Array, through: number): boolean {
    return this.#transact(() => {
      const id = this.#idOf(document)
      if (id === undefined) return false
      const known = this.#findSnapshot.get(id)?.through === through || this.#log.has(id, through)
      if (!known) return false
      this.#database
        .query('INSERT OR REPLACE INTO snapshot VALUES (?, ?, ?, ?)')
        .run(id, through, checksumOf(document, through, 0, snapshot), snapshot)
      this.#log.drop(id, through)
      return true
    })
  }

  setAside(document: string, sequence: number, reason: string, time: Date): boolean {
    return this.#transact(() => {
      const id = this.#idOf(document)
      if (id === undefined || !this.#log.has(id, sequence)) return false
      this.#keepAside(id, [{ document, entry: sequence, reason }], time)
      return true
    })
  }

  list(after: string | undefined, limit: number): readonly StoredSummary[] {
    this.#transact(() => this.#log.index())
    return this.#database
      .query<StoredSummary, [string, number]>(
        `SELECT name AS document,
           coalesce((SELECT length(bytes) FROM snapshot WHERE document = page.id), 0)
             AS snapshotBytes,
           coalesce(sum(length(log.bytes) - ${packedHeaderBytes} * log.count), 0) AS logBytes,
           coalesce(sum(log.count), 0) AS logRows
         FROM (SELECT id, name FROM document WHERE name > ? ORDER BY name LIMIT ?) AS page
         LEFT JOIN entry ON entry.document = page.id
         LEFT JOIN log ON log.sequence = entry.sequence
         GROUP BY name ORDER BY name`,
      )
      .all(after ?? '', limit)
  }

  delete(document: string): boolean {
    return this.#transact(() => {
      const id = this.#idOf(document)
      this.#database.query('DELETE FROM damaged WHERE document = ?').run(document)
      if (id === undefined) return false
      this.#log.drop(id, Number.MAX_SAFE_INTEGER)
      this.#database.query('DELETE FROM snapshot WHERE document = ?').run(id)
      this.#database.query('DELETE FROM document WHERE id = ?').run(id)
      return true
    })
  }

  close(): void {
    this.#database.close()
  }

  #idOf(document: string): number | undefined {
    return this.#findDocument.get(document)?.id
  }

  #create(document: string): number {
    const { lastInsertRowid } = this.#database
      .query('INSERT INTO document (name) VALUES (?)')
      .run(document)
    return Number(lastInsertRowid)
  }

  #damageOf(document: string): readonly Damage[] {
    return this.#database
      .query<{ entry: string; reason: string }, [string]>(
        'SELECT entry, reason FROM damaged WHERE document = ? ORDER BY id',
      )
      .all(document)
      .map(({ entry, reason }) => ({
        document,
        entry: entry === 'snapshot' ? entry : Number(entry),
        reason,
      }))
  }

  /** Moves the bytes within SQL: whatever a damaged row holds arrives as it is. */
  #keepAside(id: number, found: readonly Damage[], time: Date): void {
    for (const { document, entry, reason } of found) {
      const [table, key] = entry === 'snapshot' ? ['snapshot', 'document'] : ['log', 'sequence']
      this.#database
        .query<unknown, [string, string, number, string, string]>(
          `INSERT INTO damaged (document, entry, bytes, reason, time)
           VALUES (?, ?, (SELECT bytes FROM ${table} WHERE ${key} = ?), ?, ?)`,
        )
        .run(document, `${entry}`, entry === 'snapshot' ? id : entry, reason, time.toISOString())
      if (entry === 'snapshot') {
        this.#database.query('DELETE FROM snapshot WHERE document = ?').run(id)
      } else this.#log.dropRow(id, entry)
    }
  }

  #transact<Result>(work: () => Result): Result {
    return this.#database.transaction(work).immediate()
  }
}

function soundSnapshot(
  document: string,
  { through, checksum, bytes }: SnapshotRow,
  found: Damage[],
): Uint8Array | undefined {
  const sound = bytes instanceof Uint8Array && checksum === checksumOf(document, through, 0, bytes)
  if (sound) return bytes
  const reason = `The snapshot through ${through} does not match its checksum.`
  found.push({ document, entry: 'snapshot', reason })
  return undefined
}

function soundRow(document: string, row: LogRow, found: Damage[]): GoodRow | undefined {
  const { sequence, count, checksum, bytes } = row
  if (
    bytes instanceof Uint8Array &&
    typeof count === 'number' &&
    checksum === checksumOf(document, sequence, count, bytes)
  ) {
    return { sequence, count, bytes }
  }
  const what = bytes === null ? 'is missing' : 'does not match its checksum'
  found.push({ document, entry: sequence, reason: `Log row ${sequence} ${what}.` })
  return undefined
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts
  if (only !== undefined && parts.length === 1) return only
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
