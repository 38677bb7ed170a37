import { steps } from '../base/steps.ts'
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
 * taken as they lie in the base, without being looked at.
 */
export function join({ base, runs, clocks, deleteSet }: Joining): UpdateParts {
  const parts: Uint8Array[] = []
  let clients = 0
  const sections = inOrder(base)
  /** The section of the base that comes next. */
  let place = 0
  const takeWhole = (until: number): void => {
    const [first, last] = [sections[place], sections[until - 1]]
    if (base === undefined || first === undefined || last === undefined || until <= place) return
    parts.push(base.bytes.subarray(first.from, last.to))
    clients += until - place
    place = until
  }
  const known = base?.isRegular === false ? sections.map(({ client }) => client) : clocks.keys()
  const touched = [...new Set([...runs.keys(), ...known])]
  touched.sort((left, right) => right - left)
  steps.taken += touched.length
  for (const client of touched) {
    takeWhole(placeFor(client, sections, place))
    const next = sections[place]
    const outlined = next?.client === client ? next : undefined
    if (outlined !== undefined) place++
    const section = sectionOf(client, outlined, runs, clocks)
    if (section.isEmpty) continue
    parts.push(...section.parts())
    clients++
  }
  takeWhole(sections.length)
  return new UpdateParts([encodeUints(clients), ...parts, deleteSet])
}

function inOrder(base: Outline | undefined): readonly OutlinedSection[] {
  if (base === undefined) return []
  if (base.isRegular) return base.sections
  return base.sections.toSorted((left, right) => right.client - left.client)
}

/** The place from `from` on at which a client is or belongs: near it, it is found at once. */
function placeFor(client: number, sections: readonly OutlinedSection[], from: number): number {
  const isBefore = (place: number): boolean => (sections[place]?.client ?? -1) > client
  let reach = 1
  while (isBefore(from + reach - 1)) reach *= 2
  let [low, high] = [from + (reach >> 1), from + reach - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (isBefore(middle)) low = middle + 1
    else high = middle
  }
  return Math.min(low, sections.length)
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
