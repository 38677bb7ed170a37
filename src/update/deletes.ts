import * as encoding from 'lib0/encoding'
import { ClockRanges } from './ranges.ts'
import type { UpdateScan } from './scan.ts'

/** What is deleted in a document: per client the ranges, united. */
export class DeleteIndex {
  readonly #clients = new Map<number, ClockRanges>()
  #written: Uint8Array | undefined
  #rangeCount = 0

  /** Ranges of all clients. */
  get rangeCount(): number {
    return this.#rangeCount
  }

  /** Adds `length` clocks of the client from `clock` on. @returns whether any was new */
  add(client: number, clock: number, length: number): boolean {
    const ranges = this.#rangesOf(client)
    const before = ranges.count
    const isNew = ranges.add(clock, clock + length)
    this.#rangeCount += ranges.count - before
    return this.#note(isNew)
  }

  /** Adds the delete set of a scanned update in one pass. @returns whether any clock was new */
  addAll(scan: UpdateScan): boolean {
    let anyNew = false
    for (let i = 0; i < scan.deleteCount;) {
      const { client } = scan.deleteRange(i)
      const added: [from: number, to: number][] = []
      for (; i < scan.deleteCount; i++) {
        const range = scan.deleteRange(i)
        if (range.client !== client) break
        added.push([range.clock, range.clock + range.length])
      }
      const ranges = this.#rangesOf(client)
      const before = ranges.count
      if (ranges.addAll(added)) anyNew = true
      this.#rangeCount += ranges.count - before
    }
    return this.#note(anyNew)
  }

  /** Whether all of these clocks are deleted. */
  covers(client: number, clock: number, length: number): boolean {
    return this.#clients.get(client)?.covers(clock, clock + length) ?? false
  }

  /** Calls back with each range: clients falling, clocks rising. */
  forEach(visit: (client: number, clock: number, length: number) => void): void {
    for (const [client, ranges] of this.#sorted()) {
      for (let i = 0; i < ranges.count; i++) {
        visit(client, ranges.start(i), ranges.end(i) - ranges.start(i))
      }
    }
  }

  /** The delete set as it stands at the end of a V1 update; kept until something is added. */
  write(): Uint8Array {
    this.#written ??= this.#encode()
    return this.#written
  }

  #encode(): Uint8Array {
    const encoder = encoding.createEncoder()
    const clients = this.#sorted()
    encoding.writeVarUint(encoder, clients.length)
    for (const [client, ranges] of clients) {
      encoding.writeVarUint(encoder, client)
      encoding.writeVarUint(encoder, ranges.count)
      for (let i = 0; i < ranges.count; i++) {
        encoding.writeVarUint(encoder, ranges.start(i))
        encoding.writeVarUint(encoder, ranges.end(i) - ranges.start(i))
      }
    }
    return encoding.toUint8Array(encoder)
  }

  /** Yjs writes higher client ids first. */
  #sorted(): [client: number, ranges: ClockRanges][] {
    return [...this.#clients].toSorted((left, right) => right[0] - left[0])
  }

  #rangesOf(client: number): ClockRanges {
    let ranges = this.#clients.get(client)
    if (ranges === undefined) {
      ranges = new ClockRanges()
      this.#clients.set(client, ranges)
    }
    return ranges
  }

  #note(anyNew: boolean): boolean {
    if (anyNew) this.#written = undefined
    return anyNew
  }
}
