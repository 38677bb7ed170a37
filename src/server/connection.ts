import type { ServerWebSocket } from 'bun'
import { type RefusalKind, refusals } from '../base/errors.ts'
import type { Clock } from '../base/clock.ts'
import type { Codec } from '../protocol/codec.ts'
import type { Peer } from '../document/peer.ts'
import type { ReceiptWishes, Session } from '../document/session.ts'

/** The socket as Bun hands it to the handlers, with our connection on it. */
export type Socket = ServerWebSocket<Connection>

/** What an upgrade decided: a document to open, or a refusal to be said over the socket. */
export type Admission =
  | { readonly kind: 'document'; readonly name: string; readonly wishes: ReceiptWishes }
  | { readonly kind: 'refused'; readonly refusal: RefusalKind; readonly detail?: string }

/** One socket, as the session's peer. */
export class Connection implements Peer {
  readonly codec: Codec
  readonly admission: Admission
  session: Session | undefined
  readonly #clock: Clock
  readonly #denyDelayMs: number
  #socket: Socket | undefined
  #refused = false

  constructor(parts: {
    readonly codec: Codec
    readonly admission: Admission
    readonly clock: Clock
    readonly denyDelayMs: number
  }) {
    this.codec = parts.codec
    this.admission = parts.admission
    this.#clock = parts.clock
    this.#denyDelayMs = parts.denyDelayMs
  }

  opened(socket: Socket): void {
    this.#socket = socket
  }

  send(bytes: Uint8Array): void {
    this.#socket?.send(bytes)
  }

  publish(topic: string, bytes: Uint8Array): boolean {
    return this.#socket === undefined || this.#socket.publish(topic, bytes) >= 0
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

  /**
   * Says why and closes. What the client can do about it decides when: a refusal for good is told
   * in the protocol's words and closed a little later, because old clients come back at once after
   * a close; one that passes is closed at once, so that the client comes back.
   */
  refuse(kind: RefusalKind, detail?: string): void {
    if (this.#refused) return
    this.#refused = true
    const { retry, sentence } = refusals[kind]
    if (retry) return this.close(kind)
    const reason = detail === undefined ? sentence : `${sentence} ${detail}`
    this.send(this.codec.encode({ kind: 'denied', reason }))
    this.#clock.after(this.#denyDelayMs, () => this.close(kind))
  }

  /** Closes with the code and the sentence of the table. */
  close(kind: RefusalKind): void {
    const { closeCode, sentence } = refusals[kind]
    this.#socket?.close(closeCode, sentence)
  }

  /** Cuts a client that does not even take the goodbye. */
  terminate(): void {
    this.#socket?.terminate()
  }
}
