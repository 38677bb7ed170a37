import { steps } from '../base/steps.ts'
import type { AwarenessEntry } from '../protocol/awareness.ts'

/** One session's part in a document's presence; made by `AwarenessTable.join`. */
export interface Presence {
  /** Client ids that the session announced as its own in its opening frame. */
  claimed: Set<number> | undefined
  /** Client ids whose entry is removed when the session ends. */
  owned: Set<number> | undefined
  /** Who the session is for sure; undefined when nobody says. Others do not take its entries. */
  id: string | undefined
  /** The table's version from which on the session hears nothing; undefined while it hears all. */
  missedSince: number | undefined
  /** Whether something of it is not shown, and its client was told so. */
  isToldUnseen: boolean
  /** Whether it stands for the sessions of another server, which looks after their limits. */
  readonly isElsewhere: boolean
}

/** What came of an awareness update. */
export interface AwarenessOutcome {
  /** Entries that changed the table and are for the others to hear. */
  readonly accepted: readonly AwarenessEntry[]
  /** Those, and entries that others know as they are and that are the sender's from now on. */
  readonly taken: readonly AwarenessEntry[]
  /**
   * Entries to send back to the sender alone. They say "you have left" at the clock that the
   * others have seen leaving; a client answers by announcing itself at the next clock, which is
   * the only one that the others still take.
   */
  readonly challenges: readonly AwarenessEntry[]
  /** Whether entries were left out, as the table or the session would pass its limit. */
  readonly isFull: boolean
}

interface Row {
  clock: number
  /** Undefined once it has left: kept for a while so that a late echo does not revive it. */
  state: Uint8Array | undefined
  owner: Presence | undefined
  renewedAt: number
  /** The table's version when it last became another. */
  version: number
}

/** What an entry costs beside its state, in bytes that are read in the same time, about. */
const rowBytes = 64

type RowVerdict = 'accept' | 'take-over' | 'challenge' | 'ignore'

/**
 * Who is here, in one document. An entry belongs to the last live session that sent it. Providers
 * also send back the states that they hear, at the same clock: an echo must neither take an entry
 * from its owner nor revive it.
 */
export class AwarenessTable {
  readonly #rows = new Map<number, Row>()
  readonly #entriesMax: number
  readonly #silenceMs: number
  readonly #bytesMax: number
  readonly #ownedMax: number
  #bytes = 0
  #version = 0

  constructor(limits: {
    readonly awareness_bytes_max: number
    readonly session_awareness_entries_max: number
    readonly awareness_entries_max: number
    readonly awareness_silence_ms_max: number
  }) {
    this.#entriesMax = limits.awareness_entries_max
    this.#silenceMs = limits.awareness_silence_ms_max
    this.#bytesMax = limits.awareness_bytes_max
    this.#ownedMax = limits.session_awareness_entries_max
  }

  /** Entries, of those present and those who left of late. */
  get size(): number {
    return this.#rows.size
  }

  /** What is read to tell who is here, in bytes; those who have left are passed over. */
  get readBytes(): number {
    return this.#bytes + rowBytes * this.#rows.size
  }

  /** Rises with every change; what `changedSince` takes. */
  get version(): number {
    return this.#version
  }

  /** A new session's part, owning nothing yet; or that of those on another server. */
  join(isElsewhere = false): Presence {
    return {
      claimed: undefined,
      owned: undefined,
      id: undefined,
      missedSince: undefined,
      isToldUnseen: false,
      isElsewhere,
    }
  }

  /**
   * Takes one awareness update, entry by entry. One that would pass a limit is left out: the state
   * before it stays, until it is replaced or not renewed in time.
   * @param opening whether it directly followed the session's first step 1: then what it holds is
   *   the session's own, even at a clock that is already known (a reconnect).
   */
  receive(
    entries: readonly AwarenessEntry[],
    from: Presence,
    opening: boolean,
    now: number,
  ): AwarenessOutcome {
    const accepted: AwarenessEntry[] = []
    const taken: AwarenessEntry[] = []
    const challenges: AwarenessEntry[] = []
    let isFull = false
    for (const entry of entries) {
      if (opening && entry.state !== undefined) (from.claimed ??= new Set()).add(entry.clientId)
      const row = this.#rows.get(entry.clientId)
      const verdict = judge(row, entry, from)
      switch (verdict) {
        case 'accept':
        case 'take-over':
          if (!this.#hasRoom(entry, row, from)) {
            isFull = true
            break
          }
          this.#put(entry, from, now)
          taken.push(entry)
          if (verdict === 'accept') accepted.push(entry)
          break
        case 'challenge':
          challenges.push({ clientId: entry.clientId, clock: row?.clock ?? 0, state: undefined })
          break
        case 'ignore':
          break
      }
    }
    return { accepted, taken, challenges, isFull }
  }

  /** Everybody present. */
  present(): readonly AwarenessEntry[] {
    return this.#list((row) => row.state !== undefined)
  }

  /** What the session shows of its clients. */
  shownBy(presence: Presence): readonly AwarenessEntry[] {
    return [...(presence.owned ?? [])].flatMap((clientId) => {
      const row = this.#rows.get(clientId)
      return row?.state === undefined ? [] : [{ clientId, clock: row.clock, state: row.state }]
    })
  }

  /** What is known of a client that is here or left of late: its clock, and whose its entry is. */
  find(clientId: number): Pick<Row, 'clock' | 'owner'> | undefined {
    return this.#rows.get(clientId)
  }

  /** What became another after that version, also who left of late: for who missed it. */
  changedSince(version: number): readonly AwarenessEntry[] {
    return this.#list((row) => row.version > version)
  }

  /** Removes what the session owned. @returns the removals, for the others to hear. */
  leave(presence: Presence, now: number): readonly AwarenessEntry[] {
    const removals: AwarenessEntry[] = []
    for (const clientId of presence.owned ?? []) {
      const row = this.#rows.get(clientId)
      if (row !== undefined) removals.push(this.#remove(clientId, row, now))
    }
    presence.owned = undefined
    return removals
  }

  /** Removes what is shown of clients on other servers. @returns the removals */
  dropElsewhere(clientIds: Iterable<number>, now: number): readonly AwarenessEntry[] {
    const removals: AwarenessEntry[] = []
    for (const clientId of clientIds) {
      const row = this.#rows.get(clientId)
      if (row?.owner?.isElsewhere !== true) continue
      row.owner.owned?.delete(clientId)
      removals.push(this.#remove(clientId, row, now))
    }
    return removals
  }

  /** Removes what was not renewed in time, and forgets who left long ago. */
  expire(now: number): readonly AwarenessEntry[] {
    const removals: AwarenessEntry[] = []
    steps.taken += this.#rows.size
    for (const [clientId, row] of this.#rows) {
      const silence = now - row.renewedAt
      if (row.state === undefined) {
        if (silence > 2 * this.#silenceMs) this.#rows.delete(clientId)
      } else if (silence > this.#silenceMs) {
        row.owner?.owned?.delete(clientId)
        removals.push(this.#remove(clientId, row, now))
      }
    }
    return removals
  }

  #hasRoom({ clientId, state }: AwarenessEntry, row: Row | undefined, from: Presence): boolean {
    if (state === undefined) return true
    const rows = this.#rows.size + (row === undefined ? 1 : 0)
    const { owned } = from
    const its = (owned?.size ?? 0) + (owned?.has(clientId) === true ? 0 : 1)
    const bytes = this.#bytes + state.length - (row?.state?.length ?? 0)
    const isFull = rows > this.#entriesMax || bytes > this.#bytesMax
    return !isFull && (from.isElsewhere || its <= this.#ownedMax)
  }

  #remove(clientId: number, row: Row, now: number): AwarenessEntry {
    this.#bytes -= row.state?.length ?? 0
    row.state = undefined
    row.owner = undefined
    row.renewedAt = now
    row.version = ++this.#version
    return { clientId, clock: row.clock, state: undefined }
  }

  #put(entry: AwarenessEntry, from: Presence, now: number): void {
    const row = this.#rows.get(entry.clientId)
    row?.owner?.owned?.delete(entry.clientId)
    const left = entry.state === undefined
    if (!left) (from.owned ??= new Set()).add(entry.clientId)
    this.#bytes += (entry.state?.length ?? 0) - (row?.state?.length ?? 0)
    this.#rows.set(entry.clientId, {
      clock: entry.clock,
      // The state is a view into a received frame; a copy does not keep the frame alive.
      state: entry.state?.slice(),
      owner: left ? undefined : from,
      renewedAt: now,
      version: ++this.#version,
    })
  }

  #list(wanted: (row: Row) => boolean): readonly AwarenessEntry[] {
    const entries: AwarenessEntry[] = []
    steps.taken += this.#rows.size
    for (const [clientId, row] of this.#rows) {
      if (wanted(row)) entries.push({ clientId, clock: row.clock, state: row.state })
    }
    return entries
  }
}

function judge(row: Row | undefined, entry: AwarenessEntry, from: Presence): RowVerdict {
  // Clients never apply clock 0, so nobody would see it.
  if (entry.clock === 0) return 'ignore'
  const claimed = from.claimed?.has(entry.clientId) ?? false
  if (row === undefined) return entry.state === undefined ? 'ignore' : 'accept'
  if (row.state === undefined) {
    if (entry.state === undefined) return 'ignore'
    if (entry.clock > row.clock) return 'accept'
    return claimed ? 'challenge' : 'ignore'
  }
  if (row.owner === from) return judgeOwn(row, entry)
  if (row.owner?.id !== undefined && row.owner.id !== from.id) return 'ignore'
  if (claimed) return judgeClaimed(row, entry)
  // A peer that thinks somebody gone is not asked while that somebody is connected.
  return entry.state !== undefined && entry.clock > row.clock ? 'accept' : 'ignore'
}

function judgeOwn(row: Row, entry: AwarenessEntry): RowVerdict {
  if (entry.clock > row.clock) return 'accept'
  return entry.state === undefined && entry.clock === row.clock ? 'accept' : 'ignore'
}

function judgeClaimed(row: Row, entry: AwarenessEntry): RowVerdict {
  if (entry.clock > row.clock) return 'accept'
  if (entry.clock < row.clock) return entry.state === undefined ? 'ignore' : 'challenge'
  return entry.state === undefined ? 'accept' : 'take-over'
}
