import type { Messages, NewMessage, StoredMessage } from '../../persistence/messages.ts'
import { RefusalError } from '../base/errors.ts'

/** What posting works with. */
export interface PostsParts {
  readonly messages: Messages
  readonly limits: {
    readonly chat_room_messages_max: number
    readonly chat_kept_ms_max: number
    readonly chat_posts_waiting_max: number
  }
}

interface Waiting {
  readonly message: NewMessage
  readonly resolve: (stored: StoredMessage) => void
  readonly reject: (error: unknown) => void
}

/** Takes messages to the store: while some are written the next gather, for one transaction. */
export class Posts {
  readonly #parts: PostsParts
  #waiting: Waiting[] = []
  #writing: Promise<void> | undefined

  constructor(parts: PostsParts) {
    this.#parts = parts
  }

  /**
   * Keeps a message. Resolves when it is on disk.
   * @throws RefusalError `store-unavailable` when too many wait; what the store throws
   */
  post(message: NewMessage): Promise<StoredMessage> {
    if (this.#waiting.length >= this.#parts.limits.chat_posts_waiting_max) {
      return Promise.reject(new RefusalError('store-unavailable'))
    }
    const { promise, resolve, reject } = Promise.withResolvers<StoredMessage>()
    this.#waiting.push({ message, resolve, reject })
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined
    })
    return promise
  }

  /** Resolves when nothing waits. */
  async flushed(): Promise<void> {
    await this.#writing
  }

  async #write(): Promise<void> {
    const { limits, messages } = this.#parts
    const kept = { count: limits.chat_room_messages_max, ms: limits.chat_kept_ms_max }
    while (this.#waiting.length > 0) {
      const some = this.#waiting
      this.#waiting = []
      try {
        const stored = await messages.post(
          some.map(({ message }) => message),
          kept,
        )
        some.forEach(({ reject, resolve }, at) => {
          const message = stored[at]
          if (message === undefined) reject(new Error('The store gave no message.'))
          else resolve(message)
        })
      } catch (error) {
        for (const { reject } of some) reject(error)
      }
    }
  }
}
