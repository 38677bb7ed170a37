import type { Outline, OutlinedSection } from './outline.ts'
import type { SourceRun } from './clocks/runs.ts'
import { encodeUints, Section, UpdateParts } from './section.ts'

/** What a joined update is made of. */
export interface Joining {
  /** The update that most of it comes from. */
  readonly base: Outline | undefined
  /** What others hold, by client, in any order. */
  readonly runs: ReadonlyMap<number, readonly SourceRun[]>
  /** Per client the clock up to which the receiver has everything. */
  readonly clocks: ReadonlyMap<number, number>
  /** Encoded. */
  readonly deleteSet: Uint8Array
}

/**
 * What a receiver lacks of a base and of the updates since, as one update. The time goes with the
 * clients that the updates since or the receiver know something of: all the others' structs are
 * taken as they lie in the base, without being read.
 */
export function join({ base, runs, clocks, deleteSet }: Joining): UpdateParts {
  const parts: Uint8Array[] = []
  let clients = 0
  /** The sections of the base that are taken whole and have not been put to the parts yet. */
  let [wholeFrom, wholeTo] = [0, 0]
  const closeWhole = (): void => {
    if (base !== undefined && wholeTo > wholeFrom) {
      parts.push(base.bytes.subarray(wholeFrom, wholeTo))
    }
    wholeFrom = wholeTo
  }
  const add = (section: Section): void => {
    if (section.isEmpty) return
    closeWhole()
    parts.push(...section.parts())
    clients++
  }
  const newcomers = clientsBeside(base, runs)
  for (const outlined of base?.sections ?? []) {
    while ((newcomers.at(-1) ?? -1) > outlined.client) {
      add(sectionOf(newcomers.pop() ?? 0, undefined, runs, clocks))
    }
    if (isWhole(outlined, runs, clocks)) {
      if (outlined.from !== wholeTo) closeWhole()
      if (wholeFrom === wholeTo) wholeFrom = outlined.from
      wholeTo = outlined.to
      clients++
    } else add(sectionOf(outlined.client, outlined, runs, clocks))
  }
  closeWhole()
  for (const client of newcomers.toReversed()) add(sectionOf(client, undefined, runs, clocks))
  return new UpdateParts([encodeUints(clients), ...parts, deleteSet])
}

/** The same as `join` gives, by client, to be cut. */
export function joinSections(joining: Omit<Joining, 'deleteSet'>): readonly Section[] {
  const { base, runs, clocks } = joining
  const sections = (base?.sections ?? []).map((outlined) =>
    sectionOf(outlined.client, outlined, runs, clocks),
  )
  for (const client of clientsBeside(base, runs)) {
    sections.push(sectionOf(client, undefined, runs, clocks))
  }
  return sections.filter((section) => !section.isEmpty)
}

/** Clients that have nothing in the base, rising. */
function clientsBeside(base: Outline | undefined, runs: Joining['runs']): number[] {
  if (runs.size === 0) return []
  const based = new Set<number>()
  for (const { client } of base?.sections ?? []) if (runs.has(client)) based.add(client)
  const newcomers = [...runs.keys()].filter((client) => !based.has(client))
  return newcomers.toSorted((left, right) => left - right)
}

function isWhole(
  { client, runs: [first] }: OutlinedSection,
  runs: Joining['runs'],
  clocks: Joining['clocks'],
): boolean {
  if (first === undefined || runs.has(client)) return false
  return (clocks.get(client) ?? 0) <= first.start
}

function sectionOf(
  client: number,
  outlined: OutlinedSection | undefined,
  runs: Joining['runs'],
  clocks: Joining['clocks'],
): Section {
  const section = new Section(client)
  const clock = clocks.get(client) ?? 0
  if (outlined !== undefined && outlined.end <= clock && !runs.has(client)) return section
  const all = [...(outlined?.runs ?? []), ...(runs.get(client) ?? [])]
  // At the same start the longer first: it spares trimming the others.
  all.sort((left, right) => left.start - right.start || right.end - left.end)
  for (const run of all) section.addRunBeyond(run, clock)
  return section
}
