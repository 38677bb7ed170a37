import type { Codec } from '../../protocol/codec.ts'
import type { Frame } from '../../protocol/frame.ts'
import type { Broadcast, Peer } from '../peer.ts'

/** Clients of one topic: they get byte-identical frames. */
interface Topic {
  readonly name: string
  readonly codec: Codec
  sessions: number
}

/** What a topic needs of a session to tell it and its like. */
export interface Subscriber {
  readonly codec: Codec
  readonly topic: string
  readonly peer: Pick<Peer, 'publish'>
  readonly ended: boolean
}

/** The topics of one document: everything is published once on each, whoever is on it. */
export class Topics {
  readonly #topics = new Map<string, Topic>()
  readonly #broadcast: Broadcast
  readonly #behind: () => void

  /** @param behind told when somebody on a topic has not taken what was sent before */
  constructor(broadcast: Broadcast, behind: () => void) {
    this.#broadcast = broadcast
    this.#behind = behind
  }

  /** The string of that name which is kept already, where somebody is on it. */
  topicOf(name: string): string {
    return this.#topics.get(name)?.name ?? name
  }

  /** How many there are. */
  get size(): number {
    return this.#topics.size
  }

  /** Whether somebody is on the topic of that name. */
  has(name: string): boolean {
    return this.#topics.has(name)
  }

  join({ topic: name, codec }: Subscriber): void {
    const topic = this.#topics.get(name)
    if (topic !== undefined) topic.sessions++
    else this.#topics.set(name, { name, codec, sessions: 1 })
  }

  leave({ topic: name }: Subscriber): void {
    const topic = this.#topics.get(name)
    if (topic !== undefined && --topic.sessions === 0) this.#topics.delete(name)
  }

  /**
   * To everyone but the sender: once natively for its own topic, once for each other topic.
   * @param raw the frame in the sender's protocol, where it is there already
   */
  publish(sender: Subscriber, frame: Frame, raw?: Uint8Array): void {
    const own = raw ?? sender.codec.encode(frame)
    let kept = own === undefined || this.#publishOwn(sender, own)
    if (this.#topics.size > 1) {
      for (const [name, { codec }] of this.#topics) {
        if (name === sender.topic) continue
        kept = this.#tell(name, codec.encode(frame)) && kept
      }
    }
    if (!kept) this.#behind()
  }

  /** To everyone. */
  broadcast(frame: Frame): void {
    let kept = true
    for (const [name, { codec }] of this.#topics) {
      kept = this.#tell(name, codec.encode(frame)) && kept
    }
    if (!kept) this.#behind()
  }

  #publishOwn(sender: Subscriber, bytes: Uint8Array): boolean {
    // Who has left is on no topic, and its socket may be gone.
    if (sender.ended) return this.#broadcast(sender.topic, bytes)
    return sender.peer.publish(sender.topic, bytes)
  }

  #tell(topic: string, bytes: Uint8Array | undefined): boolean {
    return bytes === undefined || this.#broadcast(topic, bytes)
  }
}
