import type { SQL } from 'bun'
import type { Author } from '../batch.ts'
import type { PackedUpdates } from '../packed-updates.ts'

/** Bytes by which an author is known in a row. */
const idBytes = 8

/** One line of the table of authors. */
export interface AuthorRow {
  readonly id: Buffer
  readonly person: Buffer
  readonly name: Buffer | null
}

/**
 * An author as the table has it. The id comes from what it stands for: so a row needs no answer of
 * the table's, and no failover makes it stand for somebody else.
 */
export function authorRow({ id: person, name }: Author): AuthorRow {
  const digest = new Bun.CryptoHasher('sha256').update(JSON.stringify([person, name])).digest()
  const told = name === undefined ? null : Buffer.from(name)
  return { id: digest.subarray(0, idBytes), person: Buffer.from(person), name: told }
}

/** Authors by the keys that `unpackAuthors` gives. */
export async function authorsOf(
  sql: SQL,
  schema: string,
  keys: readonly string[],
): Promise<ReadonlyMap<string, Author>> {
  const ids = keys.map((key) => Buffer.from(key, 'hex'))
  const text = `SELECT id, person, name FROM ${schema}.author WHERE id = ANY ($1::bytea[])`
  const rows: readonly AuthorRow[] = await sql.unsafe(text, [sql.array(ids, 'BYTEA')])
  return new Map(rows.map((row) => [row.id.toString('hex'), authorOf(row)]))
}

/** The author of a line of the table. */
function authorOf({ person, name }: AuthorRow): Author {
  return { id: person.toString(), name: name?.toString() }
}

const nobody = new Uint8Array(idBytes)

/**
 * Who brought the updates of a row: one id where all are of one, else one for each; nothing where
 * nobody is known.
 * @param rows by place in the batch's authors
 */
export function packAuthors(
  { authorPlaces }: Pick<PackedUpdates, 'authorPlaces'>,
  rows: readonly AuthorRow[],
): Uint8Array {
  const [first = 0] = authorPlaces
  const isOne = authorPlaces.every((place) => place === first)
  if (isOne && first === 0) return new Uint8Array(0)
  const places = isOne ? [first] : [...authorPlaces]
  return Buffer.concat(places.map((place) => rows[place - 1]?.id ?? nobody))
}

/** The ids that `packAuthors` packed, as hexadecimal keys, one for each update of a row. */
export function unpackAuthors(packed: Uint8Array | undefined, count: number): readonly string[] {
  if (packed === undefined) return []
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength)
  const keys: string[] = []
  for (let at = 0; at + idBytes <= bytes.length; at += idBytes) {
    keys.push(bytes.toString('hex', at, at + idBytes))
  }
  const [only] = keys
  return keys.length === 1 && only !== undefined ? Array.from({ length: count }, () => only) : keys
}
