import type { Cancel } from '../../base/clock.ts'
import { describeError } from '../../base/log.ts'
import type { ClusterListener } from '../../cluster/cluster.ts'
import type { Message } from '../../cluster/messages.ts'
import type { Appended, Batch, Position, Standing } from '../../../persistence/store.ts'
import { type StoredRow, storedRows } from '../../storage/stored-rows.ts'
import type { Room } from '../room.ts'
import { Follower, type FollowParts } from './follower.ts'

interface Followed {
  readonly room: Room
  readonly follower: Follower
}

/** Updates of a row that are together above this are not sent; the others read the store. */
const sentBytesMax = 64 * 1024
/** So many documents are asked about at a time: writing the question takes a turn of the loop. */
const headsAtOnceMax = 1_000
/** So long is waited at least after the store was away; one that can says that it is back. */
const awayMs = 1_000

/**
 * Keeps the open documents of a server up to what others do with the same ones. What they append is
 * heard over the bus, where there is one; that may lose whatever it likes, as the store is asked
 * again and again where the documents stand.
 */
export class Followers implements Omit<ClusterListener, 'revoked'> {
  readonly #parts: FollowParts
  readonly #followed = new Map<string, Followed>()
  /** Documents that are being loaded, and whether what was loaded may be old when it is there. */
  readonly #opening = new Map<string, boolean>()
  #cancel: Cancel = () => undefined
  /** Number of the last look at the store that was begun. */
  #lastLook = 0
  #ended = false

  constructor(parts: FollowParts) {
    this.#parts = parts
    this.#wait(parts.limits.heads_poll_ms)
    parts.store.onRenewed?.(() => this.#lookNow())
  }

  /** To be called before a document is loaded: what is said meanwhile is not missed. */
  async opening(document: string): Promise<void> {
    this.#opening.set(document, false)
    const { cluster } = this.#parts
    if (cluster === undefined) return
    const isHeard = await cluster.subscribe(document)
    if (!isHeard) this.#opening.set(document, true)
  }

  /** Follows a document that was just loaded. */
  begin(room: Room, position: Position): void {
    const { name } = room
    const follower = new Follower(this.#parts, room, position)
    this.#followed.set(name, { room, follower })
    if (this.#opening.get(name) === true) follower.catchUp()
    this.#opening.delete(name)
    this.#parts.cluster?.say(name, { kind: 'hello' })
    // Of those who are on their way back to it the others are to know; what they said was missed.
    room.presence.doubt(undefined)
    room.presence.sayOwn()
  }

  /** Follows it no more. */
  leave(document: string): void {
    this.#followed.get(document)?.follower.end()
    this.#followed.delete(document)
    this.#opening.delete(document)
    this.#parts.cluster?.unsubscribe(document)
  }

  /** What this server has appended itself: the others are told, as it is in the store now. */
  written(batch: Batch, appended: readonly Appended[]): void {
    for (const row of storedRows(batch, appended)) {
      this.#followed.get(row.document)?.follower.appended(row)
      this.#tell(row)
    }
  }

  /** Has the open document brought up to what the store has. */
  hurry(document: string): void {
    this.#followed.get(document)?.follower.catchUp()
  }

  /** Resolves when the open document has all that the store had; at once when it is not open. */
  async catchUp(document: string): Promise<void> {
    await this.#followed.get(document)?.follower.caughtUp()
  }

  /**
   * Whether what was just loaded has all that the open copy had before. A failover may have taken
   * some of it, and who folds what is left must not forget the rest.
   */
  async isWhole(document: string, { epoch, position }: Standing): Promise<boolean> {
    const follower = this.#followed.get(document)?.follower
    if (follower === undefined) return true
    const { certain } = follower
    if (certain === undefined) return false
    const { number, tag } = certain.position
    if (certain.epoch === epoch && number === position.number && tag === position.tag) return true
    return (await this.#parts.store.since(document, certain)).kind === 'rows'
  }

  heard(document: string, server: string, message: Message | undefined): void {
    const followed = this.#followed.get(document)
    if (followed === undefined) {
      if (this.#opening.has(document)) this.#opening.set(document, true)
      return
    }
    try {
      this.#take(followed, server, message)
    } catch (error) {
      this.#parts.failed(document, error)
    }
  }

  up(): void {
    this.#parts.chat?.up()
    this.#lookNow()
    for (const { room } of this.#followed.values()) {
      this.#parts.cluster?.say(room.name, { kind: 'hello' })
      room.presence.doubt(undefined)
      room.presence.sayOwn()
    }
  }

  down(): void {
    this.#lookNow()
  }

  left(server: string): void {
    for (const { room } of this.#followed.values()) room.presence.serverLeft(server)
    this.#parts.chat?.serverLeft(server)
  }

  /** Asks no more. */
  end(): void {
    this.#ended = true
    this.#cancel()
  }

  #take({ follower, room }: Followed, server: string, message: Message | undefined): void {
    switch (message?.kind) {
      case 'row':
        return follower.heard(message)
      case 'presence':
        return room.presence.hear(server, message)
      case 'hello': {
        room.presence.doubt(server)
        // Not all at once.
        this.#parts.clock.after(this.#parts.cluster?.answerMs ?? 0, () => {
          if (this.#followed.get(room.name)?.room === room) room.presence.sayOwn()
        })
        return
      }
      case 'stateless':
        room.hearStateless(message.text)
        return
      case 'chat':
        return this.#parts.chat?.hear(room.name, server, message.text)
      case 'look':
      case undefined:
        // Also where it is of a later version: whatever it is, the store has what counts.
        return follower.catchUp()
      case 'beat':
      case 'well':
      case 'leaving':
      case 'revoked':
    }
  }

  #tell({ document, epoch, position, previous, updates }: StoredRow): void {
    const { cluster } = this.#parts
    if (cluster === undefined || epoch === undefined) return
    const bytes = updates.reduce((sum, update) => sum + update.length, 0)
    const sent = bytes > sentBytesMax ? undefined : updates
    cluster.say(document, { kind: 'row', epoch, position, previous, updates: sent })
  }

  #wait(ms: number): void {
    this.#cancel()
    if (!this.#ended) this.#cancel = this.#parts.clock.after(ms, () => this.#lookNow())
  }

  #lookNow(): void {
    if (this.#ended) return
    const { cluster, limits, log } = this.#parts
    const own = ++this.#lastLook
    // One that hangs is no reason to look no more, nor to ask more of a store that is slow.
    this.#wait(limits.store_silence_ms_max)
    let waitMs = cluster?.isUp === true ? limits.heads_check_ms : limits.heads_poll_ms
    this.#parts.chat?.look()
    this.#parts.revocations?.look()
    this.#look()
      .catch((error: unknown) => {
        log.warn('heads-unknown', { reason: describeError(error) })
        waitMs = Math.max(waitMs, awayMs)
      })
      .finally(() => {
        if (own === this.#lastLook) this.#wait(waitMs)
      })
  }

  async #look(): Promise<void> {
    const followed = [...this.#followed.values()]
    for (let at = 0; at < followed.length; at += headsAtOnceMax) {
      const believed = followed.slice(at, at + headsAtOnceMax).map(({ follower }) => follower.head)
      for (const { document } of await this.#parts.store.heads(believed)) {
        this.#followed.get(document)?.follower.catchUp()
      }
    }
  }
}
