import { eventId, eventNumber, eventsKept, eventsLookedAtMax, isMeant } from '../outbox.ts'
import type { EventPage, EventsAfter, EventType, Outbox, PendingDelivery } from '../outbox.ts'
import type { Progress, StoredEvent, Webhook } from '../outbox.ts'

/** What the store beside knows of how a document has changed. */
export interface ChangedDocument {
  /** Number of its newest row. */
  readonly position: number
  /** Numbers of its rows with who wrote them. */
  readonly log: readonly { readonly sequence: number; readonly by: unknown }[]
}

/** Events that last as long as the process. */
export class MemoryOutbox implements Outbox {
  readonly #find: (document: string) => ChangedDocument | undefined
  readonly #names: () => Iterable<string>
  readonly #now: () => number
  readonly #told = new Map<string, number>()
  readonly #webhooks = new Map<string, Webhook>()
  readonly #pending = new Map<string, Map<string, PendingDelivery>>()
  #events: StoredEvent[] = []
  #last = 0
  #dropped = 0

  /**
   * @param find a document that is there and not deleted
   * @param names of all documents; throws when nothing can be asked any more
   */
  constructor(
    find: (document: string) => ChangedDocument | undefined,
    names: () => Iterable<string>,
    now: () => number,
  ) {
    this.#find = find
    this.#names = names
    this.#now = now
  }

  add(type: EventType, document: string, data: object = {}): StoredEvent {
    const time = this.#now()
    const id = eventId(++this.#last)
    const added = { id, time, type, document, data: JSON.stringify(data) }
    this.#events.push(added)
    this.#prune(time)
    return added
  }

  #prune(time: number): void {
    const pending = new Set([...this.#pending.values()].flatMap((some) => [...some.keys()]))
    const old = this.#events.findLast((event) => event.time < time - eventsKept.ms)
    this.#dropped = Math.max(this.#dropped, numberOf(old), this.#last - eventsKept.count)
    if (numberOf(this.#events[0]) > this.#dropped) return
    this.#events = this.#events.filter(
      (event) => numberOf(event) > this.#dropped || pending.has(event.id),
    )
  }

  async after({ after, limit, ...filter }: EventPage): Promise<EventsAfter> {
    this.#names()
    if (after < this.#dropped) return { kind: 'gone', kept: this.#dropped }
    const rows = this.#events.filter((event) => numberOf(event) > after).slice(0, eventsLookedAtMax)
    const meant = rows.filter((event) => isMeant(event, filter))
    const events = meant.slice(0, limit)
    const seen = meant.length > limit ? events.at(-1) : rows.at(-1)
    return { kind: 'events', events, through: seen === undefined ? after : numberOf(seen) }
  }

  async newest(): Promise<number> {
    return this.#last
  }

  async tellChanged(documents: readonly string[]): Promise<readonly StoredEvent[]> {
    return documents.flatMap((document) => this.#tellChanged(document) ?? [])
  }

  #tellChanged(document: string): StoredEvent | undefined {
    const found = this.#find(document)
    const told = this.#told.get(document) ?? 0
    if (found === undefined || found.position <= told) return undefined
    const { log, position } = found
    const authors = new Set(log.filter((row) => row.sequence > told).map(({ by }) => by))
    authors.delete(undefined)
    this.#told.set(document, position)
    const data = { sequence: position, authors: [...authors] }
    return this.add('document.changed', document, data)
  }

  async changed(): Promise<readonly string[]> {
    return [...this.#names()].filter(
      (name) => (this.#find(name)?.position ?? 0) > (this.#told.get(name) ?? 0),
    )
  }

  async webhooks(): Promise<readonly Webhook[]> {
    return [...this.#webhooks.values()]
  }

  async putWebhook(webhook: Webhook): Promise<void> {
    const { cursor } = this.#webhooks.get(webhook.id) ?? webhook
    this.#webhooks.set(webhook.id, { ...webhook, cursor })
  }

  async dropWebhook(id: string): Promise<boolean> {
    this.#pending.delete(id)
    return this.#webhooks.delete(id)
  }

  async deliveries(webhook: string): Promise<readonly PendingDelivery[]> {
    const pending = [...(this.#pending.get(webhook)?.values() ?? [])]
    return pending.toSorted((a, b) => numberOf(a.event) - numberOf(b.event))
  }

  async progress({ cursor, disabled, drop, keep, webhook: id }: Progress): Promise<void> {
    const webhook = this.#webhooks.get(id)
    if (webhook === undefined) return
    this.#webhooks.set(id, { ...webhook, cursor, disabled: disabled ?? webhook.disabled })
    const pending = this.#pending.get(id) ?? new Map<string, PendingDelivery>()
    this.#pending.set(id, pending)
    for (const event of drop) pending.delete(event)
    for (const delivery of keep) pending.set(delivery.event.id, delivery)
  }

  /** Leaves of a document's events that they were. */
  forget(document: string): void {
    const bare = (event: StoredEvent): StoredEvent =>
      event.document === document ? { ...event, data: '{}' } : event
    this.#events = this.#events.map(bare)
    for (const pending of this.#pending.values()) {
      for (const [id, delivery] of pending) {
        pending.set(id, { ...delivery, event: bare(delivery.event) })
      }
    }
  }
}

function numberOf(event: StoredEvent | undefined): number {
  return event === undefined ? 0 : (eventNumber(event.id) ?? 0)
}
