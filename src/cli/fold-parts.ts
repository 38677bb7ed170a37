import type { Store } from '../../persistence/store.ts'
import { createLog } from '../base/log.ts'
import { Metrics } from '../base/metrics.ts'
import { fold } from '../ydoc/fold.ts'
import type { FoldStoredParts } from '../storage/fold-stored.ts'
import type { Terminal } from './command.ts'

/** What folding needs where no server runs: it happens here and now. */
export function foldParts(store: Store, terminal: Terminal): FoldStoredParts {
  return {
    store,
    fold: async (updates) => fold(updates),
    log: createLog((line) => terminal.warn(line)),
    metrics: new Metrics(),
  }
}
