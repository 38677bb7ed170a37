import type { EventType } from '../../outbox.ts'

/** Milliseconds since 1970 by the database's clock, as SQL. */
export const nowText = 'floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint'

/**
 * CTEs behind one that is called `happened`, with the columns name, type, data, time and place:
 * its rows become events, numbered in the order of their places. The row with the last number is
 * locked until the statement is done; documents are locked before it, everywhere.
 */
export function toldText(schema: string): string {
  return `
    numbered_events AS (
      SELECT happened.*, row_number() OVER (ORDER BY place) AS nth FROM happened),
    reach AS (
      UPDATE ${schema}.event_reach SET last = last + (SELECT count(*) FROM numbered_events)
      WHERE EXISTS (SELECT FROM numbered_events) RETURNING last),
    events AS (
      INSERT INTO ${schema}.event (sequence, time, type, document, data)
      SELECT reach.last - (SELECT count(*) FROM numbered_events) + nth, time, type, name, data
      FROM numbered_events, reach
      RETURNING sequence, time, type, document, data)`
}

/**
 * A statement that changes documents, with an event for each.
 * @param change ends with RETURNING and gives at least id and name
 * @param more CTEs that go with it
 */
export function withEvent(schema: string, change: string, type: EventType, more = ''): string {
  return `
    WITH done AS (${change}),${more}
    happened AS (
      SELECT name, '${type}' AS type, '{}' AS data, ${nowText} AS time, id AS place FROM done),
    ${toldText(schema)}
    SELECT id FROM done`
}
