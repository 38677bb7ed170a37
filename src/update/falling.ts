import { steps } from '../base/steps.ts'

/** Client ids in falling order, as Yjs writes them; those that are new are sorted in when asked. */
export class FallingClients {
  #sorted: number[] = []
  #fresh: number[] = []

  /** Adds one that was not there. */
  add(client: number): void {
    this.#fresh.push(client)
  }

  /** All of them; good until the next one is added. */
  list(): readonly number[] {
    const fresh = this.#fresh
    if (fresh.length === 0) return this.#sorted
    fresh.sort((left, right) => right - left)
    const merged: number[] = []
    let at = 0
    for (const client of this.#sorted) {
      for (; (fresh[at] ?? -1) > client; at++) merged.push(fresh[at] ?? 0)
      merged.push(client)
    }
    for (; at < fresh.length; at++) merged.push(fresh[at] ?? 0)
    steps.taken += merged.length
    this.#sorted = merged
    this.#fresh = []
    return merged
  }
}
