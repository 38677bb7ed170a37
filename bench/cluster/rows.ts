import { loadAverage } from '../processes.ts'
import { type Spent, Meter, spentBetween } from './spent.ts'
import { type Kind, type Place, places, Stage, type StageOptions } from './stage.ts'
import { type Layout, Traffic } from './traffic.ts'

/** A row of a table, by the names of its columns. */
export type Cells = Readonly<Record<string, string | number>>

/** How long rows take. */
export interface Pace {
  readonly seconds: number
  readonly warmSeconds: number
}

const [here, there]: readonly [Place, Place] = [0, 1]

/** How long an edit is on its way from a client of one server to one of another, or the same. */
export async function runLatency(kind: Kind, pace: Pace): Promise<readonly Cells[]> {
  const rows: Cells[] = []
  const work = { documents: 10, rate: 10 }
  const ways: readonly { way: string; reader: Place; options: StageOptions }[] = [
    { way: 'on one server', reader: here, options: {} },
    { way: 'to the other by Redis', reader: there, options: {} },
    { way: 'to the other by the database', reader: there, options: { withoutBus: true } },
  ]
  for (const { way, reader, options } of ways) {
    // Without Redis nothing of Hocuspocus crosses.
    if (options.withoutBus === true && kind.readyPath === undefined) continue
    const layout = typing(work, [reader], pace)
    const row = await onStage(kind, options, layout, async ({ traffic }) => {
      const { edits } = await traffic.type(work.rate, pace.seconds)
      const { ways: found, longestMs } = traffic
      const at = (share: number): number => round(found.quantile(share))
      const longest = { 'longest ms': round(longestMs) }
      return { edits, 'p50 ms': at(0.5), 'p95 ms': at(0.95), 'p99 ms': at(0.99), ...longest }
    })
    rows.push({ kind: kind.name, way, load: loadAverage(), ...row })
  }
  return rows
}

/** What an edit costs the servers, the database and Redis, in µs of CPU. */
export async function runCosts(kind: Kind, pace: Pace): Promise<readonly Cells[]> {
  const rows: Cells[] = []
  const work = { documents: 40, rate: 10 }
  const crowds: readonly { readers: string; places: readonly Place[] }[] = [
    { readers: '1 beside the writer', places: [here] },
    { readers: '1 on the other server', places: [there] },
    { readers: '5 on the other server', places: [there, there, there, there, there] },
  ]
  for (const { readers, places: where } of crowds) {
    const row = await onStage(kind, {}, typing(work, where, pace), async ({ traffic, meter }) => {
      await traffic.type(work.rate, pace.warmSeconds)
      const { spent: idle } = await working(meter, () => Bun.sleep(5_000))
      const { worked, spent: cost } = await working(meter, () =>
        traffic.type(work.rate, pace.seconds),
      )
      return {
        'edits/s': round(worked.edits / worked.seconds),
        'writer’s server, µs an edit': perEdit(cost.servers[here], worked.edits),
        commits: cost.commits,
        'µs a commit': perEdit(cost.servers[here], cost.commits),
        'other server, µs a delivery': where.includes(there)
          ? perEdit(cost.servers[there], worked.deliveries)
          : '–',
        'PostgreSQL, µs an edit': perEdit(cost.postgres, worked.edits),
        'PostgreSQL, µs a commit': perEdit(cost.postgres, cost.commits),
        'Redis, µs an edit': perEdit(cost.redis, worked.edits),
        messages: cost.messages,
        'idle server, ms/s': round((idle.servers[0] + idle.servers[1]) / 2 / 5),
      }
    })
    rows.push({ kind: kind.name, readers, load: loadAverage(), ...row })
  }
  return rows
}

/** How much one and two servers do, a core each. */
export async function runCores(kind: Kind, pace: Pace): Promise<readonly Cells[]> {
  const rows: Cells[] = []
  const layouts: readonly { what: string; servers: 1 | 2; other: (at: number) => Place }[] = [
    { what: '1 server', servers: 1, other: () => here },
    { what: '2 servers, each document on one', servers: 2, other: placeOf },
    { what: '2 servers, each document on both', servers: 2, other: (at) => (at % 2 === 0 ? 1 : 0) },
  ]
  for (const { what, servers, other } of layouts) {
    const layout: Layout = {
      documents: 40,
      writer: servers === 1 ? () => here : placeOf,
      readers: (at) => [servers === 1 ? here : placeOf(at), other(at), other(at)],
      edits: 60_000,
    }
    const options = { cores: places }
    const row = await onStage(kind, options, layout, async ({ traffic, meter }) => {
      await traffic.flood(floodWindow, pace.warmSeconds)
      const { worked, spent: cost } = await working(meter, () =>
        traffic.flood(floodWindow, pace.seconds),
      )
      const busy = (ms: number): number => round(ms / (worked.seconds * 1_000))
      return {
        'edits/s': Math.round(worked.edits / worked.seconds),
        'deliveries/s': Math.round(worked.deliveries / worked.seconds),
        'servers, µs a delivery': perEdit(cost.servers[0] + cost.servers[1], worked.deliveries),
        'servers busy': `${busy(cost.servers[0])}, ${busy(cost.servers[1])}`,
        'PostgreSQL busy': busy(cost.postgres),
        'Redis busy': busy(cost.redis),
        'clients busy': busy(cost.clients),
        'PostgreSQL, µs an edit': perEdit(cost.postgres, worked.edits),
        'edits a commit': cost.commits === 0 ? '–' : round(worked.edits / cost.commits),
      }
    })
    rows.push({ kind: kind.name, what, load: loadAverage(), ...row })
  }
  return rows
}

const floodWindow = 1_024

function placeOf(document: number): Place {
  return document % 2 === 0 ? 0 : 1
}

/** All write on one server, and those of each document read there. */
function typing(
  { documents, rate }: { readonly documents: number; readonly rate: number },
  readers: readonly Place[],
  { seconds, warmSeconds }: Pace,
): Layout {
  const edits = Math.ceil(rate * (seconds + warmSeconds) * 1.5)
  return { documents, writer: () => here, readers: () => readers, edits }
}

interface Work {
  readonly traffic: Traffic
  readonly meter: Meter
}

async function onStage(
  kind: Kind,
  options: StageOptions,
  layout: Layout,
  work: (parts: Work) => Promise<Cells>,
): Promise<Cells> {
  const stage = await Stage.build(kind, options)
  try {
    for (const place of places) await stage.start(place)
    const traffic = await Traffic.open(stage, layout)
    await Bun.sleep(1_000)
    const cells = await work({ traffic, meter: await Meter.of(stage) })
    traffic.end()
    return cells
  } finally {
    await stage.close()
  }
}

/** What a work came to, and what it took. */
async function working<Result>(
  meter: Meter,
  work: () => Promise<Result>,
): Promise<{ worked: Result; spent: Spent }> {
  const before = await meter.read()
  const worked = await work()
  return { worked, spent: spentBetween(before, await meter.read()) }
}

/** Milliseconds by a count, in µs. */
function perEdit(ms: number, count: number): number | string {
  return count === 0 ? '–' : round((ms * 1_000) / count)
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
