import type { Clock } from '../base/clock.ts'
import type { Limits } from '../base/limits/limits.ts'
import type { Fold } from './request.ts'
import { YdocThread } from './thread.ts'

/** What folds documents beside the relay. */
export interface Folder {
  readonly fold: Fold
  /** Ends its threads; what was not folded by then is rejected. Idempotent. */
  close(): Promise<void>
}

/** What a folder needs to know of the limits. */
type FolderLimits = Pick<Limits, 'fold_ms_max' | 'fold_memory_bytes_max' | 'fold_small_bytes_max'>

/**
 * Makes a folder of two threads, which start when they are needed: small documents do not wait for
 * large ones, of which each may take as long as the deadline allows.
 */
export function createFolder({
  clock,
  limits,
}: {
  readonly clock: Clock
  readonly limits: FolderLimits
}): Folder {
  const small = new YdocThread(clock)
  const large = new YdocThread(clock)
  const { fold_ms_max: msMax, fold_memory_bytes_max: memoryBytesMax } = limits
  return {
    async fold(parts) {
      const bytes = parts.reduce((sum, { length }) => sum + length, 0)
      const thread = bytes <= limits.fold_small_bytes_max ? small : large
      const request = { kind: 'fold', parts, memoryBytesMax } as const
      const outcome = await thread.ask(request, msMax)
      if (outcome.kind === 'answered') return outcome.value
      return {
        kind: 'given-up',
        reason: `The document could not be folded within ${msMax / 1_000} s (--fold-ms-max).`,
      }
    },
    async close() {
      await Promise.all([small.close(), large.close()])
    },
  }
}
