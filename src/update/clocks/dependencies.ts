import { Pool } from '../bytes/pool.ts'
import { noClock, type StructCursor } from '../bytes/struct.ts'

/** A client that structs of others refer to. */
export interface Dependency {
  client: number
  /** The greatest clock that is referred to. */
  clock: number
}

/** Up to here looking through the list is quicker than a map. */
const listMax = 8

/** Whom the structs of an update refer to: per client the greatest clock. */
export class DependencyTable {
  readonly #list = new Pool<Dependency>(() => ({ client: 0, clock: 0 }))
  readonly #byClient = new Map<number, Dependency>()

  /** Clients referred to. */
  get count(): number {
    return this.#list.count
  }

  /** Forgets all. */
  clear(): void {
    if (this.#list.count > listMax) this.#byClient.clear()
    this.#list.clear()
  }

  /** One of them. @throws RangeError when there is none of this index */
  item(index: number): Readonly<Dependency> {
    return this.#list.item(index)
  }

  /** Notes to which other clients the struct refers that was just read, one of that client's. */
  noteStruct(struct: StructCursor, client: number): void {
    if (struct.originClock !== noClock && struct.originClient !== client) {
      this.note(struct.originClient, struct.originClock)
    }
    if (struct.rightClock !== noClock && struct.rightClient !== client) {
      this.note(struct.rightClient, struct.rightClock)
    }
    if (struct.parentClock !== noClock && struct.parentClient !== client) {
      this.note(struct.parentClient, struct.parentClock)
    }
  }

  /** Notes that a struct refers to a clock of another client. */
  note(client: number, clock: number): void {
    const known = this.#find(client)
    if (known !== undefined) {
      if (clock > known.clock) known.clock = clock
      return
    }
    const made = this.#list.add()
    made.client = client
    made.clock = clock
    if (this.#list.count > listMax) this.#index(made)
  }

  #find(client: number): Dependency | undefined {
    const count = this.#list.count
    if (count > listMax) return this.#byClient.get(client)
    for (let i = 0; i < count; i++) {
      const item = this.#list.item(i)
      if (item.client === client) return item
    }
    return undefined
  }

  #index(made: Dependency): void {
    if (this.#list.count === listMax + 1) {
      for (let i = 0; i < listMax; i++) {
        const item = this.#list.item(i)
        this.#byClient.set(item.client, item)
      }
    }
    this.#byClient.set(made.client, made)
  }

  /**
   * Drops what the update's own runs satisfy: a clock before the end of a client's last run
   * is either in the update or before a run, which then waits for it anyway.
   * @param ends of each client of the update the clock behind its last run
   */
  settle(ends: ReadonlyMap<number, number>): void {
    const before = this.#list.count
    let kept = 0
    for (let i = 0; i < before; i++) {
      const { client, clock } = this.#list.item(i)
      if (clock < (ends.get(client) ?? 0)) continue
      const slot = this.#list.item(kept++)
      slot.client = client
      slot.clock = clock
    }
    if (before > listMax) this.#byClient.clear()
    this.#list.cut(kept)
  }
}
