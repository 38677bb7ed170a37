import type { Clock } from '../base/clock.ts'
import type { Limits } from '../base/limits/limits.ts'
import type { Attributable } from './history/attributable.ts'
import type { Compared, CompareRequest, Kept, KeepRequest, Restored } from './request.ts'
import { type Outcome, YdocThread } from './thread.ts'

/** What makes and reads versions beside the relay; versions are packed, from a keyframe on. */
export interface Historian {
  /** Makes a version of the document as it is. */
  keep(what: Omit<KeepRequest, 'kind' | 'memoryBytesMax'>): Promise<Kept>
  /** Finds the update that makes the document what it was; see `restore`. */
  restore(now: readonly Uint8Array[], chain: readonly Uint8Array[]): Promise<Restored>
  /** The state of a version as one update; undefined when it took too long. */
  state(chain: readonly Uint8Array[]): Promise<Uint8Array | undefined>
  /** Two neighbours as one, packed; undefined when it took too long. */
  join(
    neighbours: readonly [Uint8Array, Uint8Array],
    form: 'keyframe' | 'increment',
  ): Promise<Uint8Array | undefined>
  /** Tells what became of a root between two states, or who wrote what is there. */
  compare(what: Omit<CompareRequest, 'kind' | 'memoryBytesMax'>): Promise<Compared>
  /**
   * Who wrote what, to be kept when the log is folded; undefined when it took too long, and where
   * what was kept before stays, as nobody is named by what came since.
   */
  attribute(stored: Attributable): Promise<Uint8Array | undefined>
  /** Ends its thread; what was not answered by then is rejected. Idempotent. */
  close(): Promise<void>
}

/** Makes one of a thread of its own: what people ask of history holds no compaction up. */
export function createHistorian({
  clock,
  limits,
}: {
  readonly clock: Clock
  readonly limits: Pick<Limits, 'history_ms_max' | 'fold_memory_bytes_max'>
}): Historian {
  const thread = new YdocThread(clock)
  const { fold_memory_bytes_max: memoryBytesMax, history_ms_max: msMax } = limits
  const late = `It took longer than ${msMax / 1_000} s.`
  return {
    async keep(what) {
      const request = { ...what, kind: 'keep', memoryBytesMax } as const
      return answerOf(await thread.ask(request, msMax)) ?? { kind: 'given-up', reason: late }
    },
    async restore(now, chain) {
      const request = { kind: 'restore', now, chain, memoryBytesMax } as const
      return answerOf(await thread.ask(request, msMax)) ?? { kind: 'impossible', reason: late }
    },
    async state(chain) {
      return answerOf(await thread.ask({ kind: 'state', chain }, msMax))
    },
    async join(neighbours, form) {
      return answerOf(await thread.ask({ kind: 'join', neighbours, form }, msMax))
    },
    async compare(what) {
      const request = { ...what, kind: 'compare', memoryBytesMax } as const
      return answerOf(await thread.ask(request, msMax)) ?? { kind: 'given-up', reason: late }
    },
    async attribute({ attribution, log, snapshot }) {
      if (log.every(({ by }) => by === undefined)) return undefined
      const stored = { attribution, log, snapshot }
      return answerOf(await thread.ask({ kind: 'attribute', stored }, msMax))
    },
    close: () => thread.close(),
  }
}

function answerOf<Value>(outcome: Outcome<Value>): Value | undefined {
  return outcome.kind === 'answered' ? outcome.value : undefined
}
