import type { Log } from '../base/log.ts'
import type { Metrics } from '../base/metrics.ts'
import { Batch } from '../../persistence/batch.ts'
import type { LogEntry, Store } from '../../persistence/store.ts'

interface SetAsideParts {
  readonly store: Store
  readonly log: Log
  readonly metrics: Metrics
}

/**
 * Moves updates that cannot be used out of a document's log, kept for recovery, and says which.
 * A store moves whole rows: the sound updates of such a row are appended again first, so that a
 * crash in between leaves them twice and never not at all.
 * Load again afterwards: what was appended again has another sequence.
 * @param faults why, by place in `log`
 */
export async function setAside(
  { store, log: says, metrics }: SetAsideParts,
  document: string,
  log: readonly LogEntry[],
  faults: ReadonlyMap<number, string>,
): Promise<void> {
  const reasons = new Map<number, string>()
  for (const [place, reason] of faults) {
    const sequence = log[place]?.sequence
    if (sequence !== undefined && !reasons.has(sequence)) reasons.set(sequence, reason)
  }
  const again = new Batch()
  for (const [place, { sequence, bytes }] of log.entries()) {
    if (reasons.has(sequence) && !faults.has(place)) again.add(document, bytes)
  }
  await store.append(again)
  for (const [sequence, reason] of reasons) {
    if (!(await store.setAside(document, sequence, reason))) continue
    metrics.entriesSetAside++
    says.error('entry-set-aside', { document, entry: sequence, reason })
  }
}
