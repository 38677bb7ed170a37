import type { SQL } from 'bun'
import { unpackUpdates } from '../packed-updates.ts'
import type { QuarantinedRow, Damage } from '../store.ts'
import { bytesOf } from './content.ts'
import { changed } from './documents.ts'

interface AsideLine {
  readonly sequence: string
  readonly reason: string
  readonly bytes: Buffer
}

/** What is set aside: moved, never deleted, so that somebody can look at it. */
export class PostgresDamage {
  readonly #schema: string

  constructor(schema: string) {
    this.#schema = schema
  }

  /**
   * Moves a row, or the snapshot.
   * @param sound whether its bytes are as they were stored
   * @returns whether it was there
   */
  keep(sql: SQL, { document, entry, reason }: Damage, sound: boolean): Promise<boolean> {
    const isSnapshot = entry === 'snapshot'
    const [table, number] = isSnapshot ? ['snapshot', 'through'] : ['log', 'sequence']
    const text = `
      WITH moved AS (
        DELETE FROM ${this.#schema}.${table} t USING ${this.#schema}.document d
        WHERE d.name = $1 AND t.document = d.id AND t.${number} > d.born
          AND ($2::bigint IS NULL OR t.${number} = $2::bigint)
        RETURNING t.document, t.${number} AS number, t.bytes)
      INSERT INTO ${this.#schema}.damaged
        (document, of_snapshot, sequence, sound, bytes, reason)
      SELECT document, $3::boolean, number, $4::boolean, bytes, $5::text FROM moved RETURNING id`
    const values = [isSnapshot ? null : entry, `${isSnapshot}`, `${sound}`, reason]
    return changed(sql, text, [Buffer.from(document), ...values])
  }

  /** The log rows that somebody else set aside, whose bytes had passed their checksum. */
  async rows(sql: SQL, document: string): Promise<readonly QuarantinedRow[]> {
    const text = `
      SELECT a.sequence, a.reason, a.bytes FROM ${this.#schema}.document d
      JOIN ${this.#schema}.damaged a ON a.document = d.id AND a.sequence > d.born
      WHERE d.name = $1 AND a.sound ORDER BY a.id`
    const lines: readonly AsideLine[] = await sql.unsafe(text, [Buffer.from(document)])
    return lines.map(({ bytes, reason, sequence }) => ({
      sequence: Number(sequence),
      reason,
      updates: unpackUpdates(bytesOf(bytes) ?? new Uint8Array(0)),
    }))
  }

  /** Drops one of those rows. @returns whether there was one */
  drop(sql: SQL, document: string, sequence: number): Promise<boolean> {
    const text = `
      DELETE FROM ${this.#schema}.damaged a USING ${this.#schema}.document d
      WHERE d.name = $1 AND a.document = d.id AND a.sequence > d.born AND a.sound
        AND a.sequence = $2::bigint RETURNING a.id`
    return changed(sql, text, [Buffer.from(document), sequence])
  }
}
