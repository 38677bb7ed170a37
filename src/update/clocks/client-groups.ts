import { steps } from '../../base/steps.ts'
import { putVarUint, varUintSize } from '../bytes/varuint.ts'

/** Clients of a group that takes no more at its end. */
const groupClientsMin = 1_024
/** More than these are parted into groups: seldom enough that it is little for each client. */
const groupClientsMax = 4_096

interface Group {
  /** In falling order. */
  clients: number[]
  /** Those that came since and have yet to be put in order. */
  fresh: number[]
  /** What is said of them, until one of them changes. */
  written: Uint8Array | undefined
}

/**
 * What is said of each of many clients, one behind the other, in falling order of their ids as Yjs
 * writes them. They lie in groups, so that a change writes a few of them again and not a million.
 */
export class ClientGroups {
  readonly #write: (clients: readonly number[]) => Uint8Array
  /** In falling order as well. */
  readonly #groups: Group[] = []
  /** The client that has changed last, unless something was written since. */
  #lastChanged: number | undefined

  /** @param write what is said of these clients, encoded */
  constructor(write: (clients: readonly number[]) => Uint8Array) {
    this.#write = write
  }

  /** Adds a client that was not there. It is cheap where they come in falling order, as in Yjs. */
  add(client: number): void {
    const place = this.#placeOf(client)
    const group = this.#groups[place]
    if (group === undefined) return void this.#groups.push(groupOf([client]))
    const isInOrder = group.fresh.length === 0
    if (isInOrder && client < (group.clients.at(-1) ?? 0)) {
      if (group.clients.length < groupClientsMin) return append(group, client)
      if (this.#isFull(place + 1)) return this.#insert(place + 1, client)
    } else if (isInOrder && client > (group.clients[0] ?? 0) && this.#isFull(0)) {
      // Only in front of all others there is nobody's place.
      return this.#insert(0, client)
    }
    group.fresh.push(client)
    group.written = undefined
    if (group.clients.length + group.fresh.length > groupClientsMax) this.#part(place)
  }

  /** Something else is to be said of a client that is there. */
  changed(client: number): void {
    if (client === this.#lastChanged) return
    this.#lastChanged = client
    const group = this.#groups[this.#placeOf(client)]
    if (group !== undefined) group.written = undefined
  }

  /**
   * Writes again what has changed, about so many clients of it.
   * @returns whether all is written
   */
  prepare(clientsMax: number): boolean {
    let left = clientsMax
    for (const group of this.#groups) {
      if (group.written !== undefined) continue
      if (left <= 0) return false
      left -= settled(group).clients.length
      this.#written(group)
    }
    return true
  }

  /**
   * How many clients there are, and what is said of each.
   * @param room bytes that are left free in front
   */
  encode(room = 0): Uint8Array {
    let [count, size] = [0, 0]
    for (const group of this.#groups) {
      size += this.#written(group).length
      count += group.clients.length
    }
    const bytes = new Uint8Array(room + varUintSize(count) + size)
    let at = putVarUint(bytes, room, count)
    for (const group of this.#groups) {
      const written = this.#written(group)
      bytes.set(written, at)
      at += written.length
    }
    steps.taken += this.#groups.length + (size >> 10)
    return bytes
  }

  /** Whether there is no group at that place that could take more. */
  #isFull(place: number): boolean {
    return (this.#groups[place]?.clients.length ?? groupClientsMin) >= groupClientsMin
  }

  #insert(place: number, client: number): void {
    this.#groups.splice(place, 0, groupOf([client]))
  }

  #part(place: number): void {
    const group = this.#groups[place]
    if (group === undefined) return
    const { clients } = settled(group)
    const parted: Group[] = []
    for (let at = 0; at < clients.length; at += groupClientsMin) {
      parted.push(groupOf(clients.slice(at, at + groupClientsMin)))
    }
    this.#groups.splice(place, 1, ...parted)
  }

  #written(group: Group): Uint8Array {
    if (group.written !== undefined) return group.written
    const { clients } = settled(group)
    steps.taken += clients.length
    this.#lastChanged = undefined
    return (group.written = this.#write(clients))
  }

  /** The place of the group in which a client is, or belongs. */
  #placeOf(client: number): number {
    let [low, high] = [0, this.#groups.length - 1]
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#groups[middle]?.clients[0] ?? 0) >= client) low = middle
      else high = middle - 1
    }
    return low
  }
}

function groupOf(clients: number[]): Group {
  return { clients, fresh: [], written: undefined }
}

function append(group: Group, client: number): void {
  group.clients.push(client)
  group.written = undefined
}

/** The group with those in order that came since. */
function settled(group: Group): Group {
  const { clients, fresh } = group
  if (fresh.length === 0) return group
  fresh.sort((left, right) => right - left)
  group.clients = mergeFalling(clients, fresh)
  group.fresh = []
  steps.taken += group.clients.length
  return group
}

function mergeFalling(left: readonly number[], right: readonly number[]): number[] {
  const merged: number[] = []
  let at = 0
  for (const client of left) {
    for (; (right[at] ?? -1) > client; at++) merged.push(right[at] ?? 0)
    merged.push(client)
  }
  for (; at < right.length; at++) merged.push(right[at] ?? 0)
  return merged
}
