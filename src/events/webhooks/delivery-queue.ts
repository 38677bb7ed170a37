import type { PendingDelivery, StoredEvent } from '../../../persistence/outbox.ts'

/** What the store has to be told of a queue. */
export interface QueueChanges {
  readonly keep: readonly PendingDelivery[]
  readonly drop: readonly string[]
}

/** How an attempt went, for the delivery that stays. */
export type Tried = Omit<PendingDelivery, 'event'>

const untried: Tried = {
  attempt: 0,
  at: undefined,
  status: undefined,
  error: undefined,
  next: undefined,
}

/**
 * What one endpoint has not taken, in the order of the events of each document: only the first of
 * a document is tried, the others wait behind it. Of changes of a document the newest is enough.
 */
export class DeliveryQueue {
  readonly #byDocument = new Map<string, PendingDelivery[]>()
  /** Given up, and kept to be replayed; by event. */
  readonly #dead = new Map<string, PendingDelivery>()
  /** What the store has rows of. */
  readonly #stored = new Set<string>()
  readonly #keep = new Map<string, PendingDelivery>()
  readonly #drop = new Set<string>()
  #size = 0

  /** @param stored what the store has, in the order of the events */
  constructor(stored: readonly PendingDelivery[]) {
    for (const delivery of stored) this.restore(delivery)
  }

  /** How many wait to be taken. */
  get size(): number {
    return this.#size
  }

  /** Whether an event waits or was given up. */
  has({ document, id }: StoredEvent): boolean {
    const waiting = this.#byDocument.get(document) ?? []
    return this.#dead.has(id) || waiting.some(({ event }) => event.id === id)
  }

  /** Takes what the store has. */
  restore(delivery: PendingDelivery): void {
    const { attempt, event, next } = delivery
    this.#stored.add(event.id)
    if (attempt > 0 && next === undefined) this.#dead.set(event.id, delivery)
    else this.#insert(delivery)
  }

  /** Takes a new event. @param busy id of the one of its document that is being tried */
  add(event: StoredEvent, busy: string | undefined): void {
    if (event.type === 'document.purged') this.#forget(event.document)
    this.#put({ event, ...untried })
    this.#coalesce(event.document, busy)
  }

  /** Has an event tried anew, be it given up or taken before. */
  replay(event: StoredEvent, now: number): void {
    this.remove(event)
    this.#put({ event, ...untried, next: now })
  }

  /** The delivery of a document that the others wait behind. */
  first(document: string): PendingDelivery | undefined {
    return this.#byDocument.get(document)?.[0]
  }

  /** Documents whose first delivery is due. */
  due(now: number): readonly string[] {
    return [...this.#byDocument].flatMap(([document, [first]]) =>
      first !== undefined && (first.next ?? now) <= now ? [document] : [],
    )
  }

  /** Notes an attempt that failed; without a next one the delivery is given up. */
  failed(event: StoredEvent, tried: Tried): void {
    if (!this.has(event)) return
    const delivery = { event, ...tried }
    this.#take(event)
    if (tried.next === undefined) this.#dead.set(event.id, delivery)
    else this.#insert(delivery)
    this.#keep.set(event.id, delivery)
    this.#coalesce(event.document, undefined)
  }

  /** Drops a delivery: it was taken, or another takes its place. */
  remove(event: StoredEvent): void {
    this.#take(event)
    this.#dead.delete(event.id)
    this.#keep.delete(event.id)
    if (this.#stored.has(event.id)) this.#drop.add(event.id)
  }

  /** What has changed since the store was told, for one transaction. */
  changes(): QueueChanges {
    return { keep: [...this.#keep.values()], drop: [...this.#drop] }
  }

  /** The store has taken those changes. */
  stored({ drop, keep }: QueueChanges): void {
    for (const id of drop) {
      this.#drop.delete(id)
      this.#stored.delete(id)
    }
    for (const delivery of keep) {
      this.#stored.add(delivery.event.id)
      if (this.#keep.get(delivery.event.id) === delivery) this.#keep.delete(delivery.event.id)
      else if (!this.has(delivery.event)) this.#drop.add(delivery.event.id)
    }
  }

  #put(delivery: PendingDelivery): void {
    this.#insert(delivery)
    this.#drop.delete(delivery.event.id)
    this.#keep.set(delivery.event.id, delivery)
  }

  /** Leaves of a document's events that they were, as the store does. */
  #forget(document: string): void {
    const waiting = this.#byDocument.get(document)
    if (waiting !== undefined) this.#byDocument.set(document, waiting.map(bare))
    for (const [id, delivery] of this.#dead) {
      if (delivery.event.document === document) this.#dead.set(id, bare(delivery))
    }
  }

  /** Leaves the newest change of a document; where the first goes, the next is tried as it was. */
  #coalesce(document: string, busy: string | undefined): void {
    const waiting = this.#byDocument.get(document) ?? []
    const [first] = waiting
    const changes = waiting.filter(
      ({ event }) => event.type === 'document.changed' && event.id !== busy,
    )
    for (const { event } of changes.slice(0, -1)) this.remove(event)
    const next = this.#byDocument.get(document)?.[0]
    if (first === undefined || next === undefined || next === first) return
    this.#take(next.event)
    this.#put({ ...first, event: next.event })
  }

  #insert(delivery: PendingDelivery): void {
    const { document, id } = delivery.event
    const waiting = this.#byDocument.get(document) ?? []
    const place = waiting.findIndex(({ event }) => event.id > id)
    waiting.splice(place < 0 ? waiting.length : place, 0, delivery)
    this.#byDocument.set(document, waiting)
    this.#size++
  }

  #take({ document, id }: StoredEvent): void {
    const waiting = this.#byDocument.get(document) ?? []
    const place = waiting.findIndex(({ event }) => event.id === id)
    if (place < 0) return
    waiting.splice(place, 1)
    this.#size--
    if (waiting.length === 0) this.#byDocument.delete(document)
  }
}

/** A delivery of an event of which only that it was is told. */
export function bare(delivery: PendingDelivery): PendingDelivery {
  return { ...delivery, event: { ...delivery.event, data: '{}' } }
}
