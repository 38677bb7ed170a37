import { ClientGroups } from './client-groups.ts'
import { ClientTable } from './client-table.ts'
import { ClockRanges } from './ranges.ts'
import type { UpdateScan } from '../scan.ts'
import { putVarUint, varUintSize } from '../bytes/varuint.ts'

/** The same bytes twice: with no structs before them, and without. */
interface Written {
  readonly update: Uint8Array
  readonly deleteSet: Uint8Array
}

/** What is deleted in a document: per client the ranges, united. */
export class DeleteIndex {
  readonly #clients = new ClientTable<ClockRanges>()
  readonly #groups = new ClientGroups((clients) => this.#write(clients))
  #written: Written | undefined
  #rangeCount = 0
  /** Bytes of all clients with their ranges, once written. */
  #byteLength = 0

  /** Ranges of all clients. */
  get rangeCount(): number {
    return this.#rangeCount
  }

  /** Clients with ranges. */
  get clientCount(): number {
    return this.#clients.size
  }

  /** Whether anything of the client is deleted. */
  has(client: number): boolean {
    return this.#clients.has(client)
  }

  /** Bytes that `writeUpdate` gives; known without writing them. */
  get updateBytes(): number {
    return 1 + varUintSize(this.#clients.size) + this.#byteLength
  }

  /** Adds `length` clocks of the client from `clock` on. @returns whether any was new */
  add(client: number, clock: number, length: number): boolean {
    const ranges = this.#rangesOf(client)
    const { byteLength, count } = ranges
    if (!ranges.add(clock, clock + length)) return false
    this.#rangeCount += ranges.count - count
    this.#byteLength += ranges.byteLength - byteLength
    this.#byteLength += varUintSize(ranges.count) - varUintSize(count)
    this.#written = undefined
    this.#groups.changed(client)
    return true
  }

  /** Adds the delete set of a scanned update. @returns whether any clock was new */
  addAll(scan: UpdateScan): boolean {
    let anyNew = false
    for (let i = 0; i < scan.deleteCount; i++) {
      const { client, clock, length } = scan.deleteRange(i)
      if (this.add(client, clock, length)) anyNew = true
    }
    return anyNew
  }

  /** Whether all of these clocks are deleted. */
  covers(client: number, clock: number, length: number): boolean {
    return this.#clients.get(client)?.covers(clock, clock + length) ?? false
  }

  /** The clock behind the deletes that a clock is among; the clock itself when it is not. */
  endFrom(client: number, clock: number): number {
    return this.#clients.get(client)?.endFrom(clock) ?? clock
  }

  /** The delete set as it stands at the end of a V1 update; kept until something is added. */
  write(): Uint8Array {
    return (this.#written ??= this.#encode()).deleteSet
  }

  /** An update with these deletes and no structs, as Yjs writes it; kept likewise. */
  writeUpdate(): Uint8Array {
    return (this.#written ??= this.#encode()).update
  }

  /** Goes on writing them for about so many clients. @returns whether all is written */
  prepare(clientsMax: number): boolean {
    return this.#groups.prepare(clientsMax)
  }

  #encode(): Written {
    const update = this.#groups.encode(1)
    return { update, deleteSet: update.subarray(1) }
  }

  #write(clients: readonly number[]): Uint8Array {
    let size = 0
    for (const client of clients) {
      const ranges = this.#rangesOf(client)
      size += varUintSize(client) + varUintSize(ranges.count) + ranges.byteLength
    }
    const bytes = new Uint8Array(size)
    let at = 0
    for (const client of clients) {
      const ranges = this.#rangesOf(client)
      at = putVarUint(bytes, at, client)
      at = putVarUint(bytes, at, ranges.count)
      at = ranges.writeTo(bytes, at)
    }
    return bytes
  }

  #rangesOf(client: number): ClockRanges {
    let ranges = this.#clients.get(client)
    if (ranges === undefined) {
      ranges = new ClockRanges()
      this.#clients.set(client, ranges)
      this.#groups.add(client)
      this.#byteLength += varUintSize(client) + varUintSize(0)
    }
    return ranges
  }
}
