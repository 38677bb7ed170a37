import type { Author, BatchParts } from '../batch.ts'
import type { EventPage, EventsAfter, PendingDelivery, Progress } from '../outbox.ts'
import type { StoredEvent, Webhook } from '../outbox.ts'
import type { Claim, KeptAnswer, KeysKept } from '../idempotency.ts'
import type { MessagesKept, MessagesSince, NewMessage, Reading } from '../messages.ts'
import type { RoomHead, StoredMessage } from '../messages.ts'
import type { RevocationsKept, RevocationsPlace } from '../revocations.ts'
import type { RevocationsSince, StoredRevocation } from '../revocations.ts'
import type { NewVersion, Version, VersionChain, VersionNotes } from '../versions.ts'
import type { VersionPage, Versions } from '../versions.ts'
import type { StoreErrorKind } from '../store-error.ts'
import type {
  Appended,
  QuarantinedRow,
  Head,
  Page,
  Since,
  Standing,
  Stored,
  StoredSummary,
} from '../store.ts'

/**
 * When an append resolves. `full`: the log is synced to the disk, so a power cut loses nothing.
 * `relaxed`: it is written to the file, which survives the process, but a power cut may take the
 * last appends.
 */
export type Durability = 'full' | 'relaxed'

/** What it is asked of versions. */
export type VersionsRequest =
  | { readonly kind: 'addVersion'; readonly version: NewVersion }
  | { readonly kind: 'listVersions'; readonly page: VersionPage }
  | { readonly kind: 'findVersion'; readonly document: string; readonly id: string }
  | {
      readonly kind: 'versionChain'
      readonly document: string
      readonly id: string | undefined
    }
  | {
      readonly kind: 'noteVersion'
      readonly document: string
      readonly id: string
      readonly notes: VersionNotes
    }
  | {
      readonly kind: 'removeVersion'
      readonly document: string
      readonly id: string
      readonly next: Parameters<Versions['remove']>[2]
    }
  | { readonly kind: 'versionsSize'; readonly document: string }

/** What it is asked of events. */
export type OutboxRequest =
  | { readonly kind: 'eventsAfter'; readonly page: EventPage }
  | { readonly kind: 'newestEvent' | 'changedDocuments' | 'listWebhooks' }
  | { readonly kind: 'tellChanged'; readonly documents: readonly string[] }
  | { readonly kind: 'putWebhook'; readonly webhook: Webhook }
  | { readonly kind: 'dropWebhook'; readonly id: string }
  | { readonly kind: 'listDeliveries'; readonly webhook: string }
  | { readonly kind: 'noteProgress'; readonly progress: Progress }

/** What it is asked of the keys of requests. */
export type IdempotencyRequest =
  | {
      readonly kind: 'claimKey'
      readonly key: string
      readonly request: string
      readonly kept: KeysKept
    }
  | { readonly kind: 'settleKey'; readonly key: string; readonly answer: KeptAnswer }
  | { readonly kind: 'releaseKey'; readonly key: string }

/** What it is asked of access that was taken back. */
export type RevocationsRequest =
  | {
      readonly kind: 'addRevocation'
      readonly what: StoredRevocation
      readonly kept: RevocationsKept
    }
  | { readonly kind: 'revocationsSince'; readonly place: RevocationsPlace }

/** What it is asked of messages. */
export type MessagesRequest =
  | {
      readonly kind: 'postMessages'
      readonly messages: readonly NewMessage[]
      readonly kept: MessagesKept
    }
  | {
      readonly kind: 'pageMessages'
      readonly room: string
      readonly before: number
      readonly limit: number
    }
  | { readonly kind: 'findMessage'; readonly room: string; readonly seq: number }
  | {
      readonly kind: 'changeMessage'
      readonly room: string
      readonly seq: number
      readonly text: string | undefined
    }
  | {
      readonly kind: 'markMessages'
      readonly room: string
      readonly reader: string
      readonly seq: number
    }
  | {
      readonly kind: 'readingMessages'
      readonly room: string
      readonly reader: string | undefined
    }
  | { readonly kind: 'messageHeads'; readonly believed: readonly RoomHead[] }
  | {
      readonly kind: 'messagesSince'
      readonly room: string
      readonly act: number
      readonly limit: number
    }
  | { readonly kind: 'dropOldMessages'; readonly ms: number; readonly limit: number }

/** What the database thread is asked; every request is answered once, in the order asked. */
export type Request =
  | { readonly kind: 'open' }
  | ({ readonly kind: 'append' } & BatchParts)
  | { readonly kind: 'load'; readonly document: string }
  | { readonly kind: 'since'; readonly document: string; readonly from: Standing }
  | { readonly kind: 'heads'; readonly believed: readonly Head[] }
  | {
      readonly kind: 'compact'
      readonly document: string
      readonly snapshot: Uint8Array
      readonly of: Pick<Stored, 'epoch' | 'through'>
      readonly attribution: Uint8Array | undefined
    }
  | {
      readonly kind: 'quarantine'
      readonly document: string
      readonly sequence: number
      readonly reason: string
    }
  | { readonly kind: 'loadQuarantine'; readonly document: string }
  | { readonly kind: 'dropQuarantined'; readonly document: string; readonly sequence: number }
  | { readonly kind: 'list'; readonly page: Page }
  | {
      readonly kind: 'create'
      readonly document: string
      readonly beside: string | undefined
    }
  | { readonly kind: 'delete' | 'undelete'; readonly document: string }
  | { readonly kind: 'purge'; readonly document: string; readonly dead: Uint8Array }
  | VersionsRequest
  | OutboxRequest
  | MessagesRequest
  | IdempotencyRequest
  | RevocationsRequest
  | { readonly kind: 'close' }

/** What each request is answered with. */
interface Answers {
  readonly open: undefined
  readonly append: readonly Appended[]
  readonly load: LoadedRows
  readonly since: Since
  readonly heads: readonly Head[]
  readonly compact: boolean
  readonly quarantine: boolean
  readonly loadQuarantine: readonly QuarantinedRow[]
  readonly dropQuarantined: boolean
  readonly list: readonly StoredSummary[]
  readonly create: boolean
  readonly delete: boolean
  readonly undelete: boolean
  readonly purge: boolean
  readonly addVersion: Version | undefined
  readonly listVersions: readonly Version[]
  readonly findVersion: Version | undefined
  readonly versionChain: VersionChain
  readonly noteVersion: Version | undefined
  readonly removeVersion: boolean
  readonly versionsSize: { readonly count: number; readonly bytes: number }
  readonly eventsAfter: EventsAfter
  readonly newestEvent: number
  readonly tellChanged: readonly StoredEvent[]
  readonly changedDocuments: readonly string[]
  readonly listWebhooks: readonly Webhook[]
  readonly putWebhook: void
  readonly dropWebhook: boolean
  readonly listDeliveries: readonly PendingDelivery[]
  readonly noteProgress: void
  readonly postMessages: readonly StoredMessage[]
  readonly pageMessages: readonly StoredMessage[]
  readonly findMessage: StoredMessage | undefined
  readonly changeMessage: StoredMessage | undefined
  readonly markMessages: void
  readonly readingMessages: Reading
  readonly messageHeads: readonly RoomHead[]
  readonly messagesSince: MessagesSince
  readonly dropOldMessages: number
  readonly claimKey: Claim
  readonly settleKey: void
  readonly releaseKey: void
  readonly addRevocation: void
  readonly revocationsSince: RevocationsSince
  readonly close: undefined
}

/** The answer to one kind of request. */
export interface AnswerTo<Kind extends Request['kind']> {
  readonly kind: Kind
  readonly value: Answers[Kind]
}

/** Any answer; its kind is that of the request. */
export type Answer = { [Kind in Request['kind']]: AnswerTo<Kind> }[Request['kind']]

/** A document as its rows: the updates of all rows stand in one buffer, so one transfer does. */
export interface LoadedRows extends Omit<Stored, 'log'> {
  readonly rows: readonly {
    readonly sequence: number
    /** Updates in it. */
    readonly count: number
    readonly time: number | undefined
    /** By update: a key of `authors`, or 0. */
    readonly authors: Uint32Array
  }[]
  /** Packed updates (`persistence/packed-updates.ts`) of all rows in order. */
  readonly packed: Uint8Array
  readonly authors: ReadonlyMap<number, Author>
}

export interface Setup {
  readonly file: string
  readonly durability: Durability
}

/** To the database thread. The first thing that it hears is where its file is. */
export type ToWorker =
  | { readonly setup: Setup }
  | { readonly id: number; readonly request: Request }

/** From the database thread. */
export type FromWorker =
  | { readonly id: number; readonly answer: Answer }
  | { readonly id: number; readonly refusal: { kind: StoreErrorKind; message: string } }
