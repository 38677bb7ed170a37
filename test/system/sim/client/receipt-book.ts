import type { Trace } from '../trace.ts'

interface ReceiptBookParts {
  readonly trace: Trace
  readonly clientId: number
  readonly wishes: { readonly echo: boolean; readonly saved: boolean }
  /** Takes each update that is on disk, says the server, and on what it stood. */
  readonly acknowledged: (
    update: Uint8Array,
    stood: ReadonlyMap<number, number> | undefined,
  ) => void
}

/** One frame that is to be confirmed. */
interface Sent {
  readonly kind: 'step-2' | 'update'
  readonly update: Uint8Array
  /** What the client had, itself included, where all of that was told on this connection. */
  readonly stood: ReadonlyMap<number, number> | undefined
}

/** What one connection sent of its document, and how much of it the server has confirmed. */
export class ReceiptBook {
  readonly #parts: ReceiptBookParts
  readonly #sent: Sent[] = []
  #saved = 0
  #echoed = 0
  /** Whether the server was told on this connection all that the client had. */
  #isTold = false

  constructor(parts: ReceiptBookParts) {
    this.#parts = parts
  }

  /** A step 2 or an update went out. @param stateVector what the client has by now */
  sent(kind: Sent['kind'], update: Uint8Array, stateVector: () => Map<number, number>): void {
    this.#isTold ||= kind === 'step-2'
    const isKept = this.#isTold && this.#parts.wishes.saved
    this.#sent.push({ kind, update, stood: isKept ? stateVector() : undefined })
  }

  /** The server says that so many of them are on disk. */
  saved(count: number): void {
    const { clientId, trace, wishes } = this.#parts
    if (!wishes.saved) trace.violate(`client ${clientId} got a receipt unasked`)
    if (count < this.#saved || count > this.#sent.length) {
      trace.violate(`client ${clientId}: ${count} saved of ${this.#sent.length}`)
    }
    for (const { stood, update } of this.#sent.slice(this.#saved, count)) {
      trace.counts.receipts++
      this.#parts.acknowledged(update, stood)
    }
    this.#saved = count
  }

  /** @returns whether this is the next of its own updates, coming back as it asked. */
  echoed(update: Uint8Array): boolean {
    if (!this.#parts.wishes.echo) return false
    const isIt = (sent: Sent): boolean => Buffer.from(sent.update).equals(update)
    const ahead = this.#sent.slice(this.#echoed)
    // A step 2 does not come back when it held nothing new.
    const index = ahead.findIndex((sent) => sent.kind === 'update' || isIt(sent))
    const next = ahead[index]
    if (next === undefined || !isIt(next)) return false
    this.#echoed += index + 1
    this.#parts.trace.counts.echoes++
    this.#parts.acknowledged(update, undefined)
    return true
  }
}
