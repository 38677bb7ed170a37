interface Range {
  readonly from: number
  readonly to: number
}

/**
 * Which structs of which client the server holds: a clock per client, and ranges beyond it that
 * wait for a gap to fill. The state vector comes from here, without a `Y.Doc`.
 */
export class KnownClocks {
  readonly #clocks = new Map<number, number>()
  /** Ranges beyond the clock, ascending and apart; usually there are none. */
  readonly #waiting = new Map<number, readonly Range[]>()

  #gaps = 0

  /** Ranges of all clients that wait for a gap to fill. */
  get gaps(): number {
    return this.#gaps
  }

  /** The clock up to which everything of the client is held. */
  clockOf(client: number): number {
    return this.#clocks.get(client) ?? 0
  }

  /** The first clock beyond everything that is held of the client, gaps or not. */
  endOf(client: number): number {
    return this.#waiting.get(client)?.at(-1)?.to ?? this.clockOf(client)
  }

  /** Clock per client; live, to be read only. */
  get clocks(): ReadonlyMap<number, number> {
    return this.#clocks
  }

  /** Whether anything is held of the client. */
  has(client: number): boolean {
    return this.#clocks.has(client) || this.#waiting.has(client)
  }

  /** Whether somebody with these clocks has all of it. */
  within(clocks: ReadonlyMap<number, number>): boolean {
    if (this.#gaps > 0) return false
    for (const [client, clock] of this.#clocks) {
      if ((clocks.get(client) ?? 0) < clock) return false
    }
    return true
  }

  /** Whether the structs `from` to `to` (not with it) of the client are all held. */
  covers(client: number, from: number, to: number): boolean {
    if (to <= this.clockOf(client)) return true
    return this.#waiting.get(client)?.some((range) => range.from <= from && to <= range.to) ?? false
  }

  /** Adds the structs `from` to `to` (not with it) of the client. */
  add(client: number, from: number, to: number): void {
    const clock = this.clockOf(client)
    if (to <= clock) return
    if (from > clock) this.#wait(client, { from, to })
    else this.#advance(client, to)
  }

  #advance(client: number, to: number): void {
    let clock = to
    const waiting = this.#waiting.get(client)
    if (waiting !== undefined) {
      const rest = waiting.filter((range) => {
        if (range.from > clock) return true
        clock = Math.max(clock, range.to)
        return false
      })
      this.#gaps -= waiting.length - rest.length
      if (rest.length === 0) this.#waiting.delete(client)
      else this.#waiting.set(client, rest)
    }
    this.#clocks.set(client, clock)
  }

  #wait(client: number, added: Range): void {
    const merged: Range[] = []
    let { from, to } = added
    const before = this.#waiting.get(client) ?? []
    for (const range of before) {
      if (range.to < from || range.from > to) merged.push(range)
      else {
        from = Math.min(from, range.from)
        to = Math.max(to, range.to)
      }
    }
    merged.push({ from, to })
    merged.sort((left, right) => left.from - right.from)
    this.#gaps += merged.length - before.length
    this.#waiting.set(client, merged)
  }
}
