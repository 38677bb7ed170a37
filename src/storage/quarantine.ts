import type { Log } from '../base/log.ts'
import type { Metrics } from '../base/metrics.ts'
import { Batch } from '../../persistence/batch.ts'
import type { LogEntry, Store } from '../../persistence/store.ts'

interface QuarantineParts {
  readonly store: Store
  readonly log: Log
  readonly metrics: Metrics
}

/** Why an update of a log cannot be used. */
export interface EntryFault {
  readonly reason: string
  /** What of it can be used, as an update. */
  readonly rest?: Uint8Array | undefined
}

/**
 * Moves updates that cannot be used out of a document's log, kept for recovery, and says which.
 * A store moves whole rows: what can be used of such a row is appended again first, so that a
 * crash in between leaves it twice and never not at all.
 * Load again afterwards: what was appended again has another sequence.
 * @param faults by place in `log`
 */
export async function quarantine(
  { store, log: says, metrics }: QuarantineParts,
  document: string,
  log: readonly LogEntry[],
  faults: ReadonlyMap<number, EntryFault>,
): Promise<void> {
  const reasons = new Map<number, string>()
  for (const [place, { reason }] of faults) {
    const sequence = log[place]?.sequence
    if (sequence !== undefined && !reasons.has(sequence)) reasons.set(sequence, reason)
  }
  const again = new Batch()
  for (const [place, { sequence, bytes }] of log.entries()) {
    if (!reasons.has(sequence)) continue
    const fault = faults.get(place)
    const usable = fault === undefined ? bytes : fault.rest
    if (usable !== undefined) again.add(document, usable)
  }
  await store.append(again)
  for (const [sequence, reason] of reasons) {
    if (!(await store.quarantine(document, sequence, reason))) continue
    metrics.entriesQuarantined++
    says.error('entry-quarantined', { document, entry: sequence, reason })
  }
}
