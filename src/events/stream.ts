import { type EventPage, type EventsAfter, isMeant } from '../../persistence/outbox.ts'
import type { EventFilter, StoredEvent } from '../../persistence/outbox.ts'
import type { Cancel, Clock } from '../base/clock.ts'
import type { Pulse } from './pulse.ts'
import { type ToldEvent, toldOf } from './told.ts'

/** What a stream works with. */
export interface StreamParts {
  readonly after: (page: EventPage) => Promise<EventsAfter>
  readonly pulse: Pulse
  readonly clock: Clock
  readonly limits: { readonly event_stream_waiting_max: number }
  /** The streams that somebody reads. */
  readonly streams: Set<EventStream>
}

/** Who listens, and to what. */
export interface Listening {
  readonly filter: EventFilter
  /** Number of the last event that is known already. */
  readonly after: number
  /** Whether somebody may still hear of a document. @throws Error when that cannot be decided */
  readonly mayHear: (document: string) => Promise<boolean>
  /** Whether somebody may still hear of anything; asked while there is nothing to tell. */
  readonly mayStay: () => Promise<boolean>
}

/** So many events are read at a time: a client that is behind gets them as it takes them. */
const pageEvents = 100
/** Proxies and clients give up on what is silent. */
const aliveMs = 15_000

const utf8 = new TextEncoder()

/**
 * Tells one client of events as server-sent ones. It is read as the client takes it: a slow one
 * costs nothing but its place in the events. What is not stored waits in a bounded number.
 */
export class EventStream {
  readonly body: ReadableStream<Uint8Array>
  readonly #parts: StreamParts
  readonly #listening: Listening
  #after: number
  #passing: ToldEvent[] = []
  #begun = false
  #ended = false
  #cancel: Cancel = () => undefined
  /** Whether something has happened since it was looked last. */
  #isWoken = false
  #goOn: () => void = () => undefined

  constructor(parts: StreamParts, listening: Listening) {
    this.#parts = parts
    this.#listening = listening
    this.#after = listening.after
    // Nothing is done for an answer that nobody reads.
    this.body = new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          const text = await this.#next()
          if (text === undefined) controller.close()
          else controller.enqueue(utf8.encode(text))
        },
        cancel: () => this.end(),
      },
      { highWaterMark: 0 },
    )
  }

  /** Tells of something that is not stored. One that has too much to take ends, and comes back. */
  pass(event: ToldEvent): void {
    if (!isMeant(event, this.#listening.filter)) return
    if (this.#passing.length >= this.#parts.limits.event_stream_waiting_max) return this.end()
    this.#passing.push(event)
    this.#wake()
  }

  end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#cancel()
    this.#parts.streams.delete(this)
    this.#wake()
  }

  /** The next piece of text; undefined at the end. */
  async #next(): Promise<string | undefined> {
    try {
      if (!this.#begun) return this.#begin()
      return await this.#read()
    } catch {
      // The client comes back, and is told why then.
      this.end()
      return undefined
    }
  }

  #begin(): string {
    this.#begun = true
    this.#parts.streams.add(this)
    this.#cancel = this.#parts.pulse.listen(() => this.#wake())
    return ': events\n\n'
  }

  async #read(): Promise<string | undefined> {
    while (!this.#ended) {
      this.#isWoken = false
      const passing = this.#passing
      this.#passing = []
      const { events, isMore } = await this.#page()
      const lines: string[] = []
      for (const event of events) {
        if (await this.#listening.mayHear(event.document)) {
          lines.push(`id: ${event.id}\n${linesOf(toldOf(event))}`)
        }
      }
      for (const event of passing) {
        if (await this.#listening.mayHear(event.document)) lines.push(linesOf(event))
      }
      if (lines.length > 0) return lines.join('')
      if (isMore || this.#isWoken || (await this.#pause()) === 'woken') continue
      if (await this.#listening.mayStay()) return ': alive\n\n'
      this.end()
    }
    return undefined
  }

  async #page(): Promise<{ readonly events: readonly StoredEvent[]; readonly isMore: boolean }> {
    const { filter } = this.#listening
    const page = await this.#parts.after({ ...filter, after: this.#after, limit: pageEvents })
    if (page.kind === 'gone') throw new Error('What comes next is not kept any more.')
    const isMore = page.through > this.#after
    this.#after = page.through
    return { events: page.events, isMore }
  }

  #wake(): void {
    this.#isWoken = true
    this.#goOn()
  }

  /** Resolves when there may be something to tell, or it is time to say that there is nothing. */
  #pause(): Promise<'woken' | 'still'> {
    return new Promise((resolve) => {
      const cancel = this.#parts.clock.after(aliveMs, () => resolve('still'))
      this.#goOn = () => {
        cancel()
        resolve('woken')
      }
    })
  }
}

function linesOf(event: ToldEvent): string {
  return `data: ${JSON.stringify(event)}\n\n`
}
