import type { Codec } from '../protocol/codec.ts'

/** Frames of what is smaller are quickly made again. */
const worthBytes = 4_096

/** Where the encoded frames go: those on one topic share them byte by byte. */
interface Audience {
  readonly codec: Codec
  readonly topic: string
}

/**
 * The frames in which a document's large updates go out, encoded once for all who join in the same
 * moment. They are held for that moment only: they are as large as the document.
 */
export class SharedFrames {
  readonly #frames = new Map<string, Map<Uint8Array, Uint8Array | undefined>>()

  /** The frame for an update; undefined where the codec has none. */
  encode(
    { codec, topic }: Audience,
    kind: 'step-2' | 'update',
    update: Uint8Array,
  ): Uint8Array | undefined {
    if (update.length < worthBytes) return codec.encode({ kind, update })
    const key = `${kind} ${topic}`
    const frames = this.#frames.get(key) ?? new Map<Uint8Array, Uint8Array | undefined>()
    const frame = frames.get(update) ?? codec.encode({ kind, update })
    frames.set(update, frame)
    this.#frames.set(key, frames)
    return frame
  }

  /** Lets go of all. */
  clear(): void {
    this.#frames.clear()
  }
}
