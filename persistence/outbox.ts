import { areComments } from './companion.ts'

/** What is told of documents, once and durably. */
export type EventType =
  | 'document.created'
  | 'document.changed'
  | 'document.deleted'
  | 'document.undeleted'
  | 'document.purged'
  | 'version.created'
  | 'document.restored'
  | 'comment.created'
  | 'comment.resolved'

/** Something that happened to a document. */
export interface StoredEvent {
  /** Ids sort as the events happened; see `eventId`. */
  readonly id: string
  /** In milliseconds since 1970. */
  readonly time: number
  readonly type: EventType
  readonly document: string
  /** JSON of an object. */
  readonly data: string
}

/** Which events are meant. */
export interface EventFilter {
  /** All where it is left out. */
  readonly types?: readonly string[] | undefined
  readonly document?: string | undefined
  /** Only of documents whose names begin so. */
  readonly prefix?: string | undefined
}

/** Which events to read, oldest first. */
export interface EventPage extends EventFilter {
  /** Number of the last event that is known already; 0 from the first one on. */
  readonly after: number
  readonly limit: number
}

/** What there is after an event. */
export type EventsAfter =
  /** `through` is the number of the last event that was looked at, whether it is meant or not. */
  | { readonly kind: 'events'; readonly events: readonly StoredEvent[]; readonly through: number }
  /** Some of what came after it is not kept any more; what is begins behind `kept`. */
  | { readonly kind: 'gone'; readonly kept: number }

/** Somebody's endpoint that is told of events. */
export interface Webhook {
  readonly id: string
  readonly url: string
  /** Types of events; all where there are none. */
  readonly events: readonly string[]
  /** Only of documents whose names begin so. */
  readonly prefix: string | undefined
  readonly secret: string
  /** In milliseconds since 1970. */
  readonly created: number
  /** Why it is told nothing any more. */
  readonly disabled: string | undefined
  /** Number of the event up to which it was told, but for its deliveries. */
  readonly cursor: number
}

/** An event that an endpoint has not taken yet. */
export interface PendingDelivery {
  readonly event: StoredEvent
  /** How often it was tried; 0 where it waits behind another of its document. */
  readonly attempt: number
  /** When it was last tried, in milliseconds since 1970; undefined where it was not. */
  readonly at: number | undefined
  /** HTTP status of the last answer. */
  readonly status: number | undefined
  /** Why it counts as failed. */
  readonly error: string | undefined
  /** When it is tried again; undefined where it is not. */
  readonly next: number | undefined
}

/** How far an endpoint got, in one transaction. */
export interface Progress {
  readonly webhook: string
  /** Its new cursor. */
  readonly cursor: number
  /** Deliveries to keep in the place of those of the same events. */
  readonly keep: readonly PendingDelivery[]
  /** Ids of events whose deliveries are done with. */
  readonly drop: readonly string[]
  /** Why the endpoint is told nothing any more; undefined where it still is. */
  readonly disabled: string | undefined
}

/**
 * Events beside a store's documents, and who is told of them. What happens to a document is noted
 * in the transaction that does it. Events are kept for `eventsKept.ms`, and the newest
 * `eventsKept.count`; those that an endpoint still has to be told are kept beyond that.
 * Names, times and rejections are as with a `Store`.
 */
export interface Outbox {
  /** Events after one. */
  after(page: EventPage): Promise<EventsAfter>
  /** Number of the newest event; 0 where there is none. */
  newest(): Promise<number>
  /**
   * Tells of those documents that have changed since that was last told, with who wrote; of all of
   * them in one transaction.
   * @returns what was told; of two servers that ask at a time one gets it
   */
  tellChanged(documents: readonly string[]): Promise<readonly StoredEvent[]>
  /** Documents that have changed since that was last told. */
  changed(): Promise<readonly string[]>
  webhooks(): Promise<readonly Webhook[]>
  /** Keeps a webhook, in the place of the one of its id; that one's cursor stays. */
  putWebhook(webhook: Webhook): Promise<void>
  /**
   * Where several servers share a store: has one of them tell an endpoint for so long. A store that
   * has one server at a time needs none.
   * @param holder names the server; one that has it already gets it anew
   * @returns whether it is that server's turn
   */
  lease?(webhook: string, holder: string, ms: number): Promise<boolean>
  /** Drops a webhook with its deliveries. @returns whether there was one */
  dropWebhook(id: string): Promise<boolean>
  /** What an endpoint has not taken, in the order of the events. */
  deliveries(webhook: string): Promise<readonly PendingDelivery[]>
  /** Notes how far an endpoint got; nothing where it is dropped. */
  progress(progress: Progress): Promise<void>
}

/** How much is kept of what happened. */
export const eventsKept = { ms: 7 * 24 * 60 * 60 * 1_000, count: 100_000 } as const

/** So many events are looked at for one page, however few of them are meant. */
export const eventsLookedAtMax = 1_000

/** The id of the event of that number. */
export function eventId(number: number): string {
  return `${number}`.padStart(idLength, '0')
}

/** The number of the event of that id; undefined where no event can have it. */
export function eventNumber(id: string): number | undefined {
  const number = /^\d+$/.test(id) ? Number(id) : Number.NaN
  return Number.isSafeInteger(number) && eventId(number) === id ? number : undefined
}

/** Whether an event is meant. */
export function isMeant(
  { document, type }: { readonly document: string; readonly type: string },
  { document: one, prefix = '', types }: EventFilter,
): boolean {
  if (areComments(document)) return false
  if (one !== undefined && one !== document) return false
  return document.startsWith(prefix) && (types?.includes(type) ?? true)
}

const idLength = 15
