import type { SQL } from 'bun'
import { eventId, eventNumber, eventsKept, eventsLookedAtMax, isMeant } from '../../outbox.ts'
import type { EventPage, EventsAfter, EventType, Outbox, PendingDelivery } from '../../outbox.ts'
import type { Progress, StoredEvent, Webhook } from '../../outbox.ts'
import { authorsOf, unpackAuthors } from '../authors.ts'
import { changed } from '../documents.ts'
import type { Pool } from '../pool.ts'
import { nowText, toldText } from './events.ts'
import { deliveryOf, type DeliveryRow, toldOfDelivery } from './delivery.ts'
import { toldOfWebhook, type WebhookRow, webhookOf } from './webhook.ts'

interface EventRow {
  readonly sequence: string
  readonly time: string
  readonly type: EventType
  readonly document: Buffer
  readonly data: string
}

/** A document that has changed, with a row of its log since that was told. */
interface ChangedRow {
  readonly id: string
  readonly told: string
  readonly last: string
  readonly authors: Buffer | null
  readonly count: number | null
}

/** How the port asks: what is written waits for what was written before. */
export interface AskingAll {
  read<Result>(work: (sql: SQL) => Promise<Result>): Promise<Result>
  write<Result>(work: (pool: Pool) => Promise<Result>): Promise<Result>
}

/** Every so many events the old ones are looked for. */
const pruneEvery = 64

/** Events and who is told of them, in PostgreSQL. */
export class PostgresOutbox implements Outbox {
  readonly #schema: string
  readonly #ask: AskingAll

  constructor(schema: string, ask: AskingAll) {
    this.#schema = schema
    this.#ask = ask
  }

  async after({ after, limit, ...filter }: EventPage): Promise<EventsAfter> {
    return this.#ask.read(async (sql) => {
      // First how far they go: what comes after that is not passed over.
      const { dropped, last } = await this.#reach(sql)
      if (after < dropped) return { kind: 'gone', kept: dropped }
      const text = `SELECT sequence, time, type, document, data FROM ${this.#schema}.event
        WHERE sequence > $1 AND sequence > $2 ORDER BY sequence LIMIT ${eventsLookedAtMax}`
      const rows: readonly EventRow[] = await sql.unsafe(text, [after, dropped])
      const all = rows.map(eventOf)
      const meant = all.filter((event) => isMeant(event, filter))
      const shown = meant.slice(0, limit)
      const seen = meant.length > limit ? shown.at(-1) : all.at(-1)
      const through = seen === undefined ? undefined : eventNumber(seen.id)
      return { kind: 'events', events: shown, through: through ?? Math.max(after, last) }
    })
  }

  async newest(): Promise<number> {
    return this.#ask.read(async (sql) => (await this.#reach(sql)).last)
  }

  /** Read first, then told where nobody else has told it meanwhile: no lock waits for answers. */
  async tellChanged(documents: readonly string[]): Promise<readonly StoredEvent[]> {
    const names = [...new Set(documents)].map((name) => Buffer.from(name))
    return this.#ask.write((pool) =>
      pool.run(async (sql) => {
        const changes = await this.#changes(sql, names)
        if (changes.length === 0) return []
        const column = (of: (change: (typeof changes)[number]) => number) =>
          sql.array(changes.map(of), 'BIGINT')
        const rows: readonly EventRow[] = await sql.unsafe(tellText(this.#schema), [
          column(({ id }) => id),
          column(({ told }) => told),
          column(({ last }) => last),
          sql.array(
            changes.map(({ data }) => Buffer.from(data)),
            'BYTEA',
          ),
        ])
        const events = rows.map(eventOf).toSorted((a, b) => (a.id < b.id ? -1 : 1))
        const isDue = rows.some(({ sequence }) => Number(sequence) % pruneEvery === 0)
        if (isDue) await this.#prune(sql)
        return events
      }),
    )
  }

  async changed(): Promise<readonly string[]> {
    const text = `SELECT name FROM ${this.#schema}.document
      WHERE live AND deleted IS NULL AND last > told ORDER BY name`
    const rows: readonly { readonly name: Buffer }[] = await this.#ask.read((sql) =>
      sql.unsafe(text),
    )
    return rows.map(({ name }) => name.toString())
  }

  async webhooks(): Promise<readonly Webhook[]> {
    const text = `SELECT id, told, created, disabled, cursor FROM ${this.#schema}.webhook
      ORDER BY created, id`
    const rows: readonly WebhookRow[] = await this.#ask.read((sql) => sql.unsafe(text))
    return rows.map(webhookOf)
  }

  async putWebhook(webhook: Webhook): Promise<void> {
    const { created, cursor, disabled, id } = webhook
    const text = `INSERT INTO ${this.#schema}.webhook (id, told, created, disabled, cursor)
      VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO UPDATE
      SET told = excluded.told, disabled = excluded.disabled`
    const values = [id, toldOfWebhook(webhook), created, disabled ?? null, cursor]
    await this.#ask.write((pool) => pool.run((sql) => sql.unsafe(text, values)))
  }

  /** By the database's clock, which all servers share. */
  async lease(webhook: string, holder: string, ms: number): Promise<boolean> {
    const text = `UPDATE ${this.#schema}.webhook
      SET holder = $2, held_until = clock_timestamp() + $3::bigint * interval '1 millisecond'
      WHERE id = $1 AND (holder IS NULL OR holder = $2 OR held_until < clock_timestamp())
      RETURNING id`
    return this.#ask.write((pool) =>
      pool.run((sql) => changed(sql, text, [webhook, holder, Math.ceil(ms)])),
    )
  }

  async dropWebhook(id: string): Promise<boolean> {
    const text = `WITH gone AS (DELETE FROM ${this.#schema}.delivery WHERE webhook = $1)
      DELETE FROM ${this.#schema}.webhook WHERE id = $1 RETURNING id`
    return this.#ask.write((pool) => pool.run((sql) => changed(sql, text, [id])))
  }

  async deliveries(webhook: string): Promise<readonly PendingDelivery[]> {
    const text = `SELECT e.sequence, e.time, e.type, e.document, e.data, d.told
      FROM ${this.#schema}.delivery d JOIN ${this.#schema}.event e ON e.sequence = d.event
      WHERE d.webhook = $1 ORDER BY e.sequence`
    const rows: readonly (EventRow & DeliveryRow)[] = await this.#ask.read((sql) =>
      sql.unsafe(text, [webhook]),
    )
    return rows.map((row) => deliveryOf(row, eventOf(row)))
  }

  /** One statement: a server that is cut off in the midst has noted all of it or nothing. */
  async progress({ cursor, disabled, drop, keep, webhook }: Progress): Promise<void> {
    const text = `
      WITH own AS (
        UPDATE ${this.#schema}.webhook SET cursor = $2, disabled = coalesce($3, disabled)
        WHERE id = $1 RETURNING id),
      dropped AS (
        DELETE FROM ${this.#schema}.delivery d USING own
        WHERE d.webhook = own.id AND d.event = ANY ($4::bigint[]))
      INSERT INTO ${this.#schema}.delivery (webhook, event, told)
      SELECT own.id, kept.event, convert_from(kept.told, 'UTF8')
      FROM own, unnest($5::bigint[], $6::bytea[]) AS kept (event, told)
      ON CONFLICT (webhook, event) DO UPDATE SET told = excluded.told`
    await this.#ask.write((pool) =>
      pool.run((sql) =>
        sql.unsafe(text, [
          webhook,
          cursor,
          disabled ?? null,
          sql.array(
            drop.map((id) => eventNumber(id) ?? 0),
            'BIGINT',
          ),
          sql.array(
            keep.map(({ event }) => eventNumber(event.id) ?? 0),
            'BIGINT',
          ),
          sql.array(
            keep.map((delivery) => Buffer.from(toldOfDelivery(delivery))),
            'BYTEA',
          ),
        ]),
      ),
    )
  }

  async #changes(sql: SQL, names: readonly Buffer[]) {
    const text = `
      SELECT d.id, d.told, d.last, l.authors, l.count FROM ${this.#schema}.document d
      LEFT JOIN ${this.#schema}.log l
        ON l.document = d.id AND l.sequence > d.told AND l.sequence > d.born
      WHERE d.name = ANY ($1::bytea[]) AND d.live AND d.deleted IS NULL AND d.last > d.told
      ORDER BY d.id, l.sequence`
    const rows: readonly ChangedRow[] = await sql.unsafe(text, [sql.array([...names], 'BYTEA')])
    const byId = Map.groupBy(rows, ({ id }) => id)
    const keysOf = ({ authors, count }: ChangedRow): readonly string[] =>
      authors === null ? [] : unpackAuthors(authors, count ?? 0)
    const keys = new Set(rows.flatMap(keysOf))
    const known = await authorsOf(sql, this.#schema, [...keys])
    return [...byId.values()].flatMap((own) => {
      const [first] = own
      if (first === undefined) return []
      const people = new Set(own.flatMap(keysOf))
      const authors = [...people].flatMap((key) => known.get(key) ?? [])
      const last = Number(first.last)
      const data = JSON.stringify({ sequence: last, authors })
      return [{ id: Number(first.id), told: Number(first.told), last, data }]
    })
  }

  async #reach(sql: SQL): Promise<{ readonly last: number; readonly dropped: number }> {
    const text = `SELECT last, dropped FROM ${this.#schema}.event_reach`
    const [row]: readonly { readonly last: string; readonly dropped: string }[] =
      await sql.unsafe(text)
    return { last: Number(row?.last ?? 0), dropped: Number(row?.dropped ?? 0) }
  }

  async #prune(sql: SQL): Promise<void> {
    const { count, ms } = eventsKept
    await sql.unsafe(`UPDATE ${this.#schema}.event_reach SET dropped = greatest(dropped,
      last - ${count}, (SELECT coalesce(max(sequence), 0) FROM ${this.#schema}.event
        WHERE time < ${nowText} - ${ms}))`)
    await sql.unsafe(`DELETE FROM ${this.#schema}.event e
      WHERE e.sequence <= (SELECT dropped FROM ${this.#schema}.event_reach)
        AND NOT EXISTS (SELECT FROM ${this.#schema}.delivery d WHERE d.event = e.sequence)`)
  }
}

function eventOf({ data, document, sequence, time, type }: EventRow): StoredEvent {
  const id = eventId(Number(sequence))
  return { id, time: Number(time), type, document: document.toString(), data }
}

/** Documents are locked in the order of their ids, as everywhere. */
function tellText(schema: string): string {
  return `
    WITH locked AS MATERIALIZED (
      SELECT d.id, d.name, g.last, convert_from(g.data, 'UTF8') AS data
      FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bytea[])
        AS g (id, told, last, data)
      JOIN ${schema}.document d
        ON d.id = g.id AND d.told = g.told AND d.live AND d.deleted IS NULL
      ORDER BY d.id FOR NO KEY UPDATE OF d),
    noted AS (
      UPDATE ${schema}.document d SET told = l.last FROM locked l WHERE d.id = l.id),
    happened AS (
      SELECT name, 'document.changed' AS type, data, ${nowText} AS time, id AS place FROM locked),
    ${toldText(schema)}
    SELECT sequence, time, type, document, data FROM events`
}
