import { type Batch, eachRecord } from '../../persistence/batch.ts'
import type { Appended, Position } from '../../persistence/store.ts'

/** What a batch has brought for one document, as the store has it. */
export interface StoredRow {
  readonly document: string
  readonly epoch: number | undefined
  readonly position: Position
  /** Where the document's log stood before. */
  readonly previous: Position
  /** Views into the batch: good until it is changed. */
  readonly updates: readonly Uint8Array[]
}

/** The rows that came of a batch; what was refused is left out. */
export function storedRows(batch: Batch, appended: readonly Appended[]): readonly StoredRow[] {
  const updates: Uint8Array[][] = appended.map(() => [])
  eachRecord(batch.records, (place, update) => updates[place]?.push(update))
  return appended.flatMap((outcome, place) => {
    const document = batch.documents[place]
    if (outcome.kind === 'refused' || document === undefined) return []
    const { position, previous } = outcome
    const { epoch, name } = document
    return [{ document: name, epoch, position, previous, updates: updates[place] ?? [] }]
  })
}
