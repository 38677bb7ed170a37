import type { RefusalKind } from '../base/errors.ts'
import type { Limits } from '../base/limits.ts'
import type { Connection } from './connection.ts'
import { Crowd } from './address-counts.ts'

/** The sockets of a server, and how many more there may be. */
export class Connections {
  readonly #all = new Set<Connection>()
  /** What is counted by network address. */
  readonly crowd: Crowd
  readonly #limits: Limits
  /** Those that have said nothing yet. */
  #silent = 0

  constructor(limits: Limits) {
    this.#limits = limits
    this.crowd = new Crowd(limits)
  }

  /** Live, to be read only. */
  get all(): ReadonlySet<Connection> {
    return this.#all
  }

  /** Why one more from that address is not served; undefined when it is. */
  refusalFor(address: string, now: number): RefusalKind | undefined {
    const { connections_max: most, silent_connections_max: silentMost } = this.#limits
    if (this.#all.size >= most || this.#silent >= silentMost) return 'server-full'
    return this.crowd.mayCome(address, now) ? undefined : 'address-full'
  }

  /** Whether that one's network address may open one more document now; asking counts. */
  mayOpenDocument(connection: Connection, now: number): boolean {
    return this.crowd.mayOpenDocument(addressOf(connection), now)
  }

  opened(connection: Connection): void {
    this.#all.add(connection)
    this.crowd.came(addressOf(connection))
    this.#silent++
  }

  /** It has said its first word. */
  heard(connection: Connection): void {
    connection.heard = true
    this.#silent--
  }

  closed(connection: Connection): void {
    if (!this.#all.delete(connection)) return
    this.crowd.left(addressOf(connection))
    if (!connection.heard) this.#silent--
  }

  /** The once-a-second round. */
  sweep(now: number): Generator<number> {
    return this.crowd.sweep(now)
  }
}

function addressOf({ caller }: Connection): string {
  return caller.facts.ip ?? ''
}
