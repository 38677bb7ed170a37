import type { HocuspocusClient } from '../../test/support/harness/hocuspocus.ts'

/** Counts what a Hocuspocus client writes, and how much of it the server has confirmed. */
export class Receipts {
  written = 0
  /** The first so many are confirmed. */
  saved = 0
  readonly #provider: HocuspocusClient['provider']
  /** How many it had written when it was last brought up to date. */
  #syncedAt = 0
  /** Whether the client's count is of single edits since it last connected. */
  #isExact = false

  constructor({ provider }: HocuspocusClient) {
    this.#provider = provider
    provider.on('synced', () => {
      this.#syncedAt = this.written
    })
    const lose = (): void => {
      this.#isExact = false
    }
    provider.on('close', lose)
    provider.on('disconnect', lose)
    provider.on('unsyncedChanges', ({ number }: { readonly number: number }) => this.#note(number))
  }

  /**
   * Edits that were made while it was away go up as one, which the client does not count: only when
   * a later one is confirmed, and nothing is left, all are.
   */
  #note(unconfirmed: number): void {
    if (!this.#provider.synced) return
    if (unconfirmed === 0 && this.written > this.#syncedAt) this.#isExact = true
    if (this.#isExact) this.saved = Math.max(this.saved, this.written - unconfirmed)
  }
}
