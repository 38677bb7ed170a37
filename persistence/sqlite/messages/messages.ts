import type { Database } from 'bun:sqlite'
import type { MessagesKept, MessagesSince, NewMessage, Reading } from '../../messages.ts'
import type { RoomHead, StoredMessage } from '../../messages.ts'

interface Row {
  readonly seq: number
  readonly act: number
  readonly at: number
  readonly person: string
  readonly name: string | null
  readonly color: string | null
  readonly text: string
  readonly edited: number | null
  readonly deleted: number | null
}

/** Person, name, color, text and nonce. */
type InsertedTexts = [string, string | null, string | null, string, string | null]

/** How far a room has come. */
interface RoomRow {
  readonly last: number
  readonly acts: number
}

const columns = 'seq, act, at, person, name, color, text, edited, deleted'

/** The tables of messages. Every write happens in the caller's transaction. */
export class SqliteMessages {
  readonly #database: Database
  readonly #room
  readonly #advance
  readonly #same
  readonly #insert
  readonly #drop
  readonly #page
  readonly #find

  constructor(database: Database) {
    this.#database = database
    this.#room = database.query<RoomRow, [string]>(
      'SELECT last, acts FROM message_room WHERE room = ?',
    )
    this.#advance = database.query<unknown, [string, number, number]>(
      `INSERT INTO message_room (room, last, acts) VALUES (?1, ?2, ?3)
       ON CONFLICT (room) DO UPDATE SET last = ?2, acts = ?3`,
    )
    this.#same = database.query<Row, [string, string, string]>(
      `SELECT ${columns} FROM message WHERE room = ? AND nonce = ? AND person = ?`,
    )
    this.#insert = database.query<unknown, [string, number, number, number, ...InsertedTexts]>(
      `INSERT INTO message (room, seq, act, at, person, name, color, text, nonce)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    this.#drop = database.query<unknown, [string, number, number]>(
      'DELETE FROM message WHERE room = ?1 AND (seq <= ?2 OR at < ?3)',
    )
    this.#page = database.query<Row, [string, number, number]>(
      `SELECT ${columns} FROM message WHERE room = ? AND seq < ? ORDER BY seq DESC LIMIT ?`,
    )
    this.#find = database.query<Row, [string, number]>(
      `SELECT ${columns} FROM message WHERE room = ? AND seq = ?`,
    )
  }

  post(messages: readonly NewMessage[], kept: MessagesKept, now: number): readonly StoredMessage[] {
    return messages.map((message) => this.#post(message, kept, now))
  }

  #post(
    { room, by, nonce, text }: NewMessage,
    { count, ms }: MessagesKept,
    now: number,
  ): StoredMessage {
    const person = by.id ?? ''
    const same = nonce === undefined ? null : this.#same.get(room, nonce, person)
    if (same !== null) return messageOf(room, same)
    const { acts, last } = this.#standing(room)
    const [seq, act] = [last + 1, acts + 1]
    this.#advance.run(room, seq, act)
    const { color = null, name = null } = by
    this.#insert.run(room, seq, act, now, person, name, color, text, nonce ?? null)
    this.#drop.run(room, seq - count, now - ms)
    return { room, seq, act, at: now, by, text }
  }

  page(room: string, before: number, limit: number): readonly StoredMessage[] {
    return this.#page.all(room, before, limit).map((row) => messageOf(room, row))
  }

  find(room: string, seq: number): StoredMessage | undefined {
    const row = this.#find.get(room, seq)
    return row === null ? undefined : messageOf(room, row)
  }

  change(
    room: string,
    seq: number,
    text: string | undefined,
    now: number,
  ): StoredMessage | undefined {
    const { acts, last } = this.#standing(room)
    const [edited, deleted] = text === undefined ? [null, now] : [now, null]
    const row = this.#database
      .query<Row, [string, number, number, string, number | null, number | null]>(
        `UPDATE message SET act = ?3, text = ?4, edited = coalesce(?5, edited), deleted = ?6
         WHERE room = ?1 AND seq = ?2 AND deleted IS NULL RETURNING ${columns}`,
      )
      .get(room, seq, acts + 1, text ?? '', edited, deleted)
    if (row === null) return undefined
    this.#advance.run(room, last, acts + 1)
    return messageOf(room, row)
  }

  mark(room: string, reader: string, seq: number): void {
    const { last } = this.#standing(room)
    // Of rooms in which nobody ever wrote there is nothing to note, however many are named.
    if (last === 0) return
    this.#database
      .query<unknown, [string, string, number]>(
        `INSERT INTO message_read (room, person, seq) VALUES (?1, ?2, ?3)
         ON CONFLICT (room, person) DO UPDATE SET seq = max(seq, ?3)`,
      )
      .run(room, reader, Math.min(seq, last))
  }

  reading(room: string, reader: string | undefined): Reading {
    const read = this.#database
      .query<{ seq: number }, [string, string]>(
        'SELECT seq FROM message_read WHERE room = ? AND person = ?',
      )
      .get(room, reader ?? '')
    const unread = this.#database
      .query<{ unread: number }, [string, number, string]>(
        `SELECT count(*) AS unread FROM message
         WHERE room = ? AND seq > ? AND deleted IS NULL AND (person = '' OR person <> ?)`,
      )
      .get(room, read?.seq ?? 0, reader ?? '')
    return { last: this.#standing(room).last, read: read?.seq ?? 0, unread: unread?.unread ?? 0 }
  }

  heads(believed: readonly RoomHead[]): readonly RoomHead[] {
    return believed.flatMap(({ act, room }) => {
      const { acts } = this.#standing(room)
      return acts === act ? [] : [{ room, act: acts }]
    })
  }

  since(room: string, act: number, limit: number): MessagesSince {
    const rows = this.#database
      .query<Row, [string, number, number]>(
        `SELECT ${columns} FROM message WHERE room = ? AND act > ? ORDER BY act LIMIT ?`,
      )
      .all(room, act, limit)
    const { acts, last } = this.#standing(room)
    const through = rows.length < limit ? acts : (rows.at(-1)?.act ?? acts)
    return { messages: rows.map((row) => messageOf(room, row)), act: through, last }
  }

  dropOld(before: number, limit: number): number {
    return this.#database
      .query<unknown, [number, number]>(
        `DELETE FROM message WHERE (room, seq) IN (
           SELECT room, seq FROM message WHERE at < ? ORDER BY at LIMIT ?)`,
      )
      .run(before, limit).changes
  }

  /** Drops a room. */
  forget(room: string): void {
    for (const table of ['message', 'message_room', 'message_read']) {
      this.#database.query<unknown, [string]>(`DELETE FROM ${table} WHERE room = ?`).run(room)
    }
  }

  #standing(room: string): RoomRow {
    return this.#room.get(room) ?? { last: 0, acts: 0 }
  }
}

function messageOf(
  room: string,
  { color, deleted, edited, name, person, ...row }: Row,
): StoredMessage {
  return {
    room,
    ...row,
    by: {
      ...(person === '' ? {} : { id: person }),
      ...(name === null ? {} : { name }),
      ...(color === null ? {} : { color }),
    },
    ...(edited === null ? {} : { edited }),
    ...(deleted === null ? {} : { deleted }),
  }
}
