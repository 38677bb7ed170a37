import type { SQL } from 'bun'
import { checksumOf } from '../checksum.ts'
import { unpackAuthors } from '../postgres/authors.ts'
import { readAuthors } from '../postgres/read-authors.ts'
import { deliveryOf } from '../postgres/events/delivery.ts'
import { webhookOf } from '../postgres/events/webhook.ts'
import { bufferOf, bytesIn, numberOf, stringOf, textOf } from './column-values.ts'
import { asideLog, asideSnapshot, type TableRow, type Tables, type TablesSource } from './tables.ts'

type Row = Readonly<Record<string, unknown>>

/** So many rows are read at a time; of those that may be large, fewer. */
const pageRows = 1_000
const largePageRows = 50

/** The tables of a schema, read within one transaction that sees one moment. */
export class PostgresSource implements TablesSource {
  readonly #sql: SQL
  readonly #schema: string
  readonly #authors = new Map<string, number>()
  /** By the key under which the database keeps one. */
  readonly #authorKeys = new Map<string, number>()

  constructor(sql: SQL, schema: string) {
    this.#sql = sql
    this.#schema = schema
  }

  async total(): Promise<number> {
    const tables = ['document', 'snapshot', 'log', 'damaged', 'version', 'event', 'message']
    const counts = tables.map((table) => `(SELECT count(*) FROM ${this.#schema}.${table})`)
    const [row] = await this.#ask(`SELECT ${counts.join(' + ')} AS total`)
    return Number(row?.['total'] ?? 0)
  }

  async *rows(now: string): AsyncGenerator<TableRow> {
    const [store] = await this.#ask(`SELECT value FROM ${this.#schema}.meta WHERE key = 'store-id'`)
    yield { table: 'store', row: { id: stringOf(store?.['value']) ?? '' } }
    yield* this.#authorRows()
    yield* this.#documentRows()
    yield* this.#contentRows(now)
    yield* this.#versionRows()
    yield* this.#eventRows()
    yield* this.#messageRows()
    for await (const row of this.#pages('idempotency_key', ['id'])) {
      const { at, body, headers, key, request, status } = row
      yield {
        table: 'idempotency_key',
        row: {
          key: textOf(key),
          request: String(request),
          at: Number(at),
          status: numberOf(status),
          headers: stringOf(headers),
          body: bytesIn(body),
        },
      }
    }
    yield* this.#revocationRows()
    const [last] = await this.#ask(`SELECT last_value AS last FROM ${this.#schema}.row_number`)
    yield { table: 'position', row: { last: Number(last?.['last'] ?? 0) } }
  }

  async *#authorRows(): AsyncGenerator<TableRow> {
    for await (const { id, name, person } of this.#pages('author', ['id'])) {
      const known = this.#authors.size
      const number = this.#numberOf(textOf(person), name === null ? '' : textOf(name))
      this.#authorKeys.set(bufferOf(id).toString('hex'), number)
      if (this.#authors.size > known) yield this.#authorRow(number, textOf(person), textOf(name))
    }
  }

  async *#documentRows(): AsyncGenerator<TableRow> {
    // A name that is neither live nor had a life is there because somebody was about to write it.
    for await (const row of this.#pages('document', ['id'], 'live OR epoch > 1')) {
      yield {
        table: 'document',
        row: {
          id: Number(row['id']),
          name: textOf(row['name']),
          epoch: Number(row['epoch']),
          life: Number(row['life']),
          live: row['live'] === true ? 1 : 0,
          created: numberOf(row['created']),
          deleted: numberOf(row['deleted']),
          dead: bytesIn(row['dead']),
          told: Number(row['told']),
        },
      }
    }
  }

  async *#contentRows(now: string): AsyncGenerator<TableRow> {
    for await (const row of this.#ofDocuments('snapshot', ['document'], 't.through > d.born')) {
      const [document, through] = [textOf(row['of']), Number(row['through'])]
      const bytes = bufferOf(row['bytes'])
      if (Number(row['checksum']) !== checksumOf(document, through, 0, bytes)) {
        yield asideSnapshot(document, through, bytes, now)
        continue
      }
      const common = { document: Number(row['document']), time: numberOf(row['time']), bytes }
      const [checksum, tag] = [Number(row['checksum']), Number(row['tag'])]
      const attribution = bytesIn(row['attribution'])
      yield { table: 'snapshot', row: { ...common, through, tag, checksum, attribution } }
    }
    const order = ['document', 'sequence'] as const
    for await (const row of this.#ofDocuments('log', order, 't.sequence > d.born')) {
      yield this.#logRow(row, now)
    }
    for await (const row of this.#ofDocuments('damaged', ['id'], 't.sequence > d.born')) {
      const { bytes, of: document, of_snapshot: isSnapshot, reason, sequence, time } = row
      const entry = isSnapshot === true ? 'snapshot' : String(sequence)
      const at = time instanceof Date ? time.toISOString() : String(time)
      const aside = { document: textOf(document), entry, bytes: bytesIn(bytes), time: at }
      yield { table: 'damaged', row: { ...aside, reason: String(reason) } }
    }
  }

  /** Its checksum here is over its tag, there over its number. */
  #logRow(row: Row, now: string): TableRow {
    const [document, sequence, count] = [
      textOf(row['of']),
      Number(row['sequence']),
      Number(row['count']),
    ]
    const bytes = bufferOf(row['bytes'])
    if (Number(row['checksum']) !== checksumOf(document, Number(row['tag']), count, bytes)) {
      return asideLog(document, sequence, bytes, now)
    }
    const keys = unpackAuthors(bytesIn(row['authors']) ?? undefined, count)
    const numbers = Uint32Array.from(keys, (key) => this.#authorKeys.get(key) ?? 0)
    const checksum = checksumOf(document, sequence, count, bytes)
    return {
      table: 'log',
      row: {
        document: Number(row['document']),
        time: numberOf(row['time']),
        authors: keys.length === 0 ? null : new Uint8Array(numbers.buffer),
        sequence,
        count,
        checksum,
        bytes,
      },
    }
  }

  async *#versionRows(): AsyncGenerator<TableRow> {
    for await (const row of this.#ofDocuments('version', ['document', 'time'], 'true')) {
      const numbers: number[] = []
      for (const { id, name = '' } of readAuthors(String(row['authors']))) {
        const known = this.#authors.size
        const number = this.#numberOf(id, name)
        if (this.#authors.size > known) yield this.#authorRow(number, id, name)
        numbers.push(number)
      }
      yield {
        table: 'version',
        row: {
          document: Number(row['document']),
          time: Number(row['time']),
          life: Number(row['life']),
          kind: String(row['kind']),
          name: row['name'] === null ? null : textOf(row['name']),
          meta: row['meta'] === null ? null : textOf(row['meta']),
          authors: new Uint8Array(Uint32Array.from(numbers).buffer),
          restored_from: numberOf(row['restored_from']),
          keyframe: row['keyframe'] === true ? 1 : 0,
          state_bytes: Number(row['state_bytes']),
          checksum: Number(row['checksum']),
          bytes: bufferOf(row['bytes']),
        },
      }
    }
  }

  async *#eventRows(): AsyncGenerator<TableRow> {
    const [reach] = await this.#ask(`SELECT last, dropped FROM ${this.#schema}.event_reach`)
    const [last, dropped] = [Number(reach?.['last'] ?? 0), Number(reach?.['dropped'] ?? 0)]
    yield { table: 'event_reach', row: { last, dropped } }
    for await (const row of this.#pages('event', ['sequence'])) {
      const { data, document, sequence, time, type } = row
      const of = { type: String(type), document: textOf(document), data: String(data) }
      yield { table: 'event', row: { sequence: Number(sequence), time: Number(time), ...of } }
    }
    for await (const row of this.#pages('webhook', ['id'])) {
      const { created, cursor, disabled, id, told } = row
      const { events, prefix, secret, url } = webhookOf({
        id: String(id),
        told: String(told),
        created: String(created),
        disabled: stringOf(disabled),
        cursor: String(cursor),
      })
      const where = { url, events: JSON.stringify(events), prefix: prefix ?? null, secret }
      const rest = { created: Number(created), disabled: stringOf(disabled) }
      yield {
        table: 'webhook',
        row: { id: String(id), ...where, ...rest, cursor: Number(cursor) },
      }
    }
    for await (const { event, told, webhook } of this.#pages('delivery', ['webhook', 'event'])) {
      const none = { id: '', time: 0, type: 'document.changed', document: '', data: '' } as const
      const delivery = deliveryOf({ told: String(told) }, none)
      const { at = null, attempt, error = null, next = null, status = null } = delivery
      const tried = { attempt, at, status, error, next }
      yield { table: 'delivery', row: { webhook: String(webhook), event: Number(event), ...tried } }
    }
  }

  async *#messageRows(): AsyncGenerator<TableRow> {
    const names = new Map<number, string>()
    for await (const { acts, id, last, room } of this.#pages('message_room', ['id'])) {
      names.set(Number(id), textOf(room))
      const row = { room: textOf(room), last: Number(last), acts: Number(acts) }
      yield { table: 'message_room', row }
    }
    for await (const row of this.#pages('message', ['room', 'seq'])) {
      yield {
        table: 'message',
        row: {
          room: names.get(Number(row['room'])) ?? '',
          seq: Number(row['seq']),
          act: Number(row['act']),
          at: Number(row['at']),
          person: textOf(row['person']),
          name: row['name'] === null ? null : textOf(row['name']),
          color: row['color'] === null ? null : textOf(row['color']),
          text: textOf(row['text']),
          nonce: row['nonce'] === null ? null : textOf(row['nonce']),
          edited: numberOf(row['edited']),
          deleted: numberOf(row['deleted']),
        },
      }
    }
    for await (const { person, room, seq } of this.#pages('message_read', ['room', 'person'])) {
      const of = { room: names.get(Number(room)) ?? '', person: textOf(person) }
      yield { table: 'message_read', row: { ...of, seq: Number(seq) } }
    }
  }

  async *#revocationRows(): AsyncGenerator<TableRow> {
    const [reach] = await this.#ask(`SELECT last, tag FROM ${this.#schema}.revocation_reach`)
    const stand = { last: Number(reach?.['last'] ?? 0), tag: Number(reach?.['tag'] ?? 0) }
    yield { table: 'revocation_reach', row: stand }
    for await (const row of this.#pages('revocation', ['number'])) {
      const [key, number, tag] = [String(row['key']), Number(row['number']), Number(row['tag'])]
      const document = row['document'] === null ? null : textOf(row['document'])
      const person = row['person'] === null ? null : textOf(row['person'])
      const at = Number(row['at'])
      yield { table: 'revocation', row: { key, number, tag, document, person, at } }
    }
  }

  #numberOf(person: string, name: string): number {
    const key = JSON.stringify([person, name])
    const number = this.#authors.get(key) ?? this.#authors.size + 1
    this.#authors.set(key, number)
    return number
  }

  #authorRow(id: number, person: string, name: string): TableRow {
    return { table: 'author', row: { id, person, name } satisfies Tables['author'] }
  }

  /** Rows of the lives that documents have now, with `of`, the document's name. */
  #ofDocuments(table: string, order: readonly string[], where: string): AsyncGenerator<Row> {
    const from = `${this.#schema}.${table} t JOIN ${this.#schema}.document d ON d.id = t.document`
    return this.#cursor(
      `SELECT t.*, d.name AS of FROM ${from} WHERE ${where}`,
      order,
      largePageRows,
    )
  }

  #pages(table: string, order: readonly string[], where = 'true'): AsyncGenerator<Row> {
    const text = `SELECT t.* FROM ${this.#schema}.${table} t WHERE ${where}`
    return this.#cursor(text, order, pageRows)
  }

  /** By a cursor, so that a table of any size is read a page at a time. */
  async *#cursor(text: string, order: readonly string[], rows: number): AsyncGenerator<Row> {
    const by = order.map((column) => `t.${column}`).join(', ')
    await this.#ask(`DECLARE rows_of_table NO SCROLL CURSOR FOR ${text} ORDER BY ${by}`)
    for (;;) {
      const page = await this.#ask(`FETCH ${rows} FROM rows_of_table`)
      yield* page
      if (page.length < rows) break
    }
    await this.#ask('CLOSE rows_of_table')
  }

  #ask(text: string): Promise<readonly Row[]> {
    return this.#sql.unsafe(text)
  }
}
