import { UpdateScan } from './scan.ts'
import type { SourceRun } from './section.ts'
import { writeUpdate } from './section.ts'
import { ClientSource } from './source.ts'
import type { Wait } from './source.ts'
import { joinUpdates, scanSound } from './write.ts'

/** The delete set of an update that deletes nothing. */
const noDeletes = Uint8Array.of(0)

/**
 * Cuts an update into pieces that give the same result when applied one after the other.
 * Structs go in the order in which they depend on each other, so that no piece waits for a
 * later one; the delete set is in the last piece.
 *
 * Rich text is not cut: between two pieces Yjs's formatting cleanup takes marks for redundant
 * that are not once all is there, deletes them and tells everybody.
 * @param parts V1 updates that a scan found sound; they are joined first
 * @param pieceBytesMin bytes that a piece has at least, except for the last
 * @returns at least one update; exactly one when there is formatting
 * @throws TypeError when a part is not sound
 */
export function splitUpdate(
  parts: readonly Uint8Array[],
  pieceBytesMin: number,
): readonly Uint8Array[] {
  const joined = joinUpdates(parts)
  if (joined.length <= pieceBytesMin) return [joined]
  const scan = new UpdateScan()
  scanSound(scan, joined)
  if (scan.hasFormatting) return [joined]
  const splitter = new Splitter(sourcesOf(scan, joined), pieceBytesMin)
  return splitter.split(joined.subarray(scan.deletesFrom))
}

function sourcesOf(scan: UpdateScan, bytes: Uint8Array): ReadonlyMap<number, ClientSource> {
  const runs = new Map<number, SourceRun[]>()
  for (let i = 0; i < scan.runCount; i++) {
    const run = { ...scan.run(i), bytes }
    const before = runs.get(run.client)
    if (before === undefined) runs.set(run.client, [run])
    else before.push(run)
  }
  return new Map([...runs].map(([client, its]) => [client, new ClientSource(client, its)]))
}

class Splitter {
  readonly #sources: ReadonlyMap<number, ClientSource>
  readonly #pieceBytesMin: number
  readonly #pieces: Uint8Array[] = []
  /** Sources with structs in the piece that is being filled. */
  readonly #touched = new Set<ClientSource>()
  /** Sources that wait for another: asked for again, they stand in a circle. */
  readonly #waiting = new Set<ClientSource>()
  #pieceBytes = 0

  constructor(sources: ReadonlyMap<number, ClientSource>, pieceBytesMin: number) {
    this.#sources = sources
    this.#pieceBytesMin = pieceBytesMin
  }

  split(deleteSet: Uint8Array): readonly Uint8Array[] {
    for (const source of this.#sources.values()) this.#takeAll(source)
    const isRestEmpty = this.#touched.size === 0 && deleteSet.length === 1
    if (!isRestEmpty || this.#pieces.length === 0) this.#close(deleteSet)
    return this.#pieces
  }

  /** Takes all of a source, and of the others what its structs depend on, before them. */
  #takeAll(first: ClientSource): void {
    const stack: Wait[] = [{ source: first, clock: Number.MAX_SAFE_INTEGER }]
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      if (top.source.clock > top.clock) {
        stack.pop()
        this.#waiting.delete(top.source)
        continue
      }
      const wait = top.source.waitsFor(this.#sources)
      // In a circle nobody can be first; Yjs parks them all until something resolves it.
      if (wait === undefined || this.#waiting.has(wait.source)) this.#take(top.source)
      else {
        this.#waiting.add(top.source)
        stack.push(wait)
      }
    }
  }

  #take(source: ClientSource): void {
    this.#pieceBytes += source.take()
    this.#touched.add(source)
    if (this.#pieceBytes >= this.#pieceBytesMin) this.#close(noDeletes)
  }

  #close(deleteSet: Uint8Array): void {
    const sections = [...this.#touched].map((source) => source.closeSection())
    this.#pieces.push(writeUpdate(sections, deleteSet))
    this.#touched.clear()
    this.#pieceBytes = 0
  }
}
