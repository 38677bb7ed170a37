import type { Store, Stored } from '../../../persistence/store.ts'
import type { Limits } from '../../base/limits/limits.ts'
import { createLog } from '../../base/log.ts'
import { Metrics } from '../../base/metrics.ts'
import type { FoldStoredParts } from '../../storage/fold-stored.ts'
import { packedAttribution } from '../../ydoc/history/attribution.ts'
import { createFolder } from '../../ydoc/folder.ts'
import type { Fold } from '../../ydoc/request.ts'
import type { Terminal } from '../command.ts'

/** Folds in threads of their own, in time or not at all, as a server does; ends them afterwards. */
export async function folding<Result>(
  { limits }: { readonly limits: Limits },
  { clock }: Terminal,
  work: (fold: Fold) => Promise<Result>,
): Promise<Result> {
  const folder = createFolder({ clock, limits })
  try {
    return await work(folder.fold)
  } finally {
    await folder.close()
  }
}

/** What folding stored documents needs where no server runs. */
export function foldParts(store: Store, fold: Fold, terminal: Terminal): FoldStoredParts {
  const log = createLog((line) => terminal.warn(line))
  return { store, fold, attribute, log, metrics: new Metrics() }
}

function attribute(stored: Stored): Promise<Uint8Array> {
  return Promise.resolve(packedAttribution(stored))
}
