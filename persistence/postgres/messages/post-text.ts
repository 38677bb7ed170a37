import { nowText } from '../events/events.ts'
import { columns } from './message-row.ts'

/**
 * The statement that posts: $1 to $6 are what is posted by columns (room, person, name, color, text
 * and nonce), $7 and $8 how much is kept of a room.
 *
 * Rooms are locked in the order of their names, and their numbers rise under the lock. What another
 * server posts at the moment with the same nonce is not seen: then the index of nonces refuses,
 * and the statement is given again.
 */
export function postText(schema: string): string {
  return `
    WITH given AS MATERIALIZED (
      SELECT g.*, r.id FROM unnest(
        $1::bytea[], $2::bytea[], $3::bytea[], $4::bytea[], $5::bytea[], $6::bytea[])
        WITH ORDINALITY AS g (room, person, name, color, text, nonce, place)
      LEFT JOIN ${schema}.message_room r ON r.room = g.room),
    same AS MATERIALIZED (
      SELECT g.place, ${columns} FROM given g JOIN ${schema}.message m
        ON m.room = g.id AND sha256(m.person) = sha256(g.person)
          AND sha256(m.nonce) = sha256(g.nonce) AND m.nonce IS NOT NULL),
    fresh AS MATERIALIZED (
      SELECT g.*, count(*) OVER whole AS fellows,
        row_number() OVER (whole ORDER BY place) AS nth
      FROM given g WHERE place NOT IN (SELECT place FROM same)
      WINDOW whole AS (PARTITION BY room)),
    advanced AS (
      INSERT INTO ${schema}.message_room AS r (room, last, acts)
      SELECT room, count(*), count(*) FROM fresh GROUP BY room ORDER BY room
      ON CONFLICT (room) DO UPDATE
        SET last = r.last + excluded.last, acts = r.acts + excluded.acts
      RETURNING id, room, last, acts),
    m AS MATERIALIZED (
      SELECT f.place, a.id AS room, a.last, a.last - f.fellows + f.nth AS seq,
        a.acts - f.fellows + f.nth AS act, ${nowText} AS at, f.person, f.name, f.color, f.text,
        f.nonce, NULL::bigint AS edited, NULL::bigint AS deleted
      FROM fresh f JOIN advanced a ON a.room = f.room),
    written AS (
      INSERT INTO ${schema}.message (room, seq, act, at, person, name, color, text, nonce)
      SELECT room, seq, act, at, person, name, color, text, nonce FROM m
      WHERE seq > last - $7::bigint AND $8::bigint >= 0),
    dropped AS (
      DELETE FROM ${schema}.message old USING advanced a
      WHERE old.room = a.id
        AND (old.seq <= a.last - $7::bigint OR old.at < ${nowText} - $8::bigint))
    SELECT place, ${columns} FROM m UNION ALL SELECT m.* FROM same m`
}
