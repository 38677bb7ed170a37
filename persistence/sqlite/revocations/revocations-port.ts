import type { Revocations, RevocationsKept, RevocationsPlace } from '../../revocations.ts'
import type { RevocationsSince, StoredRevocation } from '../../revocations.ts'
import type { Ask } from '../versions/versions-port.ts'

/** Revocations in the embedded store, asked for through its thread. */
export class SqliteRevocationsPort implements Revocations {
  readonly #ask: Ask

  constructor(ask: Ask) {
    this.#ask = ask
  }

  async add(what: StoredRevocation, kept: RevocationsKept): Promise<void> {
    return this.#ask({ kind: 'addRevocation', what, kept })
  }

  async since(place: RevocationsPlace): Promise<RevocationsSince> {
    return this.#ask({ kind: 'revocationsSince', place })
  }
}
