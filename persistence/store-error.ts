/**
 * Why a store refused.
 * - `unavailable`: it cannot do it now (disk full, I/O error, read-only, busy, writer died);
 *   asking again may help.
 * - `locked`: another server has the data directory.
 * - `damaged`: the file itself cannot be read; only a repair or a backup helps.
 * - `version`: the data was written by a newer program.
 * - `closed`: it was asked after `close()`.
 * - `name`: no store can hold a document of that name.
 */
export type StoreErrorKind = 'unavailable' | 'locked' | 'damaged' | 'version' | 'closed' | 'name'

/** The only error with which a store refuses. The message: what happened, to what, what to do. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly kind: StoreErrorKind

  constructor(kind: StoreErrorKind, message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}
