import type { Position } from '../../../persistence/store.ts'

/** A row of a document's log, by where the log stood behind it and before. */
export interface Link {
  readonly position: Position
  readonly previous: Position
}

/** What a row is to who knows everything up to a position. */
export type Verdict =
  /** It is the next one, or the next one is still to come: its content is new. */
  | 'next'
  | 'ahead'
  /** It is behind the position. */
  | 'known'
  /** It contradicts what is known: the log is not the one that was followed. */
  | 'broken'

/** So many rows beyond a hole are kept in mind; then the store is read. */
const aheadMax = 1_024

/**
 * How far a copy of a document has everything. Rows come in any order, twice, or not at all; each
 * names the one before it, as numbers alone do not tell what is missing, nor that a failover gave
 * one of them again.
 */
export class Chain {
  #position: Position
  /** Rows behind the position with something missing before them, by what they follow. */
  readonly #ahead = new Map<number, Link>()

  constructor(position: Position) {
    this.#position = position
  }

  /** The row up to which everything is here. */
  get position(): Position {
    return this.#position
  }

  /** Whether a row came of which one before is missing. */
  get isBehind(): boolean {
    return this.#ahead.size > 0
  }

  /** Takes note of a row. */
  add(link: Link): Verdict {
    const { number, tag } = this.#position
    const { position, previous } = link
    if (position.number <= number) {
      return position.number === number && position.tag !== tag ? 'broken' : 'known'
    }
    if (isSame(previous, this.#position)) {
      this.#position = position
      return this.#follow() ? 'next' : 'broken'
    }
    // A row between it and the one that it follows, or another one in the place of that.
    if (previous.number <= number) return 'broken'
    const other = this.#ahead.get(previous.number)
    if (other !== undefined && !isSame(other.position, position)) return 'broken'
    if (this.#ahead.size >= aheadMax) this.#ahead.clear()
    this.#ahead.set(previous.number, link)
    return 'ahead'
  }

  /**
   * Takes note of rows that were read from the store, all up to the last.
   * @returns false where they are not those that were heard of
   */
  read(rows: readonly Position[]): boolean {
    const tags = new Map(rows.map(({ number, tag }) => [number, tag]))
    const last = rows.at(-1)
    // Numbers have gaps: a row that was lost need not have given its number to another one.
    const isAmiss = ({ number, tag }: Position): boolean =>
      number > this.#position.number && number <= (last?.number ?? 0) && tags.get(number) !== tag
    for (const { position, previous } of this.#ahead.values()) {
      if (isAmiss(position) || isAmiss(previous)) return false
    }
    if (last === undefined || last.number <= this.#position.number) return true
    this.#position = last
    for (const [before, { position }] of this.#ahead) {
      if (position.number <= last.number) this.#ahead.delete(before)
    }
    return this.#follow()
  }

  /** Begins anew from what was loaded. */
  reset(position: Position): void {
    this.#position = position
    this.#ahead.clear()
  }

  /** Goes on along what is ahead. @returns false where that does not fit */
  #follow(): boolean {
    for (;;) {
      const next = this.#ahead.get(this.#position.number)
      if (next === undefined) break
      if (!isSame(next.previous, this.#position)) return false
      this.#ahead.delete(this.#position.number)
      this.#position = next.position
    }
    // What was passed and not gone along is of a log that a failover has ended.
    return [...this.#ahead.keys()].every((before) => before >= this.#position.number)
  }
}

function isSame(one: Position, other: Position): boolean {
  return one.number === other.number && one.tag === other.tag
}
