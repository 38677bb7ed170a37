import { steps } from '../base/steps.ts'
import type { UpdateScan } from '../update/scan.ts'
import type { KnownClocks } from './known-clocks.ts'

/**
 * What accepted updates wait for. Every one that waits makes those behind it dearer, here and in
 * each client, so it is counted until all of it has come.
 */
export class MissingPast {
  readonly #known: KnownClocks
  /** Of each client the clock that must be passed. */
  readonly #awaited = new Map<number, number>()
  #updates = 0

  constructor(known: KnownClocks) {
    this.#known = known
  }

  /** Updates that were accepted since the first that waits. */
  get updates(): number {
    return this.#updates
  }

  /** Whether the scanned update stands on what is not here. */
  isAwaitedBy(scan: UpdateScan): boolean {
    for (let index = 0; index < scan.runCount; index++) {
      const { client, start } = scan.run(index)
      if (start > this.#known.clockOf(client)) return true
    }
    return this.isReferredToBy(scan)
  }

  /** Whether its structs refer to others that are not here. */
  isReferredToBy(scan: UpdateScan): boolean {
    for (let index = 0; index < scan.dependencyCount; index++) {
      steps.taken++
      const { client, clock } = scan.dependency(index)
      if (clock >= this.#known.clockOf(client)) return true
    }
    return false
  }

  /**
   * Takes the scanned update, whose structs are known by now.
   * @param hasGap whether some of them stand behind a gap
   * @returns whether it waits
   */
  note(scan: UpdateScan, hasGap: boolean): boolean {
    const waits = hasGap || this.isReferredToBy(scan)
    if (waits) {
      for (let index = 0; index < scan.dependencyCount; index++) {
        steps.taken++
        const { client, clock } = scan.dependency(index)
        if (clock >= (this.#awaited.get(client) ?? 0)) this.#awaited.set(client, clock)
      }
      this.#updates++
    } else if (this.#updates > 0 && this.#hasCome()) {
      this.#updates = 0
    }
    return waits
  }

  #hasCome(): boolean {
    for (const [client, clock] of this.#awaited) {
      steps.taken++
      if (clock >= this.#known.clockOf(client)) return false
      this.#awaited.delete(client)
    }
    return this.#known.gaps === 0
  }
}
