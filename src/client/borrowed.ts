import * as Y from 'yjs'

/** Clocks of one client, from the first up to the one before `end`. */
interface Run {
  readonly start: number
  readonly end: number
}

/**
 * What came from other tabs and the server has not shown to have. An edit that is made meanwhile
 * may stand on it, and would be of no use on the disk without it.
 */
export class Borrowed {
  readonly #runs = new Map<number, Run>()

  get isEmpty(): boolean {
    return this.#runs.size === 0
  }

  /** Another tab has brought an update. */
  fromTab(update: Uint8Array): void {
    const { from, to } = Y.parseUpdateMeta(update)
    for (const [client, end] of to) {
      const start = Math.min(from.get(client) ?? 0, this.#runs.get(client)?.start ?? Infinity)
      this.#runs.set(client, { start, end: Math.max(end, this.#runs.get(client)?.end ?? 0) })
    }
  }

  /** The server has said an update, so it has it. */
  fromServer(update: Uint8Array): void {
    if (this.isEmpty) return
    const { from, to } = Y.parseUpdateMeta(update)
    for (const [client, end] of to) {
      const run = this.#runs.get(client)
      if (run === undefined || (from.get(client) ?? 0) > run.start) continue
      if (end >= run.end) this.#runs.delete(client)
      else this.#runs.set(client, { start: Math.max(run.start, end), end: run.end })
    }
  }

  /** The server has been sent all that it lacks. */
  returned(): void {
    this.#runs.clear()
  }
}
