import { describeError, type Log } from '../../base/log.ts'
import type { Cancel, Clock } from '../../base/clock.ts'
import type { Limits } from '../../base/limits/limits.ts'
import type { Metrics } from '../../base/metrics.ts'
import { inSlices } from '../../base/slices.ts'
import { steps } from '../../base/steps.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import type { RowMessage } from '../../cluster/messages.ts'
import { ServerDocument } from '../../document/document.ts'
import type { Head, Position, Since, Standing, Store } from '../../../persistence/store.ts'
import type { Journal } from '../../storage/journal.ts'
import type { Room } from '../room.ts'
import type { RoomChat } from '../room-chat.ts'
import { Chain, type Link, type Verdict } from './chain.ts'

/** What following works with. */
export interface FollowParts {
  readonly store: Store
  /** The other servers, where they are heard. */
  readonly cluster?: Cluster | undefined
  /** The rooms beside the documents, which are kept up to what others do as well. */
  readonly chat?: RoomChat | undefined
  /** What access was taken back elsewhere. */
  readonly revocations?: { look(): void } | undefined
  readonly journal: Journal
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly limits: Limits
  /** A fault in our own code came up: the room is to be loaded anew. */
  readonly failed: (document: string, error: unknown) => void
  /** The document was deleted, or lives another life. */
  readonly gone: (document: string, epoch: number, isDeleted: boolean) => void
}

/** So long a row may be missing before the store is asked for it. */
const missingMsMax = 100

/** Keeps the copy of an open document up to what other servers append to the store. */
export class Follower {
  readonly #parts: FollowParts
  readonly #room: Room
  readonly #epoch: number
  readonly #chain: Chain
  #reading: Promise<void> | undefined
  /** Whether something came up while the store was being read. */
  #again = false
  /** Whether the log turned out to be another one than was followed. */
  #isBroken = false
  #cancelSoon: Cancel | undefined
  /** What is on its way to the store that it has lost. */
  #owed = 0
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

  /**
   * Up to where the copy is known to have what the store has, and nothing beyond that is not on its
   * way there; undefined while that is not certain.
   */
  get certain(): Standing | undefined {
    if (this.#isBroken || this.#owed > 0 || this.#chain.isBehind) return undefined
    return { epoch: this.#epoch, position: this.#chain.position }
  }

  /** Nothing is followed any more. */
  end(): void {
    this.#ended = true
    this.#cancelSoon?.()
  }

  /** Takes note of a row whose content is here: what this server has appended itself. */
  appended(link: Link): void {
    this.#note(link)
  }

  /** Takes what another server says that it has appended. */
  heard({ epoch, position, previous, updates }: RowMessage): void {
    if (epoch < this.#epoch) return
    if (epoch > this.#epoch || updates === undefined) {
      if (epoch > this.#epoch || position.number > this.#chain.position.number) this.catchUp()
      return
    }
    const verdict = this.#note({ position, previous })
    if (verdict === 'known' || verdict === 'broken') return
    for (const step of this.#take(updates)) steps.taken += step
  }

  /** Has the copy brought up to what the store has. */
  catchUp(): void {
    if (this.#ended) return
    this.#again = true
    this.#reading ??= this.#readAll()
      .catch((error: unknown) => {
        // The next look at the heads finds it again.
        const fields = { document: this.#room.name, reason: describeError(error) }
        this.#parts.log.warn('following-failed', fields)
      })
      .finally(() => {
        this.#reading = undefined
      })
  }

  /** Resolves when the copy has all that the store had, or that could not be found out. */
  caughtUp(): Promise<void> {
    this.catchUp()
    return this.#reading ?? Promise.resolve()
  }

  #note(link: Link): Verdict {
    const verdict = this.#chain.add(link)
    if (verdict === 'broken') {
      this.#isBroken = true
      this.catchUp()
    } else if (this.#chain.isBehind) this.#catchUpSoon()
    return verdict
  }

  /** What is missing is likely to be on its way. */
  #catchUpSoon(): void {
    this.#cancelSoon ??= this.#parts.clock.after(missingMsMax, () => {
      this.#cancelSoon = undefined
      if (this.#chain.isBehind) this.catchUp()
    })
  }

  async #readAll(): Promise<void> {
    while (this.#again && !this.#ended) {
      this.#again = false
      if (!this.#isBroken && (await this.#readOn())) continue
      // It stays so when the store does not answer.
      this.#isBroken = true
      await this.#readAnew()
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
      gone(document, epoch, since.deleted)
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
    // What breaks from now on is another matter.
    this.#isBroken = false
    const isDeleted = stored.deleted !== undefined
    if (isDeleted || stored.epoch !== epoch) return gone(name, epoch, isDeleted)
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
    if (copy.hasNews(found)) {
      journal.append(name, bytes, 0, undefined, epoch)
      this.#owed++
      journal.afterAppended(() => this.#owed--)
    }
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
