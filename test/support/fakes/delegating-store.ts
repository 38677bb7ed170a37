import type { Batch } from '../../../persistence/batch.ts'
import type {
  Appended,
  Head,
  Page,
  QuarantinedRow,
  Since,
  Standing,
  Store,
  Stored,
  StoredSummary,
} from '../../../persistence/store.ts'

/** A store that hands everything on: fakes change the few operations that they are about. */
export class DelegatingStore implements Store {
  readonly #first: Store

  constructor(inner: Store) {
    this.#first = inner
  }

  /** Whom everything is handed on to. */
  get inner(): Store {
    return this.#first
  }

  append(batch: Batch): Promise<readonly Appended[]> {
    return this.inner.append(batch)
  }

  load(document: string): Promise<Stored> {
    return this.inner.load(document)
  }

  since(document: string, from: Standing): Promise<Since> {
    return this.inner.since(document, from)
  }

  heads(believed: readonly Head[]): Promise<readonly Head[]> {
    return this.inner.heads(believed)
  }

  compact(
    document: string,
    snapshot: Uint8Array,
    of: Pick<Stored, 'epoch' | 'through'>,
    attribution?: Uint8Array,
  ): Promise<boolean> {
    return this.inner.compact(document, snapshot, of, attribution)
  }

  quarantine(document: string, sequence: number, reason: string): Promise<boolean> {
    return this.inner.quarantine(document, sequence, reason)
  }

  loadQuarantine(document: string): Promise<readonly QuarantinedRow[]> {
    return this.inner.loadQuarantine(document)
  }

  dropQuarantined(document: string, sequence: number): Promise<boolean> {
    return this.inner.dropQuarantined(document, sequence)
  }

  list(page: Page): Promise<readonly StoredSummary[]> {
    return this.inner.list(page)
  }

  create(document: string, beside?: string): Promise<boolean> {
    return this.inner.create(document, beside)
  }

  delete(document: string): Promise<boolean> {
    return this.inner.delete(document)
  }

  undelete(document: string): Promise<boolean> {
    return this.inner.undelete(document)
  }

  purge(document: string, dead: Uint8Array): Promise<boolean> {
    return this.inner.purge(document, dead)
  }

  close(): Promise<void> {
    return this.inner.close()
  }
}
