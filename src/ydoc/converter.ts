import type { Clock } from '../base/clock.ts'
import type { Limits } from '../base/limits/limits.ts'
import { type ContentOptions, conversionSettings } from './content/content-options.ts'
import type {
  Change,
  Edited,
  Looked,
  ReadContent,
  ReadWish,
  Unfit,
} from './content/content-wish.ts'
import type { Request } from './request.ts'
import { type Outcome, YdocThread } from './thread.ts'

/** Why nothing came of a conversion that is not the content's fault. */
export interface Busy {
  readonly kind: 'busy'
}

/** What reads and edits documents in other forms than updates, beside the relay. */
export interface Converter {
  look(parts: readonly Uint8Array[]): Promise<Looked | Unfit | Busy>
  read(parts: readonly Uint8Array[], wish: ReadWish): Promise<ReadContent | Unfit | Busy>
  /** @param clientId who writes it, for Yjs */
  edit(
    parts: readonly Uint8Array[],
    change: Change,
    clientId: number,
  ): Promise<Edited | Unfit | Busy>
  /**
   * The threads of a document of comments, as JSON.
   * @param resolved only those that are, or are not; undefined for all
   */
  threads(
    parts: readonly Uint8Array[],
    resolved: boolean | undefined,
  ): Promise<string | Unfit | Busy>
  /** Ends its threads; what was not answered by then is rejected. Idempotent. */
  close(): Promise<void>
}

const busy: Busy = { kind: 'busy' }

/**
 * Makes one of two threads of its own: small documents do not wait for large ones, nor compactions
 * for either. What waits is bounded.
 */
export function createConverter({
  clock,
  content = {},
  limits,
}: {
  readonly clock: Clock
  readonly content?: ContentOptions | undefined
  readonly limits: Pick<
    Limits,
    | 'conversion_depth_max'
    | 'conversion_ms_max'
    | 'conversions_waiting_max'
    | 'fold_memory_bytes_max'
    | 'fold_small_bytes_max'
  >
}): Converter {
  const small = new YdocThread(clock)
  const large = new YdocThread(clock)
  const { conversion_ms_max: msMax } = limits
  const settings = conversionSettings(content, limits)
  let waiting = 0
  const ask = async <Value>(
    parts: readonly Uint8Array[],
    request: (thread: YdocThread) => Promise<Outcome<Value | Unfit>>,
  ): Promise<Value | Unfit | Busy> => {
    if (waiting >= limits.conversions_waiting_max) return busy
    waiting++
    try {
      const bytes = parts.reduce((sum, part) => sum + part.length, 0)
      const outcome = await request(bytes <= limits.fold_small_bytes_max ? small : large)
      if (outcome.kind === 'answered') return outcome.value
      const detail = `It took longer than ${msMax} ms (--conversion-ms-max).`
      return { kind: 'unfit', refusal: 'bad-content', detail }
    } finally {
      waiting--
    }
  }
  const asking = <Kind extends Request['kind']>(kind: Kind, parts: readonly Uint8Array[]) => ({
    kind,
    parts,
    settings,
  })
  return {
    look: (parts) => ask(parts, (thread) => thread.ask(asking('look', parts), msMax)),
    read: (parts, wish) =>
      ask(parts, (thread) => thread.ask({ ...asking('read', parts), wish }, msMax)),
    edit: (parts, change, clientId) =>
      ask(parts, (thread) => thread.ask({ ...asking('edit', parts), change, clientId }, msMax)),
    threads: (parts, resolved) =>
      ask(parts, (thread) => thread.ask({ ...asking('threads', parts), resolved }, msMax)),
    async close() {
      await Promise.all([small.close(), large.close()])
    },
  }
}
