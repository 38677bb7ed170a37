import type { Database } from 'bun:sqlite'
import { checksumOf } from '../../checksum.ts'
import { type NewVersion, type Version, type VersionChain, versionId } from '../../versions.ts'
import type { VersionForm, VersionKind, VersionNotes, VersionPage } from '../../versions.ts'
import { type Versions, versionTime } from '../../versions.ts'
import { authorsOf, type SqliteAuthors } from '../authors.ts'
import type { SqliteDocuments } from '../documents.ts'

interface Row {
  readonly time: number
  readonly life: number
  readonly kind: VersionKind
  readonly name: string | null
  readonly meta: string | null
  readonly authors: Uint8Array
  readonly restoredFrom: number | null
  readonly keyframe: number
  readonly stateBytes: number
  readonly storedBytes: number
}

interface LinkRow {
  readonly time: number
  readonly keyframe: number
  readonly checksum: unknown
  readonly bytes: unknown
}

type NextVersion = NonNullable<Parameters<Versions['remove']>[2]>

const columns = `time, life, kind, name, meta, authors, restored_from AS restoredFrom, keyframe,
  state_bytes AS stateBytes, length(bytes) AS storedBytes`

/** Newest first, whatever the page leaves out. */
const everything = Number.MAX_SAFE_INTEGER

/** The table of versions. Every write happens in the caller's transaction. */
export class SqliteVersions {
  readonly #database: Database
  readonly #documents: SqliteDocuments
  readonly #authors: SqliteAuthors

  constructor(database: Database, documents: SqliteDocuments, authors: SqliteAuthors) {
    this.#database = database
    this.#documents = documents
    this.#authors = authors
  }

  add(version: NewVersion, now: number): Version | undefined {
    const { after, bytes, document, epoch, form, kind, meta, name, restoredFrom } = version
    const row = this.#documents.find(document)
    if (row?.live !== 1 || row.deleted !== null || row.epoch !== epoch) return undefined
    const newest = this.#newest(row.id)
    if (newest !== (after === undefined ? undefined : versionTime(after))) return undefined
    // A clock that is set back, or two in a millisecond: the order stays.
    const time = Math.max(now, (newest ?? 0) + 1)
    const authors = this.#authors.numbersOf(version.authors)
    const keyframe = form === 'keyframe' ? 1 : 0
    this.#database
      .query(
        `INSERT INTO version (document, time, life, kind, name, meta, authors, restored_from,
           keyframe, state_bytes, checksum, bytes)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        row.id,
        time,
        row.life,
        kind,
        name ?? null,
        meta ?? null,
        new Uint8Array(authors.buffer),
        restoredFrom === undefined ? null : versionTime(restoredFrom),
        keyframe,
        version.stateBytes,
        checksumOf(document, time, keyframe, bytes),
        bytes,
      )
    const id = versionId(time)
    const { events } = this.#documents
    events.add('version.created', document, now, { version: id, kind })
    if (kind === 'restored') {
      events.add('document.restored', document, now, { version: id, restoredFrom })
    }
    return this.find(document, id)
  }

  list({ before, document, limit, named }: VersionPage): readonly Version[] {
    const id = this.#documents.find(document)?.id
    if (id === undefined) return []
    const only = named === true ? 'AND name IS NOT NULL' : ''
    return this.#database
      .query<Row, [number, number, number]>(
        `SELECT ${columns} FROM version WHERE document = ? AND time < ? ${only}
         ORDER BY time DESC LIMIT ?`,
      )
      .all(id, before === undefined ? everything : versionTime(before), limit)
      .map((row) => this.#versionOf(document, row))
  }

  find(document: string, id: string): Version | undefined {
    const owner = this.#documents.find(document)?.id
    if (owner === undefined) return undefined
    const row = this.#database
      .query<Row, [number, number]>(
        `SELECT ${columns} FROM version WHERE document = ? AND time = ?`,
      )
      .get(owner, versionTime(id))
    return row === null ? undefined : this.#versionOf(document, row)
  }

  chain(document: string, id: string | undefined): VersionChain {
    const owner = this.#documents.find(document)?.id
    if (owner === undefined) return { kind: 'none' }
    const time = id === undefined ? this.#newest(owner) : versionTime(id)
    const rows = this.#database
      .query<LinkRow, [number, number]>(
        `SELECT time, keyframe, checksum, bytes FROM version WHERE document = ?1 AND time <= ?2
           AND time >= coalesce((SELECT max(time) FROM version
             WHERE document = ?1 AND time <= ?2 AND keyframe = 1), 0) ORDER BY time`,
      )
      .all(owner, time ?? -1)
    const [first] = rows
    if (first === undefined || rows.at(-1)?.time !== time) return { kind: 'none' }
    if (first.keyframe !== 1) return { kind: 'damaged', id: versionId(first.time) }
    const links = []
    for (const row of rows) {
      const bytes = soundVersion(document, row)
      if (bytes === undefined) return { kind: 'damaged', id: versionId(row.time) }
      links.push({ id: versionId(row.time), form: formOf(row), bytes })
    }
    return { kind: 'chain', links }
  }

  note(document: string, id: string, { meta, name }: VersionNotes): Version | undefined {
    const owner = this.#documents.find(document)?.id
    if (owner === undefined) return undefined
    this.#database
      .query('UPDATE version SET name = ?, meta = ? WHERE document = ? AND time = ?')
      .run(name ?? null, meta ?? null, owner, versionTime(id))
    return this.find(document, id)
  }

  remove(document: string, id: string, next: NextVersion | undefined): boolean {
    const owner = this.#documents.find(document)?.id
    const time = versionTime(id)
    if (owner === undefined || this.find(document, id) === undefined) return false
    const newer = this.#database
      .query<{ time: number; keyframe: number }, [number, number]>(
        `SELECT time, keyframe FROM version WHERE document = ? AND time > ?
         ORDER BY time LIMIT 1`,
      )
      .get(owner, time)
    const follows = newer !== null && newer.keyframe !== 1
    if (next === undefined ? follows : newer?.time !== versionTime(next.id)) return false
    if (next !== undefined) this.#rewrite(document, owner, next)
    this.#database.query('DELETE FROM version WHERE document = ? AND time = ?').run(owner, time)
    return true
  }

  size(document: string): { readonly count: number; readonly bytes: number } {
    const owner = this.#documents.find(document)?.id ?? -1
    const sql = `SELECT count(*) AS count, coalesce(sum(length(bytes)), 0) AS bytes FROM version
      WHERE document = ?`
    const row = this.#database.query<{ count: number; bytes: number }, [number]>(sql).get(owner)
    return row ?? { count: 0, bytes: 0 }
  }

  /** Drops all of a document. */
  forget(id: number): void {
    this.#database.query('DELETE FROM version WHERE document = ?').run(id)
  }

  #rewrite(document: string, owner: number, { bytes, form, id }: NextVersion): void {
    const time = versionTime(id)
    const keyframe = form === 'keyframe' ? 1 : 0
    this.#database
      .query(
        'UPDATE version SET keyframe = ?, checksum = ?, bytes = ? WHERE document = ? AND time = ?',
      )
      .run(keyframe, checksumOf(document, time, keyframe, bytes), bytes, owner, time)
  }

  #newest(owner: number): number | undefined {
    const sql = 'SELECT max(time) AS time FROM version WHERE document = ?'
    return (
      this.#database.query<{ time: number | null }, [number]>(sql).get(owner)?.time ?? undefined
    )
  }

  #versionOf(document: string, row: Row): Version {
    const numbers = new Uint32Array(row.authors.slice().buffer)
    const { kind, life, restoredFrom, stateBytes, storedBytes, time } = row
    return {
      id: versionId(time),
      incarnation: this.#documents.incarnationOf(document, life),
      time,
      kind,
      form: formOf(row),
      name: row.name ?? undefined,
      meta: row.meta ?? undefined,
      authors: [...authorsOf(this.#database, numbers).values()],
      restoredFrom: restoredFrom === null ? undefined : versionId(restoredFrom),
      stateBytes,
      storedBytes,
    }
  }
}

/** The bytes of a version when they check out. */
export function soundVersion(document: string, row: LinkRow): Uint8Array | undefined {
  const { bytes, checksum, keyframe, time } = row
  if (!(bytes instanceof Uint8Array)) return undefined
  return checksum === checksumOf(document, time, keyframe, bytes) ? bytes : undefined
}

function formOf({ keyframe }: { readonly keyframe: number }): VersionForm {
  return keyframe === 1 ? 'keyframe' : 'increment'
}
