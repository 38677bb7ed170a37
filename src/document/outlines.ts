import type { SourceRun } from '../update/clocks/runs.ts'
import { type Outline, Outliner } from '../update/outline.ts'

/** Some megabytes are kept, so that no description reads the snapshot again. */
const keptSectionsMax = 32_768

/** What lies where in a snapshot and in the updates since, read a part at a time. */
export class Outlines {
  #base: Outline | undefined
  /** Of the updates since the snapshot, from the first one on. */
  #tail: Outline[] = []
  #reading: Outliner | undefined

  /** The outline of the snapshot; undefined without one. */
  get base(): Outline | undefined {
    return this.#base
  }

  /** There is another snapshot. */
  clear(): void {
    this.#base = undefined
    this.#tail = []
    this.#reading = undefined
  }

  /** Forgets the updates since, which are quickly read again, and a base that takes much memory. */
  letGo(): void {
    if (this.#reading !== undefined && this.#base === undefined) return
    if ((this.#base?.sections.length ?? 0) > keptSectionsMax) this.#base = undefined
    this.#tail = []
    this.#reading = undefined
  }

  /**
   * Goes on reading for about so many bytes.
   * @returns whether all is read
   */
  read(base: Uint8Array | undefined, tail: readonly Uint8Array[], bytesMax: number): boolean {
    let left = bytesMax
    while (left > 0) {
      const needsBase = base !== undefined && this.#base === undefined
      const next = needsBase ? base : tail[this.#tail.length]
      if (next === undefined) return true
      const reading = (this.#reading ??= new Outliner(next))
      const before = reading.cost
      const outline = reading.goOn(left)
      // An update costs something however small it is.
      left -= reading.cost - before + 16
      if (outline === undefined) continue
      this.#reading = undefined
      if (needsBase) this.#base = outline
      else this.#tail.push(outline)
    }
    return false
  }

  /** The structs of the updates since, by client, from the update of that place on. */
  runsFrom(place: number): ReadonlyMap<number, readonly SourceRun[]> {
    const runs = new Map<number, SourceRun[]>()
    for (let index = place; index < this.#tail.length; index++) {
      for (const section of this.#tail[index]?.sections ?? []) {
        const others = runs.get(section.client)
        if (others === undefined) runs.set(section.client, [...section.runs])
        else others.push(...section.runs)
      }
    }
    return runs
  }
}
