import { drainMicrotasks } from 'bun:jsc'
import type { Clock } from '../../../src/base/clock.ts'
import { Batch, eachRecord } from '../../../persistence/batch.ts'
import { createMemoryStore } from '../../../persistence/memory/store.ts'
import { StoreError } from '../../../persistence/store-error.ts'
import type {
  Appended,
  QuarantinedRow,
  Head,
  Page,
  Since,
  Standing,
} from '../../../persistence/store.ts'
import type { Store, Stored, StoredSummary } from '../../../persistence/store.ts'
import type { Mutation } from './mutation.ts'
import type { Random } from './random.ts'
import type { Trace } from './trace.ts'

/** How the disk is doing: it works, refuses, or does not answer. */
export type Weather = 'fine' | 'failing' | 'hanging'

/** What outlives a process: the disk, and how it is doing. */
export class Disk {
  readonly kept: Store = createMemoryStore()
  weather: Weather = 'fine'
  /** Whether operations fail now and then also in fine weather. */
  faulty = true

  /** What is kept of a document, at once. */
  read(document: string): Stored {
    let read: Stored | undefined
    this.kept.load(document).then((stored) => {
      read = stored
    }, stayQuiet)
    drainMicrotasks()
    if (read === undefined) throw new Error('The store in memory did not answer.')
    return read
  }
}

interface Operation {
  readonly what: 'append' | 'load' | 'compact' | 'other'
  /** Changes or reads the disk. */
  readonly act: () => Promise<void>
  readonly fail: (error: StoreError) => void
}

/** One process's hold on the disk: one operation at a time, slow, and now and then failing. */
export class SimStore implements Store {
  readonly #disk: Disk
  readonly #clock: Clock
  readonly #random: Random
  readonly #trace: Trace
  readonly #mutation: Mutation | undefined
  readonly #queue: Operation[] = []
  /** Bytes of the largest batch of several updates; one alone may have any size. */
  batchBytesPeak = 0

  constructor(parts: {
    readonly disk: Disk
    /** Ends with the process. */
    readonly clock: Clock
    readonly random: Random
    readonly trace: Trace
    readonly mutation: Mutation | undefined
  }) {
    this.#disk = parts.disk
    this.#clock = parts.clock
    this.#random = parts.random
    this.#trace = parts.trace
    this.#mutation = parts.mutation
  }

  append(batch: Batch): Promise<readonly Appended[]> {
    if (batch.count > 1) this.batchBytesPeak = Math.max(this.batchBytesPeak, batch.byteLength)
    if (this.#mutation === 'acknowledges-early') return this.#appendLater(batch)
    const lost = this.#mutation === 'drops-a-batch' && this.#random.chance(0.02)
    return this.#ask('append', () => (lost ? lostBatch(batch) : this.#disk.kept.append(batch)))
  }

  load(document: string): Promise<Stored> {
    return this.#ask('load', () => this.#disk.kept.load(document))
  }

  since(document: string, from: Standing): Promise<Since> {
    return this.#ask('load', () => this.#disk.kept.since(document, from))
  }

  heads(believed: readonly Head[]): Promise<readonly Head[]> {
    return this.#ask('load', () => this.#disk.kept.heads(believed))
  }

  compact(
    document: string,
    snapshot: Uint8Array,
    of: Pick<Stored, 'epoch' | 'through'>,
  ): Promise<boolean> {
    return this.#ask('compact', async () => {
      const { kept } = this.#disk
      if (this.#mutation !== 'compacts-too-much') return kept.compact(document, snapshot, of)
      return kept.compact(document, snapshot, await kept.load(document))
    })
  }

  quarantine(document: string, sequence: number, reason: string): Promise<boolean> {
    return this.#ask('other', () => this.#disk.kept.quarantine(document, sequence, reason))
  }

  loadQuarantine(document: string): Promise<readonly QuarantinedRow[]> {
    return this.#ask('other', () => this.#disk.kept.loadQuarantine(document))
  }

  dropQuarantined(document: string, sequence: number): Promise<boolean> {
    return this.#ask('other', () => this.#disk.kept.dropQuarantined(document, sequence))
  }

  list(page: Page): Promise<readonly StoredSummary[]> {
    return this.#ask('other', () => this.#disk.kept.list(page))
  }

  create(document: string, beside?: string): Promise<boolean> {
    return this.#ask('other', () => this.#disk.kept.create(document, beside))
  }

  delete(document: string): Promise<boolean> {
    return this.#ask('other', () => this.#disk.kept.delete(document))
  }

  undelete(document: string): Promise<boolean> {
    return this.#ask('other', () => this.#disk.kept.undelete(document))
  }

  purge(document: string, dead: Uint8Array): Promise<boolean> {
    return this.#ask('other', () => this.#disk.kept.purge(document, dead))
  }

  /** The disk stays: the next process takes it. */
  close(): Promise<void> {
    return this.#ask('other', async () => undefined)
  }

  /** The process dies: of what was not acknowledged, the first may be kept, as a whole. */
  crash(): void {
    const [first] = this.#queue
    const writes = first?.what === 'append' || first?.what === 'compact'
    if (first !== undefined && writes && this.#random.chance(0.5)) first.act().catch(stayQuiet)
    this.#queue.length = 0
  }

  #ask<T>(what: Operation['what'], act: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      // Nothing settles for a process that is dead by then: its clock has ended.
      const settle = async (): Promise<void> => resolve(await act())
      this.#queue.push({ what, act: settle, fail: reject })
      if (this.#queue.length === 1) this.#begin()
    })
  }

  #begin(): void {
    const slow = this.#disk.faulty && this.#random.chance(0.02)
    const ms = slow ? this.#random.between(50, 400) : this.#random.between(1, 80) / 10
    this.#clock.after(ms, () => this.#carryOut())
  }

  #carryOut(): void {
    const [operation] = this.#queue
    if (operation === undefined) return
    if (this.#disk.weather === 'hanging') {
      this.#clock.after(25, () => this.#carryOut())
      return
    }
    const fails = this.#fails(operation)
    this.#trace.note(`store ${operation.what} ${fails}`, this.#clock.now())
    if (fails !== 'never') this.#trace.counts.storeFailures++
    const error = new StoreError('unavailable', 'the disk is full (by the simulation)')
    // Failing behind the act: the promise is refused, and yet all of it is on the disk.
    if (fails === 'before') operation.fail(error)
    else if (fails === 'after') {
      operation.fail(error)
      operation.act().catch(stayQuiet)
    } else operation.act().catch(operation.fail)
    this.#queue.shift()
    if (this.#queue.length > 0) this.#begin()
  }

  #fails(operation: Operation): 'never' | 'before' | 'after' {
    const { weather, faulty } = this.#disk
    const often = operation.what === 'load' ? 0.5 : 0.9
    const likely = weather === 'failing' ? often : 0.005
    if (operation.what === 'other' || !faulty || !this.#random.chance(likely)) return 'never'
    return operation.what !== 'load' && this.#random.chance(0.2) ? 'after' : 'before'
  }

  /** The mutation: the bytes reach the disk some time after the promise. */
  #appendLater(batch: Batch): Promise<readonly Appended[]> {
    const copy = new Batch()
    eachRecord(batch.records, (index, update) => {
      const { name = '', epoch } = batch.documents[index] ?? {}
      copy.add(name, update, 0, epoch)
    })
    this.#clock.after(30, () => {
      this.#disk.kept.append(copy).catch(stayQuiet)
    })
    return lostBatch(batch)
  }
}

/** What a store would answer that has kept it. */
async function lostBatch({ documents }: Batch): Promise<readonly Appended[]> {
  const nowhere = { number: 0, tag: 0 }
  return documents.map(() => ({ kind: 'stored', position: nowhere, previous: nowhere }))
}

function stayQuiet(): void {
  // Nobody is left to hear of it.
}
