import { areComments } from '../../persistence/companion.ts'
import { describeError, type Log } from '../base/log.ts'
import type { Journal } from '../storage/journal.ts'
import type { History } from './history.ts'

/** What keeps the versions that nobody asked for. */
export interface UnaskedParts {
  readonly history: History
  readonly journal: Journal
  readonly log: Log
}

/** Versions that nobody asked for: what goes wrong with one is for the operator. */
export class UnaskedVersions {
  readonly #parts: UnaskedParts

  constructor(parts: UnaskedParts) {
    this.#parts = parts
  }

  /** Keeps a state that has stood for a while. */
  keep(document: string): void {
    this.#parts.history
      .keep(document, { kind: 'auto', anyway: false })
      .catch((error: unknown) => this.#tell(document, error))
  }

  /** Keeps what a file brought. */
  async keepImported(document: string): Promise<void> {
    const imported = this.#parts.history.keep(document, { kind: 'import', anyway: false })
    await imported.catch((error: unknown) => this.#tell(document, error))
  }

  /**
   * Keeps a state that is about to go. A document that is too large for a version can be written
   * and deleted all the same.
   * @returns the id of the version that has it
   */
  async keepBefore(
    document: string,
    kind: 'before-delete' | 'before-replace',
  ): Promise<string | undefined> {
    // Comments are what they are now: going back in a document leaves them.
    if (areComments(document)) return undefined
    const { history } = this.#parts
    try {
      const kept = await history.keep(document, { kind, anyway: false })
      if (kept !== undefined) return kept.id
      const [newest] = await history.versions.list({ document, limit: 1 })
      return newest?.id
    } catch (error) {
      this.#tell(document, error)
      return undefined
    }
  }

  #tell(document: string, error: unknown): void {
    const { journal, log } = this.#parts
    if (!journal.closed) log.warn('version-failed', { document, reason: describeError(error) })
  }
}
