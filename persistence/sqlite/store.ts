import { join } from 'node:path'
import type { Batch } from '../batch.ts'
import { lockDirectory } from './directory-lock.ts'
import type { DirectoryLock } from './directory-lock.ts'
import { checkDocumentName } from '../document-name.ts'
import { unpackUpdates } from '../packed-updates.ts'
import type { Answer, AnswerTo, Durability, FromWorker, LoadedRows, Request } from './protocol.ts'
import { StoreError } from '../store-error.ts'
import { SqliteIdempotencyPort } from './idempotency/idempotency-port.ts'
import { SqliteMessagesPort } from './messages/messages-port.ts'
import { SqliteOutboxPort } from './outbox/outbox-port.ts'
import { SqliteRevocationsPort } from './revocations/revocations-port.ts'
import { type Ask, SqliteVersionsPort } from './versions/versions-port.ts'
import type { Appended, QuarantinedRow, Head, LogEntry, Page, Since, Standing } from '../store.ts'
import type { Store, Stored, StoredSummary } from '../store.ts'

export type { Durability }

export interface SqliteOptions {
  /** Made when missing; holds the database and its lock, nothing else. */
  readonly directory: string
  /** When an append resolves: `full`, the default, when it is synced; `relaxed`, when written. */
  readonly durability?: Durability | undefined
}

/** The database's name in its directory. */
export const sqliteFileName = 'ytopic.sqlite'

/**
 * Opens the embedded store, for this process alone.
 *
 * @throws StoreError `locked`, `version`, `damaged` or `unavailable`
 */
export async function openSqliteStore({
  directory,
  durability = 'full',
}: SqliteOptions): Promise<Store> {
  const lock = lockDirectory(directory)
  const store = new SqliteStore(join(directory, sqliteFileName), durability, lock)
  try {
    await store.open()
    return store
  } catch (error) {
    await store.close()
    throw error
  }
}

interface Waiting {
  readonly answer: (answer: Answer) => void
  readonly refuse: (error: StoreError) => void
}

/** A request to its thread and back; the thread is replaced when it dies. */
class SqliteStore implements Store {
  readonly place: string
  readonly #askOf: Ask = <Asked extends Request>(request: Asked) =>
    this.#ask<Asked['kind']>(request)
  readonly versions = new SqliteVersionsPort(this.#askOf)
  readonly outbox = new SqliteOutboxPort(this.#askOf)
  readonly messages = new SqliteMessagesPort(this.#askOf)
  readonly idempotency = new SqliteIdempotencyPort(this.#askOf)
  readonly revocations = new SqliteRevocationsPort(this.#askOf)
  readonly #durability: Durability
  readonly #lock: DirectoryLock
  readonly #waiting = new Map<number, Waiting>()
  #lastId = 0
  #worker: Worker | undefined
  #closing: Promise<void> | undefined

  constructor(file: string, durability: Durability, lock: DirectoryLock) {
    this.place = file
    this.#durability = durability
    this.#lock = lock
  }

  async open(): Promise<void> {
    await this.#ask({ kind: 'open' })
  }

  async append(batch: Batch): Promise<readonly Appended[]> {
    if (batch.count === 0 && this.#closing === undefined) return []
    const { authors, documents, events, records } = batch
    return this.#ask({ kind: 'append', authors, documents, events, records })
  }

  async load(document: string): Promise<Stored> {
    checkDocumentName(document)
    return storedOf(await this.#ask({ kind: 'load', document }))
  }

  async since(document: string, from: Standing): Promise<Since> {
    checkDocumentName(document)
    return this.#ask({ kind: 'since', document, from })
  }

  async heads(believed: readonly Head[]): Promise<readonly Head[]> {
    for (const { document } of believed) checkDocumentName(document)
    return this.#ask({ kind: 'heads', believed })
  }

  async compact(
    document: string,
    snapshot: Uint8Array,
    { epoch, through }: Pick<Stored, 'epoch' | 'through'>,
    attribution?: Uint8Array,
  ): Promise<boolean> {
    checkDocumentName(document)
    const of = { epoch, through }
    return this.#ask({ kind: 'compact', document, snapshot, of, attribution })
  }

  async quarantine(document: string, sequence: number, reason: string): Promise<boolean> {
    checkDocumentName(document)
    return this.#ask({ kind: 'quarantine', document, sequence, reason })
  }

  async loadQuarantine(document: string): Promise<readonly QuarantinedRow[]> {
    checkDocumentName(document)
    return this.#ask({ kind: 'loadQuarantine', document })
  }

  async dropQuarantined(document: string, sequence: number): Promise<boolean> {
    checkDocumentName(document)
    return this.#ask({ kind: 'dropQuarantined', document, sequence })
  }

  async list(page: Page): Promise<readonly StoredSummary[]> {
    return this.#ask({ kind: 'list', page })
  }

  async create(document: string, beside?: string): Promise<boolean> {
    checkDocumentName(document)
    return this.#ask({ kind: 'create', document, beside })
  }

  async delete(document: string): Promise<boolean> {
    checkDocumentName(document)
    return this.#ask({ kind: 'delete', document })
  }

  async undelete(document: string): Promise<boolean> {
    checkDocumentName(document)
    return this.#ask({ kind: 'undelete', document })
  }

  async purge(document: string, dead: Uint8Array): Promise<boolean> {
    checkDocumentName(document)
    return this.#ask({ kind: 'purge', document, dead })
  }

  close(): Promise<void> {
    // Its own request is sent before `#closing` is set, and so still gets through.
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    try {
      if (this.#worker !== undefined) await this.#ask({ kind: 'close' })
    } catch {
      // The thread died meanwhile, and the file with it is closed all the same.
    } finally {
      this.#worker?.terminate()
      this.#worker = undefined
      this.#lock.release()
    }
  }

  async #ask<Kind extends Request['kind']>(
    request: Request & { readonly kind: Kind },
  ): Promise<AnswerTo<Kind>['value']> {
    if (this.#closing !== undefined) {
      const message = `The store ${this.place} is closed; open it again before you use it.`
      throw new StoreError('closed', message)
    }
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    const id = ++this.#lastId
    this.#worker ??= this.#start()
    this.#waiting.set(id, { answer: resolve, refuse: reject })
    this.#worker.postMessage({ id, request })
    const answer = await promise
    if (isAnswerTo(request.kind, answer)) return answer.value
    throw new Error(`The store's thread answered ${request.kind} with ${answer.kind}.`)
  }

  #start(): Worker {
    const worker = new Worker(new URL('./worker.ts', import.meta.url).href)
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#settle(data)
    worker.onerror = ({ message }) =>
      this.#lose(worker, /^\w*Error: .*/m.exec(message)?.[0] ?? message)
    worker.addEventListener('close', () => this.#lose(worker, 'it ended by itself'))
    worker.postMessage({ setup: { file: this.place, durability: this.#durability } })
    return worker
  }

  #settle(message: FromWorker): void {
    const waiting = this.#waiting.get(message.id)
    if (waiting === undefined) return
    this.#waiting.delete(message.id)
    if ('answer' in message) waiting.answer(message.answer)
    else waiting.refuse(new StoreError(message.refusal.kind, message.refusal.message))
  }

  /** Whoever waits is told, and the next request starts a fresh thread. */
  #lose(worker: Worker, why: string): void {
    if (worker !== this.#worker) return
    this.#worker = undefined
    worker.terminate()
    const message = `The thread that writes ${this.place} died (${why}); try again.`
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const { refuse } of waiting) refuse(new StoreError('unavailable', message))
  }
}

function isAnswerTo<Kind extends Request['kind']>(
  kind: Kind,
  answer: Answer,
): answer is Answer & AnswerTo<Kind> {
  return answer.kind === kind
}

function storedOf({ rows, packed, authors, ...stored }: LoadedRows): Stored {
  const updates = unpackUpdates(packed)
  const log: LogEntry[] = []
  for (const { sequence, count, time, authors: numbers } of rows) {
    for (let place = 0; place < count; place++) {
      const bytes = updates[log.length] ?? new Uint8Array(0)
      log.push({ sequence, bytes, time, by: authors.get(numbers[place] ?? 0) })
    }
  }
  return { ...stored, log }
}
