import { connect } from '../../support/harness/provider.ts'
import { until } from '../../support/harness/wait.ts'
import { act, type FaultKind, faultKinds } from './faults.ts'
import { items, namesOf, Onlooker, type Person, seenBy, Writer } from './people.ts'
import { type Place, Stage } from './stage.ts'

/** What one round came to. */
export interface RoundOutcome {
  readonly kind: FaultKind
  readonly written: number
  readonly receipts: number
  readonly lost: number
  readonly doubled: number
  /** How long after the last word everybody saw exactly those who were there; in some rounds. */
  readonly presenceMs: number | undefined
  /** Sentences about what went wrong. */
  readonly faults: readonly string[]
}

const roundMs = 2_500
const settleMs = 60_000
const places = [0, 1] as const

/**
 * Rounds of typing on two servers while something is done to them; then both are killed, and what
 * the database holds is compared with what was called saved.
 */
export async function runClusterRounds(
  kinds: readonly FaultKind[],
  say: (line: string) => void = () => undefined,
): Promise<readonly RoundOutcome[]> {
  const stage = await Stage.open()
  const outcomes: RoundOutcome[] = []
  try {
    for (const [round, kind] of kinds.entries()) {
      const one = await runRound(stage, round, kind)
      outcomes.push(one)
      const presence = one.presenceMs === undefined ? '' : `, all seen after ${one.presenceMs} ms`
      say(`round ${round} (${kind}): ${one.receipts} of ${one.written} called saved${presence}`)
      for (const fault of one.faults) say(`  ${fault}`)
    }
  } finally {
    await stage.stop()
  }
  return outcomes
}

/** So many kinds of faults, one after the other. */
export function kindsOf(rounds: number): readonly FaultKind[] {
  return Array.from(
    { length: rounds },
    (_, round) => faultKinds[round % faultKinds.length] ?? 'kill a server',
  )
}

async function runRound(stage: Stage, round: number, kind: FaultKind): Promise<RoundOutcome> {
  const faults: string[] = []
  const document = `round-${round}`
  const writers = ([0, 1, 0, 1] as const).map(
    (place, index) => new Writer(stage, document, `w${index}`, place),
  )
  const looking = (name: string): readonly Onlooker[] =>
    places.map((place) => new Onlooker(stage, document, `${name}${place}`, place))
  const [watchers, strays, guests] = [looking('y'), looking('s'), [...looking('g')]]
  const people: readonly Person[] = [...writers, ...watchers, ...guests, ...strays]
  await until('all open', () => people.every(({ isHere }) => isHere), settleMs)
  for (const stray of strays) stray.returnsNoMore()
  const victim: Place = round % 2 === 0 ? 0 : 1
  const done = act(stage, kind, victim, () => writers.forEach((writer) => writer.move()))
  const endAt = performance.now() + roundMs
  for (let turn = 0; performance.now() < endAt; turn++) {
    const writer = writers[turn % writers.length]
    writer?.note()
    writer?.write()
    // They leave while others type.
    if (performance.now() > endAt - roundMs / 2) for (const one of guests.splice(0)) one.end()
    await Bun.sleep(5)
    for (const one of writers) one.note()
  }
  for (const one of guests.splice(0)) one.end()
  await done
  let presenceMs: number | undefined
  // In every third round nobody waits: whoever has something unsaved takes it along.
  if (round % 3 !== 2) {
    // In every other round those who look on stay still, until they renew themselves.
    if (round % 2 === 0) for (const one of [...watchers, ...strays]) one.moveCaret()
    const from = performance.now()
    await settle(writers, watchers).catch((error: unknown) => faults.push(String(error)))
    await presenceIsRight([...writers, ...watchers, ...strays]).catch((error: unknown) =>
      faults.push(String(error)),
    )
    presenceMs = Math.round(performance.now() - from)
  }
  for (const writer of writers) writer.note()
  // Whoever still has something must not bring it back.
  for (const one of [...writers, ...watchers, ...strays]) one.end()
  await Promise.all(places.map((place) => stage.end(place, 'SIGKILL')))
  await Promise.all(places.map((place) => stage.start(place)))
  const counts = await countStored(stage, document)
  const lost = writers.reduce((sum, { name, saved }) => {
    const numbers = [...Array(saved).keys()]
    return sum + numbers.filter((index) => !counts.has(`${name}:${index}`)).length
  }, 0)
  const doubled = [...counts.values()].filter((count) => count > 1).length
  if (lost > 0) faults.push(`${lost} that were called saved are lost.`)
  if (doubled > 0) faults.push(`${doubled} are there more than once.`)
  const written = writers.reduce((sum, writer) => sum + writer.written, 0)
  const receipts = writers.reduce((sum, { saved }) => sum + saved, 0)
  return { kind, written, receipts, lost, doubled, presenceMs, faults }
}

/** Waits until all have the same, and all of it is called saved. */
function settle(writers: readonly Writer[], watchers: readonly Person[]): Promise<void> {
  const isSettled = (): boolean => {
    for (const writer of writers) {
      writer.note()
      if (writer.needsWrite) writer.write()
    }
    const [first, ...others] = [...writers, ...watchers].map(({ document }) =>
      items(document).toArray().join(' '),
    )
    const isSaved = writers.every(({ saved, written }) => saved === written)
    return isSaved && others.every((other) => other === first)
  }
  return until('all equal and saved', isSettled, settleMs)
}

/** Waits until everybody who is there sees exactly those who are. */
async function presenceIsRight(people: readonly Person[]): Promise<void> {
  const wanted = (): string => namesOf(people.flatMap(({ isHere, name }) => (isHere ? name : [])))
  const isRight = (): boolean =>
    people.every((person) => !person.isHere || seenBy(person) === wanted())
  await until('presence is right', isRight, settleMs).catch((error: unknown) => {
    const seen = people.map((person) => `${person.name} (${person.isHere}): ${seenBy(person)}`)
    throw new Error(`${String(error)}; there are ${wanted()}; ${seen.join('; ')}`)
  })
}

/** How often each item is there, by a client that has nothing of its own. */
async function countStored(stage: Stage, document: string): Promise<ReadonlyMap<string, number>> {
  const reader = connect(`${stage.url(0)}/ws`, document)
  await until('loaded', () => reader.provider.synced, settleMs)
  const counts = new Map<string, number>()
  for (const item of items(reader.document)) counts.set(item, (counts.get(item) ?? 0) + 1)
  reader.end()
  return counts
}
