import type { Codec } from '../protocol/codec.ts'
import type { Frame } from '../protocol/frame.ts'
import type { Broadcast, Peer } from './peer.ts'

/** Clients of one topic: they get byte-identical frames. */
interface Audience {
  readonly codec: Codec
  sessions: number
}

/** What is needed of a session to tell it and its like. */
interface Listener {
  readonly codec: Codec
  readonly topic: string
  readonly peer: Peer
}

/** The topics of a room: a frame is encoded once for each that has listeners. */
export class Audiences {
  readonly #audiences = new Map<string, Audience>()
  readonly #broadcast: Broadcast

  /** @param broadcast tells everybody on a topic */
  constructor(broadcast: Broadcast) {
    this.#broadcast = broadcast
  }

  /** Counts a listener in. */
  join({ codec, topic }: Listener): void {
    const audience = this.#audiences.get(topic)
    if (audience !== undefined) audience.sessions++
    else this.#audiences.set(topic, { codec, sessions: 1 })
  }

  /** Counts it out. */
  leave({ topic }: Listener): void {
    const audience = this.#audiences.get(topic)
    if (audience !== undefined && --audience.sessions === 0) this.#audiences.delete(topic)
  }

  /**
   * To everyone but the sender: once natively for its own topic, once for each other topic.
   * @param raw the frame as its own topic is to get it, where it is there already
   * @returns whether everybody took it at once
   */
  publish(from: Listener, frame: Frame, raw: Uint8Array | undefined): boolean {
    const own = raw ?? from.codec.encode(frame)
    let taken = own === undefined || from.peer.publish(from.topic, own)
    if (this.#audiences.size < 2) return taken
    for (const [topic, { codec }] of this.#audiences) {
      if (topic !== from.topic) taken = this.#tell(topic, codec.encode(frame)) && taken
    }
    return taken
  }

  /** To everyone; likewise. */
  broadcast(frame: Frame): boolean {
    let taken = true
    for (const [topic, { codec }] of this.#audiences) {
      taken = this.#tell(topic, codec.encode(frame)) && taken
    }
    return taken
  }

  #tell(topic: string, bytes: Uint8Array | undefined): boolean {
    return bytes === undefined || this.#broadcast(topic, bytes)
  }
}
