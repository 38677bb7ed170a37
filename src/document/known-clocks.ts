import { steps } from '../base/steps.ts'
import { ClientGroups } from '../update/clocks/client-groups.ts'
import { ClientTable } from '../update/clocks/client-table.ts'
import { ClockRanges } from '../update/clocks/ranges.ts'
import { writeClocks } from '../update/clocks/vector.ts'

/**
 * Which structs of which client the server holds: a clock per client, and ranges beyond it that
 * wait for a gap to fill. The state vector comes from here, without a `Y.Doc`.
 */
export class KnownClocks {
  readonly #clocks = new ClientTable<number>()
  /** Those with a clock. */
  readonly #groups = new ClientGroups((clients) => writeClocks(this.#clocks, clients))
  /** Ranges beyond the clock; usually there are none. */
  readonly #waiting = new Map<number, ClockRanges>()

  #gaps = 0

  /** Ranges of all clients that wait for a gap to fill. */
  get gaps(): number {
    return this.#gaps
  }

  /** Clients with a clock. */
  get clientCount(): number {
    return this.#clocks.size
  }

  /** The clock up to which everything of the client is held. */
  clockOf(client: number): number {
    return this.#clocks.get(client) ?? 0
  }

  /** The first clock beyond everything that is held of the client, gaps or not. */
  endOf(client: number): number {
    return this.#waiting.get(client)?.end ?? this.clockOf(client)
  }

  /** Whether anything is held of the client. */
  has(client: number): boolean {
    return this.#clocks.has(client) || this.#waiting.has(client)
  }

  /** The clocks as a state vector. */
  write(): Uint8Array {
    return this.#groups.encode()
  }

  /** Goes on writing them for about so many clients. @returns whether all is written */
  prepare(clientsMax: number): boolean {
    return this.#groups.prepare(clientsMax)
  }

  /** Whether somebody with these clocks has all of it. */
  within(clocks: ReadonlyMap<number, number>): boolean {
    if (this.#gaps > 0) return false
    steps.taken += this.#clocks.size
    return this.#clocks.every((client, clock) => (clocks.get(client) ?? 0) >= clock)
  }

  /** Whether the structs `from` to `to` (not with it) of the client are all held. */
  covers(client: number, from: number, to: number): boolean {
    if (to <= this.clockOf(client)) return true
    return this.#gaps > 0 && (this.#waiting.get(client)?.covers(from, to) ?? false)
  }

  /**
   * Adds the structs `from` to `to` (not with it) of the client.
   * @returns whether they leave a gap before them
   */
  add(client: number, from: number, to: number): boolean {
    const clock = this.clockOf(client)
    if (from > clock) {
      this.#wait(client, from, to)
      return true
    }
    if (to <= clock) return false
    if (clock === 0) this.#groups.add(client)
    else this.#groups.changed(client)
    this.#clocks.set(client, this.#gaps === 0 ? to : this.#reached(client, to))
    return false
  }

  /** How far one is that has everything before `to`. */
  #reached(client: number, to: number): number {
    const waiting = this.#waiting.get(client)
    if (waiting === undefined) return to
    const before = waiting.count
    waiting.add(0, to)
    const clock = waiting.removeFirst()
    this.#gaps += waiting.count - before
    if (waiting.count === 0) this.#waiting.delete(client)
    return clock
  }

  #wait(client: number, from: number, to: number): void {
    const waiting = this.#waiting.get(client) ?? new ClockRanges()
    const before = waiting.count
    waiting.add(from, to)
    this.#gaps += waiting.count - before
    this.#waiting.set(client, waiting)
  }
}
