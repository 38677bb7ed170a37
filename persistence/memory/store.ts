import { eachRecord } from '../batch.ts'
import type { Batch } from '../batch.ts'
import { checkDocumentName } from '../document-name.ts'
import { StoreError } from '../store-error.ts'
import type { Damage, LogEntry, Store, Stored, StoredSummary } from '../store.ts'

interface Document {
  readonly utf8: Buffer
  snapshot: { readonly bytes: Uint8Array; readonly through: number } | undefined
  log: LogEntry[]
  readonly damage: Damage[]
}

/** A store that lasts as long as the process: for trying out, and for tests of what uses one. */
export function createMemoryStore(): Store {
  return new MemoryStore()
}

class MemoryStore implements Store {
  readonly #documents = new Map<string, Document>()
  #sequence = 0
  #closed = false

  async append(batch: Batch): Promise<void> {
    this.#refuseClosed()
    const first = this.#sequence + 1
    const documents = batch.documents.map((name) => this.#open(name))
    this.#sequence += documents.length
    eachRecord(batch.records, (index, update) => {
      documents[index]?.log.push({ sequence: first + index, bytes: update.slice() })
    })
  }

  async load(document: string): Promise<Stored> {
    this.#refuseClosed()
    checkDocumentName(document)
    const stored = this.#documents.get(document)
    const snapshot = stored?.snapshot
    const log = stored?.log.map(copyOf) ?? []
    const through = log.at(-1)?.sequence ?? snapshot?.through ?? 0
    return { snapshot: snapshot?.bytes.slice(), log, through, damage: [...(stored?.damage ?? [])] }
  }

  async compact(document: string, snapshot: Uint8Array, through: number): Promise<boolean> {
    this.#refuseClosed()
    checkDocumentName(document)
    const stored = this.#documents.get(document)
    if (stored === undefined) return false
    const known = stored.log.some((entry) => entry.sequence === through)
    if (!known && stored.snapshot?.through !== through) return false
    stored.snapshot = { bytes: snapshot.slice(), through }
    stored.log = stored.log.filter((entry) => entry.sequence > through)
    return true
  }

  async setAside(document: string, sequence: number, reason: string): Promise<boolean> {
    this.#refuseClosed()
    checkDocumentName(document)
    const stored = this.#documents.get(document)
    if (stored === undefined) return false
    const rest = stored.log.filter((entry) => entry.sequence !== sequence)
    if (rest.length === stored.log.length) return false
    stored.log = rest
    stored.damage.push({ document, entry: sequence, reason })
    return true
  }

  async list(after: string | undefined, limit: number): Promise<readonly StoredSummary[]> {
    this.#refuseClosed()
    const from = after === undefined ? undefined : Buffer.from(after)
    return [...this.#documents]
      .filter(([, { utf8 }]) => from === undefined || Buffer.compare(utf8, from) > 0)
      .toSorted(([, a], [, b]) => Buffer.compare(a.utf8, b.utf8))
      .slice(0, limit)
      .map(([name, stored]) => summaryOf(name, stored))
  }

  async delete(document: string): Promise<boolean> {
    this.#refuseClosed()
    checkDocumentName(document)
    return this.#documents.delete(document)
  }

  async close(): Promise<void> {
    this.#closed = true
  }

  #refuseClosed(): void {
    if (this.#closed) throw new StoreError('closed', 'The store in memory is closed.')
  }

  #open(name: string): Document {
    let document = this.#documents.get(name)
    if (document === undefined) {
      document = { utf8: Buffer.from(name), snapshot: undefined, log: [], damage: [] }
      this.#documents.set(name, document)
    }
    return document
  }
}

function copyOf({ sequence, bytes }: LogEntry): LogEntry {
  return { sequence, bytes: bytes.slice() }
}

function summaryOf(document: string, { snapshot, log }: Document): StoredSummary {
  return {
    document,
    snapshotBytes: snapshot?.bytes.length ?? 0,
    logBytes: log.reduce((sum, entry) => sum + entry.bytes.length, 0),
    logRows: log.length,
  }
}
