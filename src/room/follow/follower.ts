import { describeError, type Log } from '../../base/log.ts'
import type { Clock } from '../../base/clock.ts'
import type { Limits } from '../../base/limits/limits.ts'
import type { Metrics } from '../../base/metrics.ts'
import { inSlices } from '../../base/slices.ts'
import { ServerDocument } from '../../document/document.ts'
import type { Head, Position, Since, Store } from '../../../persistence/store.ts'
import type { Journal } from '../../storage/journal.ts'
import type { Room } from '../room.ts'
import { Chain, type Link } from './chain.ts'

/** What following works with. */
export interface FollowParts {
  readonly store: Store
  readonly journal: Journal
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly limits: Limits
  /** A fault in our own code came up: the room is to be loaded anew. */
  readonly failed: (document: string, error: unknown) => void
  /** The document was deleted, or lives another life. */
  readonly gone: (document: string, epoch: number) => void
}

/** Keeps the copy of an open document up to what other servers append to the store. */
export class Follower {
  readonly #parts: FollowParts
  readonly #room: Room
  readonly #epoch: number
  readonly #chain: Chain
  #reading: Promise<void> | undefined
  /** Whether something came up while the store was being read. */
  #again = false
  #ended = false

  /** @param position of the log when the copy was loaded */
  constructor(parts: FollowParts, room: Room, position: Position) {
    this.#parts = parts
    this.#room = room
    this.#epoch = room.document.life.epoch ?? 1
    this.#chain = new Chain(position)
  }

  /** Where the copy stands. */
  get head(): Head {
    return { document: this.#room.name, epoch: this.#epoch, position: this.#chain.position }
  }

  /** Nothing is followed any more. */
  end(): void {
    this.#ended = true
  }

  /** Takes note of a row whose content is here: what this server has appended itself. */
  appended(link: Link): void {
    if (this.#chain.add(link) === 'broken') this.#catchUp('anew')
  }

  /** Brings the copy up to what the store has. */
  catchUp(): Promise<void> {
    this.#catchUp('on')
    return this.#reading ?? Promise.resolve()
  }

  #catchUp(how: 'anew' | 'on'): void {
    if (this.#ended) return
    this.#again = true
    this.#reading ??= this.#readAll(how)
      .catch((error: unknown) => {
        // The next look at the heads finds it again.
        const fields = { document: this.#room.name, reason: describeError(error) }
        this.#parts.log.warn('following-failed', fields)
      })
      .finally(() => {
        this.#reading = undefined
      })
  }

  async #readAll(how: 'anew' | 'on'): Promise<void> {
    let isBroken = how === 'anew'
    while (this.#again && !this.#ended) {
      this.#again = false
      if (isBroken || !(await this.#readOn())) await this.#readAnew()
      isBroken = false
    }
  }

  /** Takes what comes behind the position. @returns whether that could be told */
  async #readOn(): Promise<boolean> {
    const { clock, gone, store } = this.#parts
    const { document, epoch, position } = this.head
    const since = await store.since(document, { epoch, position })
    if (this.#ended) return true
    if (since.kind === 'unknown') {
      if (since.epoch === epoch && !since.deleted) return false
      gone(document, epoch)
      return true
    }
    await inSlices(clock, this.#takeRows(since.rows))
    return this.#ended || this.#chain.read(since.rows.map((row) => row.position))
  }

  *#takeRows(rows: (Since & { readonly kind: 'rows' })['rows']): Generator<number, void> {
    for (const { updates } of rows) yield* this.#take(updates)
  }

  /**
   * Takes all that the store has and gives it what it lacks. That heals a failover which has lost
   * what was acknowledged, and it is the way past a compaction.
   */
  async #readAnew(): Promise<void> {
    const { clock, gone, journal, limits, metrics, store } = this.#parts
    const { document: name, epoch } = this.head
    const stored = await store.load(name)
    if (this.#ended) return
    if (stored.deleted !== undefined || stored.epoch !== epoch) return gone(name, epoch)
    metrics.roomsReread++
    const updates = stored.log.map(({ bytes }) => bytes)
    const whole = stored.snapshot === undefined ? updates : [stored.snapshot, ...updates]
    await inSlices(clock, this.#take(whole))
    const copy = new ServerDocument(limits, this.#room.document.life)
    const fault = await inSlices(clock, copy.load(stored.snapshot, stored.log))
    if (this.#ended) return
    if (fault !== undefined) throw new Error(fault)
    const lacking = this.#room.document.describe(copy.stateVector)
    if (typeof lacking === 'string') throw new Error(lacking)
    const bytes = lacking.bytes()
    const found = copy.inspectStored(bytes)
    if (found.kind !== 'sound') throw new Error(found.sentence)
    if (copy.hasNews(found)) journal.append(name, bytes, 0, undefined, epoch)
    this.#chain.reset(stored.position)
  }

  /** Each is taken and relayed; the copy is loaded anew where one cannot be. */
  *#take(updates: readonly Uint8Array[]): Generator<number, void> {
    for (const update of updates) {
      yield 1
      if (this.#ended) return
      const fault = this.#room.ingest.takeStored(update)
      if (fault === undefined) continue
      this.end()
      this.#parts.failed(this.#room.name, new Error(fault))
    }
  }
}
