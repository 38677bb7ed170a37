import type { Database } from 'bun:sqlite'
import { eventNumber, type PendingDelivery, type Progress } from '../../outbox.ts'
import type { StoredEvent, Webhook } from '../../outbox.ts'
import { authorsOf } from '../authors.ts'
import type { DocumentRow, SqliteDocuments } from '../documents.ts'
import { type EventRow, eventOf, type SqliteEvents } from './events.ts'
import type { SqliteLog } from '../log.ts'

interface WebhookRow {
  readonly id: string
  readonly url: string
  readonly events: string
  readonly prefix: string | null
  readonly secret: string
  readonly created: number
  readonly disabled: string | null
  readonly cursor: number
}

interface DeliveryRow extends EventRow {
  readonly attempt: number
  readonly at: number | null
  readonly status: number | null
  readonly error: string | null
  readonly next: number | null
}

/** The tables of who is told of events. Every write happens in the caller's transaction. */
export class SqliteOutbox {
  readonly events: SqliteEvents
  readonly #database: Database
  readonly #documents: SqliteDocuments
  readonly #log: SqliteLog

  constructor(database: Database, documents: SqliteDocuments, log: SqliteLog) {
    this.#database = database
    this.#documents = documents
    this.events = documents.events
    this.#log = log
  }

  tellChanged(documents: readonly string[], time: number): readonly StoredEvent[] {
    const changed = [...new Set(documents)].flatMap((name) => this.#changed(name) ?? [])
    const authors = this.#log.authorsAfter(new Map(changed.map(({ row }) => [row.id, row.told])))
    return changed.map(({ name, newest, row }) => {
      const people = [...authorsOf(this.#database, authors.get(row.id) ?? []).values()]
      this.#documents.setTold(row.id, newest)
      const data = { sequence: newest, authors: people }
      return this.events.add('document.changed', name, time, data)
    })
  }

  #changed(
    name: string,
  ): { readonly name: string; readonly row: DocumentRow; readonly newest: number } | undefined {
    const row = this.#documents.find(name)
    if (row?.live !== 1 || row.deleted !== null) return undefined
    const newest = this.#log.newest(row.id)?.number ?? this.#folded(row.id)
    return newest > row.told ? { name, row, newest } : undefined
  }

  /** The log's index must be up to its end. */
  changed(): readonly string[] {
    return this.#database
      .query<{ name: string }, []>(
        `SELECT name FROM document LEFT JOIN snapshot ON snapshot.document = document.id
         WHERE live = 1 AND deleted IS NULL AND told < max(coalesce(snapshot.through, 0),
           coalesce((SELECT max(sequence) FROM entry WHERE entry.document = document.id), 0))`,
      )
      .all()
      .map(({ name }) => name)
  }

  webhooks(): readonly Webhook[] {
    return this.#database
      .query<WebhookRow, []>('SELECT * FROM webhook ORDER BY created, id')
      .all()
      .map(({ disabled, events, prefix, ...rest }) => ({
        ...rest,
        events: readEvents(events),
        prefix: prefix ?? undefined,
        disabled: disabled ?? undefined,
      }))
  }

  putWebhook({ created, cursor, disabled, events, id, prefix, secret, url }: Webhook): void {
    this.#database
      .query(
        `INSERT INTO webhook (id, url, events, prefix, secret, created, disabled, cursor)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET url = excluded.url, events = excluded.events,
           prefix = excluded.prefix, secret = excluded.secret, disabled = excluded.disabled`,
      )
      .run(
        id,
        url,
        JSON.stringify(events),
        prefix ?? null,
        secret,
        created,
        disabled ?? null,
        cursor,
      )
  }

  dropWebhook(id: string): boolean {
    this.#database.query('DELETE FROM delivery WHERE webhook = ?').run(id)
    return this.#database.query('DELETE FROM webhook WHERE id = ?').run(id).changes > 0
  }

  deliveries(webhook: string): readonly PendingDelivery[] {
    return this.#database
      .query<DeliveryRow, [string]>(
        `SELECT sequence, time, type, document, data, attempt, at, status, error, next
         FROM delivery JOIN event ON event.sequence = delivery.event
         WHERE webhook = ? ORDER BY sequence`,
      )
      .all(webhook)
      .map(({ attempt, at, error, next, status, ...event }) => ({
        event: eventOf(event),
        attempt,
        at: at ?? undefined,
        status: status ?? undefined,
        error: error ?? undefined,
        next: next ?? undefined,
      }))
  }

  progress({ cursor, disabled, drop, keep, webhook }: Progress): void {
    const { changes } = this.#database
      .query<unknown, [number, string | null, string]>(
        'UPDATE webhook SET cursor = ?, disabled = coalesce(?, disabled) WHERE id = ?',
      )
      .run(cursor, disabled ?? null, webhook)
    if (changes === 0) return
    for (const id of drop) {
      this.#database
        .query('DELETE FROM delivery WHERE webhook = ? AND event = ?')
        .run(webhook, eventNumber(id) ?? 0)
    }
    for (const { at, attempt, error, event, next, status } of keep) {
      this.#database
        .query(
          `INSERT OR REPLACE INTO delivery (webhook, event, attempt, at, status, error, next)
           VALUES (?, ?, ?, ?, ?, ?, ?)`,
        )
        .run(
          webhook,
          eventNumber(event.id) ?? 0,
          attempt,
          at ?? null,
          status ?? null,
          error ?? null,
          next ?? null,
        )
    }
  }

  /** How far the snapshot goes of a document without a log. */
  #folded(id: number): number {
    const sql = 'SELECT through FROM snapshot WHERE document = ?'
    return this.#database.query<{ through: number }, [number]>(sql).get(id)?.through ?? 0
  }
}

/** The types of events that a row of a webhook names. */
export function readEvents(json: string): readonly string[] {
  const events: unknown = JSON.parse(json)
  return Array.isArray(events) ? events.map(String) : []
}
