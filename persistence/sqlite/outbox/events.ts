import type { Database } from 'bun:sqlite'
import { eventId, eventsKept, eventsLookedAtMax, type EventType, isMeant } from '../../outbox.ts'
import type { EventPage, EventsAfter, StoredEvent } from '../../outbox.ts'

/** An event as it is stored. */
export interface EventRow extends Omit<StoredEvent, 'id'> {
  readonly sequence: number
}

interface Reach {
  /** Number of the newest event ever; 0 in a new store. */
  readonly last: number
  /** Up to and with this one events were dropped. */
  readonly dropped: number
}

/** Every so many events the old ones are looked for. */
const pruneEvery = 64

/** The table of events. Every write happens in the caller's transaction. */
export class SqliteEvents {
  readonly #database: Database
  readonly #reach
  readonly #insert
  readonly #advance

  constructor(database: Database) {
    this.#database = database
    this.#reach = database.query<Reach, []>('SELECT last, dropped FROM event_reach')
    this.#insert = database.query<unknown, [number, number, string, string, string]>(
      'INSERT INTO event (sequence, time, type, document, data) VALUES (?, ?, ?, ?, ?)',
    )
    this.#advance = database.query<unknown, [number]>('UPDATE event_reach SET last = ?')
  }

  reach(): Reach {
    return this.#reach.get() ?? { last: 0, dropped: 0 }
  }

  add(type: EventType, document: string, time: number, data: object = {}): StoredEvent {
    const sequence = this.reach().last + 1
    const row = { sequence, time, type, document, data: JSON.stringify(data) }
    this.#insert.run(sequence, time, type, document, row.data)
    this.#advance.run(sequence)
    if (sequence % pruneEvery === 0) this.#prune(sequence, time)
    return eventOf(row)
  }

  after({ after, limit, ...filter }: EventPage): EventsAfter {
    const { dropped, last } = this.reach()
    if (after < dropped) return { kind: 'gone', kept: dropped }
    const rows = this.#database
      .query<EventRow, [number, number, number]>(
        `SELECT sequence, time, type, document, data FROM event
         WHERE sequence > ? AND sequence > ? ORDER BY sequence LIMIT ?`,
      )
      .all(after, dropped, eventsLookedAtMax)
    const meant = rows.filter((row) => isMeant(row, filter))
    const shown = meant.slice(0, limit)
    const seen = meant.length > limit ? shown.at(-1) : rows.at(-1)
    return {
      kind: 'events',
      events: shown.map(eventOf),
      through: seen?.sequence ?? Math.max(after, last),
    }
  }

  /** Leaves of a document's events that they were. */
  forget(document: string): void {
    this.#database
      .query<unknown, [string]>(`UPDATE event SET data = '{}' WHERE document = ?`)
      .run(document)
  }

  #prune(last: number, now: number): void {
    const row = this.#database
      .query<{ old: number | null }, [number]>(
        'SELECT max(sequence) AS old FROM event WHERE time < ?',
      )
      .get(now - eventsKept.ms)
    const dropped = Math.max(row?.old ?? 0, last - eventsKept.count, this.reach().dropped)
    this.#database.query<unknown, [number]>('UPDATE event_reach SET dropped = ?').run(dropped)
    this.#database
      .query<unknown, [number]>(
        `DELETE FROM event WHERE sequence <= ?
           AND sequence NOT IN (SELECT event FROM delivery)`,
      )
      .run(dropped)
  }
}

export function eventOf({ sequence, ...rest }: EventRow): StoredEvent {
  return { id: eventId(sequence), ...rest }
}
