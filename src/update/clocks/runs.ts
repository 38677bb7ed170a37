import { steps } from '../../base/steps.ts'
import { Pool } from '../bytes/pool.ts'

/** Structs of one client that follow each other without a Skip. */
export interface StructRun {
  client: number
  /** Clock of its first struct. */
  start: number
  /** Clock behind its last struct. */
  end: number
  /** Structs in it. */
  count: number
  /** How many of them have no content. */
  hollow: number
  /** Offset of its first struct's first byte. */
  from: number
  /** Offset behind its last struct. */
  to: number
}

/** A run and the update that it stands in. */
export interface SourceRun extends Readonly<Omit<StructRun, 'hollow'>> {
  readonly bytes: Uint8Array
}

/** The first struct of a run that is not wholly before a clock. */
export interface RunCut {
  /** Clock of the struct. */
  readonly start: number
  /** Its length in clocks. */
  readonly length: number
  /** Offset of its first byte. */
  readonly from: number
  /** Offset behind its last byte. */
  readonly to: number
  /** Structs of the run from this one on. */
  readonly count: number
}

/** Clocks of one client that are deleted. */
export interface DeleteRange {
  client: number
  clock: number
  /** More than 0. */
  length: number
}

/** The runs of an update, each client's together. */
export class StructRuns {
  readonly #runs = new Pool<StructRun>(() => ({
    client: 0,
    start: 0,
    end: 0,
    count: 0,
    hollow: 0,
    from: 0,
    to: 0,
  }))
  /** The clock behind each client's last run, once somebody asked. */
  readonly #ends = new Map<number, number>()

  get count(): number {
    return this.#runs.count
  }

  /** One run. @throws RangeError when there is none of this index */
  item(index: number): StructRun {
    return this.#runs.item(index)
  }

  clear(): void {
    this.#runs.clear()
    if (this.#ends.size > 0) this.#ends.clear()
  }

  /** A run that begins with the struct at that offset, and has none yet. */
  add(client: number, clock: number, from: number): StructRun {
    const run = this.#runs.add()
    run.client = client
    run.start = clock
    run.count = 0
    run.hollow = 0
    run.from = from
    return run
  }

  /** The clock behind the last struct of each client. To be asked when all runs are there. */
  ends(): ReadonlyMap<number, number> {
    const ends = this.#ends
    if (ends.size > 0) return ends
    steps.taken += this.#runs.count
    for (let i = 0; i < this.#runs.count; i++) {
      const { client, end } = this.#runs.item(i)
      ends.set(client, end)
    }
    return ends
  }
}
