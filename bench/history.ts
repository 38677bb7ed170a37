import * as Y from 'yjs'
import type { BroughtUpdate } from '../src/ydoc/history/attributable.ts'
import { packedAttribution } from '../src/ydoc/history/attribution.ts'
import { compare } from '../src/ydoc/history/compare.ts'
import { keep, stateOfChain } from '../src/ydoc/history/increment.ts'
import { restore, stateOf } from '../src/ydoc/history/restore.ts'

// `bun bench/history.ts TRACE [EDITS]`: what versions of a real text take, and going back and
// telling what changed cost. TRACE is an editing trace as JSON, gzipped: `{txns: [{patches: [[at,
// deleted, inserted]]}]}`. A version is made every EDITS transactions, 1,000 unless told otherwise.
interface Trace {
  readonly txns: readonly {
    readonly patches: readonly (readonly [at: number, deleted: number, inserted: string])[]
  }[]
}

const [, , file = '', step = '1000'] = process.argv
const sessions = 100
const incrementsMax = 64
const rounds = 9
const trace = JSON.parse(
  Buffer.from(Bun.gunzipSync(await Bun.file(file).bytes())).toString(),
) as Trace

const { chains, log, states } = play()
const bytes = chains.flat().reduce((sum, packed) => sum + packed.length, 0)
const now = stateOf(log.map((update) => update.bytes))
const stored = { snapshot: undefined, attribution: undefined, log }
const attribution = packedAttribution(stored)
const folded = { snapshot: now, attribution, log: [] }

console.log(`| what | |\n|---|---|`)
row(`${states.length} versions together, KB`, bytes / 1_000)
row('the state at the end, KB', now.length / 1_000)
row('who wrote what, KB', attribution.length / 1_000)
const deepest = chains.find((chain) => chain.length === incrementsMax) ?? []
row(
  'reading the version that is furthest from its keyframe, ms',
  cpuMs(() => stateOfChain(deepest)),
)
for (const share of [0.2, 0.6, 0.8]) {
  const then = states[Math.floor(states.length * share)] ?? now
  const restored = restore([now], [then])
  if (restored.kind !== 'restored') throw new Error(restored.kind)
  row(
    `restoring the ${share * 100} % version, ms`,
    cpuMs(() => restore([now], [then])),
  )
  row(`its update, KB (by ${restored.way})`, restored.update.length / 1_000)
  const sides = {
    old: { kind: 'now', updates: [then] },
    now: { kind: 'now', updates: [now] },
  } as const
  const how = { form: 'json', root: undefined, context: 40, memoryBytesMax: Infinity } as const
  const diff = () => compare({ kind: 'compare', ...sides, ...how, stored: folded })
  row(`telling what changed since, ms`, cpuMs(diff))
}
process.exit(0)

interface Kept {
  readonly chains: Uint8Array[][]
  readonly states: Uint8Array[]
}

/** Plays the trace; its sessions follow each other, each with a client id of its own. */
function play() {
  const updates: BroughtUpdate[] = []
  const kept: Kept = { chains: [], states: [] }
  const document = new Y.Doc()
  let edits = 0
  document.on('update', (update: Uint8Array) => {
    const session = Math.floor((edits / trace.txns.length) * sessions)
    const by = { id: `person ${session % 7}`, name: undefined }
    updates.push({ bytes: update, time: session * 3_600_000, by })
  })
  const text = document.getText('t')
  let since = 0
  for (const { patches } of trace.txns) {
    document.clientID = 1_000 + Math.floor((edits / trace.txns.length) * sessions)
    document.transact(() => {
      for (const [at, deleted, inserted] of patches) {
        if (deleted > 0) text.delete(at, deleted)
        if (inserted !== '') text.insert(at, inserted)
      }
    })
    edits++
    if (edits % Number(step) !== 0 && edits !== trace.txns.length) continue
    since = keepVersion(document, kept, since)
  }
  return { ...kept, log: updates }
}

/** @returns the bytes of the increments since the keyframe */
function keepVersion(document: Y.Doc, versions: Kept, since: number): number {
  const state = Y.encodeStateAsUpdate(document)
  const chain = versions.chains.at(-1) ?? []
  const [first] = chain
  const isDue =
    first === undefined ||
    chain.length >= incrementsMax ||
    since > (versions.states.at(-1)?.length ?? 0)
  const asked = {
    stored: { snapshot: state, attribution: undefined, log: [] },
    chain,
    isFolded: false,
    keyframe: isDue,
    anyway: true,
    memoryBytesMax: Infinity,
  }
  const kept = keep({ kind: 'keep', ...asked })
  if (kept.kind !== 'kept') throw new Error(kept.kind)
  versions.states.push(state)
  if (kept.form === 'keyframe') {
    versions.chains.push([kept.packed])
    return 0
  }
  chain.push(kept.packed)
  return since + kept.packed.length
}

/** Of the middle of some rounds, after one for the compiler. */
function cpuMs(work: () => unknown): number {
  work()
  const times = Array.from({ length: rounds }, () => {
    const before = process.cpuUsage()
    work()
    const { system, user } = process.cpuUsage(before)
    return (system + user) / 1_000
  })
  return times.toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0
}

function row(what: string, value: number): void {
  console.log(`| ${what} | ${value.toFixed(1)} |`)
}
