import type { SQL } from 'bun'
import { checksumOf } from '../checksum.ts'
import { checkDocumentName } from '../document-name.ts'
import { type NewVersion, type Version, type VersionChain, versionId } from '../versions.ts'
import type { VersionKind, VersionLink, VersionNotes, VersionPage } from '../versions.ts'
import { type Versions, versionTime } from '../versions.ts'
import { bytesOf } from './content.ts'
import { changed } from './documents.ts'
import { nowText, toldText } from './events/events.ts'
import { readAuthors } from './read-authors.ts'
import { incarnationOf } from './incarnation.ts'
import type { Pool } from './pool.ts'

interface Row {
  readonly time: string
  readonly life: number
  readonly kind: VersionKind
  readonly name: Buffer | null
  readonly meta: Buffer | null
  readonly authors: string
  readonly restored_from: string | null
  readonly keyframe: boolean
  readonly state_bytes: string
  readonly stored_bytes: number
}

interface LinkRow {
  readonly time: string
  readonly keyframe: boolean
  readonly checksum: string
  readonly bytes: Buffer
}

/** How the port asks: what is written waits for what was written before. */
export interface Asking {
  read<Result>(document: string, work: (sql: SQL) => Promise<Result>): Promise<Result>
  write<Result>(document: string, work: (pool: Pool) => Promise<Result>): Promise<Result>
}

type NextVersion = NonNullable<Parameters<Versions['remove']>[2]>

const columns = `v.time, v.life, v.kind, v.name, v.meta, v.authors, v.restored_from, v.keyframe,
  v.state_bytes, octet_length(v.bytes) AS stored_bytes`

/** Kept states in PostgreSQL. */
export class PostgresVersions implements Versions {
  readonly #schema: string
  readonly #storeId: string
  readonly #ask: Asking

  constructor(schema: string, storeId: string, ask: Asking) {
    this.#schema = schema
    this.#storeId = storeId
    this.#ask = ask
  }

  /** Of two that were made at a time, behind the same one, one is kept. */
  async add(version: NewVersion): Promise<Version | undefined> {
    const { after, authors, bytes, document, epoch, form, kind, meta, name } = version
    checkDocumentName(document)
    const before = after === undefined ? 0 : versionTime(after)
    const keyframe = form === 'keyframe'
    const restoredFrom = version.restoredFrom ?? null
    const time = await this.#ask.read(document, (sql) => this.#nextTime(sql, document))
    const id = versionId(time)
    const values = [
      Buffer.from(document),
      epoch,
      before,
      time,
      kind,
      bytesFor(name),
      bytesFor(meta),
      JSON.stringify(authors),
      restoredFrom === null ? null : versionTime(restoredFrom),
      `${keyframe}`,
      version.stateBytes,
      checksumOf(document, time, keyframe ? 1 : 0, bytes),
      bytes,
      JSON.stringify({ version: id, kind }),
      JSON.stringify({ version: id, restoredFrom }),
    ]
    const added = await this.#ask.write(document, (pool) =>
      pool.run((sql) => changed(sql, addText(this.#schema), values)),
    )
    return added ? this.find(document, id) : undefined
  }

  async list({ before, document, limit, named }: VersionPage): Promise<readonly Version[]> {
    checkDocumentName(document)
    const only = named === true ? 'AND v.name IS NOT NULL' : ''
    const end = before === undefined ? Number.MAX_SAFE_INTEGER : versionTime(before)
    const where = `v.time < $2 ${only} ORDER BY v.time DESC LIMIT $3::bigint`
    return this.#select(document, where, [end, limit])
  }

  async find(document: string, id: string): Promise<Version | undefined> {
    checkDocumentName(document)
    const [found] = await this.#select(document, 'v.time = $2', [versionTime(id)])
    return found
  }

  async chain(document: string, id?: string): Promise<VersionChain> {
    checkDocumentName(document)
    const asked = id === undefined ? Number.MAX_SAFE_INTEGER : versionTime(id)
    const text = `
      WITH own AS (SELECT v.* FROM ${this.#schema}.version v
        JOIN ${this.#schema}.document d ON d.id = v.document WHERE d.name = $1 AND v.time <= $2)
      SELECT time, keyframe, checksum, bytes FROM own
      WHERE time >= coalesce((SELECT max(time) FROM own WHERE keyframe), 0) ORDER BY time`
    const rows: readonly LinkRow[] = await this.#ask.read(document, (sql) =>
      sql.unsafe(text, [Buffer.from(document), asked]),
    )
    const [first] = rows
    const last = rows.at(-1)
    if (first === undefined || last === undefined) return { kind: 'none' }
    if (id !== undefined && Number(last.time) !== asked) return { kind: 'none' }
    if (!first.keyframe) return { kind: 'damaged', id: versionId(Number(first.time)) }
    const links: VersionLink[] = []
    for (const row of rows) {
      const link = soundLink(document, row)
      if (link === undefined) return { kind: 'damaged', id: versionId(Number(row.time)) }
      links.push(link)
    }
    return { kind: 'chain', links }
  }

  async note(document: string, id: string, notes: VersionNotes): Promise<Version | undefined> {
    checkDocumentName(document)
    const { meta, name } = notes
    const text = `
      UPDATE ${this.#schema}.version v SET name = $3, meta = $4
      FROM ${this.#schema}.document d WHERE d.name = $1 AND v.document = d.id AND v.time = $2
      RETURNING v.time`
    const values = [versionTime(id), bytesFor(name), bytesFor(meta)]
    const done = await this.#ask.write(document, (pool) =>
      pool.run((sql) => changed(sql, text, [Buffer.from(document), ...values])),
    )
    return done ? this.find(document, id) : undefined
  }

  async remove(document: string, id: string, next?: NextVersion): Promise<boolean> {
    checkDocumentName(document)
    return this.#ask.write(document, (pool) =>
      pool.run((sql) => sql.begin((transaction) => this.#remove(transaction, document, id, next))),
    )
  }

  async size(document: string): Promise<{ readonly count: number; readonly bytes: number }> {
    checkDocumentName(document)
    const text = `SELECT count(*) AS count, coalesce(sum(octet_length(v.bytes)), 0) AS bytes
      FROM ${this.#schema}.version v JOIN ${this.#schema}.document d ON d.id = v.document
      WHERE d.name = $1`
    const [row]: readonly { readonly count: string; readonly bytes: string }[] =
      await this.#ask.read(document, (sql) => sql.unsafe(text, [Buffer.from(document)]))
    return { count: Number(row?.count ?? 0), bytes: Number(row?.bytes ?? 0) }
  }

  /** A clock that is set back, or two in a millisecond: the order stays. */
  async #nextTime(sql: SQL, document: string): Promise<number> {
    const text = `
      SELECT greatest(${nowText}, (SELECT max(v.time) + 1 FROM ${this.#schema}.version v
        JOIN ${this.#schema}.document d ON d.id = v.document WHERE d.name = $1)) AS time`
    const [row]: readonly { readonly time: string }[] = await sql.unsafe(text, [
      Buffer.from(document),
    ])
    return Number(row?.time ?? 0)
  }

  async #remove(sql: SQL, document: string, id: string, next?: NextVersion): Promise<boolean> {
    // Locked, so that what follows on what is decided here and nowhere else meanwhile.
    const text = `
      SELECT v.document, v.time, v.keyframe FROM ${this.#schema}.version v
      JOIN ${this.#schema}.document d ON d.id = v.document
      WHERE d.name = $1 AND v.time >= $2 ORDER BY v.time LIMIT 2 FOR UPDATE OF v`
    const time = versionTime(id)
    const rows: readonly (LinkRow & { readonly document: string })[] = await sql.unsafe(text, [
      Buffer.from(document),
      time,
    ])
    const [own, newer] = rows
    if (own === undefined || Number(own.time) !== time) return false
    const follows = newer !== undefined && !newer.keyframe
    if (next === undefined && follows) return false
    if (next !== undefined) {
      if (newer === undefined || Number(newer.time) !== versionTime(next.id)) return false
      const keyframe = next.form === 'keyframe'
      const checksum = checksumOf(document, Number(newer.time), keyframe ? 1 : 0, next.bytes)
      await sql.unsafe(
        `UPDATE ${this.#schema}.version SET keyframe = $3::boolean, checksum = $4, bytes = $5
         WHERE document = $1 AND time = $2`,
        [newer.document, newer.time, `${keyframe}`, checksum, next.bytes],
      )
    }
    await sql.unsafe(`DELETE FROM ${this.#schema}.version WHERE document = $1 AND time = $2`, [
      own.document,
      own.time,
    ])
    return true
  }

  async #select(
    document: string,
    where: string,
    values: readonly number[],
  ): Promise<readonly Version[]> {
    const text = `SELECT ${columns} FROM ${this.#schema}.version v
      JOIN ${this.#schema}.document d ON d.id = v.document WHERE d.name = $1 AND ${where}`
    const rows: readonly Row[] = await this.#ask.read(document, (sql) =>
      sql.unsafe(text, [Buffer.from(document), ...values]),
    )
    return rows.map((row) => this.#versionOf(document, row))
  }

  #versionOf(document: string, row: Row): Version {
    const time = Number(row.time)
    return {
      id: versionId(time),
      incarnation: incarnationOf(this.#storeId, document, row.life),
      time,
      kind: row.kind,
      form: row.keyframe ? 'keyframe' : 'increment',
      name: row.name?.toString(),
      meta: row.meta?.toString(),
      authors: readAuthors(row.authors),
      restoredFrom: row.restored_from === null ? undefined : versionId(Number(row.restored_from)),
      stateBytes: Number(row.state_bytes),
      storedBytes: row.stored_bytes,
    }
  }
}

/** Text cannot hold every character. */
function bytesFor(text: string | undefined): Buffer | null {
  return text === undefined ? null : Buffer.from(text)
}

/** A version of a chain when it checks out. */
export function soundLink(document: string, row: LinkRow): VersionLink | undefined {
  const bytes = bytesOf(row.bytes) ?? new Uint8Array(0)
  const checksum = checksumOf(document, Number(row.time), row.keyframe ? 1 : 0, bytes)
  if (Number(row.checksum) !== checksum) return undefined
  const form = row.keyframe ? 'keyframe' : 'increment'
  return { id: versionId(Number(row.time)), form, bytes }
}

function addText(schema: string): string {
  return `
    WITH d AS (
      SELECT id, name, life FROM ${schema}.document
      WHERE name = $1 AND live AND deleted IS NULL AND epoch = $2 FOR NO KEY UPDATE),
    newest AS (
      SELECT coalesce(max(v.time), 0) AS time FROM ${schema}.version v
      WHERE v.document IN (SELECT id FROM d)),
    added AS (
      INSERT INTO ${schema}.version (document, time, after, life, kind, name, meta, authors,
        restored_from, keyframe, state_bytes, checksum, bytes)
      SELECT d.id, $4::bigint, $3::bigint, d.life, $5::text, $6::bytea, $7::bytea, $8::text,
        $9::bigint, $10::boolean, $11::bigint, $12::bigint, $13::bytea
      FROM d, newest WHERE newest.time = $3::bigint
      ON CONFLICT DO NOTHING RETURNING time),
    happened AS (
      SELECT d.name, told.type, told.data, ${nowText} AS time, told.place
      FROM d, added, (VALUES
        (1, 'version.created', $14::text), (2, 'document.restored', $15::text)
      ) AS told (place, type, data)
      WHERE told.place = 1 OR $5::text = 'restored'),
    ${toldText(schema)}
    SELECT time FROM added`
}
