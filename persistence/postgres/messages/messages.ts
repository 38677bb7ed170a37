import type { SQL } from 'bun'
import { checkDocumentName } from '../../document-name.ts'
import type { Messages, MessagesKept, MessagesSince, NewMessage } from '../../messages.ts'
import type { Reading, RoomHead, StoredMessage } from '../../messages.ts'
import type { AskingAll } from '../events/outbox.ts'
import { nowText } from '../events/events.ts'
import { columns, messageOf, type MessageRow } from './message-row.ts'
import { postText } from './post-text.ts'

/** Messages in PostgreSQL, for several servers. */
export class PostgresMessages implements Messages {
  readonly #schema: string
  readonly #ask: AskingAll

  constructor(schema: string, ask: AskingAll) {
    this.#schema = schema
    this.#ask = ask
  }

  /** One statement: a server that is cut off in the midst has kept all of it or nothing. */
  async post(
    messages: readonly NewMessage[],
    { count, ms }: MessagesKept,
  ): Promise<readonly StoredMessage[]> {
    for (const { room } of messages) checkDocumentName(room)
    // What comes twice in one batch is posted by the first of them.
    const places = new Map<string, number>()
    const kept: NewMessage[] = []
    const placeOf = messages.map((message, index) => {
      const { by, nonce, room } = message
      const key = JSON.stringify(nonce === undefined ? index : [room, by.id ?? '', nonce])
      const place = places.get(key) ?? kept.push(message) - 1
      places.set(key, place)
      return place
    })
    const rows = await this.#ask.write((pool) =>
      pool.run((sql) => this.#rows(sql, postText(this.#schema), [...given(sql, kept), count, ms])),
    )
    const byPlace = new Map(rows.map((row) => [Number(row.place), row]))
    return messages.flatMap(({ room }, index) => {
      const row = byPlace.get((placeOf[index] ?? 0) + 1)
      return row === undefined ? [] : [messageOf(room, row)]
    })
  }

  async page(room: string, before: number, limit: number): Promise<readonly StoredMessage[]> {
    const where = 'm.seq < $2 ORDER BY m.seq DESC LIMIT $3::bigint'
    return this.#select(room, where, [before, limit])
  }

  async find(room: string, seq: number): Promise<StoredMessage | undefined> {
    return (await this.#select(room, 'm.seq = $2', [seq]))[0]
  }

  async change(
    room: string,
    seq: number,
    text: string | undefined,
  ): Promise<StoredMessage | undefined> {
    checkDocumentName(room)
    const [edited, deleted] = text === undefined ? ['m.edited', nowText] : [nowText, 'NULL']
    const change = `
      WITH r AS (
        UPDATE ${this.#schema}.message_room SET acts = acts + 1 WHERE room = $1 AND EXISTS (
          SELECT FROM ${this.#schema}.message m
          WHERE m.room = message_room.id AND m.seq = $2 AND m.deleted IS NULL)
        RETURNING id, acts)
      UPDATE ${this.#schema}.message m
      SET act = r.acts, text = $3, edited = ${edited}, deleted = ${deleted}
      FROM r WHERE m.room = r.id AND m.seq = $2 AND m.deleted IS NULL RETURNING ${columns}`
    const values = [Buffer.from(room), seq, Buffer.from(text ?? '')]
    const [row] = await this.#ask.write((pool) =>
      pool.run((sql) => this.#rows(sql, change, values)),
    )
    return row && messageOf(room, row)
  }

  async mark(room: string, reader: string, seq: number): Promise<void> {
    checkDocumentName(room)
    const text = `
      INSERT INTO ${this.#schema}.message_read AS one (room, person, seq)
      SELECT id, $2, least($3::bigint, last) FROM ${this.#schema}.message_room WHERE room = $1
      ON CONFLICT (room, sha256(person)) DO UPDATE SET seq = greatest(one.seq, excluded.seq)`
    const values = [Buffer.from(room), Buffer.from(reader), seq]
    await this.#ask.write((pool) => pool.run((sql) => sql.unsafe(text, values)))
  }

  async reading(room: string, reader: string | undefined): Promise<Reading> {
    checkDocumentName(room)
    const text = `
      SELECT r.last, coalesce(one.seq, 0) AS read, (
        SELECT count(*) FROM ${this.#schema}.message m
        WHERE m.room = r.id AND m.seq > coalesce(one.seq, 0) AND m.deleted IS NULL
          AND (m.person = '' OR m.person <> $2)) AS unread
      FROM ${this.#schema}.message_room r LEFT JOIN ${this.#schema}.message_read one
        ON one.room = r.id AND sha256(one.person) = sha256($2)
      WHERE r.room = $1`
    const values = [Buffer.from(room), Buffer.from(reader ?? '')]
    const [row] = await this.#ask.read(
      (sql): Promise<readonly { readonly [Key in keyof Reading]: string }[]> =>
        sql.unsafe(text, values),
    )
    const { last = 0, read = 0, unread = 0 } = row ?? {}
    return { last: Number(last), read: Number(read), unread: Number(unread) }
  }

  async heads(believed: readonly RoomHead[]): Promise<readonly RoomHead[]> {
    for (const { room } of believed) checkDocumentName(room)
    if (believed.length === 0) return []
    const text = `
      SELECT h.place, coalesce(r.acts, 0) AS acts
      FROM unnest($1::bytea[], $2::bigint[]) WITH ORDINALITY AS h (room, act, place)
      LEFT JOIN ${this.#schema}.message_room r ON r.room = h.room
      WHERE coalesce(r.acts, 0) <> h.act ORDER BY h.place`
    const rows = await this.#ask.read(
      (sql): Promise<readonly { readonly place: string; readonly acts: string }[]> =>
        sql.unsafe(text, [
          sql.array(
            believed.map(({ room }) => Buffer.from(room)),
            'BYTEA',
          ),
          sql.array(
            believed.map(({ act }) => act),
            'BIGINT',
          ),
        ]),
    )
    return rows.map(({ acts, place }) => ({
      room: believed[Number(place) - 1]?.room ?? '',
      act: Number(acts),
    }))
  }

  /** One statement, so one view: what is not in it yet is not passed over. */
  async since(room: string, act: number, limit: number): Promise<MessagesSince> {
    checkDocumentName(room)
    const text = `
      SELECT r.acts, r.last, ${columns} FROM ${this.#schema}.message_room r
      LEFT JOIN LATERAL (
        SELECT * FROM ${this.#schema}.message
        WHERE room = r.id AND act > $2 ORDER BY act LIMIT $3::bigint) m ON true
      WHERE r.room = $1 ORDER BY m.act`
    const rows = await this.#ask.read((sql) =>
      this.#rows(sql, text, [Buffer.from(room), act, limit]),
    )
    const messages = rows.flatMap((row) => (row.seq === null ? [] : [messageOf(room, row)]))
    const acts = Number(rows[0]?.acts ?? 0)
    const through = messages.length < limit ? acts : (messages.at(-1)?.act ?? acts)
    return { messages, act: through, last: Number(rows[0]?.last ?? 0) }
  }

  async dropOld(ms: number, limit: number): Promise<number> {
    const text = `
      DELETE FROM ${this.#schema}.message WHERE ctid IN (
        SELECT ctid FROM ${this.#schema}.message
        WHERE at < ${nowText} - $1::bigint ORDER BY at LIMIT $2::bigint)
      RETURNING seq`
    const rows = await this.#ask.write((pool) =>
      pool.run((sql): Promise<readonly unknown[]> => sql.unsafe(text, [ms, limit])),
    )
    return rows.length
  }

  async #select(
    room: string,
    where: string,
    values: readonly number[],
  ): Promise<readonly StoredMessage[]> {
    checkDocumentName(room)
    const text = `SELECT ${columns} FROM ${this.#schema}.message_room r
      JOIN ${this.#schema}.message m ON m.room = r.id WHERE r.room = $1 AND ${where}`
    const rows = await this.#ask.read((sql) =>
      this.#rows(sql, text, [Buffer.from(room), ...values]),
    )
    return rows.map((row) => messageOf(room, row))
  }

  #rows(sql: SQL, text: string, values: readonly unknown[]): Promise<readonly MessageRow[]> {
    return sql.unsafe(text, [...values])
  }
}

/** The columns of what is posted. */
function given(sql: SQL, messages: readonly NewMessage[]): readonly unknown[] {
  const column = (of: (message: NewMessage) => string | undefined): unknown =>
    sql.array(
      messages.map((message) => {
        const value = of(message)
        return value === undefined ? null : Buffer.from(value)
      }),
      'BYTEA',
    )
  return [
    column(({ room }) => room),
    column(({ by }) => by.id ?? ''),
    column(({ by }) => by.name),
    column(({ by }) => by.color),
    column(({ text }) => text),
    column(({ nonce }) => nonce),
  ]
}
