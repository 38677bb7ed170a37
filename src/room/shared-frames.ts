import type { Codec } from '../protocol/codec.ts'

/** Frames of what is smaller are quickly made again. */
const worthBytes = 4_096

/** Where the encoded frames go: those on one topic share them byte by byte. */
interface Audience {
  readonly codec: Codec
  readonly topic: string
}

/** The frames of one topic and kind, by the update that is in them. */
type Frames = Map<Uint8Array, Uint8Array | undefined>

/**
 * The frames in which large updates go out, of all documents of a server, encoded once for all who
 * join in the same moment. They are held for that moment only, and up to so many bytes: they are
 * as large as the documents.
 */
export class SharedFrames {
  readonly #bytesMax: number
  readonly #frames = new Map<string, Frames>()
  #bytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** What it keeps. */
  get byteLength(): number {
    return this.#bytes
  }

  /** The frame for an update; undefined where the codec has none. */
  encode(
    { codec, topic }: Audience,
    kind: 'step-2' | 'update',
    update: Uint8Array,
  ): Uint8Array | undefined {
    if (update.length < worthBytes) return codec.encode({ kind, update })
    const key = `${kind} ${topic}`
    const kept = this.#frames.get(key)?.get(update)
    if (kept !== undefined) return kept
    const frame = codec.encode({ kind, update })
    this.#keep(key, update, frame)
    return frame
  }

  /** Lets go of all. */
  clear(): void {
    this.#frames.clear()
    this.#bytes = 0
  }

  #keep(key: string, update: Uint8Array, frame: Uint8Array | undefined): void {
    // A frame holds on to its update as well.
    const bytes = update.length + (frame?.length ?? 0)
    if (bytes > this.#bytesMax) return
    // Whoever comes next is likely to want what was made last.
    if (this.#bytes + bytes > this.#bytesMax) this.clear()
    this.#bytes += bytes
    const frames: Frames = this.#frames.get(key) ?? new Map()
    frames.set(update, frame)
    this.#frames.set(key, frames)
  }
}
