import type { Cancel } from '../../base/clock.ts'
import { describeError } from '../../base/log.ts'
import type { Appended, Batch, Position } from '../../../persistence/store.ts'
import { storedRows } from '../../storage/stored-rows.ts'
import type { Room } from '../room.ts'
import { Follower, type FollowParts } from './follower.ts'

/**
 * Keeps the open documents of a server up to what others append to the same store. Nothing but the
 * store is believed: it is asked again and again where the documents stand.
 */
export class Followers {
  readonly #parts: FollowParts
  readonly #followers = new Map<string, Follower>()
  #cancel: Cancel = () => undefined
  #ended = false

  constructor(parts: FollowParts) {
    this.#parts = parts
    this.#wait()
  }

  /** Follows a document that was just loaded. */
  begin(room: Room, position: Position): void {
    this.#followers.set(room.name, new Follower(this.#parts, room, position))
  }

  /** Follows it no more. */
  leave(document: string): void {
    this.#followers.get(document)?.end()
    this.#followers.delete(document)
  }

  /** What this server has appended itself. */
  written(batch: Batch, appended: readonly Appended[]): void {
    for (const { document, position, previous } of storedRows(batch, appended)) {
      this.#followers.get(document)?.appended({ position, previous })
    }
  }

  /** Resolves when the open document has all that the store had; at once when it is not open. */
  async catchUp(document: string): Promise<void> {
    await this.#followers.get(document)?.catchUp()
  }

  /** Asks no more. */
  end(): void {
    this.#ended = true
    this.#cancel()
  }

  #wait(): void {
    const { clock, limits } = this.#parts
    this.#cancel = clock.after(limits.heads_poll_ms, () => {
      this.#look()
        .catch((error: unknown) => {
          this.#parts.log.warn('heads-unknown', { reason: describeError(error) })
        })
        .finally(() => {
          if (!this.#ended) this.#wait()
        })
    })
  }

  async #look(): Promise<void> {
    const believed = [...this.#followers.values()].map(({ head }) => head)
    if (believed.length === 0) return
    for (const { document } of await this.#parts.store.heads(believed)) {
      this.catchUp(document).catch((error: unknown) => this.#parts.failed(document, error))
    }
  }
}
