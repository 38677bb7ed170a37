import type { Chance } from '../base/chance.ts'
import type { Cancel, Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Metrics } from '../base/metrics.ts'
import type { Bus } from './bus.ts'
import { decodeMessage, encodeMessage, type Message, serverIdOf } from './messages.ts'
import type { RevokedMessage } from './messages.ts'

/** What a server hears of the others. */
export interface ClusterListener {
  /** Another server says something about a document; undefined where it is not understood. */
  heard(document: string, server: string, message: Message | undefined): void
  /** What was said before may not have been heard: the bus is there again. */
  up(): void
  /** Nothing is heard any more. */
  down(): void
  /** A server has left, or was silent for so long that it counts as gone. */
  left(server: string): void
  /** Another server has taken access back. */
  revoked(what: Omit<RevokedMessage, 'kind'>): void
}

/** What speaking with other servers works with. */
export interface ClusterParts {
  readonly bus: Bus
  readonly chance: Chance
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly limits: {
    readonly server_beat_ms: number
    readonly server_silence_ms_max: number
    readonly store_elsewhere_ms_max: number
    readonly handover_ms_max: number
    readonly bus_silence_ms_max: number
  }
}

/** What is known of the store here, and what is done when only others have it. */
interface StoreWatch {
  /** Why it is away; undefined while it answers. */
  readonly trouble: () => string | undefined
  readonly sendAway: () => Promise<void>
}

/** Those who are asked who is here answer within this time. */
const answerMsMax = 100

const everybody = 'ytopic:1:all'
/** So long an opening document waits for its subscription; then the store is asked once more. */
const subscribeMsMax = 1_000

/** The channel of a document: names are up to 512 bytes of anything, channels are not. */
function channelOf(document: string): string {
  const digest = new Bun.CryptoHasher('sha256').update(document).digest()
  return `ytopic:1:d:${digest.subarray(0, 16).toString('base64url')}`
}

/** The other servers, as one of them hears and tells them. */
export class Cluster {
  readonly #parts: ClusterParts
  readonly #server: string
  /** Names by channel, of the documents that are open here. */
  readonly #documents = new Map<string, string>()
  readonly #channels = new Map<string, string>()
  /** When each of the others counts as gone, unless it is heard before. */
  readonly #goneAt = new Map<string, number>()
  #listener: ClusterListener | undefined
  #heardSelfAt: number
  #store: StoreWatch | undefined
  /** When another server last said that it has the store. */
  #wellAt = Number.NEGATIVE_INFINITY
  /** Whether others have the store and this server does not: since when, and what was done. */
  #elsewhere: number | 'not' | 'sent' = 'not'
  #cancel: Cancel = () => undefined

  constructor(parts: ClusterParts) {
    this.#parts = parts
    this.#server = serverIdOf(parts.chance.name())
    this.#heardSelfAt = parts.clock.now()
  }

  /** Whether what others say is heard. */
  get isUp(): boolean {
    return this.#parts.bus.isUp
  }

  /** Whether clients are to go to another server: that has the store, and this one lacks it. */
  get isStoreElsewhere(): boolean {
    return this.#elsewhere === 'sent'
  }

  /** How long it waits before it answers a question to all, so that not all answer at once. */
  get answerMs(): number {
    return (Number.parseInt(this.#server.slice(0, 4), 16) / 2 ** 16) * answerMsMax
  }

  /** Begins. Once. */
  listen(listener: ClusterListener): void {
    this.#listener = listener
    const { bus, clock, limits, log } = this.#parts
    bus.subscribe(everybody).catch(() => undefined)
    bus.listen({
      message: (channel, bytes) => this.#message(channel, bytes),
      up: () => {
        log.info('bus-up', { place: bus.place })
        this.#heardSelfAt = clock.now()
        this.#say(everybody, { kind: 'beat' })
        listener.up()
      },
      down: (reason) => {
        log.warn('bus-down', { place: bus.place, reason })
        listener.down()
      },
    })
    this.#cancel = clock.every(limits.server_beat_ms, () => this.#beat())
  }

  /** Has the clients sent away when the store is away here, and another server has it. */
  watch(store: StoreWatch): void {
    this.#store = store
  }

  /**
   * Has a document heard.
   * @returns whether all that is said of it from now on is heard
   */
  subscribe(document: string): Promise<boolean> {
    const channel = channelOf(document)
    this.#documents.set(channel, document)
    this.#channels.set(document, channel)
    return new Promise((resolve) => {
      const cancel = this.#parts.clock.after(subscribeMsMax, () => resolve(false))
      this.#parts.bus.subscribe(channel).then(
        (isHeard) => {
          cancel()
          resolve(isHeard)
        },
        () => resolve(false),
      )
    })
  }

  unsubscribe(document: string): void {
    const channel = this.#channels.get(document)
    if (channel === undefined) return
    this.#channels.delete(document)
    this.#documents.delete(channel)
    this.#parts.bus.unsubscribe(channel)
  }

  /** Says something about a document to the others that have it open. */
  say(document: string, message: Message): void {
    if (!this.isUp) return
    this.#say(this.#channels.get(document) ?? channelOf(document), message)
  }

  /** Says something to all the others. */
  sayToAll(message: Message): void {
    if (this.isUp) this.#say(everybody, message)
  }

  /** Says and hears nothing more. */
  async end(): Promise<void> {
    this.#cancel()
    this.sayToAll({ kind: 'leaving' })
    await this.#parts.bus.close()
  }

  #say(channel: string, message: Message): void {
    this.#parts.metrics.busMessagesSent++
    this.#parts.bus.publish(channel, encodeMessage(this.#server, message))
  }

  #message(channel: string, bytes: Uint8Array): void {
    const said = decodeMessage(bytes)
    if (said === undefined) return
    const { message, server } = said
    const now = this.#parts.clock.now()
    if (server === this.#server) {
      this.#heardSelfAt = now
      return
    }
    this.#parts.metrics.busMessagesHeard++
    const { handover_ms_max: handoverMs, server_silence_ms_max: silenceMs } = this.#parts.limits
    // The clients of one that leaves are on their way to another.
    this.#goneAt.set(server, now + (message?.kind === 'leaving' ? handoverMs : silenceMs))
    if (channel !== everybody) {
      const document = this.#documents.get(channel)
      if (document !== undefined) this.#listener?.heard(document, server, message)
      return
    }
    if (message?.kind === 'well') this.#wellAt = now
    if (message?.kind === 'revoked') this.#listener?.revoked(message)
  }

  /** The regular round: this server lives, who else does, and whether the bus is deaf. */
  #beat(): void {
    const { bus, clock, limits } = this.#parts
    const now = clock.now()
    const isWell = this.#store?.trouble() === undefined
    this.sayToAll({ kind: isWell ? 'well' : 'beat' })
    this.#lookElsewhere(isWell, now)
    for (const [server, at] of this.#goneAt) {
      if (now <= at) continue
      this.#goneAt.delete(server)
      this.#listener?.left(server)
    }
    if (bus.isUp && now - this.#heardSelfAt > limits.bus_silence_ms_max) {
      this.#heardSelfAt = now
      bus.renew('It does not hand on what is said.')
    }
  }

  /** Once for each time that only others have the store; who comes then is sent on. */
  #lookElsewhere(isWell: boolean, now: number): void {
    const { log, limits } = this.#parts
    const isElsewhere = now - this.#wellAt < 2 * limits.server_beat_ms
    if (isWell || !isElsewhere) this.#elsewhere = 'not'
    else if (this.#elsewhere === 'not') this.#elsewhere = now
    else if (this.#elsewhere !== 'sent' && now - this.#elsewhere >= limits.store_elsewhere_ms_max) {
      this.#elsewhere = 'sent'
      log.warn('clients-sent-elsewhere', {})
      this.#store?.sendAway().catch(() => undefined)
    }
  }
}
