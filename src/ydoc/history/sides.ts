import type * as Y from 'yjs'
import type { Attributed, Attribution } from './attribution.ts'

/** Some clocks of an item, which have the same fate. */
export interface Fate {
  /** How far behind the item's beginning. */
  readonly from: number
  readonly length: number
  readonly isOld: boolean
  readonly isNew: boolean
  /** Who brought them. */
  readonly written: Attributed | undefined
  /** Who deleted them. */
  readonly removed: Attributed | undefined
}

interface DeletedRange {
  readonly clock: number
  readonly len: number
}

/**
 * Two states of one document that holds all that is in either. Yjs joins items across the edges of
 * a state, so what is in it is told by cutting clocks, never by whole items.
 */
export class Sides {
  readonly #old: Y.Snapshot | undefined
  readonly #now: Y.Snapshot
  readonly #attribution: Attribution

  /** @param old undefined of an empty document */
  constructor(old: Y.Snapshot | undefined, now: Y.Snapshot, attribution: Attribution) {
    this.#old = old
    this.#now = now
    this.#attribution = attribution
  }

  /** What of an item is in either state, in its order. */
  fatesOf({ id: { client, clock }, length }: Y.Item): readonly Fate[] {
    const fates: Fate[] = []
    const end = clock + length
    for (let at = clock; at < end;) {
      const [isOld, oldTo] = present(this.#old, client, at)
      const [isNew, newTo] = present(this.#now, client, at)
      const [written, writtenTo] = this.#who(this.#attribution.inserts, client, at)
      const [removed, removedTo] = isNew
        ? [undefined, newTo]
        : this.#who(this.#attribution.deletes, client, at)
      const to = Math.min(end, oldTo, newTo, writtenTo, removedTo)
      if (isOld || isNew) {
        fates.push({ from: at - clock, length: to - at, isOld, isNew, written, removed })
      }
      at = to
    }
    return fates
  }

  #who(
    ranges: Attribution['inserts'],
    client: number,
    clock: number,
  ): readonly [Attributed | undefined, number] {
    const found = this.#attribution.find(ranges, client, clock)
    if (found === undefined) return [undefined, Infinity]
    if (found.from > clock) return [undefined, found.from]
    return [found.who.by === undefined ? undefined : found.who, found.to]
  }
}

/** Whether the clock is in the state and not deleted there, and up to where that holds. */
function present(
  state: Y.Snapshot | undefined,
  client: number,
  clock: number,
): readonly [boolean, number] {
  const end = state?.sv.get(client) ?? 0
  if (clock >= end) return [false, Infinity]
  const ranges: readonly DeletedRange[] = state?.ds.clients.get(client) ?? []
  let [low, high] = [0, ranges.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    const range = ranges[middle]
    if (range !== undefined && range.clock + range.len <= clock) low = middle + 1
    else high = middle
  }
  const range = ranges[low]
  if (range === undefined) return [true, end]
  if (range.clock <= clock) return [false, Math.min(end, range.clock + range.len)]
  return [true, Math.min(end, range.clock)]
}
