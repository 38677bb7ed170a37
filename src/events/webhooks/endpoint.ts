import type { EventPage, Outbox, PendingDelivery } from '../../../persistence/outbox.ts'
import type { StoredEvent, Webhook } from '../../../persistence/outbox.ts'
import type { Chance } from '../../base/chance.ts'
import { describeError, type Log } from '../../base/log.ts'
import type { Metrics } from '../../base/metrics.ts'
import { send, type SendParts, type Sent } from '../sending/send.ts'
import { toldOf } from '../told.ts'
import { bare, DeliveryQueue, type Tried } from './delivery-queue.ts'
import { nextAttempt } from './retries.ts'
import { secretsAt } from './secrets.ts'

/** What telling an endpoint works with. */
export interface EndpointParts extends SendParts {
  readonly outbox: Outbox
  readonly chance: Chance
  readonly log: Log
  readonly metrics: Metrics
  readonly limits: SendParts['limits'] & {
    readonly deliveries_max: number
    readonly deliveries_waiting_max: number
  }
}

/** So many events are read at a time. */
const pageEvents = 100
/** So many of the last deliveries that were taken are told of. */
const recentMax = 100

/**
 * Tells one endpoint what happens: reads the events behind its cursor, tries the first of each
 * document, several documents at a time, and notes once a second how far it got. What was taken
 * since that was noted is told again after a crash: at least once, in the order of each document.
 */
export class Endpoint {
  readonly #parts: EndpointParts
  readonly #queue: DeliveryQueue
  /** What is being tried, by document. */
  readonly #busy = new Map<string, { readonly id: string; readonly done: Promise<void> }>()
  /** Documents whose first delivery may be due. */
  readonly #ready = new Set<string>()
  #recent: PendingDelivery[] = []
  readonly #startedAt: number
  #webhook: Webhook
  #cursor: number
  #notedCursor: number
  #takenAt = Number.NEGATIVE_INFINITY
  #isReading = false
  #noting: Promise<void> | undefined
  /** Why it is disabled, where the store does not know that yet. */
  #disabling: string | undefined
  #closing = false
  #ended = false

  constructor(parts: EndpointParts, webhook: Webhook, stored: readonly PendingDelivery[]) {
    this.#parts = parts
    this.#webhook = webhook
    this.#cursor = webhook.cursor
    this.#notedCursor = webhook.cursor
    this.#queue = new DeliveryQueue(stored)
    this.#startedAt = parts.wallClock()
  }

  get webhook(): Webhook {
    return this.#webhook
  }

  /** The last deliveries that were taken, the newest first. */
  get recent(): readonly PendingDelivery[] {
    return this.#recent.toReversed()
  }

  /** It may have been changed by its owner. */
  change(webhook: Webhook): void {
    this.#webhook = { ...webhook, disabled: this.#disabling ?? webhook.disabled }
  }

  /** Has an event told anew. */
  replay(event: StoredEvent): void {
    this.#queue.replay(event, this.#parts.wallClock())
    this.#tryReady(event.document)
  }

  /** Reads on, where there may be new events. */
  wake(): void {
    if (this.#isIdle() || this.#isReading) return
    this.#isReading = true
    this.#read()
      .catch((error: unknown) => this.#troubled(error))
      .finally(() => {
        this.#isReading = false
      })
  }

  /** Once a second: tries what is due, and notes how far it got. */
  tick(): void {
    this.wake()
    this.#tryReady(...this.#queue.due(this.#parts.wallClock()))
    this.note().catch((error: unknown) => this.#troubled(error))
  }

  /** Notes how far it got. */
  async note(): Promise<void> {
    await this.#noting
    const changes = this.#queue.changes()
    const isSame = changes.keep.length + changes.drop.length === 0
    const cursor = this.#cursor
    const disabled = this.#disabling
    const isNoted = isSame && cursor === this.#notedCursor && disabled === undefined
    if (this.#ended || isNoted) return
    const { id: webhook } = this.#webhook
    const noting = this.#parts.outbox.progress({ webhook, cursor, disabled, ...changes })
    this.#noting = noting.catch(() => undefined)
    await noting
    this.#disabling = undefined
    this.#notedCursor = cursor
    this.#queue.stored(changes)
  }

  /** Begins nothing any more; resolves when what is under way has ended, and is noted. */
  async close(): Promise<void> {
    this.#closing = true
    await Promise.all([...this.#busy.values()].map(({ done }) => done))
    await this.note().catch((error: unknown) => this.#troubled(error))
    this.#ended = true
  }

  /** Notes nothing any more: it is dropped, or another server tells it. */
  abandon(): void {
    this.#closing = true
    this.#ended = true
  }

  #isIdle(): boolean {
    return this.#closing || this.#webhook.disabled !== undefined
  }

  async #read(): Promise<void> {
    const { limits, log, outbox } = this.#parts
    const { events: types, id, prefix } = this.#webhook
    while (!this.#isIdle() && this.#queue.size < limits.deliveries_waiting_max) {
      const wanted = { types: types.length === 0 ? undefined : types, prefix }
      const page: EventPage = { after: this.#cursor, limit: pageEvents, ...wanted }
      const found = await outbox.after(page)
      if (found.kind === 'gone') {
        log.warn('events-missed', { webhook: id, after: this.#cursor, kept: found.kept })
        this.#cursor = found.kept
        continue
      }
      for (const event of found.events) {
        if (event.type === 'document.purged') this.#forget(event.document)
        this.#queue.add(event, this.#busy.get(event.document)?.id)
      }
      const isMore = found.through > this.#cursor
      this.#cursor = found.through
      this.#tryReady(...found.events.map(({ document }) => document))
      if (!isMore) return
    }
  }

  /** Tries the first delivery of those documents and of others that wait for it, where due. */
  #tryReady(...documents: readonly string[]): void {
    for (const document of documents) this.#ready.add(document)
    const { limits, wallClock } = this.#parts
    const now = wallClock()
    for (const document of this.#ready) {
      if (this.#isIdle() || this.#busy.size >= limits.deliveries_max) return
      // One that is being tried comes again when that has ended.
      this.#ready.delete(document)
      const first = this.#busy.has(document) ? undefined : this.#queue.first(document)
      if (first === undefined || (first.next ?? now) > now) continue
      const { attempt, event } = first
      const done = this.#try(event, attempt)
        .catch((error: unknown) => this.#troubled(error))
        .finally(() => {
          this.#busy.delete(document)
          this.#tryReady(document)
        })
      this.#busy.set(document, { id: event.id, done })
    }
  }

  async #try(event: StoredEvent, attempt: number): Promise<void> {
    const { metrics, wallClock } = this.#parts
    const at = wallClock()
    const { secret, url } = this.#webhook
    const body = bodyOf(event)
    const letter = { url, secrets: secretsAt(secret, at), id: event.id, body }
    const sent = await send(this.#parts, letter)
    if (this.#ended) return
    const { error, status } = sent
    const tried: Tried = { attempt: attempt + 1, at, status, error, next: undefined }
    if (error === undefined) {
      metrics.deliveriesTaken++
      this.#takenAt = wallClock()
      this.#queue.remove(event)
      this.#recent.push({ event, ...tried })
      if (this.#recent.length > recentMax) this.#recent.shift()
    } else {
      metrics.deliveriesFailed++
      this.#failed(event, tried, sent)
    }
  }

  #failed(event: StoredEvent, tried: Tried, { pauseMs, status }: Sent): void {
    const { chance, log, metrics, wallClock } = this.#parts
    const { id } = this.#webhook
    const now = wallClock()
    const next = nextAttempt(tried.attempt, now, chance.fraction(), pauseMs)
    this.#queue.failed(event, { ...tried, next })
    const reason = tried.error ?? ''
    if (status === 410) return this.#disable('It answered 410: it wants no more.')
    if (next !== undefined) return
    metrics.deliveriesDead++
    log.error('delivery-given-up', { webhook: id, event: event.id, reason })
    // For as long as it waited for the last attempt nothing else was taken either.
    const since = now - lastWaitMs
    if (this.#startedAt <= since && this.#takenAt <= since) {
      this.#disable(`It has taken nothing for three days. ${reason}`)
    }
  }

  #forget(document: string): void {
    this.#recent = this.#recent.map((one) => (one.event.document === document ? bare(one) : one))
  }

  #disable(reason: string): void {
    this.#parts.log.error('webhook-disabled', { webhook: this.#webhook.id, reason })
    this.#disabling = reason
    this.#webhook = { ...this.#webhook, disabled: reason }
  }

  #troubled(error: unknown): void {
    if (this.#ended) return
    const { id } = this.#webhook
    this.#parts.log.warn('webhook-troubled', { webhook: id, reason: describeError(error) })
  }
}

/** The wait before the last attempt, in milliseconds. */
const lastWaitMs = 24 * 3_600_000

/** The body of a delivery: thin, with all that names the event in `data`. */
function bodyOf(event: StoredEvent): string {
  const { data, document, id, time, type } = toldOf(event)
  return JSON.stringify({ type, timestamp: time, data: { ...data, id, document } })
}
