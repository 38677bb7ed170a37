import type { SQL } from 'bun'
import { keysAbout } from '../companion.ts'
import { packedHeaderBytes } from '../packed-updates.ts'
import type { Head, Page, StoredSummary } from '../store.ts'
import { nowText as now, withEvent } from './events/events.ts'

interface SummaryRow {
  readonly name: Buffer
  readonly created: string | null
  readonly deleted: string | null
  readonly snapshot_bytes: number
  readonly log_bytes: string
  readonly log_rows: string
  readonly changed: string | null
}

interface HeadRow {
  readonly place: string
  readonly epoch: number
  readonly number: string
  readonly tag: string
}

/** Names and lives. */
export class PostgresDocuments {
  readonly #schema: string

  constructor(schema: string) {
    this.#schema = schema
  }

  /** @returns whether there was none, deleted or not, and the one that it is beside is there */
  create(sql: SQL, document: string, beside?: string): Promise<boolean> {
    // A lock that a delete waits for, and waits for one: what is beside comes before it or not.
    const owner = `FROM (SELECT FROM ${this.#schema}.document
      WHERE name = $2 AND live AND deleted IS NULL FOR SHARE) AS owner`
    const change = `INSERT INTO ${this.#schema}.document AS d (name, live, created)
      SELECT $1::bytea, true, ${now} ${beside === undefined ? '' : owner}
      ON CONFLICT (name) DO UPDATE SET live = true, created = ${now} WHERE NOT d.live
      RETURNING id, name`
    const text = withEvent(this.#schema, change, 'document.created')
    const names = beside === undefined ? [document] : [document, beside]
    return changed(
      sql,
      text,
      names.map((name) => Buffer.from(name)),
    )
  }

  delete(sql: SQL, document: string): Promise<boolean> {
    const change = `UPDATE ${this.#schema}.document SET epoch = epoch + 1, deleted = ${now}
      WHERE name = $1 AND live AND deleted IS NULL RETURNING id, name`
    const text = withEvent(this.#schema, change, 'document.deleted')
    return changed(sql, text, [Buffer.from(document)])
  }

  undelete(sql: SQL, document: string): Promise<boolean> {
    const change = `UPDATE ${this.#schema}.document SET epoch = epoch + 1, deleted = NULL
      WHERE name = $1 AND live AND deleted IS NOT NULL RETURNING id, name`
    const text = withEvent(this.#schema, change, 'document.undeleted')
    return changed(sql, text, [Buffer.from(document)])
  }

  /** Ends a life: its content is out of every view at once, and removed by `sweep`. */
  purge(sql: SQL, document: string, dead: Uint8Array): Promise<boolean> {
    const change = `UPDATE ${this.#schema}.document SET epoch = epoch + 1, life = epoch + 1,
        live = false, born = greatest(born, last), last = 0, tag = 0, created = NULL,
        deleted = NULL, dead = $2
      WHERE name = $1 AND live AND deleted IS NOT NULL RETURNING id, name`
    const more = `
      bare AS (UPDATE ${this.#schema}.event SET data = '{}'
        WHERE document IN (SELECT name FROM done)),
      gone AS (DELETE FROM ${this.#schema}.version WHERE document IN (SELECT id FROM done)),
      silent AS (DELETE FROM ${this.#schema}.message_room WHERE room IN (SELECT name FROM done)),
      unasked AS (DELETE FROM ${this.#schema}.idempotency_key
        WHERE key > $3 AND key < $4 AND EXISTS (SELECT FROM done)),`
    const text = withEvent(this.#schema, change, 'document.purged', more)
    const keys = keysAbout(document).map((key) => Buffer.from(key))
    return changed(sql, text, [Buffer.from(document), dead, ...keys])
  }

  /**
   * Removes what former lives have left, of one document or of all. A compaction holds no lock and
   * may end behind a purge: both sweep when they are done, so that the later one finds it.
   */
  async sweep(sql: SQL, document?: string): Promise<void> {
    const tables = [
      ['log', 'sequence'],
      ['snapshot', 'through'],
      ['damaged', 'sequence'],
    ] as const
    const one = document === undefined ? '' : 'AND d.name = $1'
    const removals = tables.map(
      ([table, number]) => `${table}_left AS (
        DELETE FROM ${this.#schema}.${table} t USING d
        WHERE t.document = d.id AND t.${number} <= d.born)`,
    )
    const text = `WITH d AS (
        SELECT d.id, d.born FROM ${this.#schema}.document d WHERE d.born > 0 ${one}),
      ${removals.join(', ')} SELECT 1`
    await sql.unsafe(text, document === undefined ? [] : [Buffer.from(document)])
  }

  async list(
    sql: SQL,
    { after = '', deleted = false, limit, prefix = '' }: Page,
  ): Promise<readonly StoredSummary[]> {
    const gone = deleted ? 'IS NOT NULL' : 'IS NULL'
    const text = `
      SELECT page.name, page.created, page.deleted,
        coalesce(octet_length(snapshot.bytes), 0) AS snapshot_bytes,
        coalesce(rows.bytes, 0) AS log_bytes, coalesce(rows.count, 0) AS log_rows,
        coalesce(rows.time, snapshot.time) AS changed
      FROM (
        SELECT id, name, created, deleted, born FROM ${this.#schema}.document
        WHERE name > $1 AND name >= $2 AND name < $2 || '\\xff'::bytea
          AND live AND deleted ${gone}
        ORDER BY name LIMIT $3::bigint) AS page
      LEFT JOIN ${this.#schema}.snapshot
        ON snapshot.document = page.id AND snapshot.through > page.born
      LEFT JOIN LATERAL (
        SELECT sum(octet_length(bytes) - ${packedHeaderBytes} * count) AS bytes,
          sum(count) AS count, max(time) AS time
        FROM ${this.#schema}.log WHERE document = page.id AND sequence > page.born) AS rows ON true
      ORDER BY page.name`
    const rows: readonly SummaryRow[] = await sql.unsafe(text, [
      Buffer.from(after),
      Buffer.from(prefix),
      limit,
    ])
    return rows.map((row) => ({
      document: row.name.toString(),
      snapshotBytes: row.snapshot_bytes,
      logBytes: Number(row.log_bytes),
      logRows: Number(row.log_rows),
      created: numberOf(row.created),
      changed: numberOf(row.changed),
      deleted: numberOf(row.deleted),
    }))
  }

  async heads(sql: SQL, believed: readonly Head[]): Promise<readonly Head[]> {
    const text = `
      SELECT h.place, coalesce(d.epoch, 1) AS epoch, coalesce(d.last, 0) AS number,
        coalesce(d.tag, 0) AS tag
      FROM unnest($1::bytea[], $2::int[], $3::bigint[], $4::bigint[])
        WITH ORDINALITY AS h (name, epoch, number, tag, place)
      LEFT JOIN ${this.#schema}.document d ON d.name = h.name
      WHERE (coalesce(d.epoch, 1), coalesce(d.last, 0), coalesce(d.tag, 0))
        <> (h.epoch, h.number, h.tag)
      ORDER BY h.place`
    const rows: readonly HeadRow[] = await sql.unsafe(text, headColumns(sql, believed))
    return rows.map(({ epoch, number, place, tag }) => ({
      document: believed[Number(place) - 1]?.document ?? '',
      epoch,
      position: { number: Number(number), tag: Number(tag) },
    }))
  }
}

/** Names, epochs, numbers and tags, a column each, as statements about many documents take them. */
export function headColumns(sql: SQL, heads: readonly Head[]): unknown[] {
  const column = (of: (head: Head) => number | Buffer, type: 'BYTEA' | 'INT' | 'BIGINT') =>
    sql.array(heads.map(of), type)
  return [
    column(({ document }) => Buffer.from(document), 'BYTEA'),
    column(({ epoch }) => epoch, 'INT'),
    column(({ position }) => position.number, 'BIGINT'),
    column(({ position }) => position.tag, 'BIGINT'),
  ]
}

/** Whether a statement that returns the rows it changed has changed any. */
export async function changed(
  sql: SQL,
  text: string,
  values: readonly (number | string | Uint8Array | null)[],
): Promise<boolean> {
  const rows: readonly unknown[] = await sql.unsafe(text, [...values])
  return rows.length > 0
}

/** A bigint as it comes, which is text; undefined for NULL. */
function numberOf(value: string | null): number | undefined {
  return value === null ? undefined : Number(value)
}
