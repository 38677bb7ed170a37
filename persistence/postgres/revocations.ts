import { revocationKey, type Revocations, type RevocationsKept } from '../revocations.ts'
import type { RevocationsPlace, RevocationsSince, StoredRevocation } from '../revocations.ts'
import type { AskingAll } from './events/outbox.ts'
import { nowText } from './events/events.ts'
import { randomTag } from './random-tag.ts'

/** Where revocations stand, and one of them where there is any. */
interface Row {
  readonly last: string
  readonly tag: string
  readonly document: Buffer | null
  readonly person: Buffer | null
  readonly at: string | null
}

/** Revocations in PostgreSQL: each server reads what was said on another. */
export class PostgresRevocations implements Revocations {
  readonly #schema: string
  readonly #ask: AskingAll

  constructor(schema: string, ask: AskingAll) {
    this.#schema = schema
    this.#ask = ask
  }

  /** The row that counts is locked until the statement is done: so numbers show in their order. */
  async add(what: StoredRevocation, { count, ms }: RevocationsKept): Promise<void> {
    const { at, document, id } = what
    const table = `${this.#schema}.revocation`
    const add = `
      WITH reach AS (
        UPDATE ${this.#schema}.revocation_reach SET last = last + 1, tag = $2::bigint
        RETURNING last)
      INSERT INTO ${table} (key, number, tag, document, person, at)
      SELECT $1, last, $2::bigint, $3::bytea, $4::bytea, $5::bigint FROM reach
      ON CONFLICT (key) DO UPDATE SET
        number = excluded.number, tag = excluded.tag, at = greatest(revocation.at + 1, excluded.at)`
    const values = [revocationKey(what), randomTag(), bytesOf(document), bytesOf(id), at]
    const old = `DELETE FROM ${table} WHERE at < ${nowText} - $1::bigint
      OR number <= (SELECT number FROM ${table} ORDER BY number DESC LIMIT 1 OFFSET $2::bigint)`
    await this.#ask.write((pool) =>
      pool.run(async (sql) => {
        await sql.unsafe(add, values)
        await sql.unsafe(old, [ms, count])
      }),
    )
  }

  /** In one statement, so of one moment. */
  async since({ number, tag }: RevocationsPlace): Promise<RevocationsSince> {
    const text = `
      SELECT reach.last, reach.tag, r.document, r.person, r.at
      FROM ${this.#schema}.revocation_reach reach
      LEFT JOIN ${this.#schema}.revocation r ON r.number > CASE
        WHEN (reach.last = $1::bigint AND reach.tag = $2::bigint) OR EXISTS (
          SELECT FROM ${this.#schema}.revocation
          WHERE number = $1::bigint AND tag = $2::bigint) THEN $1::bigint
        ELSE 0 END
      ORDER BY r.number`
    const rows: readonly Row[] = await this.#ask.read((sql) => sql.unsafe(text, [number, tag]))
    const [reach] = rows
    return {
      place: { number: Number(reach?.last ?? 0), tag: Number(reach?.tag ?? 0) },
      revocations: rows.flatMap(({ at, document, person }) =>
        at === null ? [] : [{ document: textOf(document), id: textOf(person), at: Number(at) }],
      ),
    }
  }
}

/** Text cannot hold every character. */
function bytesOf(text: string | undefined): Buffer | null {
  return text === undefined ? null : Buffer.from(text)
}

function textOf(bytes: Buffer | null): string | undefined {
  return bytes?.toString()
}
