import type { EventFilter, EventPage, EventsAfter } from '../../persistence/outbox.ts'
import type { Chance } from '../base/chance.ts'
import type { WallClock } from '../base/clock.ts'
import { RefusalError } from '../base/errors.ts'
import type { Pulse, PulseParts } from './pulse.ts'
import { EventStream, type Listening } from './stream.ts'

/** What telling of events works with. */
export interface FeedParts extends PulseParts {
  readonly pulse: Pulse
  readonly chance: Chance
  readonly wallClock: WallClock
  readonly limits: PulseParts['limits'] & {
    readonly event_streams_max: number
    readonly event_stream_waiting_max: number
  }
}

/** Tells of events to those who ask, and to those who listen. */
export class Feed {
  readonly #parts: FeedParts
  readonly #streams = new Set<EventStream>()

  constructor(parts: FeedParts) {
    this.#parts = parts
  }

  /** How many listen. */
  get size(): number {
    return this.#streams.size
  }

  /** Number of the newest event; 0 where there is none. */
  newest(): Promise<number> {
    return this.#parts.outbox.newest()
  }

  /** Events after one. @throws RefusalError `events-gone` where some of them are not kept */
  async after(page: EventPage): Promise<Extract<EventsAfter, { readonly kind: 'events' }>> {
    const { outbox } = this.#parts
    const [found, newest] = [await outbox.after(page), await outbox.newest()]
    if (found.kind === 'events' && page.after <= newest) return found
    throw new RefusalError(
      'events-gone',
      'Read the documents anew, and go on with "after" left out.',
    )
  }

  /** The kept events from the first one on. */
  async kept(filter: EventFilter & { readonly limit: number }): ReturnType<Feed['after']> {
    const first = await this.#parts.outbox.after({ ...filter, after: 0 })
    return first.kind === 'events' ? first : this.after({ ...filter, after: first.kept })
  }

  /** A stream of events for one client. @throws RefusalError `too-many-streams` */
  listen(listening: Listening): EventStream {
    const { limits, outbox } = this.#parts
    if (this.#streams.size >= limits.event_streams_max) throw new RefusalError('too-many-streams')
    const after = (page: EventPage): Promise<EventsAfter> => outbox.after(page)
    return new EventStream({ ...this.#parts, after, streams: this.#streams }, listening)
  }

  /** Tells those who listen of something that is not stored. */
  pass(type: string, document: string, data: Readonly<Record<string, unknown>>): void {
    if (this.#streams.size === 0) return
    const { chance, wallClock } = this.#parts
    const time = new Date(wallClock()).toISOString()
    const event = { id: chance.name(), time, type, document, data }
    for (const stream of this.#streams) stream.pass(event)
  }

  /** Ends all streams; those who listened come back, and go on where they were. */
  end(): void {
    for (const stream of this.#streams) stream.end()
  }
}
