import type { Codec } from '../../protocol/codec.ts'
import type { Description } from '../../document/description.ts'

/** How much of a frame is put together in one turn of the event loop. */
const copyBytesMax = 4_194_304

/** Where the encoded frames go: those on one topic share them byte by byte. */
interface FrameTarget {
  readonly codec: Codec
  readonly topic: string
}

/** A large description as one message, put together a part at a time. */
export class SharedFrame {
  readonly #parts: readonly Uint8Array[]
  readonly #bytes: Uint8Array
  /** The part that is being copied, and how much of it is. */
  #part = 0
  #copied = 0
  #at = 0

  constructor(codec: Codec, { update }: Description) {
    this.#parts = [codec.updateHead(update.byteLength), ...update.parts]
    this.#bytes = new Uint8Array(this.#parts.reduce((sum, part) => sum + part.length, 0))
  }

  get byteLength(): number {
    return this.#bytes.length
  }

  /** Goes on for a while. @returns the message once it is whole */
  goOn(): Uint8Array | undefined {
    for (let left = copyBytesMax; left > 0;) {
      const part = this.#parts[this.#part]
      if (part === undefined) return this.#bytes
      const copied = part.subarray(this.#copied, this.#copied + left)
      this.#bytes.set(copied, this.#at)
      this.#at += copied.length
      this.#copied += copied.length
      left -= copied.length + 1
      if (this.#copied < part.length) continue
      this.#part++
      this.#copied = 0
    }
    return undefined
  }
}

/** Frames of what is smaller are quickly made again. */
const worthBytes = 4_096

/** The frames of one topic and kind, by the update that is in them. */
type Frames = Map<Uint8Array, Uint8Array | undefined>

/**
 * The frames in which large updates go out, of all documents of a server, encoded once for all who
 * join in the same moment. They are held for that moment only, and up to so many bytes: they are
 * as large as the documents.
 */
export class SharedFrames {
  readonly #bytesMax: number
  readonly #whole = new Map<string, { readonly of: Description; readonly frame: SharedFrame }>()
  readonly #frames = new Map<string, Frames>()
  #bytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** What it keeps. */
  get byteLength(): number {
    return this.#bytes
  }

  /** The frame for a large description; of each topic the last one is kept. */
  whole({ codec, topic }: FrameTarget, description: Description): SharedFrame {
    const kept = this.#whole.get(topic)
    if (kept?.of === description) return kept.frame
    const frame = new SharedFrame(codec, description)
    if (this.#makeRoom(frame.byteLength)) this.#whole.set(topic, { of: description, frame })
    return frame
  }

  /** The frame for an update; undefined where the codec has none. */
  encode(
    { codec, topic }: FrameTarget,
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
    this.#whole.clear()
    this.#frames.clear()
    this.#bytes = 0
  }

  #keep(key: string, update: Uint8Array, frame: Uint8Array | undefined): void {
    // A frame holds on to its update as well.
    const bytes = update.length + (frame?.length ?? 0)
    if (!this.#makeRoom(bytes)) return
    const frames: Frames = this.#frames.get(key) ?? new Map()
    frames.set(update, frame)
    this.#frames.set(key, frames)
  }

  /** @returns whether so many bytes may be kept */
  #makeRoom(bytes: number): boolean {
    if (bytes > this.#bytesMax) return false
    // Whoever comes next is likely to want what was made last.
    if (this.#bytes + bytes > this.#bytesMax) this.clear()
    this.#bytes += bytes
    return true
  }
}
