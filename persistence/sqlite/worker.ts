import { setPriority } from 'node:os'
import { fullGC } from 'bun:jsc'
import { SQLiteError } from 'bun:sqlite'
import { SqliteDatabase } from './database.ts'
import type {
  Answer,
  FromWorker,
  IdempotencyRequest,
  MessagesRequest,
  OutboxRequest,
  RevocationsRequest,
} from './protocol.ts'
import type { Request, Setup, ToWorker, VersionsRequest } from './protocol.ts'
import { storeErrorOf } from './error.ts'
import { StoreError } from '../store-error.ts'
import { performOnIdempotency } from './idempotency/perform-on-idempotency.ts'
import { performOnMessages } from './messages/perform-on-messages.ts'
import { performOnOutbox } from './outbox/perform-on-outbox.ts'
import { performOnRevocations } from './revocations/perform-on-revocations.ts'
import { performOnVersions } from './versions/perform-on-versions.ts'

declare const self: Worker

/** Leaves it a tenth of a core that the relay would take whole. */
const niceness = 10

// On Linux this is the thread's own: with few cores the relay goes first, and what is gathered
// meanwhile is written in one go. Elsewhere it would slow the whole process.
if (process.platform === 'linux') setPriority(0, niceness)

let setup: Setup | undefined
let database: SqliteDatabase | undefined
/** Bytes written since what was done with was collected, and how many that may be. */
let written = 0
const collectedBytes = 32 * 1024 * 1024

self.onmessage = ({ data }: MessageEvent<ToWorker>): void => {
  if ('setup' in data) setup = data.setup
  else serve(data.id, data.request)
}

/**
 * Refusals travel as answers. Anything else is a bug: it ends this thread, which the other side
 * notices, and the next request gets a fresh one.
 */
function serve(id: number, request: Request): void {
  try {
    say({ id, answer: perform(request) })
  } catch (error) {
    const { kind, message } = refusalOf(error)
    return say({ id, refusal: { kind, message } })
  }
  maintain()
  if (request.kind === 'append') collectBehind(request.records.length)
}

/**
 * What was written lies outside of the heap by whose growth the collector is called: after a large
 * document there would be twice its bytes.
 */
function collectBehind(bytes: number): void {
  written += bytes
  if (written < collectedBytes) return
  written = 0
  fullGC()
}

/** Nobody asked for it: where the disk refuses, a later request finds the work still to be done. */
function maintain(): void {
  try {
    database?.maintain()
  } catch (error) {
    if (!(error instanceof SQLiteError)) throw error
  }
}

function refusalOf(error: unknown): StoreError {
  if (error instanceof StoreError) return error
  if (error instanceof SQLiteError) return storeErrorOf(error, setup?.file ?? 'the database')
  throw error
}

function perform(request: Request): Answer {
  const { kind } = request
  switch (kind) {
    case 'open':
      opened()
      return { kind, value: undefined }
    case 'append':
      return { kind, value: opened().append(request, Date.now()) }
    case 'load':
      return { kind, value: opened().load(request.document, new Date()) }
    case 'since':
      return { kind, value: opened().since(request.document, request.from) }
    case 'heads':
      return { kind, value: opened().heads(request.believed) }
    case 'compact': {
      const { attribution, document, of, snapshot } = request
      return { kind, value: opened().compact(document, snapshot, of, attribution) }
    }
    case 'quarantine': {
      const { document, reason, sequence } = request
      return { kind, value: opened().quarantine(document, sequence, reason, new Date()) }
    }
    case 'loadQuarantine':
      return { kind, value: opened().loadQuarantine(request.document) }
    case 'dropQuarantined':
      return { kind, value: opened().dropQuarantined(request.document, request.sequence) }
    case 'list':
      return { kind, value: opened().list(request.page) }
    case 'create':
      return { kind, value: opened().create(request.document, request.beside, Date.now()) }
    case 'delete':
      return { kind, value: opened().delete(request.document, Date.now()) }
    case 'undelete':
      return { kind, value: opened().undelete(request.document, Date.now()) }
    case 'purge':
      return { kind, value: opened().purge(request.document, request.dead, Date.now()) }
    case 'close':
      database?.close()
      database = undefined
      return { kind, value: undefined }
    default:
      return performBeside(opened(), request, Date.now())
  }
}

/** What is kept beside the documents. */
function performBeside(
  on: SqliteDatabase,
  request:
    | VersionsRequest
    | OutboxRequest
    | MessagesRequest
    | IdempotencyRequest
    | RevocationsRequest,
  now: number,
): Answer {
  switch (request.kind) {
    case 'addVersion':
    case 'listVersions':
    case 'findVersion':
    case 'versionChain':
    case 'noteVersion':
    case 'removeVersion':
    case 'versionsSize':
      return performOnVersions(on, request, now)
    case 'postMessages':
    case 'pageMessages':
    case 'findMessage':
    case 'changeMessage':
    case 'markMessages':
    case 'readingMessages':
    case 'messageHeads':
    case 'messagesSince':
    case 'dropOldMessages':
      return performOnMessages(on, request, now)
    case 'claimKey':
    case 'settleKey':
    case 'releaseKey':
      return performOnIdempotency(on, request, now)
    case 'addRevocation':
    case 'revocationsSince':
      return performOnRevocations(on, request, now)
    default:
      return performOnOutbox(on, request, now)
  }
}

/** Opened at the first request and, where that failed, tried again at the next. */
function opened(): SqliteDatabase {
  if (setup === undefined) {
    throw new Error('The store was asked before it was told where its file is.')
  }
  database ??= new SqliteDatabase(setup.file, setup.durability)
  return database
}

function say(message: FromWorker): void {
  if ('refusal' in message || message.answer.kind !== 'load') return self.postMessage(message)
  const { packed, snapshot } = message.answer.value
  const buffers = [packed, snapshot]
    .map((bytes) => bytes?.buffer)
    .filter((buffer) => buffer instanceof ArrayBuffer)
  self.postMessage(message, buffers)
}
