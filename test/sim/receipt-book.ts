import type { Trace } from './trace.ts'

interface ReceiptBookParts {
  readonly trace: Trace
  readonly clientId: number
  readonly wishes: { readonly echo: boolean; readonly saved: boolean }
  /** Takes each update that is on disk, says the server. */
  readonly acknowledged: (update: Uint8Array) => void
}

/** What one connection sent of its document, and how much of it the server has confirmed. */
export class ReceiptBook {
  readonly #parts: ReceiptBookParts
  readonly #sent: Uint8Array[] = []
  #saved = 0
  #echoed = 0

  constructor(parts: ReceiptBookParts) {
    this.#parts = parts
  }

  /** A step 2 or an update went out. */
  sent(update: Uint8Array): void {
    this.#sent.push(update)
  }

  /** The server says that so many of them are on disk. */
  saved(count: number): void {
    const { clientId, trace, wishes } = this.#parts
    if (!wishes.saved) trace.violate(`client ${clientId} got a receipt unasked`)
    if (count < this.#saved || count > this.#sent.length) {
      trace.violate(`client ${clientId}: ${count} saved of ${this.#sent.length}`)
    }
    for (const update of this.#sent.slice(this.#saved, count)) {
      trace.counts.receipts++
      this.#parts.acknowledged(update)
    }
    this.#saved = count
  }

  /** @returns whether this is the next of its own updates, coming back as it asked. */
  echoed(update: Uint8Array): boolean {
    const next = this.#sent[this.#echoed]
    if (!this.#parts.wishes.echo || next === undefined || !Buffer.from(next).equals(update)) {
      return false
    }
    this.#echoed++
    this.#parts.trace.counts.echoes++
    this.#parts.acknowledged(update)
    return true
  }
}
