import type { Database } from 'bun:sqlite'
import { keysAbout } from '../../companion.ts'
import type { Claim, KeptAnswer, KeysKept } from '../../idempotency.ts'

interface Row {
  readonly request: string
  readonly status: number | null
  readonly headers: string | null
  readonly body: Uint8Array | null
}

/** The table of keys. Every write happens in the caller's transaction. */
export class SqliteIdempotencyKeys {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  claim(key: string, request: string, { count, ms }: KeysKept, now: number): Claim {
    this.#database
      .query<unknown, [number, number]>(
        `DELETE FROM idempotency_key WHERE at < ?1 OR rowid <=
         (SELECT rowid FROM idempotency_key ORDER BY rowid DESC LIMIT 1 OFFSET ?2)`,
      )
      .run(now - ms, count)
    const row = this.#database
      .query<Row, [string]>(
        'SELECT request, status, headers, body FROM idempotency_key WHERE key = ?',
      )
      .get(key)
    if (row === null) {
      this.#database
        .query<unknown, [string, string, number]>(
          'INSERT INTO idempotency_key (key, request, at) VALUES (?, ?, ?)',
        )
        .run(key, request, now)
      return { kind: 'claimed' }
    }
    if (row.request !== request) return { kind: 'other' }
    const { body, headers, status } = row
    if (status === null || headers === null || body === null) return { kind: 'unanswered' }
    return { kind: 'answered', answer: { status, headers: headersOf(headers), body } }
  }

  settle(key: string, { body, headers, status }: KeptAnswer): void {
    this.#database
      .query<unknown, [string, number, string, Uint8Array]>(
        'UPDATE idempotency_key SET status = ?2, headers = ?3, body = ?4 WHERE key = ?1',
      )
      .run(key, status, JSON.stringify(headers), body)
  }

  /** Nothing of a document's is kept. */
  forget(document: string): void {
    this.#database
      .query<unknown, [string, string]>('DELETE FROM idempotency_key WHERE key > ? AND key < ?')
      .run(...keysAbout(document))
  }

  release(key: string): void {
    this.#database.query<unknown, [string]>('DELETE FROM idempotency_key WHERE key = ?').run(key)
  }
}

function headersOf(json: string): Readonly<Record<string, string>> {
  const headers: unknown = JSON.parse(json)
  if (typeof headers !== 'object' || headers === null) return {}
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, `${value}`]))
}
