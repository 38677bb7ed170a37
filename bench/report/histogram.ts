/** Times, kept by the hundredth of a millisecond up to a second and coarser beyond. */
export class Histogram {
  readonly #fine = new Uint32Array(100_000)
  readonly #coarse = new Uint32Array(1_000)
  #count = 0

  add(ms: number): void {
    this.#count++
    const fine = Math.max(0, Math.floor(ms * 100))
    if (fine < this.#fine.length) this.#fine[fine] = (this.#fine[fine] ?? 0) + 1
    else {
      const coarse = Math.min(this.#coarse.length - 1, Math.floor(ms / 100))
      this.#coarse[coarse] = (this.#coarse[coarse] ?? 0) + 1
    }
  }

  get count(): number {
    return this.#count
  }

  /** The time that this share of all was under, in milliseconds. */
  quantile(share: number): number {
    let left = Math.ceil(this.#count * share)
    for (const [index, count] of this.#fine.entries()) {
      left -= count
      if (left <= 0) return (index + 1) / 100
    }
    for (const [index, count] of this.#coarse.entries()) {
      left -= count
      if (left <= 0) return (index + 1) * 100
    }
    return Infinity
  }
}
