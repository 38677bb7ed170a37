import type { Claim, IdempotencyKeys, KeptAnswer, KeysKept } from '../../idempotency.ts'
import type { Ask } from '../versions/versions-port.ts'

/** The keys in the embedded store, asked for through its thread. */
export class SqliteIdempotencyPort implements IdempotencyKeys {
  readonly #ask: Ask

  constructor(ask: Ask) {
    this.#ask = ask
  }

  async claim(key: string, request: string, kept: KeysKept): Promise<Claim> {
    return this.#ask({ kind: 'claimKey', key, request, kept })
  }

  async settle(key: string, answer: KeptAnswer): Promise<void> {
    return this.#ask({ kind: 'settleKey', key, answer })
  }

  async release(key: string): Promise<void> {
    return this.#ask({ kind: 'releaseKey', key })
  }
}
