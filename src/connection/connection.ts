import type { Server, ServerWebSocket } from 'bun'
import type { Revocation } from '../auth/authority.ts'
import { reasonFor, type RefusalKind, refusals } from '../base/errors.ts'
import type { Clock } from '../base/clock.ts'
import type { Limits } from '../base/limits/limits.ts'
import type { Metrics } from '../base/metrics.ts'
import type { Codec, Multiplex } from '../protocol/codec.ts'
import type { Channel } from '../channel/channel.ts'
import { type AddressShare, Questions } from '../room/delivery/questions.ts'
import type { ReceiptWishes } from '../session/session-parts.ts'
import type { Multiplexer, MultiplexedSocket } from './multiplexer.ts'
import type { Credentials } from '../http/credentials.ts'
import type { Listeners } from './listeners.ts'
import type { SocketData } from './socket-data.ts'
import type { AddressCounts } from './address-counts.ts'
import { Allowance } from './allowance.ts'

/** The socket as Bun hands it to the handlers, with our connection on it. */
export type Socket = ServerWebSocket<Connection>

/** What an upgrade decided: what the socket is for, or a refusal to be said over it. */
export type Admission =
  /** One document, named by the URL. */
  | {
      readonly kind: 'document'
      readonly name: string
      readonly codec: Codec
      readonly wishes: ReceiptWishes
      readonly wantsGrant: boolean
    }
  /** Many documents, each named by the frames. */
  | { readonly kind: 'multiplex'; readonly protocol: Multiplex; readonly wantsGrant: boolean }
  | {
      readonly kind: 'refused'
      /** In whose words; undefined where there are none without an address. */
      readonly codec: Codec | undefined
      readonly refusal: RefusalKind
      readonly detail?: string
    }

/** One socket; the peer of its session where it carries one document. */
export class Connection implements MultiplexedSocket, SocketData {
  readonly admission: Admission
  /** Who opened it. */
  readonly caller: Credentials
  readonly openedAt: number
  readonly #limits: Limits
  #allowance: Allowance | undefined
  #questions: Questions | undefined
  /** Whether it has said anything. */
  heard = false
  /** The way into its document, where it carries one. */
  channel: Channel | undefined
  /** Its documents, where it carries many. */
  multiplexer: Multiplexer | undefined
  /** The one through which it came; its topics are that one's alone. */
  readonly server: Server<Connection>
  readonly #listeners: Listeners
  readonly #clock: Clock
  readonly #metrics: Metrics
  readonly #addressCounts: AddressCounts
  #socket: Socket | undefined
  #refused = false
  #isSentAway = false
  /** Bytes of the description that went out last, until the socket has taken all. */
  #descriptionBytes = 0

  constructor(parts: {
    readonly admission: Admission
    readonly caller: Credentials
    readonly server: Server<Connection>
    readonly listeners: Listeners
    readonly clock: Clock
    readonly limits: Limits
    readonly metrics: Metrics
    readonly addressCounts: AddressCounts
  }) {
    this.admission = parts.admission
    this.caller = parts.caller
    this.server = parts.server
    this.#listeners = parts.listeners
    this.openedAt = parts.clock.now()
    this.#limits = parts.limits
    this.#clock = parts.clock
    this.#metrics = parts.metrics
    this.#addressCounts = parts.addressCounts
  }

  get isYtopic(): true {
    return true
  }

  /** What it may send. Most connections are quiet, and keep none. */
  get allowance(): Allowance {
    return (this.#allowance ??= new Allowance(this.#limits, this.#clock.now()))
  }

  /** What it may ask. Kept from its first question until that is paid off. */
  get questions(): Questions {
    const { facts } = this.caller
    const share = (): AddressShare => this.#addressCounts.answersFor(facts.ip ?? '', this.#clock)
    return (this.#questions ??= new Questions(this.#limits, this.#clock, share()))
  }

  /** Gives back what time has brought. */
  refill(now: number): void {
    this.#allowance?.refill(now)
    if (this.#allowance?.full === true) this.#allowance = undefined
    if (this.#questions?.unused === true) this.#questions = undefined
  }

  opened(socket: Socket): void {
    this.#socket = socket
  }

  send(bytes: Uint8Array): void {
    this.#socket?.send(bytes)
    this.checkUnsent()
  }

  sendDescription(bytes: Uint8Array): void {
    this.#descriptionBytes = bytes.length
    this.#socket?.send(bytes)
  }

  checkUnsent(): void {
    const unsent = this.bufferedBytes()
    if (unsent === 0) this.#descriptionBytes = 0
    if (unsent - this.#descriptionBytes <= this.#limits.backpressure_hard_bytes) return
    // Not in this turn: whoever sends is not to find itself ended.
    this.#clock.soon(() => this.terminate())
  }

  publish(topic: string, bytes: Uint8Array): boolean {
    const taken = this.#socket === undefined || this.#socket.publish(topic, bytes) >= 0
    return this.#listeners.publishBeside(this.server, topic, bytes) && taken
  }

  subscribe(topic: string): void {
    this.#socket?.subscribe(topic)
  }

  unsubscribe(topic: string): void {
    this.#socket?.unsubscribe(topic)
  }

  bufferedBytes(): number {
    return this.#socket?.getBufferedAmount() ?? 0
  }

  /** Reads nothing more from it; what was read is still acted on. */
  pause(): void {
    this.#socket?.pause()
  }

  /** Reads on. */
  resume(): void {
    this.#socket?.resume()
  }

  /** Access is taken back. @returns how many of its sessions are decided about anew */
  revoke(what: Revocation): number {
    if (this.channel !== undefined) return this.channel.revoke(what) ? 1 : 0
    return this.multiplexer?.revoke(what) ?? 0
  }

  /** Whether it was refused and its close is on its way. */
  get refused(): boolean {
    return this.#refused
  }

  /**
   * Says why and closes. What the client can do about it decides when: a refusal for good is told
   * in the protocol's words and closed a little later, because old clients come back at once after
   * a close; one that passes is closed at once, so that the client comes back. Where a socket
   * carries many documents it is always later: its oldest clients return without a pause.
   * @param waitMs time between a denial and its close, where it is another than for everybody
   * @param spoken the protocol of the client, where it is not the one of the socket
   */
  refuse(kind: RefusalKind, detail?: string, waitMs?: number, spoken?: Codec): void {
    if (this.#refused) return
    this.#refused = true
    this.countRefusal(kind)
    const codec = spoken ?? ('codec' in this.admission ? this.admission.codec : undefined)
    const { retry } = refusals[kind]
    if (retry && codec !== undefined) return this.close(kind)
    const told = codec?.encode({ kind: 'denied', reason: reasonFor(kind, detail) })
    if (told !== undefined) this.send(told)
    this.#clock.after(waitMs ?? this.#limits.deny_delay_ms, () => this.close(kind))
  }

  /** Counts a refusal that is told over this socket. */
  countRefusal(kind: RefusalKind): void {
    this.#metrics.countRefusal(kind)
  }

  /** Whether its client was told to come back at once, to whoever is there then. */
  get isSentAway(): boolean {
    return this.#isSentAway
  }

  /** Closes, and has its client come back at once: what it shows of itself stays meanwhile. */
  sendAway(kind: RefusalKind): void {
    this.#isSentAway = true
    this.close(kind)
  }

  /** Closes with the code and the sentence of the table. */
  close(kind: RefusalKind): void {
    const { closeCode, sentence } = refusals[kind]
    this.#socket?.close(closeCode, sentence)
  }

  /** The socket is gone. */
  closed(): void {
    this.#questions?.end()
  }

  /** Cuts a client that does not even take the goodbye. */
  terminate(): void {
    this.#socket?.terminate()
  }
}
