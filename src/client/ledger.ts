/** Edits that travel in one frame. */
interface Shipment {
  /** Which of the connection's step-2 and update frames carries them, from 1. */
  readonly frame: number
  readonly edits: number
}

/** What is known of one connection. The server counts its frames from its start. */
interface Connection {
  sent: number
  confirmed: number
  /** Whether the server has said that it gives receipts. */
  givesReceipts: boolean
  /** Its first step 2: the answer to the server's question what this client has. */
  firstStep2: number | undefined
  /** A refused frame is not counted, so that later numbers no longer say which ones they mean. */
  isRefused: boolean
}

/**
 * Which edits of this tab are on the server's disk: bookkeeping over frames and receipts, without
 * any input or output of its own.
 *
 * An edit is kept until the frame that carries it is confirmed. When a connection ends, its
 * unconfirmed frames mean nothing any more: their edits wait for the step 2 of the next connection,
 * which carries all that the server lacks.
 */
export class Ledger {
  /** Edits that the next step 2 will carry. */
  #waiting = 0
  /** In the order of their frames. */
  readonly #shipments: Shipment[] = []
  /** Edits in all of them. */
  #shipped = 0
  #connection: Connection | undefined
  /** As it was when the last connection ended that had said what this client has. */
  #before = { saved: false, supported: false }

  /** Edits that are not known to be on the server's disk. */
  get pending(): number {
    return this.#waiting + this.#shipped
  }

  /** Whether edits wait for a step 2 on a connection that has sent its first one. */
  get needsStep2(): boolean {
    return this.#spoken !== undefined && this.#waiting > 0
  }

  /** Whether the server gives receipts; while connecting, as it was before. */
  get supported(): boolean {
    const connection = this.#spoken
    if (connection !== undefined) return connection.givesReceipts
    return this.#connection?.givesReceipts === true || this.#before.supported
  }

  /** Whether everything is known to be on the server's disk. */
  get saved(): boolean {
    const connection = this.#spoken
    if (connection === undefined) return this.#before.saved && this.pending === 0
    const { givesReceipts, sent, confirmed } = connection
    return givesReceipts && confirmed === sent && this.#waiting === 0
  }

  /** A connection begins; nothing was sent on it. */
  opened(): void {
    this.closed()
    this.#connection = {
      sent: 0,
      confirmed: 0,
      givesReceipts: false,
      firstStep2: undefined,
      isRefused: false,
    }
  }

  /** The connection is over, for whatever reason; idempotent. */
  closed(): void {
    if (this.#spoken !== undefined) {
      this.#before = { saved: this.saved, supported: this.supported }
    }
    this.#waiting = this.pending
    this.#shipments.length = 0
    this.#shipped = 0
    this.#connection = undefined
  }

  /** How many frames of the connection are on disk; none without one. */
  get confirmedFrames(): number {
    return this.#connection?.confirmed ?? 0
  }

  /** A frame leaves that is counted. Gives its number; undefined without a connection. */
  sentFrame(): number | undefined {
    if (this.#connection === undefined) return undefined
    return ++this.#connection.sent
  }

  /** A step 2 leaves: it carries every edit that has no frame yet. Gives its number likewise. */
  sentStep2(): number | undefined {
    const connection = this.#connection
    if (connection === undefined) return undefined
    const frame = ++connection.sent
    connection.firstStep2 ??= frame
    this.#ship(frame, this.#waiting)
    this.#waiting = 0
    return frame
  }

  /** An edit was made; `frame` carries it, or the next step 2 will. */
  edited(frame: number | undefined): void {
    if (frame === undefined) this.#waiting++
    else this.#ship(frame, 1)
  }

  /** The server has said of a frame on this connection that it takes no such thing. */
  refused(): void {
    if (this.#connection !== undefined) this.#connection.isRefused = true
  }

  /**
   * The server says that this many frames of the connection are on disk. A number that cannot be
   * true is not believed. Gives whether it has taken what this client had when it came.
   */
  confirmed(count: number): boolean {
    const connection = this.#connection
    if (connection === undefined || connection.isRefused) return false
    connection.givesReceipts = true
    const { sent, confirmed, firstStep2 } = connection
    if (count > confirmed && count <= sent) {
      connection.confirmed = count
      this.#arrived(count)
    }
    return firstStep2 !== undefined && firstStep2 <= connection.confirmed
  }

  #ship(frame: number, edits: number): void {
    if (edits > 0) this.#shipments.push({ frame, edits })
    this.#shipped += edits
  }

  #arrived(through: number): void {
    const open = this.#shipments.findIndex(({ frame }) => frame > through)
    const arrived = this.#shipments.splice(0, open < 0 ? this.#shipments.length : open)
    this.#shipped -= arrived.reduce((sum, { edits }) => sum + edits, 0)
  }

  /** The connection, once the server has been told on it what this client has. */
  get #spoken(): Connection | undefined {
    return this.#connection?.firstStep2 === undefined ? undefined : this.#connection
  }
}
