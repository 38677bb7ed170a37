import type { SQL } from 'bun'
import { checksumOf } from '../checksum.ts'
import { authorRow, type AuthorRow, packAuthors } from '../postgres/authors.ts'
import { toldOfDelivery } from '../postgres/events/delivery.ts'
import { toldOfWebhook } from '../postgres/events/webhook.ts'
import { unpackAuthors } from '../sqlite/authors.ts'
import { readEvents } from '../sqlite/outbox/outbox.ts'
import { mismatch, type TableRow, type Tables, type TablesTarget } from './tables.ts'

type Value = number | string | Uint8Array | null

/** So many rows, or bytes, are under way before they are waited for. */
const waitingMax = 500
const waitingBytesMax = 8 * 1024 * 1024

/** The tables of a schema that was just made, written within one transaction. */
export class PostgresTarget implements TablesTarget {
  readonly #sql: SQL
  readonly #schema: string
  readonly #names = new Map<number, string>()
  readonly #authors: AuthorRow[] = []
  /** By the numbers that the rows have for them, one more than the place in the list. */
  readonly #authorPlaces = new Map<number, number>()
  readonly #authorNames = new Map<number, { readonly id: string; readonly name?: string }>()
  /** Time of the version before, by document. */
  readonly #versions = new Map<number, number>()
  #waiting: Promise<unknown>[] = []
  #waitingBytes = 0

  constructor(sql: SQL, schema: string) {
    this.#sql = sql
    this.#schema = schema
  }

  async put(given: TableRow): Promise<void> {
    switch (given.table) {
      case 'store':
        return this.#run(`UPDATE ${this.#schema}.meta SET value = $1 WHERE key = 'store-id'`, [
          given.row.id,
        ])
      case 'author':
        return this.#author(given.row)
      case 'document':
        return this.#document(given.row)
      case 'snapshot':
        return this.#insert('snapshot', { ...given.row })
      case 'log':
        return this.#log(given.row)
      case 'damaged':
        return this.#damaged(given.row)
      case 'version':
        return this.#version(given.row)
      case 'event_reach':
      case 'event':
      case 'webhook':
      case 'delivery':
        return this.#told(given)
      case 'message_room':
        return this.#insert('message_room', { ...given.row, room: bytesFor(given.row.room) })
      case 'message':
      case 'message_read':
        return this.#ofRoom(given)
      case 'idempotency_key':
        return this.#insert('idempotency_key', { ...given.row, key: bytesFor(given.row.key) })
      case 'revocation_reach': {
        const { last, tag } = given.row
        return this.#run(`UPDATE ${this.#schema}.revocation_reach SET last = $1, tag = $2`, [
          last,
          tag,
        ])
      }
      case 'revocation': {
        const { document, person, ...row } = given.row
        const of = document === null ? null : bytesFor(document)
        const whose = person === null ? null : bytesFor(person)
        return this.#insert('revocation', { ...row, document: of, person: whose })
      }
      case 'position':
        return this.#run(`SELECT setval('${this.#schema}.row_number', $1::bigint)`, [
          Math.max(1, given.row.last),
        ])
    }
  }

  /** All have come: what goes with them is brought up to them. */
  async finish(): Promise<void> {
    await this.#settle()
    await this.#sql.unsafe(`
      UPDATE ${this.#schema}.document d SET
        last = coalesce(l.sequence, s.through, 0), tag = coalesce(l.tag, s.tag, 0)
      FROM ${this.#schema}.document own
      LEFT JOIN ${this.#schema}.snapshot s ON s.document = own.id
      LEFT JOIN LATERAL (SELECT sequence, tag FROM ${this.#schema}.log
        WHERE document = own.id ORDER BY sequence DESC LIMIT 1) l ON true
      WHERE d.id = own.id`)
    await this.#sql.unsafe(`SELECT setval(
      pg_get_serial_sequence('${this.#schema}.document', 'id'),
      (SELECT greatest(1, max(id)) FROM ${this.#schema}.document))`)
  }

  #author({ id: number, name, person }: Tables['author']): Promise<void> {
    const author = name === '' ? { id: person } : { id: person, name }
    const row = authorRow({ id: person, name: name === '' ? undefined : name })
    this.#authorPlaces.set(number, this.#authors.push(row))
    this.#authorNames.set(number, author)
    return this.#insert('author', { ...row }, 'ON CONFLICT DO NOTHING')
  }

  #document(row: Tables['document']): Promise<void> {
    this.#names.set(row.id, row.name)
    const { live, name, ...rest } = row
    return this.#insert('document', { ...rest, name: bytesFor(name), live: `${live === 1}` })
  }

  /** The tag of a row of the embedded store is its checksum; here that is over the tag. */
  #log({ authors, checksum: tag, ...row }: Tables['log']): Promise<void> {
    const numbers = unpackAuthors(authors, row.count)
    const places = numbers.map((number) => this.#authorPlaces.get(number) ?? 0)
    const packed = packAuthors({ authorPlaces: places }, this.#authors)
    const name = this.#names.get(row.document) ?? ''
    const checksum = checksumOf(name, tag, row.count, row.bytes)
    const by = packed.length === 0 ? null : packed
    return this.#insert('log', { ...row, tag, checksum, authors: by })
  }

  #damaged({ bytes, document, entry, reason, time }: Tables['damaged']): Promise<void> {
    const isSnapshot = entry === 'snapshot'
    const sound = !isSnapshot && bytes !== null && !reason.endsWith(mismatch)
    const name = bytesFor(document)
    return this.#run(
      `WITH made AS (
         INSERT INTO ${this.#schema}.document (name) VALUES ($1)
         ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING id)
       INSERT INTO ${this.#schema}.damaged
         (document, of_snapshot, sequence, sound, bytes, reason, time)
       SELECT id, $2::boolean, $3::bigint, $4::boolean, $5::bytea, $6, $7::timestamptz FROM made`,
      [
        name,
        `${isSnapshot}`,
        isSnapshot ? 1 : Number(entry),
        `${sound}`,
        bytes ?? new Uint8Array(0),
        reason,
        time,
      ],
    )
  }

  #version({ authors, keyframe, meta, name, ...row }: Tables['version']): Promise<void> {
    const numbers = new Uint32Array(authors.slice().buffer)
    const people = [...numbers].flatMap((number) => this.#authorNames.get(number) ?? [])
    const after = this.#versions.get(row.document) ?? 0
    this.#versions.set(row.document, row.time)
    return this.#insert('version', {
      ...row,
      after,
      name: name === null ? null : bytesFor(name),
      meta: meta === null ? null : bytesFor(meta),
      authors: JSON.stringify(people),
      keyframe: `${keyframe === 1}`,
    })
  }

  #told(given: TableRow & { readonly table: 'event_reach' | 'event' | 'webhook' | 'delivery' }) {
    switch (given.table) {
      case 'event_reach': {
        const { dropped, last } = given.row
        const text = `UPDATE ${this.#schema}.event_reach SET last = $1, dropped = $2`
        return this.#run(text, [last, dropped])
      }
      case 'event':
        return this.#insert('event', { ...given.row, document: bytesFor(given.row.document) })
      case 'webhook': {
        const { events, prefix, secret, url, ...row } = given.row
        const wanted = { events: readEvents(events), prefix: prefix ?? undefined }
        const told = toldOfWebhook({ url, secret, ...wanted })
        return this.#insert('webhook', { ...row, told })
      }
      case 'delivery': {
        const { at, attempt, error, event, next, status, webhook } = given.row
        const told = toldOfDelivery({
          attempt,
          at: at ?? undefined,
          status: status ?? undefined,
          error: error ?? undefined,
          next: next ?? undefined,
        })
        return this.#insert('delivery', { webhook, event, told })
      }
    }
  }

  #ofRoom(given: TableRow & { readonly table: 'message' | 'message_read' }): Promise<void> {
    const { room, ...rest } = given.row
    const row: Record<string, Value> = { ...rest }
    for (const column of ['person', 'name', 'color', 'text', 'nonce']) {
      const value = row[column]
      if (typeof value === 'string') row[column] = bytesFor(value)
    }
    const columns = Object.keys(row)
    const places = columns.map((_, index) => `$${index + 2}`)
    return this.#run(
      `INSERT INTO ${this.#schema}.${given.table} (room, ${columns.join(', ')})
       SELECT id, ${places.join(', ')} FROM ${this.#schema}.message_room WHERE room = $1`,
      [bytesFor(room), ...Object.values(row)],
    )
  }

  #insert(table: string, row: Readonly<Record<string, Value>>, more = ''): Promise<void> {
    const columns = Object.keys(row)
    const places = columns.map((_, index) => `$${index + 1}`)
    return this.#run(
      `INSERT INTO ${this.#schema}.${table} (${columns.join(', ')}) OVERRIDING SYSTEM VALUE
       VALUES (${places.join(', ')}) ${more}`,
      Object.values(row),
    )
  }

  async #run(text: string, values: readonly Value[]): Promise<void> {
    const asked: Promise<unknown> = this.#sql.unsafe(text, [...values])
    // Whoever waits for all of them hears of it.
    asked.catch(() => undefined)
    this.#waiting.push(asked)
    for (const value of values) {
      if (value instanceof Uint8Array) this.#waitingBytes += value.length
    }
    const isFull = this.#waiting.length >= waitingMax || this.#waitingBytes >= waitingBytesMax
    if (isFull) await this.#settle()
  }

  async #settle(): Promise<void> {
    const waiting = this.#waiting
    this.#waiting = []
    this.#waitingBytes = 0
    await Promise.all(waiting)
  }
}

/** Text cannot hold every character. */
function bytesFor(text: string): Buffer {
  return Buffer.from(text)
}
