/** Clocks of one client, who brought them and when; nobody known is 0. */
export interface AuthorRange {
  readonly from: number
  /** Not with it. */
  readonly to: number
  /** One more than the place in the table of authors; 0 of nobody. */
  readonly author: number
  /** In steps of `attributionStepMs`. */
  readonly at: number
}

/** Ranges of one client, rising and apart from each other. */
export class AuthorRanges {
  #ranges: AuthorRange[] = []

  get all(): readonly AuthorRange[] {
    return this.#ranges
  }

  /** Adds what of rising ranges is not there yet, all in one go: who was first stays. */
  fillAll(ranges: readonly AuthorRange[]): void {
    const [first] = ranges
    const end = this.#ranges.at(-1)?.to ?? 0
    // What is written comes behind what was.
    const isBehind = first === undefined || first.from >= end
    const merged = isBehind ? ranges : mergedRanges(this.#ranges, ranges)
    if (!isBehind) this.#ranges = []
    for (const range of merged) this.#push(range)
  }

  /** The range that holds the clock, or else the first behind it. */
  find(clock: number): AuthorRange | undefined {
    return this.#ranges[this.#firstBeyond(clock)]
  }

  /** The first place whose range ends behind the clock. */
  #firstBeyond(clock: number): number {
    let low = 0
    let high = this.#ranges.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#ranges[middle]?.to ?? Infinity) <= clock) low = middle + 1
      else high = middle
    }
    return low
  }

  #push(range: AuthorRange): void {
    const last = this.#ranges.at(-1)
    if (last?.to === range.from && last.author === range.author && last.at === range.at) {
      this.#ranges[this.#ranges.length - 1] = { ...last, to: range.to }
    } else this.#ranges.push(range)
  }
}

/** Both, in rising order; where they overlap the first ones stay. */
function mergedRanges(
  first: readonly AuthorRange[],
  second: readonly AuthorRange[],
): readonly AuthorRange[] {
  const merged: AuthorRange[] = []
  let at = 0
  for (const range of second) {
    let { from } = range
    while (from < range.to) {
      const next = first[at]
      if (next === undefined || next.from >= range.to) {
        merged.push({ ...range, from })
        break
      }
      if (next.from > from) merged.push({ ...range, from, to: next.from })
      from = Math.max(from, next.to)
      // One that reaches further may lie over the next range, too.
      if (next.to > range.to) break
      merged.push(next)
      at++
    }
  }
  return [...merged, ...first.slice(at)]
}
