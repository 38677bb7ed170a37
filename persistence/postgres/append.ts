import type { SQL } from 'bun'
import type { BatchDocument, BatchEvent, BatchParts } from '../batch.ts'
import { checksumOf } from '../checksum.ts'
import { packByDocument, type PackedUpdates } from '../packed-updates.ts'
import type { Appended } from '../store.ts'
import { StoreError } from '../store-error.ts'
import { authorRow, type AuthorRow, packAuthors } from './authors.ts'
import { toldText } from './events/events.ts'
import { randomTag } from './random-tag.ts'

/** So many names, and so many authors, are kept in mind as being in their tables. */
const knownMax = 100_000

/** A part of a batch with its place in it. */
interface Part {
  readonly place: number
  readonly updates: PackedUpdates
}

/** What goes with the parts of a batch. */
interface Told {
  readonly authors: readonly AuthorRow[]
  readonly events: readonly BatchEvent[]
  readonly tag: number
}

interface AppendedRow {
  readonly place: string
  readonly number: string | null
  readonly before: string
  readonly before_tag: string
}

/** What came of one part. */
interface Placed {
  readonly place: number
  readonly appended: Appended
}

/**
 * The way of batches into the tables: one statement each, so that no lock outlasts a server that
 * was cut off.
 */
export class Appender {
  readonly #text: { readonly names: string; readonly authors: string; readonly rows: string }
  readonly #names = new Set<string>()
  readonly #authors = new Set<string>()

  constructor(schema: string) {
    this.#text = {
      names: namesText(schema),
      authors: authorsText(schema),
      rows: rowsText(schema),
    }
  }

  /** Whoever answers next may never have heard of what is kept in mind. */
  forget(): void {
    this.#names.clear()
    this.#authors.clear()
  }

  /** @returns what came of each document, in their order */
  async append(
    sql: SQL,
    { authors, documents, events, records }: BatchParts,
  ): Promise<readonly Appended[]> {
    const parts = packByDocument(documents, records).map((updates, place) => ({ place, updates }))
    const rows = authors.map(authorRow)
    await this.#knowAuthors(sql, rows)
    const rounds = roundsOf(parts)
    const [only = []] = rounds
    const tag = randomTag()
    const inOneGo = async (): Promise<readonly Placed[]> => {
      await this.#knowNames(sql, documents)
      const told = { authors: rows, events, tag }
      if (rounds.length <= 1) return this.#write(sql, only, told)
      // Two lives of one document in a batch: seldom enough for a transaction of its own.
      return sql.begin(async (transaction) => {
        const written: Placed[] = []
        for (const round of rounds) {
          written.push(...(await this.#write(transaction, round, told)))
        }
        return written
      })
    }
    let written = await inOneGo()
    if (written.length < parts.length) {
      // A name is gone that was there, as after a failover; then nothing was stored.
      this.forget()
      await this.#knowAuthors(sql, rows)
      written = await inOneGo()
    }
    return inOrder(written, parts.length)
  }

  async #knowNames(sql: SQL, documents: readonly BatchDocument[]): Promise<void> {
    const fresh = documents.map(({ name }) => name).filter((name) => !this.#names.has(name))
    if (fresh.length === 0) return
    const names = fresh.map((name) => Buffer.from(name))
    await sql.unsafe(this.#text.names, [sql.array(names, 'BYTEA')])
    if (this.#names.size > knownMax) this.#names.clear()
    for (const name of fresh) this.#names.add(name)
  }

  async #knowAuthors(sql: SQL, rows: readonly AuthorRow[]): Promise<void> {
    const fresh = rows.filter(({ id }) => !this.#authors.has(id.toString('hex')))
    if (fresh.length === 0) return
    await sql.unsafe(this.#text.authors, [
      sql.array(
        fresh.map(({ id }) => id),
        'BYTEA',
      ),
      sql.array(
        fresh.map(({ person }) => person),
        'BYTEA',
      ),
      sql.array(
        fresh.map(({ name }) => name),
        'BYTEA',
      ),
    ])
    if (this.#authors.size > knownMax) this.#authors.clear()
    for (const { id } of fresh) this.#authors.add(id.toString('hex'))
  }

  /** Gives fewer rows than parts where a name is missing; then nothing was stored. */
  async #write(
    sql: SQL,
    parts: readonly Part[],
    { authors, events, tag }: Told,
  ): Promise<readonly Placed[]> {
    const pieces: Uint8Array[] = []
    const lengths: number[] = []
    const authorLengths: number[] = []
    for (const { updates } of parts) {
      const by = packAuthors(updates, authors)
      pieces.push(updates.bytes, by)
      lengths.push(updates.bytes.length)
      authorLengths.push(by.length)
    }
    const starts: number[] = []
    let end = 1
    for (const [at, length] of lengths.entries()) {
      starts.push(end)
      end += length + (authorLengths[at] ?? 0)
    }
    const answer: readonly AppendedRow[] = await sql.unsafe(this.#text.rows, [
      Buffer.concat(pieces),
      sql.array(
        parts.map(({ updates }) => Buffer.from(updates.document.name)),
        'BYTEA',
      ),
      sql.array(
        parts.map(({ updates }) => updates.document.epoch ?? null),
        'INT',
      ),
      sql.array(starts, 'INT'),
      sql.array(lengths, 'INT'),
      sql.array(authorLengths, 'INT'),
      sql.array(
        parts.map(({ updates }) => updates.count),
        'INT',
      ),
      sql.array(
        parts.map(({ updates: { bytes, count, document } }) =>
          checksumOf(document.name, tag, count, bytes),
        ),
        'BIGINT',
      ),
      tag,
      parts.length,
      ...eventColumns(sql, parts, events),
    ])
    return answer.map((row) => ({
      place: parts[Number(row.place) - 1]?.place ?? 0,
      appended: appendedOf(row, tag),
    }))
  }
}

/** What happened by some of the parts, as columns. */
function eventColumns(
  sql: SQL,
  parts: readonly Part[],
  events: readonly BatchEvent[],
): readonly unknown[] {
  const places = new Map(parts.map(({ place }, index) => [place, index + 1]))
  const own = events.filter(({ by }) => places.has(by))
  const bytes = (of: (event: BatchEvent) => string) =>
    sql.array(
      own.map((event) => Buffer.from(of(event))),
      'BYTEA',
    )
  return [
    sql.array(
      own.map(({ by }) => places.get(by) ?? 0),
      'INT',
    ),
    bytes(({ type }) => type),
    bytes(({ document }) => document),
    bytes(({ data }) => JSON.stringify(data)),
  ]
}

/** Parts of which each names a document once; nearly always it is one. */
function roundsOf(parts: readonly Part[]): readonly (readonly Part[])[] {
  const rounds: { readonly names: Set<string>; readonly parts: Part[] }[] = []
  for (const part of parts) {
    const { name } = part.updates.document
    let round = rounds.find(({ names }) => !names.has(name))
    if (round === undefined) rounds.push((round = { names: new Set(), parts: [] }))
    round.names.add(name)
    round.parts.push(part)
  }
  return rounds.map((round) => round.parts)
}

function appendedOf(row: AppendedRow, tag: number): Appended {
  if (row.number === null) return { kind: 'refused' }
  return {
    kind: 'stored',
    position: { number: Number(row.number), tag },
    previous: { number: Number(row.before), tag: Number(row.before_tag) },
  }
}

function inOrder(placed: readonly Placed[], count: number): readonly Appended[] {
  if (placed.length === count) {
    return placed.toSorted((a, b) => a.place - b.place).map(({ appended }) => appended)
  }
  const message = 'A document that was just made is gone from the database; try again.'
  throw new StoreError('unavailable', message)
}

/** In the order of the names: two servers that wait for each other in it do not go round. */
function namesText(schema: string): string {
  return `INSERT INTO ${schema}.document (name)
    SELECT name FROM unnest($1::bytea[]) AS name ORDER BY name ON CONFLICT (name) DO NOTHING`
}

function authorsText(schema: string): string {
  return `INSERT INTO ${schema}.author (id, person, name)
    SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::bytea[]) AS given (id, person, name)
    ORDER BY id ON CONFLICT (id) DO NOTHING`
}

/**
 * Locks the documents in the order of their ids (any other order deadlocks), then draws a number
 * for each: so those of one document are given in the order in which they become visible. The
 * input is joined once; a second time costs fifty times as much at 1,000 documents.
 */
function rowsText(schema: string): string {
  return `
    WITH locked AS MATERIALIZED (
      SELECT given.*, d.id, d.live, d.epoch AS now, d.deleted, d.last AS before, d.tag AS before_tag
      FROM unnest($2::bytea[], $3::int[], $4::int[], $5::int[], $6::int[], $7::int[], $8::bigint[])
        WITH ORDINALITY
        AS given (name, epoch, start, length, author_length, count, checksum, place)
      JOIN ${schema}.document d ON d.name = given.name
      ORDER BY d.id FOR NO KEY UPDATE OF d),
    numbered AS MATERIALIZED (
      SELECT locked.*, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS time,
        CASE WHEN deleted IS NULL AND coalesce(epoch, now) = now
          AND (SELECT count(*) FROM locked) = $10::bigint
        THEN nextval('${schema}.row_number') END AS number
      FROM locked),
    moved AS (
      UPDATE ${schema}.document d SET last = n.number, tag = $9::bigint, live = true,
        created = CASE WHEN d.live THEN d.created ELSE n.time END
      FROM numbered n WHERE d.id = n.id AND n.number IS NOT NULL),
    written AS (
      INSERT INTO ${schema}.log (document, sequence, tag, count, checksum, time, authors, bytes)
      SELECT id, number, $9::bigint, count, checksum, time,
        CASE WHEN author_length > 0 THEN substr($1::bytea, start + length, author_length) END,
        substr($1::bytea, start, length)
      FROM numbered WHERE number IS NOT NULL),
    happened AS (
      SELECT name, 'document.created' AS type, '{}' AS data, time, place::float8 AS place
      FROM numbered WHERE number IS NOT NULL AND NOT live
      UNION ALL
      SELECT e.name, convert_from(e.type, 'UTF8'), convert_from(e.data, 'UTF8'), n.time,
        n.place + nth / 1e6
      FROM unnest($11::int[], $12::bytea[], $13::bytea[], $14::bytea[]) WITH ORDINALITY
        AS e (part, type, name, data, nth)
      JOIN numbered n ON n.place = e.part WHERE n.number IS NOT NULL),
    ${toldText(schema)}
    SELECT place, number, before, before_tag FROM numbered`
}
