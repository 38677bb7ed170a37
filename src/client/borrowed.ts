import * as Y from 'yjs'

/** Clocks of one client, from the first up to the one before `end`. */
interface Run {
  readonly start: number
  readonly end: number
}

/** A run of clocks that another tab has deleted. */
interface Deleted extends Run {
  readonly client: number
}

/** Deletes up to this many are looked for one by one; more wait for a step 2. */
const deletesMax = 100

/**
 * What came from other tabs and is not known to be on the server's disk: this tab may hold the only
 * copy of it. First the server lacks it, until it has said it itself or was sent all that it lacks;
 * then its disk does, until a frame that left after that is confirmed.
 */
export class Borrowed {
  readonly #runs = new Map<number, Run>()
  #deletes: Deleted[] = []
  /** Whether only a step 2 can tell that the server has all of it. */
  #needsStep2 = false
  /** Whether the server has said some of it, and has not been asked for its disk since. */
  #isSaid = false
  /** The frame whose confirmation says that what the server has is on its disk. */
  #frame: number | undefined

  /** Whether the server lacks none of it. */
  get isEmpty(): boolean {
    return this.#runs.size === 0 && this.#deletes.length === 0 && !this.#needsStep2
  }

  /** Whether the server has some of it and has not been asked for its disk. */
  get isSaid(): boolean {
    return this.#isSaid
  }

  /** Whether nothing is left of it that the server's disk may lack. */
  get isSaved(): boolean {
    return this.isEmpty && !this.#isSaid && this.#frame === undefined
  }

  /** Another tab has brought an update. */
  fromTab(update: Uint8Array): void {
    const { from, to } = Y.parseUpdateMeta(update)
    for (const [client, end] of to) {
      const start = Math.min(from.get(client) ?? 0, this.#runs.get(client)?.start ?? Infinity)
      this.#runs.set(client, { start, end: Math.max(end, this.#runs.get(client)?.end ?? 0) })
    }
    for (const [client, ranges] of Y.decodeUpdate(update).ds.clients) {
      for (const { clock, len } of ranges) {
        this.#deletes.push({ client, start: clock, end: clock + len })
      }
    }
    if (this.#deletes.length > deletesMax) this.waits()
  }

  /** Another tab has brought what is not shown yet, as it stands on something else. */
  waits(): void {
    this.#deletes = []
    this.#needsStep2 = true
  }

  /** The server has said an update, so it has it. */
  fromServer(update: Uint8Array): void {
    if (this.isEmpty) return
    this.#isSaid = true
    const { from, to } = Y.parseUpdateMeta(update)
    for (const [client, end] of to) {
      const run = this.#runs.get(client)
      if (run === undefined || (from.get(client) ?? 0) > run.start) continue
      if (end >= run.end) this.#runs.delete(client)
      else this.#runs.set(client, { start: Math.max(run.start, end), end: run.end })
    }
    if (this.#deletes.length === 0) return
    const { clients } = Y.decodeUpdate(update).ds
    this.#deletes = this.#deletes.filter(({ client, start, end }) => {
      const said = clients.get(client) ?? []
      return !said.some(({ clock, len }) => clock <= start && end <= clock + len)
    })
  }

  /** The server has been sent all that it lacks, in that frame of the connection. */
  returned(frame: number): void {
    this.#runs.clear()
    this.#deletes = []
    this.#needsStep2 = false
    this.asked(frame)
  }

  /** That frame of the connection left after all that the server has said. */
  asked(frame: number): void {
    this.#isSaid = false
    this.#frame = frame
  }

  /** So many frames of the connection are on disk. */
  confirmed(count: number): void {
    if (this.#frame !== undefined && this.#frame <= count) this.#frame = undefined
  }

  /** The connection is over: what was not confirmed is taken for lost. */
  closed(): void {
    if (!this.isSaved) this.#needsStep2 = true
    this.#isSaid = false
    this.#frame = undefined
  }
}
