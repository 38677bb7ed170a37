import type { Batch } from '../batch.ts'
import { checkDocumentName } from '../document-name.ts'
import type { Messages } from '../messages.ts'
import { StoreError } from '../store-error.ts'
import type { Appended, QuarantinedRow, Head, Page, Since, Standing } from '../store.ts'
import type { Store, Stored, StoredSummary } from '../store.ts'
import { readAddress } from './address.ts'
import { Appender } from './append.ts'
import { poolFor, type PostgresConnection, schemaFallback } from './connect.ts'
import { PostgresContent } from './content.ts'
import { PostgresDamage } from './damage.ts'
import { PostgresDocuments } from './documents.ts'
import { type AskingAll, PostgresOutbox } from './events/outbox.ts'
import { PostgresIdempotencyKeys } from './idempotency.ts'
import { PostgresMessages } from './messages/messages.ts'
import { PostgresRevocations } from './revocations.ts'
import type { Pool } from './pool.ts'
import { RowsSince } from './rows-since.ts'
import { checkServer, prepareSchema, quotedSchema } from './schema.ts'
import { Turns } from './turns.ts'
import { PostgresVersions } from './versions.ts'

export type { PostgresConnection }

export interface PostgresOptions extends PostgresConnection {
  /** When an append resolves: `full`, the default, when it is synced; `relaxed`, when written. */
  readonly durability?: 'full' | 'relaxed' | undefined
  /** Connections besides the one that appends; 3 unless told otherwise. */
  readonly readersMax?: number | undefined
}

/** A store in PostgreSQL, which several servers may share. */
export interface PostgresStore extends Store {
  readonly place: string
  /** What "saved" means by the database's settings: one clause for the operator. */
  readonly saved: string
  readonly messages: Messages
}

const readersMaxFallback = 3

/**
 * Opens the store in a PostgreSQL database, making its tables where there are none.
 *
 * @throws StoreError `unavailable`, `version` or `damaged`
 */
export async function openPostgresStore(options: PostgresOptions): Promise<PostgresStore> {
  const { durability = 'full', readersMax = readersMaxFallback } = options
  const { place } = readAddress(options.url)
  const schema = quotedSchema(options.schema ?? schemaFallback)
  const appender = new Appender(schema)
  const settings = durability === 'full' ? {} : { synchronous_commit: 'off' }
  const onLost = (): void => appender.forget()
  const listeners: (() => void)[] = []
  const onRenewed = (): void => listeners.forEach((listen) => listen())
  const writer = poolFor(options, { connectionsMax: 1, settings, onLost, onRenewed })
  try {
    const saved = await writer.run((sql) => checkServer(sql, durability, place))
    const storeId = await writer.run((sql) => prepareSchema(sql, schema, place))
    const documents = new PostgresDocuments(schema)
    await writer.run((sql) => documents.sweep(sql))
    const readers = poolFor(options, { connectionsMax: readersMax, settings: {}, onRenewed })
    const content = new PostgresContent(schema, storeId)
    const damage = new PostgresDamage(schema)
    const tables = { appender, documents, content, damage, schema, storeId }
    return new OpenStore({ place, saved, writer, readers, listeners, ...tables })
  } catch (error) {
    await writer.close()
    throw error
  }
}

interface Parts {
  readonly place: string
  readonly saved: string
  /** One connection: what is written takes effect in its order. */
  readonly writer: Pool
  readonly readers: Pool
  /** Told when a connection was made anew. */
  readonly listeners: (() => void)[]
  readonly appender: Appender
  readonly documents: PostgresDocuments
  readonly content: PostgresContent
  readonly damage: PostgresDamage
  readonly schema: string
  readonly storeId: string
}

class OpenStore implements PostgresStore {
  readonly isShared = true
  readonly place: string
  readonly saved: string
  readonly versions: PostgresVersions
  readonly outbox: PostgresOutbox
  readonly idempotency: PostgresIdempotencyKeys
  readonly messages: PostgresMessages
  readonly revocations: PostgresRevocations
  readonly #parts: Parts
  readonly #turns = new Turns()
  readonly #rowsSince: RowsSince
  readonly #stopWatch: () => void
  #closing: Promise<void> | undefined

  constructor(parts: Parts) {
    this.place = parts.place
    this.saved = parts.saved
    this.#parts = parts
    const { readers, schema, storeId, writer } = parts
    const again = { again: true } as const
    this.#rowsSince = new RowsSince(schema, (work) => readers.run(work, again))
    this.versions = new PostgresVersions(schema, storeId, {
      read: (document, work) => {
        this.#refuseClosed()
        return this.#turns.read(document, () => readers.run(work, again))
      },
      write: (document, work) => this.#write(document, work),
    })
    const asking: AskingAll = {
      read: (work) => {
        this.#refuseClosed()
        return this.#turns.read(undefined, () => readers.run(work, again))
      },
      write: (work) => {
        this.#refuseClosed()
        return this.#turns.write(
          () => true,
          () => work(writer),
        )
      },
    }
    this.outbox = new PostgresOutbox(schema, asking)
    this.idempotency = new PostgresIdempotencyKeys(schema, asking)
    this.messages = new PostgresMessages(schema, asking)
    this.revocations = new PostgresRevocations(schema, asking)
    this.#stopWatch = parts.readers.watch()
  }

  onRenewed(listen: () => void): void {
    this.#parts.listeners.push(listen)
  }

  get trouble(): string | undefined {
    return this.#parts.readers.trouble
  }

  async append(batch: Batch): Promise<readonly Appended[]> {
    this.#refuseClosed()
    if (batch.count === 0) return []
    const { appender, writer } = this.#parts
    const touches = (document: string): boolean => batch.has(document)
    return this.#turns.write(touches, () => writer.run((sql) => appender.append(sql, batch)))
  }

  async load(document: string): Promise<Stored> {
    this.#refuse(document)
    return this.#turns.read(document, () => this.#load(document))
  }

  async since(document: string, from: Standing): Promise<Since> {
    this.#refuse(document)
    return this.#turns.aside(() => this.#rowsSince.read(document, from))
  }

  async heads(believed: readonly Head[]): Promise<readonly Head[]> {
    for (const { document } of believed) checkDocumentName(document)
    this.#refuseClosed()
    if (believed.length === 0) return []
    const { documents, readers } = this.#parts
    return this.#turns.aside(() =>
      readers.run((sql) => documents.heads(sql, believed), { again: true }),
    )
  }

  async compact(
    document: string,
    snapshot: Uint8Array,
    of: Pick<Stored, 'epoch' | 'through'>,
    attribution?: Uint8Array,
  ): Promise<boolean> {
    this.#refuse(document)
    const { content, documents, readers } = this.#parts
    return this.#turns.beside(document, () =>
      readers.run(async (sql) => {
        const done = await content.compact(sql, document, snapshot, of, attribution)
        if (done) await documents.sweep(sql, document)
        return done
      }),
    )
  }

  async quarantine(document: string, sequence: number, reason: string): Promise<boolean> {
    const { damage } = this.#parts
    return this.#write(document, (pool) =>
      pool.run((sql) => damage.keep(sql, { document, entry: sequence, reason }, true)),
    )
  }

  async loadQuarantine(document: string): Promise<readonly QuarantinedRow[]> {
    this.#refuse(document)
    const { damage, readers } = this.#parts
    return this.#turns.read(document, () =>
      readers.run((sql) => damage.rows(sql, document), { again: true }),
    )
  }

  async dropQuarantined(document: string, sequence: number): Promise<boolean> {
    const { damage } = this.#parts
    return this.#write(document, (pool) => pool.run((sql) => damage.drop(sql, document, sequence)))
  }

  async list(page: Page): Promise<readonly StoredSummary[]> {
    this.#refuseClosed()
    const { documents, readers } = this.#parts
    return this.#turns.read(undefined, () =>
      readers.run((sql) => documents.list(sql, page), { again: true }),
    )
  }

  async create(document: string, beside?: string): Promise<boolean> {
    const { documents } = this.#parts
    return this.#write(document, (pool) =>
      pool.run((sql) => documents.create(sql, document, beside)),
    )
  }

  async delete(document: string): Promise<boolean> {
    const { documents } = this.#parts
    return this.#write(document, (pool) => pool.run((sql) => documents.delete(sql, document)))
  }

  async undelete(document: string): Promise<boolean> {
    const { documents } = this.#parts
    return this.#write(document, (pool) => pool.run((sql) => documents.undelete(sql, document)))
  }

  async purge(document: string, dead: Uint8Array): Promise<boolean> {
    const { documents } = this.#parts
    return this.#write(document, async (pool) => {
      const done = await pool.run((sql) => documents.purge(sql, document, dead))
      if (done) await pool.run((sql) => documents.sweep(sql, document))
      return done
    })
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#stopWatch()
    await this.#turns.done()
    await Promise.all([this.#parts.writer.close(), this.#parts.readers.close()])
  }

  /** What does not check out is set aside, and what is left is looked at anew. */
  async #load(document: string): Promise<Stored> {
    const { content, damage, readers } = this.#parts
    for (;;) {
      const { found, stored } = await readers.runWhenBack((sql) => content.load(sql, document))
      if (found.length === 0) return stored
      for (const what of found) await readers.run((sql) => damage.keep(sql, what, false))
    }
  }

  async #write<Result>(document: string, work: (pool: Pool) => Promise<Result>): Promise<Result> {
    this.#refuse(document)
    return this.#turns.write(
      (name) => name === document,
      () => work(this.#parts.writer),
    )
  }

  #refuse(document: string): void {
    checkDocumentName(document)
    this.#refuseClosed()
  }

  #refuseClosed(): void {
    if (this.#closing === undefined) return
    const message = `The store ${this.place} is closed; nothing can be asked of it any more.`
    throw new StoreError('closed', message)
  }
}
