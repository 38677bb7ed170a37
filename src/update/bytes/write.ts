import { steps } from '../../base/steps.ts'
import { DeleteIndex } from '../clocks/deletes.ts'
import { formatLimits } from '../fault.ts'
import type { UpdateFault, UpdateFaultKind, UpdateLimits } from '../fault.ts'
import { UpdateScan } from '../scan.ts'
import { Section, writeUpdate } from '../section.ts'
import type { SourceRun } from '../clocks/runs.ts'

/** What is held of a document, as far as telling news from repetition needs it. */
export interface KnownContent {
  /** The clock up to which everything of the client is held. */
  clockOf(client: number): number
  /** Whether all of these clocks are deleted. */
  isDeleted(client: number, clock: number, length: number): boolean
}

/**
 * Joins updates into one that Yjs loads with the same result as all of them. Structs that
 * several hold are taken once, holes become Skips, delete sets are united.
 * @param parts V1 updates that a scan found sound
 * @returns one update; the part itself when there is only one
 * @throws TypeError when a part is not sound
 */
export function joinUpdates(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts
  if (only !== undefined && parts.length === 1) return only
  return differenceUpdate(parts, new Map())
}

/**
 * What a client lacks: the structs that end beyond its state, a struct across that clock
 * whole (Yjs applies it with an offset), and all deletes.
 * @param parts V1 updates that a scan found sound
 * @param stateVector per client the clock up to which the receiver has everything
 * @param deleteSet encoded, where the caller has one that holds the deletes of all parts
 * @throws TypeError when a part is not sound
 */
export function differenceUpdate(
  parts: readonly Uint8Array[],
  stateVector: ReadonlyMap<number, number>,
  deleteSet?: Uint8Array,
): Uint8Array {
  const runs = new Map<number, SourceRun[]>()
  const deletes = new DeleteIndex()
  const scan = new UpdateScan()
  for (const bytes of parts) {
    scanSound(scan, bytes)
    collectRuns(scan, bytes, runs)
    if (deleteSet === undefined) deletes.addAll(scan)
  }
  return writeUpdate(sectionsBeyond(runs, stateVector), deleteSet ?? deletes.write())
}

const faultsOfForm: ReadonlySet<UpdateFaultKind> = new Set([
  'empty-struct',
  'empty-delete',
  'client-twice',
])

/** Whether it is worth a try to put an update in order in which a scan has found that fault. */
export function isFaultOfForm({ kind }: UpdateFault): boolean {
  return faultsOfForm.has(kind)
}

/**
 * Puts an update in order that Yjs takes and that is not written as Yjs writes: structs and delete
 * ranges of length zero are left out, what a client has in several places is put together. Nothing
 * can stand on a struct of length zero: its clock is that of the struct behind it.
 * @param bytes any bytes
 * @param from where in them the update begins; it goes to their end
 * @returns undefined when it is not sound in some other way
 */
export function regularUpdate(
  bytes: Uint8Array,
  limits: UpdateLimits,
  from = 0,
): Uint8Array | undefined {
  const scan = new UpdateScan('irregular')
  if (scan.scan(bytes, limits, from) !== undefined) return undefined
  const runs = new Map<number, SourceRun[]>()
  collectRuns(scan, bytes, runs)
  const deletes = new DeleteIndex()
  deletes.addAll(scan)
  return writeUpdate(sectionsBeyond(runs, new Map()), deletes.write())
}

/** Adds the runs of a scanned update to those of each client. */
function collectRuns(scan: UpdateScan, bytes: Uint8Array, runs: Map<number, SourceRun[]>): void {
  for (let i = 0; i < scan.runCount; i++) {
    const run = { ...scan.run(i), bytes }
    const others = runs.get(run.client)
    if (others === undefined) runs.set(run.client, [run])
    else others.push(run)
  }
}

function sectionsBeyond(
  runs: ReadonlyMap<number, SourceRun[]>,
  stateVector: ReadonlyMap<number, number>,
): readonly Section[] {
  return Array.from(runs, ([client, its]) =>
    sectionBeyond(client, its, stateVector.get(client) ?? 0),
  )
}

function sectionBeyond(client: number, runs: SourceRun[], clock: number): Section {
  // At the same start the longer first: it spares trimming the others.
  runs.sort((left, right) => left.start - right.start || right.end - left.end)
  const section = new Section(client)
  for (const run of runs) section.addRunBeyond(run, clock)
  return section
}

/**
 * Scans a part that must be sound.
 * @throws TypeError when it is not
 */
function scanSound(scan: UpdateScan, bytes: Uint8Array): void {
  const fault = scan.scan(bytes, formatLimits)
  if (fault !== undefined) throw new TypeError(`The bytes are no sound update: ${fault.sentence}`)
}

/**
 * The update without what is known: whole structs before the known clock and delete ranges
 * that are deleted already are left out.
 * @param scan the scan of these bytes
 * @param bytes a V1 update that the scan found sound
 * @returns undefined when nothing is new, `bytes` itself when all is
 */
export function newsOf(
  scan: UpdateScan,
  bytes: Uint8Array,
  known: KnownContent,
): Uint8Array | undefined {
  let anyNew = false
  let anyKnown = false
  steps.taken += scan.runCount + scan.deleteCount
  for (let i = 0; i < scan.runCount; i++) {
    const run = scan.run(i)
    const clock = known.clockOf(run.client)
    if (run.end > clock) anyNew = true
    if (run.start < clock) anyKnown = true
  }
  for (let i = 0; i < scan.deleteCount; i++) {
    const { client, clock, length } = scan.deleteRange(i)
    if (known.isDeleted(client, clock, length)) anyKnown = true
    else anyNew = true
  }
  if (!anyNew) return undefined
  return anyKnown ? reduce(scan, bytes, known) : bytes
}

function reduce(scan: UpdateScan, bytes: Uint8Array, known: KnownContent): Uint8Array {
  const sections: Section[] = []
  let section: Section | undefined
  for (let i = 0; i < scan.runCount; i++) {
    const run = { ...scan.run(i), bytes }
    if (section?.client !== run.client) {
      section = new Section(run.client)
      sections.push(section)
    }
    section.addRunBeyond(run, known.clockOf(run.client))
  }
  const deletes = new DeleteIndex()
  for (let i = 0; i < scan.deleteCount; i++) {
    const { client, clock, length } = scan.deleteRange(i)
    if (!known.isDeleted(client, clock, length)) deletes.add(client, clock, length)
  }
  return writeUpdate(sections, deletes.write())
}
