import type { Database } from 'bun:sqlite'
import { revocationKey, type RevocationsKept, type RevocationsPlace } from '../../revocations.ts'
import type { RevocationsSince, StoredRevocation } from '../../revocations.ts'

interface Row {
  readonly document: string | null
  readonly person: string | null
  readonly at: number
}

/** The table of revocations. Every write happens in the caller's transaction. */
export class SqliteRevocations {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  add(what: StoredRevocation, { count, ms }: RevocationsKept, now: number): void {
    const { at, document, id } = what
    this.#database.run('UPDATE revocation_reach SET last = last + 1, tag = 0')
    this.#database
      .query<unknown, [string, string | null, string | null, number]>(
        `INSERT INTO revocation (key, number, tag, document, person, at)
         SELECT ?, last, tag, ?, ?, ? FROM revocation_reach WHERE true
         ON CONFLICT (key) DO UPDATE SET
           number = excluded.number, tag = excluded.tag, at = max(at + 1, excluded.at)`,
      )
      .run(revocationKey(what), document ?? null, id ?? null, at)
    this.#database
      .query<unknown, [number, number]>(
        `DELETE FROM revocation WHERE at < ?1 OR number <=
         (SELECT number FROM revocation ORDER BY number DESC LIMIT 1 OFFSET ?2)`,
      )
      .run(now - ms, count)
  }

  /** Only this process writes the file: a number is one row's for good, whatever its tag. */
  since({ number, tag }: RevocationsPlace): RevocationsSince {
    const place = this.#database
      .query<RevocationsPlace, []>('SELECT last AS number, tag FROM revocation_reach')
      .get() ?? { number: 0, tag: 0 }
    const from = tag === place.tag && number <= place.number ? number : 0
    const rows = this.#database
      .query<Row, [number]>(
        'SELECT document, person, at FROM revocation WHERE number > ? ORDER BY number',
      )
      .all(from)
    const revocations = rows.map(({ at, document, person }) => ({
      document: document ?? undefined,
      id: person ?? undefined,
      at,
    }))
    return { place, revocations }
  }
}
