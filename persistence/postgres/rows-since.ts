import type { SQL } from 'bun'
import { StoreError } from '../store-error.ts'
import type { Damage, Head, Since, Standing } from '../store.ts'
import { type ContentRow, type Facts, factsText, soundRow, unwritten } from './content.ts'
import { headColumns } from './documents.ts'

/** How a statement that reads gets to the database. */
type Asking = <Result>(work: (sql: SQL) => Promise<Result>) => Promise<Result>

interface Asked {
  readonly head: Head
  readonly resolve: (since: Since) => void
  readonly reject: (error: unknown) => void
}

/** Of a document, or of a row of its log; by the place of the document among those asked for. */
interface SinceRow extends ContentRow {
  readonly place: string
  readonly facts: (Facts & { readonly known: boolean }) | null
}

/** So many documents share a statement: each may have much to tell. */
const togetherMax = 64

/**
 * Reads what was appended behind positions. Who follows many documents asks for all that have gone
 * on in the same moment: one statement answers, however slow the way to the database is.
 */
export class RowsSince {
  readonly #text: string
  readonly #ask: Asking
  #waiting: Asked[] = []

  constructor(schema: string, ask: Asking) {
    this.#text = sinceText(schema)
    this.#ask = ask
  }

  read(document: string, from: Standing): Promise<Since> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ head: { ...from, document }, resolve, reject })
      if (this.#waiting.length === 1) queueMicrotask(() => this.#readAll())
    })
  }

  #readAll(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (let at = 0; at < waiting.length; at += togetherMax) {
      this.#readTogether(waiting.slice(at, at + togetherMax))
    }
  }

  #readTogether(asked: readonly Asked[]): void {
    const heads = asked.map(({ head }) => head)
    this.#ask((sql) => sql.unsafe<SinceRow[]>(this.#text, headColumns(sql, heads))).then(
      (rows) => {
        const byPlace = Map.groupBy(rows, ({ place }) => Number(place))
        asked.forEach((one, index) => one.resolve(sinceOf(one.head, byPlace.get(index + 1) ?? [])))
      },
      (error: unknown) => {
        // What is broken in one document is not another's.
        const isOfOne = error instanceof StoreError && error.kind === 'damaged'
        if (isOfOne && asked.length > 1) for (const one of asked) this.#readTogether([one])
        else for (const { reject } of asked) reject(error)
      },
    )
  }
}

function sinceOf({ document, epoch, position }: Head, rows: readonly SinceRow[]): Since {
  const facts = rows.find(({ kind }) => kind === 'document')?.facts
  const now = facts ?? { ...unwritten, known: epoch === 1 && position.number === 0 }
  const found: Damage[] = []
  const sound = rows
    .filter(({ kind }) => kind === 'row')
    .flatMap((row) => soundRow(document, row, found) ?? [])
  if (!now.known || found.length > 0) {
    return { kind: 'unknown', epoch: now.epoch, deleted: now.deleted !== null }
  }
  const told = sound.map((row) => ({ position: row.position, updates: row.updates }))
  return { kind: 'rows', epoch, rows: told }
}

function sinceText(schema: string): string {
  const base = `SELECT FROM ${schema}.snapshot s WHERE s.document = d.id AND s.through > d.born`
  const row = `SELECT FROM ${schema}.log l WHERE l.document = d.id AND l.sequence > d.born`
  return `
    WITH d AS MATERIALIZED (
      SELECT d.*, a.place, a.number AS after, d.epoch = a.epoch AND d.deleted IS NULL AND (
        (d.last = a.number AND d.tag = a.position_tag)
        OR (a.number = 0 AND NOT EXISTS (${base}))
        OR EXISTS (${base} AND s.through = a.number AND s.tag = a.position_tag)
        OR EXISTS (${row} AND l.sequence = a.number AND l.tag = a.position_tag)) AS known
      FROM unnest($1::bytea[], $2::int[], $3::bigint[], $4::bigint[])
        WITH ORDINALITY AS a (name, epoch, number, position_tag, place)
      JOIN ${schema}.document d ON d.name = a.name)
    SELECT d.place, ${factsText(", 'known', d.known")} FROM d
    UNION ALL (
    SELECT d.place, 'row', l.sequence, l.tag, l.count, l.checksum, l.time, l.bytes, NULL, NULL,
      NULL
    FROM d JOIN ${schema}.log l
      ON l.document = d.id AND l.sequence > d.born AND l.sequence > d.after
    WHERE d.known ORDER BY l.sequence)`
}
