import type { Log } from '../base/log.ts'
import type { Metrics } from '../base/metrics.ts'
import type { Store, Stored } from '../../persistence/store.ts'
import type { Culprit, Fold } from '../ydoc/request.ts'
import { type EntryFault, quarantine } from './quarantine.ts'

export interface FoldStoredParts {
  readonly store: Store
  readonly fold: Fold
  readonly log: Log
  readonly metrics: Metrics
  /** Who wrote what, to be kept with the snapshot; without it what was kept before stays. */
  readonly attribute?: ((stored: Stored) => Promise<Uint8Array | undefined>) | undefined
}

/** What came of folding a document in the store. */
export type FoldedStored =
  /** No updates since the snapshot: nothing changed. */
  | { readonly kind: 'nothing'; readonly snapshot: Uint8Array | undefined }
  /** The store has it, or what somebody made who was quicker. */
  | { readonly kind: 'folded'; readonly snapshot: Uint8Array }
  /** That many updates did not apply and were set aside; the rest is folded where it can be. */
  | { readonly kind: 'quarantined'; readonly updates: number }
  /** Nothing was dropped: something is wrong with it. */
  | { readonly kind: 'unsound'; readonly reason: string }
  /** Nothing was dropped: it takes too long or too much. */
  | { readonly kind: 'given-up'; readonly reason: string }

/** Whether the snapshot was lost and no later one has taken its place. */
export function lostSnapshot({ snapshot, damage }: Stored): boolean {
  return snapshot === undefined && damage.some(({ entry }) => entry === 'snapshot')
}

/**
 * Folds what is stored of a document into a new snapshot and drops the log. Entries that throw
 * when they are applied are set aside first; a snapshot that does is never touched.
 * @param stored as just loaded
 * @param mended whether the log holds again what a damaged snapshot held
 */
export async function foldStored(
  parts: FoldStoredParts,
  name: string,
  stored: Stored,
  mended = false,
): Promise<FoldedStored> {
  if (lostSnapshot(stored) && !mended) {
    return { kind: 'unsound', reason: 'Its snapshot is damaged.' }
  }
  if (stored.log.length === 0) return { kind: 'nothing', snapshot: stored.snapshot }
  const folded = await parts.fold(partsOf(stored))
  if (folded.kind === 'given-up') return folded
  if (folded.kind === 'unsound') {
    const faults = blamed(stored, folded.culprits)
    if (faults === undefined) return { kind: 'unsound', reason: folded.reason }
    await quarantine(parts, name, stored.log, faults)
    const rest = await foldStored(parts, name, await parts.store.load(name), mended)
    const more = rest.kind === 'quarantined' ? rest.updates : 0
    return { kind: 'quarantined', updates: faults.size + more }
  }
  // What stands of a damaged document waits for what was lost: as a log it can still be mended.
  if (folded.empty && stored.damage.length > 0) {
    return { kind: 'unsound', reason: 'Nothing of it stands without what is damaged.' }
  }
  const attribution = (await parts.attribute?.(stored)) ?? stored.attribution
  await parts.store.compact(name, folded.snapshot, stored, attribution)
  return { kind: 'folded', snapshot: folded.snapshot }
}

/** The snapshot, if there is one, and the updates since. */
export function partsOf({ snapshot, log }: Stored): readonly Uint8Array[] {
  const updates = log.map((entry) => entry.bytes)
  return snapshot === undefined ? updates : [snapshot, ...updates]
}

/**
 * The entries to blame, by place in the log.
 * @returns undefined when nobody is, or the snapshot itself.
 */
export function blamed(
  { snapshot }: Stored,
  culprits: readonly Culprit[],
): ReadonlyMap<number, EntryFault> | undefined {
  const before = snapshot === undefined ? 0 : 1
  if (culprits.length === 0 || culprits.some(({ part }) => part < before)) return undefined
  return new Map(
    culprits.map(({ part, reason, rest }) => [
      part - before,
      { reason: `It does not apply: ${reason}`, rest },
    ]),
  )
}
