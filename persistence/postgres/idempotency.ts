import type { Claim, IdempotencyKeys, KeptAnswer, KeysKept } from '../idempotency.ts'
import { bytesOf } from './content.ts'
import { changed } from './documents.ts'
import type { AskingAll } from './events/outbox.ts'
import { nowText } from './events/events.ts'

interface Row {
  readonly request: string
  readonly status: number | null
  readonly headers: string | null
  readonly body: Buffer | null
}

/** Keys of requests in PostgreSQL: a request that comes again to another server is done once. */
export class PostgresIdempotencyKeys implements IdempotencyKeys {
  readonly #table: string
  readonly #write: AskingAll['write']

  constructor(schema: string, { write }: Pick<AskingAll, 'write'>) {
    this.#table = `${schema}.idempotency_key`
    this.#write = write
  }

  async claim(key: string, request: string, { count, ms }: KeysKept): Promise<Claim> {
    const own = Buffer.from(key)
    return this.#write((pool) =>
      pool.run(async (sql) => {
        const old = `DELETE FROM ${this.#table} WHERE at < ${nowText} - $1::bigint
          OR id <= (SELECT id FROM ${this.#table} ORDER BY id DESC LIMIT 1 OFFSET $2::bigint)`
        await sql.unsafe(old, [ms, count])
        const insert = `INSERT INTO ${this.#table} (key, request, at)
          VALUES ($1, $2, ${nowText}) ON CONFLICT (key) DO NOTHING RETURNING id`
        if (await changed(sql, insert, [own, request])) return { kind: 'claimed' }
        const select = `SELECT request, status, headers, body FROM ${this.#table} WHERE key = $1`
        const [row]: readonly Row[] = await sql.unsafe(select, [own])
        return row === undefined ? { kind: 'unanswered' } : claimOf(row, request)
      }),
    )
  }

  async settle(key: string, { body, headers, status }: KeptAnswer): Promise<void> {
    const text = `UPDATE ${this.#table} SET status = $2, headers = $3, body = $4 WHERE key = $1`
    const values = [Buffer.from(key), status, JSON.stringify(headers), body]
    await this.#write((pool) => pool.run((sql) => sql.unsafe(text, values)))
  }

  async release(key: string): Promise<void> {
    const text = `DELETE FROM ${this.#table} WHERE key = $1`
    await this.#write((pool) => pool.run((sql) => sql.unsafe(text, [Buffer.from(key)])))
  }
}

function claimOf({ body, headers, request, status }: Row, asked: string): Claim {
  if (request !== asked) return { kind: 'other' }
  const bytes = bytesOf(body)
  if (status === null || headers === null || bytes === undefined) return { kind: 'unanswered' }
  return { kind: 'answered', answer: { status, headers: headersOf(headers), body: bytes } }
}

function headersOf(json: string): Readonly<Record<string, string>> {
  const headers: unknown = JSON.parse(json)
  if (typeof headers !== 'object' || headers === null) return {}
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, `${value}`]))
}
