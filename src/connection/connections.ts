import type { RefusalKind } from '../base/errors.ts'
import type { Limits } from '../base/limits/limits.ts'
import type { Connection } from './connection.ts'
import { addressGroup } from '../http/proxies.ts'
import { AddressCounts } from './address-counts.ts'

/** The sockets of a server, and how many more there may be. */
export class Connections {
  readonly #all = new Set<Connection>()
  /** What is counted by network address. */
  readonly addressCounts: AddressCounts
  readonly #limits: Limits
  /** Those that have said nothing yet, the oldest first, and how many each address has of them. */
  readonly #silent = new Set<Connection>()
  readonly #silentOf = new Map<string, number>()

  constructor(limits: Limits) {
    this.#limits = limits
    this.addressCounts = new AddressCounts(limits)
  }

  /** Live, to be read only. */
  get all(): ReadonlySet<Connection> {
    return this.#all
  }

  /** Why one more from that address is not served; undefined when it is. */
  refusalFor(address: string, now: number): RefusalKind | undefined {
    const { connections_max: most, silent_connections_max: silentMost } = this.#limits
    const isFull = this.#all.size >= most || this.#silent.size >= silentMost
    if (isFull && !this.#displacesFor(address)) return 'server-full'
    return this.addressCounts.mayCome(address, now) ? undefined : 'address-full'
  }

  /** Whether that one's network address may open one more document now; asking counts. */
  mayOpenDocument(connection: Connection, now: number): boolean {
    return this.addressCounts.mayOpenDocument(addressOf(connection), now)
  }

  opened(connection: Connection): void {
    this.#all.add(connection)
    this.addressCounts.came(addressOf(connection))
    this.#silent.add(connection)
    const group = groupOf(connection)
    this.#silentOf.set(group, (this.#silentOf.get(group) ?? 0) + 1)
  }

  /** It has said its first word. */
  heard(connection: Connection): void {
    connection.heard = true
    this.#forgetSilent(connection)
  }

  closed(connection: Connection): void {
    if (!this.#all.delete(connection)) return
    this.addressCounts.left(addressOf(connection))
    this.#forgetSilent(connection)
  }

  /**
   * Clients speak as soon as they are connected: the one that has been silent for longest goes for
   * a new one, unless they come from the same network address, or the new one's has more of them.
   */
  #displacesFor(address: string): boolean {
    const [oldest] = this.#silent
    if (oldest === undefined) return false
    const theirs = this.#silentOf.get(groupOf(oldest)) ?? 0
    if (theirs <= (this.#silentOf.get(addressGroup(address)) ?? 0)) return false
    this.#forgetSilent(oldest)
    oldest.refuse('silent')
    return true
  }

  #forgetSilent(connection: Connection): void {
    if (!this.#silent.delete(connection)) return
    const group = groupOf(connection)
    const left = (this.#silentOf.get(group) ?? 1) - 1
    if (left > 0) this.#silentOf.set(group, left)
    else this.#silentOf.delete(group)
  }

  /** The once-a-second round. */
  sweep(now: number): Generator<number> {
    return this.addressCounts.sweep(now)
  }
}

function addressOf({ caller }: Connection): string {
  return caller.facts.ip ?? ''
}

function groupOf(connection: Connection): string {
  return addressGroup(addressOf(connection))
}
