import type { Messages, StoredMessage } from '../../persistence/messages.ts'
import type { Cancel, Clock } from '../base/clock.ts'
import { describeError, type Log } from '../base/log.ts'

/** What telling a room's messages works with. */
export interface RoomLogParts {
  readonly messages: Messages
  readonly clock: Clock
  readonly log: Log
}

/** A message that was posted or changed. */
export interface Happening {
  readonly message: StoredMessage
  /** Its sender's own name for it, where that is known here. */
  readonly nonce: string | undefined
}

/** So long something may be missing before the store is asked for it. */
const missingMsMax = 100
/** So long after the store could not be read it is tried again. */
const againMs = 1_000
/** So much is read at a time, and kept in mind beyond a hole. */
const pageMessages = 100
const aheadMax = 1_000

/**
 * Tells what is done in a room in its order, each once, whichever server did it. What is heard out
 * of order waits; what is not heard is read from the store.
 */
export class RoomLog {
  readonly #room: string
  readonly #parts: RoomLogParts
  readonly #tell: (type: 'message' | 'changed', happening: Happening) => void
  /** Up to which act all was told; undefined until it is known where the room stands. */
  #act: number | undefined
  #seq = 0
  readonly #ahead = new Map<number, Happening>()
  #isReading = false
  #again = false
  #cancelSoon: Cancel | undefined
  #ended = false

  constructor(
    room: string,
    parts: RoomLogParts,
    tell: (type: 'message' | 'changed', happening: Happening) => void,
  ) {
    this.#room = room
    this.#parts = parts
    this.#tell = tell
  }

  /** Where the room stands here; undefined until that is known. */
  get act(): number | undefined {
    return this.#act
  }

  /** Finds out where the room stands; what was done up to then is read in pages. */
  async begin(): Promise<void> {
    if (this.#act !== undefined) return
    const { messages } = this.#parts
    const { act, last } = await messages.since(this.#room, Number.MAX_SAFE_INTEGER, 1)
    if (this.#act !== undefined) return
    this.#act = act
    this.#seq = last
    this.#follow()
  }

  /** Takes what is in the store now. */
  take(happening: Happening): void {
    const { act } = happening.message
    if (this.#act !== undefined && act <= this.#act) return
    if (this.#ahead.size >= aheadMax) this.#ahead.clear()
    this.#ahead.set(act, happening)
    this.#follow()
  }

  /** The store says how far the room has come. */
  stands(act: number): void {
    if (this.#act === undefined || act === this.#act) return
    // A store that stands before has lost something, or the room was purged.
    if (act < this.#act) this.#act = act
    else this.catchUp()
  }

  /** Has all told that is in the store. */
  catchUp(): void {
    if (this.#act === undefined || this.#ended) return
    this.#again = true
    if (this.#isReading) return
    this.#isReading = true
    this.#readAll()
      .catch((error: unknown) => {
        const fields = { document: this.#room, reason: describeError(error) }
        this.#parts.log.warn('following-failed', fields)
        // What was to be read still is.
        this.#again = true
        this.#catchUpAfter(againMs)
      })
      .finally(() => {
        this.#isReading = false
      })
  }

  /** Nobody is told any more. */
  end(): void {
    this.#ended = true
    this.#cancelSoon?.()
  }

  /** Tells what comes next, as far as it is here. */
  #follow(): void {
    if (this.#act === undefined || this.#ended) return
    for (;;) {
      const next = this.#ahead.get(this.#act + 1)
      if (next === undefined) break
      this.#say(next)
    }
    for (const act of this.#ahead.keys()) if (act <= this.#act) this.#ahead.delete(act)
    // What is missing is likely to be on its way.
    if (this.#ahead.size > 0) this.#catchUpAfter(missingMsMax)
  }

  #catchUpAfter(ms: number): void {
    this.#cancelSoon ??= this.#parts.clock.after(ms, () => {
      this.#cancelSoon = undefined
      if (this.#again || this.#ahead.size > 0) this.catchUp()
    })
  }

  async #readAll(): Promise<void> {
    while (this.#again && !this.#ended) {
      this.#again = false
      for (;;) {
        const from = this.#act ?? 0
        const since = await this.#parts.messages.since(this.#room, from, pageMessages)
        if (this.#ended) return
        for (const message of since.messages) {
          if (message.act <= (this.#act ?? 0)) continue
          this.#say({ message, nonce: this.#ahead.get(message.act)?.nonce })
        }
        this.#act = Math.max(this.#act ?? 0, since.act)
        if (since.messages.length < pageMessages) break
      }
      this.#follow()
    }
  }

  /** A message that is not known here yet comes as a new one, whatever was done to it since. */
  #say(happening: Happening): void {
    const { act, seq } = happening.message
    this.#act = act
    const isNew = seq > this.#seq
    if (isNew) this.#seq = seq
    this.#tell(isNew ? 'message' : 'changed', happening)
  }
}
