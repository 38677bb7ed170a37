import type { Revocation } from '../auth/authority.ts'
import type { WallClock } from '../base/clock.ts'
import { reasonFor, type RefusalKind, refusals } from '../base/errors.ts'
import { Channel, type DocumentAccess } from '../channel/channel.ts'
import type { Peer } from '../room/peer.ts'
import type { Questions } from '../room/delivery/questions.ts'
import { WaitingBudget } from '../channel/waiting-frames.ts'
import type { SessionAddress, Codec, Multiplex } from '../protocol/codec.ts'
import { checkDocumentName } from '../protocol/document-name.ts'
import { opensYWebsocket, yWebsocket } from '../protocol/y-websocket.ts'
import type { Allowance } from './allowance.ts'

/** What many documents on one socket need of it. */
export interface MultiplexedSocket extends Peer {
  /** Whether it was refused and its close is on its way. */
  readonly refused: boolean
  /** What it may send. */
  readonly allowance: Allowance
  /** Tells why and closes; in that protocol's words, where it is not the socket's own. */
  refuse(kind: RefusalKind, detail?: string, waitMs?: number, spoken?: Codec): void
  /** Counts a refusal that is told over the socket. */
  countRefusal(kind: RefusalKind): void
}

/** What the documents of one socket need. */
export interface MultiplexerParts {
  readonly connection: MultiplexedSocket
  readonly protocol: Multiplex
  /** Whether its clients have asked to be told what they are granted. */
  readonly wantsGrant: boolean
  readonly limits: {
    readonly frame_bytes_max: number
    readonly connection_sessions_max: number
    readonly connection_document_sessions_max: number
    readonly opening_queue_bytes_max: number
    readonly token_wait_ms_max: number
    readonly grant_grace_ms_max: number
    readonly keep_alive_ms: number
  }
  readonly now: number
  readonly wallClock: WallClock
  readonly documentAccess: (document: string) => DocumentAccess
  /** Whether the client's network address may open one more document now; asking counts. */
  readonly mayOpen: () => boolean
  /** A fault in our own code, and in whose room. */
  readonly failed: (document: string, error: unknown) => void
}

/** The session of one client on one session address of the socket. */
interface Place {
  readonly address: SessionAddress
  readonly codec: Codec
  readonly channel: Channel
  readonly since: number
}

const statusesOnly = { echo: false, saved: false, statuses: true, chat: true, messages: true }

/** The documents of one socket, by their session addresses. Names are data: a Map holds them. */
export class Multiplexer {
  readonly #parts: MultiplexerParts
  readonly #places = new Map<string, Place>()
  /** How many of them are the same document's. */
  readonly #ofDocument = new Map<string, number>()
  readonly #budgetOfAll: () => WaitingBudget
  /** The client library's own version; undefined while it has not said it. */
  #version: string | undefined
  #keepAwakeAt: number

  constructor(parts: MultiplexerParts) {
    this.#parts = parts
    const budget = new WaitingBudget(parts.limits.opening_queue_bytes_max)
    this.#budgetOfAll = () => budget
    this.#keepAwakeAt = parts.now + parts.limits.keep_alive_ms
  }

  /** Takes one message. */
  receive(message: Uint8Array, now: number): void {
    const { connection, limits, protocol } = this.#parts
    // A socket on its way out: what comes now comes again on the next one.
    if (connection.refused) return
    if (opensYWebsocket(message)) {
      return connection.refuse('bad-name', 'The document name is empty.', undefined, yWebsocket)
    }
    const address = protocol.sessionAddressOf(message)
    if (address.kind === 'awake') {
      if (!connection.allowance.takes('control', message.length)) connection.refuse('too-fast')
      return
    }
    if (address.kind === 'bad-frame') return connection.refuse('bad-frame', address.reason)
    const place = this.#places.get(address.text) ?? this.#admit(address, message.length, now)
    if (place === undefined) return
    this.#guard(place, () => {
      if (message.length > limits.frame_bytes_max) return place.channel.refuse('frame-too-large')
      const frame = place.codec.decode(message)
      if (!connection.allowance.takes(frame.kind, message.length)) {
        return connection.refuse('too-fast')
      }
      if (frame.kind === 'auth' && frame.version !== undefined) this.#version = frame.version
      place.channel.receive(frame, message)
    })
  }

  /** Access is taken back. @returns how many of the documents are decided about anew */
  revoke(what: Revocation): number {
    let meant = 0
    for (const place of this.#places.values()) {
      this.#guard(place, () => {
        if (place.channel.revoke(what)) meant++
      })
    }
    return meant
  }

  drained(): void {
    for (const place of this.#places.values()) this.#guard(place, () => place.channel.drained())
  }

  /** The socket was cut over a frame that was too large to be taken at all. */
  cut(): void {
    for (const place of this.#places.values()) this.#guard(place, () => place.channel.cut())
  }

  /** The socket is gone. @param isSentAway whether the server closed it for the client to return */
  end(isSentAway: boolean): void {
    for (const place of this.#places.values()) {
      this.#guard(place, () => place.channel.end(isSentAway))
    }
    this.#places.clear()
  }

  /** The once-a-second round: keeps the socket awake, and no place for those who show no token. */
  *sweep(now: number): Generator<number> {
    const { connection, limits, protocol } = this.#parts
    for (const place of this.#places.values()) {
      yield 1
      const { channel, since } = place
      if (channel.waiting && now - since > limits.token_wait_ms_max) channel.giveUp()
      this.#guard(place, () => channel.sweep())
    }
    if (now < this.#keepAwakeAt) return
    this.#keepAwakeAt = now + limits.keep_alive_ms
    const [place] = this.#places.values()
    if (place !== undefined) connection.send(protocol.keepAwake(this.#version, place.address))
  }

  /** Every try at a new address is counted, also one that is refused. */
  #admit(address: SessionAddress, bytes: number, now: number): Place | undefined {
    const { connection, mayOpen } = this.#parts
    if (connection.allowance.takes('auth', bytes) && mayOpen()) return this.#add(address, now)
    connection.refuse('too-fast')
    return undefined
  }

  /** A place for a new address; undefined when it cannot be one, and the client is told. */
  #add(address: SessionAddress, since: number): Place | undefined {
    const { connection, documentAccess, limits, protocol, wallClock, wantsGrant } = this.#parts
    const codec = protocol.codec(address)
    const peer = new SessionPeer(connection, codec)
    const verdict = checkDocumentName(address.document)
    if (verdict.kind === 'bad-name') {
      peer.refuse('bad-name', verdict.reason)
      return undefined
    }
    if (this.#places.size >= limits.connection_sessions_max) {
      peer.refuse('too-many-documents')
      return undefined
    }
    const ofDocument = this.#ofDocument.get(address.document) ?? 0
    if (ofDocument >= limits.connection_document_sessions_max) {
      peer.refuse('too-many-session-addresses')
      return undefined
    }
    const channel = new Channel({
      peer,
      codec,
      address: address.text,
      wishes: statusesOnly,
      wantsGrant,
      budget: this.#budgetOfAll,
      documentAccess: documentAccess(address.document),
      wallClock,
      limits,
      vacated: () => this.#vacate(address),
    })
    const place = { address, codec, channel, since }
    this.#places.set(address.text, place)
    this.#ofDocument.set(address.document, ofDocument + 1)
    return place
  }

  #vacate({ document, text }: SessionAddress): void {
    if (!this.#places.delete(text)) return
    const left = (this.#ofDocument.get(document) ?? 1) - 1
    if (left > 0) this.#ofDocument.set(document, left)
    else this.#ofDocument.delete(document)
  }

  #guard(place: Place, act: () => void): void {
    try {
      act()
    } catch (error) {
      this.#parts.failed(place.address.document, error)
    }
  }
}

/** One session address of a socket, as its session's peer. */
class SessionPeer implements Peer {
  readonly #connection: MultiplexedSocket
  readonly #codec: Codec

  constructor(connection: MultiplexedSocket, codec: Codec) {
    this.#connection = connection
    this.#codec = codec
  }

  get questions(): Questions {
    return this.#connection.questions
  }

  send(bytes: Uint8Array): void {
    this.#connection.send(bytes)
  }

  sendDescription(bytes: Uint8Array): void {
    this.#connection.sendDescription(bytes)
  }

  checkUnsent(): void {
    this.#connection.checkUnsent()
  }

  publish(topic: string, bytes: Uint8Array): boolean {
    return this.#connection.publish(topic, bytes)
  }

  subscribe(topic: string): void {
    this.#connection.subscribe(topic)
  }

  unsubscribe(topic: string): void {
    this.#connection.unsubscribe(topic)
  }

  bufferedBytes(): number {
    return this.#connection.bufferedBytes()
  }

  /**
   * A refusal for good is this address's alone, the socket goes on. One that passes closes the
   * socket: a client that is told to leave an address stays there and never asks again.
   */
  refuse(kind: RefusalKind, detail?: string): void {
    if (refusals[kind].retry) return this.#connection.refuse(kind, detail)
    this.#connection.countRefusal(kind)
    const told = this.#codec.encode({ kind: 'denied', reason: reasonFor(kind, detail) })
    if (told !== undefined) this.#connection.send(told)
  }
}
