import { eachRecord } from '../batch.ts'
import type { Batch } from '../batch.ts'
import { checkDocumentName } from '../document-name.ts'
import { StoreError } from '../store-error.ts'
import { type Document, fresh, incarnationOf, ownerOf, samePlace, stands } from './document.ts'
import { living, summaryOf, throughOf } from './document.ts'
import { MemoryIdempotencyKeys } from './idempotency.ts'
import { MemoryMessages } from './messages.ts'
import { MemoryOutbox } from './outbox.ts'
import { MemoryRevocations } from './revocations.ts'
import { MemoryVersions } from './versions.ts'
import type {
  Appended,
  Head,
  Page,
  QuarantinedRow,
  Since,
  Standing,
  Store,
  Stored,
  StoredSummary,
} from '../store.ts'

/**
 * A store that lasts as long as the process: for trying out, and for tests of what uses one.
 * @param now milliseconds since 1970
 */
export function createMemoryStore(now: () => number = Date.now): Store {
  return new MemoryStore(now)
}

class MemoryStore implements Store {
  readonly #documents = new Map<string, Document>()
  readonly #now: () => number
  readonly versions = new MemoryVersions(
    (name) => ownerOf(name, this.#find(name)),
    () => this.#now(),
    (type, document, data) => this.outbox.add(type, document, data),
  )
  readonly outbox = new MemoryOutbox(
    (name) => living(this.#find(name)),
    () => {
      this.#refuseClosed()
      return this.#documents.keys()
    },
    () => this.#now(),
  )
  readonly messages = new MemoryMessages(
    (room) => {
      this.#refuseClosed()
      checkDocumentName(room)
    },
    () => this.#now(),
  )
  readonly idempotency = new MemoryIdempotencyKeys(
    () => this.#refuseClosed(),
    () => this.#now(),
  )
  readonly revocations = new MemoryRevocations(
    () => this.#refuseClosed(),
    () => this.#now(),
  )
  #sequence = 0
  #closed = false

  constructor(now: () => number) {
    this.#now = now
  }

  async append(batch: Batch): Promise<readonly Appended[]> {
    this.#refuseClosed()
    const time = this.#now()
    const rows = batch.documents.map(({ name, epoch }) => this.#row(name, epoch, time))
    eachRecord(batch.records, (index, update, author) => {
      const row = rows[index]
      if (row === undefined) return
      const by = author === 0 ? undefined : batch.authors[author - 1]
      const sequence = row.appended.position.number
      row.document.log.push({ sequence, bytes: update.slice(), time, by })
    })
    for (const { by, data, document, type } of batch.events) {
      if (rows[by] !== undefined) this.outbox.add(type, document, data)
    }
    return rows.map((row) => row?.appended ?? { kind: 'refused' })
  }

  async load(document: string): Promise<Stored> {
    const stored = this.#find(document) ?? fresh(document)
    const { snapshot } = stored
    return {
      epoch: stored.epoch,
      incarnation: incarnationOf(document, stored),
      exists: stored.exists,
      deleted: stored.deleted,
      dead: stored.dead?.slice(),
      position: stored.position,
      snapshot: snapshot?.bytes.slice(),
      attribution: snapshot?.attribution?.slice(),
      log: stored.log.map((entry) => ({ ...entry, bytes: entry.bytes.slice() })),
      through: throughOf(stored),
      damage: [...stored.damage],
    }
  }

  async since(document: string, { epoch, position }: Standing): Promise<Since> {
    const stored = this.#find(document) ?? fresh(document)
    const from = position.number
    const deleted = stored.deleted !== undefined
    const known =
      samePlace(stored.position, position) ||
      (from === 0 ? stored.snapshot === undefined : stands(stored, position))
    if (deleted || epoch !== stored.epoch || !known) {
      return { kind: 'unknown', epoch: stored.epoch, deleted }
    }
    const numbers = new Set(stored.log.map(({ sequence }) => sequence).filter((at) => at > from))
    const rows = [...numbers].map((number) => ({
      position: { number, tag: number },
      updates: stored.log.flatMap((entry) =>
        entry.sequence === number ? [entry.bytes.slice()] : [],
      ),
    }))
    return { kind: 'rows', epoch, rows }
  }

  async heads(believed: readonly Head[]): Promise<readonly Head[]> {
    return believed.flatMap(({ document, epoch, position }) => {
      const stored = this.#find(document) ?? fresh(document)
      if (stored.epoch === epoch && samePlace(stored.position, position)) return []
      return [{ document, epoch: stored.epoch, position: stored.position }]
    })
  }

  async compact(
    document: string,
    snapshot: Uint8Array,
    { epoch, through }: Pick<Stored, 'epoch' | 'through'>,
    attribution?: Uint8Array,
  ): Promise<boolean> {
    const stored = this.#find(document)
    if (stored === undefined || stored.epoch !== epoch || stored.deleted !== undefined) return false
    if (!stands(stored, through)) return false
    stored.snapshot = { bytes: snapshot.slice(), through, attribution: attribution?.slice() }
    stored.log = stored.log.filter((entry) => entry.sequence > through.number)
    return true
  }

  async quarantine(document: string, sequence: number, reason: string): Promise<boolean> {
    const stored = this.#find(document)
    if (stored === undefined) return false
    const rest = stored.log.filter((entry) => entry.sequence !== sequence)
    if (rest.length === stored.log.length) return false
    const row = stored.log.filter((entry) => entry.sequence === sequence)
    stored.quarantined.push({ sequence, reason, updates: row.map(({ bytes }) => bytes) })
    stored.log = rest
    stored.damage.push({ document, entry: sequence, reason })
    return true
  }

  async loadQuarantine(document: string): Promise<readonly QuarantinedRow[]> {
    const aside = this.#find(document)?.quarantined ?? []
    return aside.map((row) => ({ ...row, updates: row.updates.map((bytes) => bytes.slice()) }))
  }

  async dropQuarantined(document: string, sequence: number): Promise<boolean> {
    const stored = this.#find(document)
    const rest = stored?.quarantined.filter((row) => row.sequence !== sequence) ?? []
    if (stored === undefined || rest.length === stored.quarantined.length) return false
    stored.quarantined = rest
    stored.damage = stored.damage.filter(({ entry }) => entry !== sequence)
    return true
  }

  async list({ after, prefix, deleted, limit }: Page): Promise<readonly StoredSummary[]> {
    this.#refuseClosed()
    const from = after === undefined ? undefined : Buffer.from(after)
    return [...this.#documents]
      .filter(([name]) => prefix === undefined || name.startsWith(prefix))
      .filter(([, one]) => one.exists && (one.deleted !== undefined) === (deleted ?? false))
      .filter(([, { utf8 }]) => from === undefined || Buffer.compare(utf8, from) > 0)
      .toSorted(([, a], [, b]) => Buffer.compare(a.utf8, b.utf8))
      .slice(0, limit)
      .map(([name, stored]) => summaryOf(name, stored))
  }

  async create(document: string, beside?: string): Promise<boolean> {
    if (beside !== undefined && living(this.#find(beside)) === undefined) return false
    const stored = this.#find(document) ?? this.#keep(document)
    if (stored.exists) return false
    stored.exists = true
    stored.created = this.#now()
    this.outbox.add('document.created', document)
    return true
  }

  async delete(document: string): Promise<boolean> {
    const stored = this.#find(document)
    if (stored?.exists !== true || stored.deleted !== undefined) return false
    stored.deleted = this.#now()
    stored.epoch++
    this.outbox.add('document.deleted', document)
    return true
  }

  async undelete(document: string): Promise<boolean> {
    const stored = this.#find(document)
    if (stored?.deleted === undefined) return false
    stored.deleted = undefined
    stored.epoch++
    this.outbox.add('document.undeleted', document)
    return true
  }

  async purge(document: string, dead: Uint8Array): Promise<boolean> {
    const stored = this.#find(document)
    if (stored?.deleted === undefined) return false
    const epoch = stored.epoch + 1
    const { position } = stored
    this.versions.forget(document)
    this.messages.forget(document)
    this.idempotency.forget(document)
    Object.assign(stored, { ...fresh(document), epoch, life: epoch, position, dead: dead.slice() })
    this.outbox.forget(document)
    this.outbox.add('document.purged', document)
    return true
  }

  async close(): Promise<void> {
    this.#closed = true
  }

  /** The next row of a document; undefined where it is refused. */
  #row(
    name: string,
    epoch: number | undefined,
    time: number,
  ):
    | { readonly document: Document; readonly appended: Appended & { readonly kind: 'stored' } }
    | undefined {
    const document =
      this.#find(name) ?? (epoch === undefined || epoch === 1 ? this.#keep(name) : undefined)
    if (document === undefined || document.deleted !== undefined) return undefined
    if (epoch !== undefined && epoch !== document.epoch) return undefined
    const previous = document.position
    const number = ++this.#sequence
    document.position = { number, tag: number }
    if (!document.exists) {
      document.created = time
      this.outbox.add('document.created', name)
    }
    document.exists = true
    document.changed = time
    return { document, appended: { kind: 'stored', position: document.position, previous } }
  }

  #find(name: string): Document | undefined {
    this.#refuseClosed()
    checkDocumentName(name)
    return this.#documents.get(name)
  }

  #keep(name: string): Document {
    const document = fresh(name)
    this.#documents.set(name, document)
    return document
  }

  #refuseClosed(): void {
    if (this.#closed) {
      throw new StoreError('closed', 'The store in memory is closed; open another one.')
    }
  }
}
