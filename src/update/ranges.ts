/** Bulk adding up to this many ranges goes one by one. */
const singlyMax = 16

/** Ranges of clocks of one client: ascending, apart by at least one clock. */
export class ClockRanges {
  #starts: number[] = []
  #ends: number[] = []

  /** How many ranges. */
  get count(): number {
    return this.#starts.length
  }

  /** First clock of a range. */
  start(index: number): number {
    return this.#starts[index] ?? 0
  }

  /** Clock behind a range. */
  end(index: number): number {
    return this.#ends[index] ?? 0
  }

  /** Whether all clocks from `from` to `to` (not with it) are in. */
  covers(from: number, to: number): boolean {
    const index = this.#firstEndingAtOrAfter(to)
    return index < this.count && this.start(index) <= from
  }

  /** Puts in the clocks from `from` to `to` (not with it). @returns whether any was new */
  add(from: number, to: number): boolean {
    const last = this.count - 1
    if (last < 0 || from > this.end(last)) {
      this.#starts.push(from)
      this.#ends.push(to)
      return true
    }
    if (from === this.end(last)) {
      this.#ends[last] = to
      return true
    }
    return this.#insert(from, to)
  }

  #insert(from: number, to: number): boolean {
    const first = this.#firstEndingAtOrAfter(from)
    if (this.start(first) <= from && to <= this.end(first)) return false
    let behind = first
    while (behind < this.count && this.start(behind) <= to) behind++
    const start = behind > first ? Math.min(from, this.start(first)) : from
    const end = behind > first ? Math.max(to, this.end(behind - 1)) : to
    this.#starts.splice(first, behind - first, start)
    this.#ends.splice(first, behind - first, end)
    return true
  }

  /**
   * Puts in many ranges at once, in the time of one pass over all.
   * @param added pairs of first clock and clock behind, in any order
   * @returns whether any clock was new
   */
  addAll(added: readonly (readonly [from: number, to: number])[]): boolean {
    if (added.length <= singlyMax) {
      let anyNew = false
      for (const [from, to] of added) if (this.add(from, to)) anyNew = true
      return anyNew
    }
    const before = this.#clocks()
    const sorted = isAscending(added) ? added : added.toSorted((left, right) => left[0] - right[0])
    const merged = new ClockRanges()
    let index = 0
    for (const [from, to] of sorted) {
      for (; index < this.count && this.start(index) <= from; index++) {
        merged.add(this.start(index), this.end(index))
      }
      merged.add(from, to)
    }
    for (; index < this.count; index++) merged.add(this.start(index), this.end(index))
    this.#starts = merged.#starts
    this.#ends = merged.#ends
    return this.#clocks() > before
  }

  #clocks(): number {
    let clocks = 0
    for (let i = 0; i < this.count; i++) clocks += this.end(i) - this.start(i)
    return clocks
  }

  #firstEndingAtOrAfter(clock: number): number {
    let low = 0
    let high = this.count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.end(middle) < clock) low = middle + 1
      else high = middle
    }
    return low
  }
}

function isAscending(ranges: readonly (readonly [from: number, to: number])[]): boolean {
  let last = 0
  for (const [from] of ranges) {
    if (from < last) return false
    last = from
  }
  return true
}
