import type { SQL } from 'bun'
import { PostgresContent } from '../postgres/content.ts'
import { PostgresDocuments } from '../postgres/documents.ts'
import { soundLink } from '../postgres/versions.ts'
import type { ReadDocument } from '../sqlite/reader.ts'
import type { StoredSummary } from '../store.ts'
import { versionId } from '../versions.ts'

/** Reads documents in a database to see whether they are sound; changes nothing. */
export class PostgresReader {
  readonly place: string
  readonly #sql: SQL
  readonly #schema: string
  readonly #content: PostgresContent

  constructor(sql: SQL, schema: string, place: string) {
    this.place = place
    this.#sql = sql
    this.#schema = schema
    this.#content = new PostgresContent(schema, '')
  }

  /** PostgreSQL looks after its own files. */
  faults(): readonly string[] {
    return []
  }

  /** The names of all documents, those included of which only damage is left. */
  async names(): Promise<readonly string[]> {
    const rows: readonly { readonly name: Buffer }[] = await this.#sql.unsafe(
      `SELECT name FROM ${this.#schema}.document d WHERE live OR EXISTS (
         SELECT FROM ${this.#schema}.damaged a WHERE a.document = d.id AND a.sequence > d.born)
       ORDER BY name`,
    )
    return rows.map(({ name }) => name.toString())
  }

  /** All documents, those included that are deleted, by their names. */
  async sizes(): Promise<readonly StoredSummary[]> {
    const documents = new PostgresDocuments(this.#schema)
    const all = { limit: Number.MAX_SAFE_INTEGER }
    const live = await documents.list(this.#sql, all)
    const deleted = await documents.list(this.#sql, { ...all, deleted: true })
    return [...live, ...deleted].toSorted((one, other) =>
      Buffer.compare(Buffer.from(one.document), Buffer.from(other.document)),
    )
  }

  /** One document; undefined when there is none. */
  async read(document: string): Promise<ReadDocument | undefined> {
    const { found, stored } = await this.#content.load(this.#sql, document)
    if (!stored.exists && stored.damage.length + found.length === 0) return undefined
    const aside = stored.damage.map((one) => ({
      ...one,
      reason: `${one.reason} It is set aside.`,
    }))
    return {
      document,
      snapshot: stored.snapshot,
      log: stored.log,
      damage: [...aside, ...found],
      badVersions: await this.#badVersions(document),
    }
  }

  async #badVersions(document: string): Promise<readonly string[]> {
    const rows: readonly Parameters<typeof soundLink>[1][] = await this.#sql.unsafe(
      `SELECT v.time, v.keyframe, v.checksum, v.bytes FROM ${this.#schema}.version v
       JOIN ${this.#schema}.document d ON d.id = v.document WHERE d.name = $1 ORDER BY v.time`,
      [Buffer.from(document)],
    )
    return rows
      .filter((row) => soundLink(document, row) === undefined)
      .map(({ time }) => versionId(Number(time)))
  }
}
