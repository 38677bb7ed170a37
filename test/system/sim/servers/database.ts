import * as Y from 'yjs'
import type { Appended, Head, LogEntry, Position } from '../../../../persistence/store.ts'
import type { Since, Standing, Stored } from '../../../../persistence/store.ts'
import type { Random } from '../random.ts'
import type { Weather } from '../store.ts'
import type { Mutation } from './mutation.ts'

/** What a batch brings for one document. */
export interface Part {
  readonly name: string
  readonly epoch: number | undefined
  readonly updates: readonly Uint8Array[]
}

interface Row {
  readonly position: Position
  readonly updates: readonly Uint8Array[]
}

interface Kept {
  readonly exists: boolean
  readonly epoch: number
  readonly isDeleted: boolean
  readonly position: Position
  readonly snapshot: { readonly bytes: Uint8Array; readonly through: Position } | undefined
  readonly log: readonly Row[]
  /** The number of its newest row when it was deleted. */
  readonly newestAtDelete: number
}

/** All that is committed as of one moment; never changed. */
interface State {
  readonly sequence: number
  readonly documents: ReadonlyMap<string, Kept>
}

const start: Position = { number: 0, tag: 0 }
const unwritten: Kept = {
  exists: false,
  epoch: 1,
  isDeleted: false,
  position: start,
  snapshot: undefined,
  log: [],
  newestAtDelete: 0,
}
/** So many commits a failover can lose at most. */
const historyMax = 40

/** A database that several servers share, as PostgreSQL keeps documents; all at once. */
export class Database {
  weather: Weather = 'fine'
  /** Whether requests fail now and then also in fine weather. */
  faulty = true
  /** Rises with each failover: what was under way to the one before is lost. */
  generation = 0
  /** What a former one had and this one has not. */
  #lost: State['documents'] = new Map()
  #state: State = { sequence: 0, documents: new Map() }
  #history: State[] = []
  readonly #random: Random
  readonly #mutation: Mutation | undefined
  /** What is stored, as Yjs sees it. */
  readonly #shadows = new Map<string, Y.Doc>()

  constructor(random: Random, mutation: Mutation | undefined) {
    this.#random = random
    this.#mutation = mutation
  }

  /** Numbers for rows that are stored later, as a sequence without locks gives them. */
  draw(count: number): readonly number[] {
    const { sequence } = this.#state
    this.#state = { ...this.#state, sequence: sequence + count }
    return Array.from({ length: count }, (_, index) => sequence + 1 + index)
  }

  /** Stores the parts, each as a row of its own. @param drawn numbers, where those come before */
  append(parts: readonly Part[], tag: number, drawn?: readonly number[]): readonly Appended[] {
    const documents = new Map(this.#state.documents)
    let { sequence } = this.#state
    const appended = parts.map((part, place): Appended => {
      const kept = documents.get(part.name) ?? unwritten
      if (!this.#takes(kept, part)) return { kind: 'refused' }
      const number = drawn?.[place] ?? ++sequence
      const position = { number, tag: this.#mutation === 'has-no-tags' ? number : tag }
      const log = [...kept.log, { position, updates: part.updates }]
      const isNewest = number > kept.position.number
      documents.set(part.name, {
        ...kept,
        exists: true,
        position: isNewest ? position : kept.position,
        log: isNewest ? log : log.toSorted((a, b) => a.position.number - b.position.number),
      })
      for (const update of part.updates) this.#shadow(part.name, update)
      return { kind: 'stored', position, previous: kept.position }
    })
    this.#commit({ sequence, documents })
    return appended
  }

  /** What would come of an append at this moment. */
  foresee(parts: readonly Part[], tag: number): readonly Appended[] {
    return parts.map((part, place): Appended => {
      const kept = this.#find(part.name)
      if (!this.#takes(kept, part)) return { kind: 'refused' }
      const position = { number: this.#state.sequence + 1 + place, tag }
      return { kind: 'stored', position, previous: kept.position }
    })
  }

  load(name: string): Stored {
    const kept = this.#find(name)
    const { epoch, exists, isDeleted, log, position, snapshot } = kept
    return {
      epoch,
      exists,
      position,
      incarnation: `1 ${name}`,
      deleted: isDeleted ? 1 : undefined,
      dead: undefined,
      snapshot: snapshot?.bytes.slice(),
      attribution: undefined,
      log: entriesOf(log),
      through: log.at(-1)?.position ?? snapshot?.through ?? start,
      damage: [],
    }
  }

  /** What a failover has taken of a document, and what was there besides. */
  lost(name: string): readonly LogEntry[] {
    const kept = this.#lost.get(name)
    if (kept === undefined) return []
    const { log, snapshot } = kept
    const first = snapshot && [{ position: snapshot.through, updates: [snapshot.bytes] }]
    return entriesOf([...(first ?? []), ...log])
  }

  since(name: string, { epoch, position }: Standing): Since {
    const kept = this.#find(name)
    const from = position.number
    const isKnown =
      isSame(kept.position, position) ||
      (from === 0 ? kept.snapshot === undefined : stands(kept, position))
    if (kept.isDeleted || epoch !== kept.epoch || !isKnown) {
      return { kind: 'unknown', epoch: kept.epoch, deleted: kept.isDeleted }
    }
    const rows = kept.log
      .filter((row) => row.position.number > from)
      .map((row) => ({ ...row, updates: row.updates.map((update) => update.slice()) }))
    return { kind: 'rows', epoch, rows }
  }

  heads(believed: readonly Head[]): readonly Head[] {
    return believed.flatMap(({ document, epoch, position }) => {
      const kept = this.#find(document)
      if (kept.epoch === epoch && isSame(kept.position, position)) return []
      return [{ document, epoch: kept.epoch, position: kept.position }]
    })
  }

  compact(
    name: string,
    bytes: Uint8Array,
    { epoch, through }: Pick<Stored, 'epoch' | 'through'>,
  ): boolean {
    const kept = this.#find(name)
    if (kept.epoch !== epoch || kept.isDeleted || !stands(kept, through)) return false
    const log = kept.log.filter(({ position }) => position.number > through.number)
    this.#put(name, { ...kept, log, snapshot: { bytes: bytes.slice(), through } })
    return true
  }

  delete(name: string): boolean {
    const kept = this.#find(name)
    if (!kept.exists || kept.isDeleted) return false
    const newestAtDelete = kept.position.number
    this.#put(name, { ...kept, isDeleted: true, epoch: kept.epoch + 1, newestAtDelete })
    return true
  }

  undelete(name: string): boolean {
    const kept = this.#find(name)
    if (!kept.isDeleted) return false
    this.#put(name, { ...kept, isDeleted: false, epoch: kept.epoch + 1 })
    return true
  }

  /** Another one takes over that has not heard of the newest commits. */
  failover(commits: number): void {
    const before = this.#state
    const replica = this.#history.at(-commits)
    if (replica === undefined) return
    // A sequence may be ahead there of what was given, or give numbers once more.
    const sequence = this.#random.chance(0.5) ? before.sequence : replica.sequence
    this.#state = { ...replica, sequence }
    this.#history = this.#history.slice(0, -commits)
    this.#lost = before.documents
    this.#shadows.clear()
    this.generation++
  }

  /** What is kept of a document, for who checks it. */
  read(name: string): Pick<Stored, 'log' | 'snapshot'> {
    return this.load(name)
  }

  isDeleted(name: string): boolean {
    return this.#find(name).isDeleted
  }

  /** The number of a document's newest row. */
  newest(name: string): number {
    return this.#find(name).position.number
  }

  /** What it was when the document was deleted. */
  newestAtDelete(name: string): number {
    return this.#find(name).newestAtDelete
  }

  /** What Yjs makes of what is stored: how far it has each client's edits without a hole. */
  stateVector(name: string): ReadonlyMap<number, number> {
    return Y.decodeStateVector(Y.encodeStateVector(this.#shadowOf(name)))
  }

  #takes(kept: Kept, { epoch }: Part): boolean {
    if (this.#mutation === 'ignores-the-epoch') return true
    return !kept.isDeleted && (epoch === undefined || epoch === kept.epoch)
  }

  #find(name: string): Kept {
    return this.#state.documents.get(name) ?? unwritten
  }

  #put(name: string, kept: Kept): void {
    const { documents, sequence } = this.#state
    this.#commit({ sequence, documents: new Map(documents).set(name, kept) })
  }

  #commit(state: State): void {
    this.#history.push(this.#state)
    if (this.#history.length > historyMax) this.#history.shift()
    this.#state = state
  }

  #shadow(name: string, update: Uint8Array): void {
    const shadow = this.#shadows.get(name)
    if (shadow !== undefined) Y.applyUpdate(shadow, update)
  }

  #shadowOf(name: string): Y.Doc {
    const known = this.#shadows.get(name)
    if (known !== undefined) return known
    const shadow = new Y.Doc()
    const { log, snapshot } = this.read(name)
    shadow.transact(() => {
      if (snapshot !== undefined) Y.applyUpdate(shadow, snapshot)
      for (const { bytes } of log) Y.applyUpdate(shadow, bytes)
    })
    this.#shadows.set(name, shadow)
    return shadow
  }
}

function entriesOf(rows: readonly Row[]): readonly LogEntry[] {
  return rows.flatMap(({ position, updates }) =>
    updates.map((update) => ({
      sequence: position.number,
      bytes: update.slice(),
      time: undefined,
      by: undefined,
    })),
  )
}

function stands({ log, snapshot }: Kept, position: Position): boolean {
  if (snapshot !== undefined && isSame(snapshot.through, position)) return true
  return log.some((row) => isSame(row.position, position))
}

function isSame(one: Position, other: Position): boolean {
  return one.number === other.number && one.tag === other.tag
}
