import type * as Y from 'yjs'
import { until } from '../../test/support/harness/wait.ts'
import { Balancer } from './balancer.ts'
import { areEqual, type Claim, connectStock, Crew } from './crew.ts'
import type { Fault, Told } from './faults.ts'
import { type Kind, places, Stage } from './stage.ts'

/** What came of one fault with one kind of servers. */
export interface FaultOutcome extends Told {
  readonly written: number
  readonly saved: number
  /** Confirmed, and in the end not there. */
  readonly lost: number
  /** Written by those who stayed, confirmed or not, and in the end not there. */
  readonly typedLost: number
  readonly doubled: number
  /** Documents of which two clients hold different things, 15 s after the last edit. */
  readonly stale: number
  /** From the end of the fault until those documents are alike that had fallen silent in it. */
  readonly convergedMs: number | undefined
  /** Of each edit, how long it was on its way to the client of the other server. */
  readonly lags: readonly number[]
  readonly openings: readonly number[]
  readonly notOpened: number
  readonly handOvers: readonly number[]
  readonly surprises: readonly string[]
}

const warmMs = 2_000
const tailMs = 2_000
const staleMs = 15_000

/** Makes a fault under load; then every server is replaced, and what is stored is counted. */
export async function runFault(kind: Kind, fault: Fault): Promise<FaultOutcome> {
  const stage = await Stage.build(kind, { gated: fault.gated })
  const balancer = await Balancer.start(stage)
  try {
    for (const place of places) await stage.start(place)
    const crew = new Crew(balancer, kind.path)
    const isOpen = (): boolean => crew.stayers.every(({ client }) => client.provider.synced)
    await until('all are open', isOpen, 30_000)
    crew.begin()
    await Bun.sleep(warmMs)
    const told = await fault.make({ stage, balancer, crew })
    const converged = fault.isEnd ? undefined : await settle(crew)
    crew.leave()
    await restart(stage)
    const counted = await countStored(balancer, kind, crew.claims())
    return {
      ...told,
      ...counted,
      typedLost: fault.isEnd ? 0 : counted.typedLost,
      stale: converged?.stale ?? 0,
      convergedMs: converged?.ms,
      lags: crew.lags,
      openings: crew.openings,
      notOpened: crew.notOpened,
      handOvers: crew.stayers.flatMap(({ handOvers }) => handOvers),
      surprises: stage.surprises,
    }
  } finally {
    balancer.close()
    await stage.close()
  }
}

/** The rest goes on for a moment; then nobody types, and all have time to become alike. */
async function settle(crew: Crew): Promise<{ stale: number; ms: number | undefined }> {
  const began = performance.now()
  const silent = crew.halfOf()
  const within = async (pairs: Crew['pairs'], ms: number): Promise<number | undefined> => {
    const end = performance.now() + ms
    while (!pairs.every(([one, other]) => areEqual(one, other))) {
      if (performance.now() > end) return undefined
      await Bun.sleep(10)
    }
    return performance.now() - began
  }
  const converging = within([...silent], tailMs + staleMs)
  await Bun.sleep(tailMs)
  await crew.stop()
  await within(crew.pairs, staleMs)
  const ms = await converging
  return { stale: crew.pairs.filter(([one, other]) => !areEqual(one, other)).length, ms }
}

/** Everybody has left: what the servers that come now know is what is stored. */
async function restart(stage: Stage): Promise<void> {
  // What is written a while after it was said, has that while.
  if (places.some((place) => stage.isUp(place))) await Bun.sleep(3_000)
  for (const place of places) await stage.end(place, 'SIGTERM')
  for (const place of places) await stage.start(place)
}

type Counted = Pick<FaultOutcome, 'written' | 'saved' | 'lost' | 'typedLost' | 'doubled'>

async function countStored(
  balancer: Balancer,
  kind: Kind,
  claims: readonly Claim[],
): Promise<Counted> {
  const total = { written: 0, saved: 0, lost: 0, typedLost: 0, doubled: 0 }
  const byDocument = Map.groupBy(claims, ({ document }) => document)
  const names = [...byDocument.keys()]
  const url = balancer.url(0) + kind.path
  for (let at = 0; at < names.length; at += 10) {
    const some = names.slice(at, at + 10)
    const readers = some.map((name) => ({ name, client: connectStock(url, name) }))
    const isRead = (): boolean => readers.every(({ client }) => client.provider.synced)
    await until('the documents are read', isRead, 30_000)
    for (const { name, client } of readers) {
      for (const claim of byDocument.get(name) ?? []) add(total, claim, client.document)
      client.end()
    }
  }
  return total
}

function add(
  total: { -readonly [Name in keyof Counted]: number },
  { writer, written, saved }: Claim,
  document: Y.Doc,
): void {
  const stored: readonly unknown[] = document.getArray(writer).toArray()
  const there = new Set(stored)
  const missing = (count: number): number =>
    Array.from({ length: count }, (_, item) => item).filter((item) => !there.has(item)).length
  total.written += written
  total.saved += saved
  total.lost += missing(saved)
  if (writer !== 'visitor') total.typedLost += missing(written)
  total.doubled += stored.length - there.size
}
