import type { Database } from 'bun:sqlite'
import type { Author } from '../batch.ts'

/** The table of those who bring updates, so that a row needs a number for each and no more. */
export class SqliteAuthors {
  readonly #insert
  readonly #find

  constructor(database: Database) {
    this.#insert = database.query<unknown, [string, string]>(
      'INSERT OR IGNORE INTO author (person, name) VALUES (?, ?)',
    )
    this.#find = database.query<{ id: number }, [string, string]>(
      'SELECT id FROM author WHERE person = ? AND name = ?',
    )
  }

  /** Their numbers, in their order; whoever is new is noted in the caller's transaction. */
  numbersOf(authors: readonly Author[]): Uint32Array {
    return Uint32Array.from(authors, ({ id, name = '' }) => {
      const known = this.#find.get(id, name)
      if (known !== null) return known.id
      this.#insert.run(id, name)
      return this.#find.get(id, name)?.id ?? 0
    })
  }
}

/**
 * Who brought each update of a row, as it is stored: 32 bits for each, 0 for nobody.
 * @param places by update, one more than the place in `numbers`, 0 for nobody
 * @returns null where nobody is known
 */
export function packAuthors(places: Uint32Array, numbers: Uint32Array): Uint8Array | null {
  if (places.every((place) => place === 0)) return null
  const packed = places.map((place) => (place === 0 ? 0 : (numbers[place - 1] ?? 0)))
  return new Uint8Array(packed.buffer)
}

/** The numbers that `packAuthors` packed; nobody where there are none, or not that many. */
export function unpackAuthors(packed: unknown, count: number): Uint32Array {
  const fits = packed instanceof Uint8Array && packed.length === 4 * count
  return fits ? new Uint32Array(packed.slice().buffer) : new Uint32Array(count)
}

/** Who the numbers stand for. */
export function authorsOf(
  database: Database,
  numbers: Iterable<number>,
): ReadonlyMap<number, Author> {
  const find = database.query<{ person: string; name: string }, [number]>(
    'SELECT person, name FROM author WHERE id = ?',
  )
  const authors = new Map<number, Author>()
  for (const number of new Set(numbers)) {
    const row = number === 0 ? null : find.get(number)
    if (row !== null) authors.set(number, { id: row.person, name: row.name || undefined })
  }
  return authors
}
