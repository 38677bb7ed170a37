import { steps } from '../../base/steps.ts'
import { DeleteIndex } from './deletes.ts'
import type { UpdateScan } from '../scan.ts'
import type { SourceRun } from './runs.ts'
import { Section, writeUpdate } from '../section.ts'
import { isHollow, StructCursor } from '../bytes/struct.ts'

/** What is held of a document, as far as it says whose clocks are free. */
export interface HeldClocks {
  /** The clock up to which everything of the client is held. */
  clockOf(client: number): number
  /** Whether all of these clocks are held. */
  covers(client: number, from: number, to: number): boolean
  /** The clock behind the deletes of the client that this one is among; itself if it is not. */
  deletedUntil(client: number, clock: number): number
}

/**
 * The update without the structs that have no content (GC, ContentDeleted), stand at clocks of
 * which nothing is held, and are deleted neither in the document nor by the update. Yjs writes no
 * state with such a one, but in the news of a transaction in which a document was loaded it does.
 * @param scan the scan of these bytes
 * @param bytes that the scan found sound
 * @returns undefined when there are none
 */
export function withoutUndeleted(
  scan: UpdateScan,
  bytes: Uint8Array,
  held: HeldClocks,
): Uint8Array | undefined {
  if (!hasHollow(scan, held)) return undefined
  let own: DeleteIndex | undefined
  const isFree = (client: number, from: number, to: number): boolean => {
    own ??= deletesOf(scan)
    let clock = Math.max(from, held.clockOf(client))
    while (clock < to) {
      steps.taken++
      const until = Math.max(own.endFrom(client, clock), held.deletedUntil(client, clock))
      if (until === clock) return true
      clock = until
    }
    return false
  }
  const sections: Section[] = []
  let section: Section | undefined
  let left = 0
  for (let index = 0; index < scan.runCount; index++) {
    const run = { ...scan.run(index), bytes }
    if (section?.client !== run.client) {
      section = new Section(run.client)
      sections.push(section)
    }
    if (run.hollow === 0 || held.covers(run.client, run.start, run.end)) section.addRun(run)
    else left += addKept(section, run, isFree)
  }
  return left === 0 ? undefined : writeUpdate(sections, (own ?? deletesOf(scan)).write())
}

function hasHollow(scan: UpdateScan, held: HeldClocks): boolean {
  for (let index = 0; index < scan.runCount; index++) {
    const { client, end, hollow, start } = scan.run(index)
    if (hollow > 0 && !held.covers(client, start, end)) return true
  }
  return false
}

/** @returns how many structs were left out */
function addKept(
  section: Section,
  run: SourceRun,
  isFree: (client: number, from: number, to: number) => boolean,
): number {
  const { bytes, client } = run
  const cursor = new StructCursor()
  cursor.start(bytes, run.from, run.to)
  cursor.depthMax = Infinity
  let left = 0
  let kept = { start: run.start, from: run.from, count: 0 }
  const keep = (end: number, to: number): void => {
    if (kept.count === 0) return
    section.add(kept.start, end, kept.count, bytes.subarray(kept.from, to))
  }
  let clock = run.start
  steps.taken += run.count
  for (let struct = 0; struct < run.count; struct++) {
    const from = cursor.at
    const length = cursor.readStruct(client, clock)
    const end = clock + length
    if (isHollow(cursor.info) && isFree(client, clock, end)) {
      keep(clock, from)
      kept = { start: end, from: cursor.at, count: 0 }
      left++
    } else kept.count++
    clock = end
  }
  keep(clock, run.to)
  return left
}

function deletesOf(scan: UpdateScan): DeleteIndex {
  const deletes = new DeleteIndex()
  deletes.addAll(scan)
  return deletes
}
