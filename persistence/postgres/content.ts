import type { SQL } from 'bun'
import { checksumOf } from '../checksum.ts'
import { unpackUpdates } from '../packed-updates.ts'
import type { Damage, LogEntry, Position, Stored } from '../store.ts'
import { authorsOf, unpackAuthors } from './authors.ts'
import { incarnationOf } from './incarnation.ts'
import { changed } from './documents.ts'

/** What the document's own row tells, as JSON: said once, not with each row of the log. */
export interface Facts {
  readonly epoch: number
  readonly life: number
  readonly live: boolean
  readonly deleted: number | null
  readonly last: number
  readonly tag: number
}

/** The document itself, its snapshot, a row of its log, or something set aside. */
export interface ContentRow {
  readonly kind: 'damage' | 'document' | 'row' | 'snapshot'
  readonly sequence: string
  readonly tag: string
  readonly count: number
  readonly checksum: string
  readonly time: string | null
  readonly bytes: Buffer | null
  /** Attribution, authors or the dead; by the kind. */
  readonly beside: Buffer | null
  /** Why it was set aside. */
  readonly told: string | null
  readonly facts: Facts | null
}

/** A row of the log that checks out. */
interface SoundRow {
  readonly position: Position
  readonly updates: readonly Uint8Array[]
  readonly time: number | undefined
  readonly authors: readonly string[]
}

/** A document as it is stored, and what of it does not check out and is not set aside yet. */
export interface Content {
  readonly stored: Stored
  readonly found: readonly Damage[]
}

const start: Position = { number: 0, tag: 0 }
export const unwritten: Facts = { epoch: 1, life: 1, live: false, deleted: null, last: 0, tag: 0 }

/** What documents hold. */
export class PostgresContent {
  readonly #schema: string
  readonly #storeId: string
  readonly #loadText: string

  constructor(schema: string, storeId: string) {
    this.#schema = schema
    this.#storeId = storeId
    this.#loadText = loadText(schema)
  }

  /** Everything of one document by one statement, and so as of one moment. */
  async load(sql: SQL, document: string): Promise<Content> {
    const rows: readonly ContentRow[] = await sql.unsafe(this.#loadText, [Buffer.from(document)])
    const ofKind = (kind: ContentRow['kind']): readonly ContentRow[] =>
      rows.filter((row) => row.kind === kind)
    const [own] = ofKind('document')
    const [base] = ofKind('snapshot')
    const facts = own?.facts ?? unwritten
    const found: Damage[] = []
    const snapshot = base === undefined ? undefined : soundSnapshot(document, base, found)
    const sound = ofKind('row').flatMap((row) => soundRow(document, row, found) ?? [])
    const through = sound.at(-1)?.position ?? (base === undefined ? start : positionOf(base))
    const stored: Stored = {
      epoch: facts.epoch,
      incarnation: incarnationOf(this.#storeId, document, facts.life),
      exists: facts.live,
      deleted: facts.deleted ?? undefined,
      dead: bytesOf(own?.beside),
      position: { number: facts.last, tag: facts.tag },
      snapshot,
      attribution: bytesOf(base?.beside),
      log: await this.#logOf(sql, sound),
      through,
      damage: ofKind('damage').map(({ count, sequence, told }) => ({
        document,
        entry: count === 0 ? 'snapshot' : Number(sequence),
        reason: told ?? '',
      })),
    }
    return { stored, found }
  }

  /** Holds no lock on the document: it names a row, and does nothing where that is not there. */
  compact(
    sql: SQL,
    document: string,
    snapshot: Uint8Array,
    { epoch, through: { number, tag } }: Pick<Stored, 'epoch' | 'through'>,
    attribution: Uint8Array | undefined,
  ): Promise<boolean> {
    const checksum = checksumOf(document, number, 0, snapshot)
    return changed(sql, compactText(this.#schema), [
      Buffer.from(document),
      epoch,
      number,
      tag,
      checksum,
      snapshot,
      attribution ?? null,
    ])
  }

  async #logOf(sql: SQL, rows: readonly SoundRow[]): Promise<readonly LogEntry[]> {
    const keys = new Set(rows.flatMap(({ authors }) => authors))
    const authors = keys.size === 0 ? undefined : await authorsOf(sql, this.#schema, [...keys])
    return rows.flatMap(({ authors: by, position, time, updates }) =>
      updates.map((bytes, place) => ({
        sequence: position.number,
        bytes,
        time,
        by: authors?.get(by[place] ?? ''),
      })),
    )
  }
}

function positionOf({ sequence, tag }: ContentRow): Position {
  return { number: Number(sequence), tag: Number(tag) }
}

function soundSnapshot(
  document: string,
  { bytes, checksum, sequence }: ContentRow,
  found: Damage[],
): Uint8Array | undefined {
  const own = bytesOf(bytes)
  if (own !== undefined && Number(checksum) === checksumOf(document, Number(sequence), 0, own)) {
    return own
  }
  const reason = `The snapshot through ${sequence} does not match its checksum.`
  found.push({ document, entry: 'snapshot', reason })
  return undefined
}

/** The row when it checks out: its checksum is over its tag, for its number was not known yet. */
export function soundRow(document: string, row: ContentRow, found: Damage[]): SoundRow | undefined {
  const { beside, checksum, count, time } = row
  const position = positionOf(row)
  const bytes = bytesOf(row.bytes)
  if (
    bytes !== undefined &&
    Number(checksum) === checksumOf(document, position.tag, count, bytes)
  ) {
    const authors = unpackAuthors(bytesOf(beside), count)
    return {
      position,
      updates: unpackUpdates(bytes),
      time: time === null ? undefined : Number(time),
      authors,
    }
  }
  const reason = `Log row ${position.number} does not match its checksum.`
  found.push({ document, entry: position.number, reason })
  return undefined
}

/** As plain bytes; undefined for NULL. */
export function bytesOf(bytes: Buffer | null | undefined): Uint8Array | undefined {
  if (bytes === null || bytes === undefined) return undefined
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** The columns of `ContentRow` where it tells of the document itself. */
export function factsText(more = ''): string {
  return `'document' AS kind, 0::bigint AS sequence, 0::bigint AS tag, 0 AS count,
    0::bigint AS checksum, NULL::bigint AS time, NULL::bytea AS bytes, d.dead AS beside,
    NULL AS told,
    json_build_object('epoch', d.epoch, 'life', d.life, 'live', d.live, 'deleted', d.deleted,
      'last', d.last, 'tag', d.tag ${more}) AS facts`
}

/** Two statements, snapshot and then log, would lose what a compaction moves in between. */
function loadText(schema: string): string {
  return `
    WITH d AS MATERIALIZED (SELECT * FROM ${schema}.document WHERE name = $1)
    SELECT ${factsText()} FROM d
    UNION ALL
    SELECT 'snapshot', s.through, s.tag, 0, s.checksum, s.time, s.bytes, s.attribution, NULL, NULL
    FROM d JOIN ${schema}.snapshot s ON s.document = d.id AND s.through > d.born
    UNION ALL (
    SELECT 'row', l.sequence, l.tag, l.count, l.checksum, l.time, l.bytes, l.authors, NULL, NULL
    FROM d JOIN ${schema}.log l ON l.document = d.id AND l.sequence > d.born
    ORDER BY l.sequence)
    UNION ALL (
    SELECT 'damage', a.sequence, 0, CASE WHEN a.of_snapshot THEN 0 ELSE 1 END, 0, NULL, NULL,
      NULL, a.reason, NULL
    FROM d JOIN ${schema}.damaged a ON a.document = d.id AND a.sequence > d.born
    ORDER BY a.id)`
}

function compactText(schema: string): string {
  return `
    WITH d AS MATERIALIZED (
      SELECT id, born FROM ${schema}.document
      WHERE name = $1 AND epoch = $2::int AND live AND deleted IS NULL),
    at AS MATERIALIZED (
      SELECT l.time FROM d JOIN ${schema}.log l ON l.document = d.id AND l.sequence > d.born
      WHERE l.sequence = $3::bigint AND l.tag = $4::bigint
      UNION ALL
      SELECT s.time FROM d JOIN ${schema}.snapshot s ON s.document = d.id AND s.through > d.born
      WHERE s.through = $3::bigint AND s.tag = $4::bigint),
    folded AS (
      INSERT INTO ${schema}.snapshot AS s
        (document, through, tag, checksum, time, attribution, bytes)
      SELECT d.id, $3::bigint, $4::bigint, $5::bigint, (SELECT max(time) FROM at), $7::bytea,
        $6::bytea
      FROM d WHERE EXISTS (SELECT FROM at)
      ON CONFLICT (document) DO UPDATE SET through = excluded.through, tag = excluded.tag,
        checksum = excluded.checksum, time = excluded.time, attribution = excluded.attribution,
        bytes = excluded.bytes
      WHERE s.through <= excluded.through RETURNING document),
    dropped AS (
      DELETE FROM ${schema}.log l USING folded
      WHERE l.document = folded.document AND l.sequence <= $3::bigint)
    SELECT document FROM folded`
}
