import { bigPaper, largeDocument, manyAuthors, type Written } from './clients/documents.ts'
import { runIdle, runJoinLarge, runPresence } from './rows/crowd.ts'
import { type FlatOut, runFlatOut } from './rows/flat-out.ts'
import { runColdOpen, runReconnect, runWarmOpen } from './rows/opening.ts'
import { type Pace, round, type Row } from './rows/row.ts'
import { runDurable, runMemory } from './rows/storing.ts'
import { runTyping } from './rows/typing.ts'

/** What the rows are made with. */
export interface Material {
  readonly trace: string | undefined
  readonly quick: boolean
}

const relay = 'bare relay'
const flatOutUnit = 'server CPU µs per delivered edit'

/** Every row of the table. */
export function rowsOf(material: Material): readonly Row[] {
  const paper = once(() => bigPaper(material.trace, material.quick))
  return [
    ...flatOutRows(material),
    ...typingRows(material),
    ...documentRows(paper),
    ...crowdRows(material),
  ]
}

function flatOutRows({ quick }: Material): readonly Row[] {
  const row = (name: string, work: string, most: number, shape: FlatOut): Row => ({
    name,
    work,
    unit: flatOutUnit,
    goal: { kind: 'ratio', most },
    // The slower half of the peers takes long over a large window.
    run: (subject, pace) =>
      runFlatOut(subject, quick ? { ...shape, window: shape.window / 8 } : shape, pace),
  })
  const edits = (count: number): number => (quick ? Math.ceil(count / 3) : count)
  const one = { documents: 1, writers: 1 }
  return [
    row('two', '1 writer, 2 clients, flat out', 6, {
      ...one,
      clients: 2,
      edits: edits(300_000),
      window: 4_096,
    }),
    row('sixteen', '1 writer, 16 clients, flat out', 2, {
      ...one,
      clients: 16,
      edits: edits(150_000),
      window: 2_048,
    }),
    row('sixteen-writers', '16 writers of 16, flat out', 2.5, {
      documents: 1,
      clients: 16,
      writers: 16,
      edits: edits(15_000),
      window: 512,
    }),
    row('sixty-four', '1 writer, 64 clients, flat out', 1, {
      ...one,
      clients: 64,
      edits: edits(60_000),
      window: 2_048,
    }),
    row('two-hundred-fifty-six', '1 writer, 256 clients, flat out', 0.8, {
      ...one,
      clients: 256,
      edits: edits(20_000),
      window: 2_048,
    }),
    row('four-hundred-documents', '400 documents × 4 clients, 1 writer each, flat out', 2, {
      documents: 400,
      clients: 4,
      writers: 1,
      edits: edits(1_500),
      window: 64,
    }),
  ]
}

function typingRows({ quick }: Material): readonly Row[] {
  return [
    {
      name: 'typing',
      work: '50 documents × 10 people, typing 16 keys a second each (open loop)',
      unit: `${flatOutUnit}; p99 ms`,
      goal: { kind: 'ratio', most: 1.3, secondMost: 1.5 },
      run: (subject) => runTyping(subject, typingShape, quick ? quickTyping : typing),
    },
    {
      name: 'past-clients',
      rounds: 1,
      work: 'a document with 10,000 past client ids, 1 writer, 1 reader; the same with one',
      unit: 'server CPU µs per edit; with one past client',
      goal: { kind: 'self', most: 1.25 },
      without: [relay],
      async run(subject, pace) {
        const shape = {
          documents: 1,
          clients: 2,
          writers: 1,
          edits: 100_000,
          window: quick ? 16 : 64,
        }
        const one = await runFlatOut(subject, { ...shape, before: manyAuthors(1) }, pace)
        const before = manyAuthors(pastClients)
        const many = await runFlatOut(subject, { ...shape, before }, pace)
        const notes = { 'edits/s': many.notes['edits/s'] ?? 0 }
        return { value: many.value, second: one.value, notes }
      },
    },
  ]
}

const pastClients = 10_000
const typingShape = { documents: 50, clients: 10, rate: 16 }
const typing: Pace = { warmMs: 4_000, runMs: 8_000, quick: false }
const quickTyping: Pace = { warmMs: 800, runMs: 1_500, quick: true }

function documentRows(paper: () => Promise<Written>): readonly Row[] {
  const what = 'the 260,000-keystroke document'
  return [
    {
      name: 'open-warm',
      rounds: 1,
      work: `open of ${what}, warm, fresh client`,
      unit: 'server CPU ms',
      goal: { kind: 'most', most: 0.3 },
      without: [relay],
      run: async (subject, pace) => runWarmOpen(subject, await paper(), pace),
    },
    {
      name: 'open-cold',
      rounds: 2,
      work: `open of ${what}, cold from disk`,
      unit: 'ms; server CPU ms',
      goal: { kind: 'most', most: 10 },
      without: [relay, 'y-websocket-server'],
      run: async (subject) => runColdOpen(subject, await paper()),
    },
    {
      name: 'reconnect',
      rounds: 1,
      work: `an up-to-date client comes back to ${what}`,
      unit: 'server CPU ms',
      goal: { kind: 'most', most: 0.5 },
      without: [relay],
      run: async (subject, pace) => runReconnect(subject, await paper(), pace),
    },
    {
      name: 'memory',
      work: `${what}, open and read by one client each`,
      unit: 'resident bytes per encoded byte',
      goal: { kind: 'most', most: 2 },
      without: [relay],
      rounds: 1,
      run: async (subject, pace) => runMemory(subject, await paper(), pace.quick ? 10 : 60, pace),
    },
  ]
}

function crowdRows({ quick }: Material): readonly Row[] {
  const largeBytes = (quick ? 5 : 20) * 1_000_000
  const large = once(async () => largeDocument(largeBytes))
  const rich = once(async () => largeDocument(largeBytes, true))
  return [
    {
      name: 'idle',
      work: 'idle connections, 5,000 over 500 documents',
      unit: 'resident KB per connection',
      goal: { kind: 'ratio', most: 1.5 },
      rounds: 1,
      run: (subject, pace) =>
        runIdle(subject, quick ? { connections: 1_000, documents: 100 } : idleShape, pace),
    },
    joinRow('join-large', 'a', large, largeBytes, quick),
    joinRow('join-rich', 'a formatted', rich, largeBytes, quick),
    {
      name: 'presence',
      work: '1,000 clients with presence once a second in one document',
      unit: 'p99 ms of the way of an edit in another document',
      goal: { kind: 'most', most: 50 },
      rounds: 1,
      run: (subject) =>
        runPresence(subject, { clients: quick ? 300 : 1_000, seconds: quick ? 3 : 10 }),
    },
    {
      name: 'durable',
      work: '16 writers of a document each, until the server has said "saved" of every edit',
      unit: 'edits a second on one core',
      goal: { kind: 'least', least: 50_000 },
      without: [relay, 'Hocuspocus on Bun', 'Hocuspocus on Node', 'y-websocket-server'],
      async run(subject, pace) {
        const measured = await runDurable(subject, { writers: 16, edits: 60_000 }, pace)
        return { ...measured, value: round(measured.value, 0) }
      },
    },
  ]
}

function joinRow(
  name: string,
  which: string,
  document: () => Promise<readonly Uint8Array[]>,
  bytes: number,
  quick: boolean,
): Row {
  return {
    name,
    work: `150 clients join ${which} ${bytes / 1e6} MB document at once`,
    unit: 'p99 ms; growth of resident memory, MB',
    goal: { kind: 'most', most: 2_000, secondMost: 150 },
    without: [relay],
    rounds: 1,
    async run(subject) {
      const updates = await document()
      return runJoinLarge(subject, { clients: quick ? 30 : 150, updates, text: bytes })
    },
  }
}

const idleShape = { connections: 5_000, documents: 500 }

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => (made ??= make())
}
