import type { RefusalKind } from '../../base/errors.ts'
import type { UpdateFrame } from '../../protocol/frame.ts'
import type { Life } from '../../document/life.ts'

/** One update that waits, and the message in which it came. */
interface HeldUpdate {
  readonly raw: Uint8Array
  readonly frame: UpdateFrame
}

/** Whose they are. */
interface Writer {
  receive(frame: UpdateFrame, raw: Uint8Array): void
  refuse(kind: RefusalKind): void
}

const updatesMax = 1_000
const bytesMax = 4 * 1024 * 1024

/**
 * What a client writes before it has said what it has. An edit alone does not show of which life
 * its copy is: a key of a map, or the first word of a root, stands on nothing.
 */
export class HeldUpdates {
  readonly #updates: HeldUpdate[] = []
  #bytes = 0

  /**
   * Keeps one message (copied), which ends with its update; its writer is sent away when that would
   * be too much.
   */
  add(writer: Writer, raw: Uint8Array, { update }: UpdateFrame): void {
    this.#bytes += raw.length
    const isTooMuch = this.#updates.length >= updatesMax || this.#bytes > bytesMax
    if (isTooMuch) return writer.refuse('queue-full')
    const kept = raw.slice()
    const own = kept.subarray(raw.length - update.length)
    this.#updates.push({ raw: kept, frame: { kind: 'update', update: own } })
  }

  /** The client has said what it has: what it wrote before is looked at now. */
  release(writer: Writer): void {
    for (const { frame, raw } of this.#updates) writer.receive(frame, raw)
  }
}

/** Holds the updates of a new session where its document's name had lives before. */
export function holdUpdates({ dead }: Life): HeldUpdates | undefined {
  return dead.size > 0 ? new HeldUpdates() : undefined
}
