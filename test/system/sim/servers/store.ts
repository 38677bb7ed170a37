import { type Clock, sleep } from '../../../../src/base/clock.ts'
import { encodeMessage, serverIdOf } from '../../../../src/cluster/messages.ts'
import { type Batch, eachRecord } from '../../../../persistence/batch.ts'
import { StoreError } from '../../../../persistence/store-error.ts'
import type { Appended, Head, QuarantinedRow } from '../../../../persistence/store.ts'
import type { Since, Standing, Store, Stored } from '../../../../persistence/store.ts'
import type { StoredSummary } from '../../../../persistence/store.ts'
import type { Random } from '../random.ts'
import type { Weather } from '../store.ts'
import type { Trace } from '../trace.ts'
import type { SimBus } from './bus.ts'
import type { ServersCounts } from './counts.ts'
import type { Database, Part } from './database.ts'
import type { Mutation } from './mutation.ts'

interface ServerStoreParts {
  readonly bus: SimBus
  /** Ends with the process. */
  readonly clock: Clock
  readonly counts: ServersCounts
  readonly database: Database
  readonly mutation: Mutation | undefined
  /** The time that goes on without the process. */
  readonly network: Clock
  readonly random: Random
  readonly trace: Trace
}

/** What reads may be asked again; what writes may be done by who was given up. */
type Kind = 'read' | 'write'

/** Behind so much silence a request is given up, and its connection with it. */
const silenceMsMax = 1_200

/**
 * One server's line to the database: slow, now and then failing before the act or behind it, and
 * sometimes silent; what was given up may still be done later.
 */
export class ServerStore implements Store {
  readonly isShared = true
  readonly place = 'the database'
  /** How this server's line is. */
  weather: Weather = 'fine'
  batchBytesPeak = 0
  readonly #parts: ServerStoreParts
  /** Of which failover each document was read. */
  readonly #readOf = new Map<string, number>()
  #isDead = false

  constructor(parts: ServerStoreParts) {
    this.#parts = parts
  }

  /** Why nothing can be asked at the moment, as the real one watches it. */
  get trouble(): string | undefined {
    return this.#weather === 'fine' ? undefined : 'It does not answer (by the simulation).'
  }

  append(batch: Batch): Promise<readonly Appended[]> {
    if (batch.count > 1) this.batchBytesPeak = Math.max(this.batchBytesPeak, batch.byteLength)
    const { database, mutation, random } = this.#parts
    // What was given up may come to be stored when the batch holds something else.
    const parts = partsOf(batch)
    const tag = random.between(1, 2 ** 32 - 1)
    if (mutation === 'publishes-before-storing') this.#tellEarly(parts, tag)
    const isDrawn = mutation === 'numbers-out-of-order'
    const drawn = isDrawn ? database.draw(parts.length) : undefined
    return this.#ask('append', 'write', () => database.append(parts, tag, drawn))
  }

  async load(document: string): Promise<Stored> {
    const { clock, database, mutation, random } = this.#parts
    if (mutation === 'loads-in-two-views') {
      const first = await this.#ask('load', 'read', () => database.load(document))
      await sleep(clock, random.between(1, 300))
      const second = await this.#ask('load', 'read', () => database.load(document))
      return { ...second, snapshot: first.snapshot }
    }
    const isFirst = this.#readOf.get(document) !== database.generation
    const stored = await this.#ask('load', 'read', () => database.load(document))
    this.#readOf.set(document, database.generation)
    if (mutation !== 'gives-nothing-back' || !isFirst) return stored
    return { ...stored, log: [...database.lost(document), ...stored.log] }
  }

  since(document: string, from: Standing): Promise<Since> {
    return this.#ask('since', 'read', () => this.#parts.database.since(document, from))
  }

  heads(believed: readonly Head[]): Promise<readonly Head[]> {
    return this.#ask('heads', 'read', () => this.#parts.database.heads(believed))
  }

  compact(
    document: string,
    snapshot: Uint8Array,
    of: Pick<Stored, 'epoch' | 'through'>,
  ): Promise<boolean> {
    const { database } = this.#parts
    return this.#ask('compact', 'write', () => database.compact(document, snapshot, of))
  }

  delete(document: string): Promise<boolean> {
    return this.#ask('delete', 'write', () => this.#parts.database.delete(document))
  }

  undelete(document: string): Promise<boolean> {
    return this.#ask('undelete', 'write', () => this.#parts.database.undelete(document))
  }

  async list(): Promise<readonly StoredSummary[]> {
    return []
  }

  async create(): Promise<boolean> {
    return false
  }

  async purge(): Promise<boolean> {
    return false
  }

  /** Nothing that is sound is ever set aside: the log of the server tells when it is tried. */
  async quarantine(): Promise<boolean> {
    return false
  }

  async loadQuarantine(): Promise<readonly QuarantinedRow[]> {
    return []
  }

  async dropQuarantined(): Promise<boolean> {
    return false
  }

  async close(): Promise<void> {
    this.#isDead = true
  }

  /** The process dies: what it has sent may still be done. */
  crash(): void {
    this.#isDead = true
  }

  get #weather(): Weather {
    const { weather } = this.#parts.database
    return weather === 'fine' ? this.weather : weather
  }

  #ask<T>(what: string, kind: Kind, act: () => T): Promise<T> {
    const { clock, counts, database, network, random, trace } = this.#parts
    const { generation } = database
    return new Promise<T>((resolve, reject) => {
      const fail = (why: string): void => {
        reject(new StoreError('unavailable', `${why} (by the simulation)`))
      }
      let isGivenUp = false
      const cancel = clock.after(silenceMsMax, () => {
        isGivenUp = true
        fail('the database does not answer')
      })
      const answer = (run: () => void): void => {
        network.after(random.between(1, 20) / 10, () => {
          clock.after(0, () => {
            cancel()
            run()
          })
        })
      }
      const arrive = (): void => {
        if (this.#weather === 'hanging') return void network.after(25, arrive)
        trace.note(`store ${what}`, network.now())
        if (database.generation !== generation) return answer(() => fail('another one took over'))
        const isOver = isGivenUp || this.#isDead
        if (isOver && (kind === 'read' || random.chance(0.5))) return
        if (isOver) counts.ghosts++
        const fails = this.#fails(kind)
        if (fails !== 'never') trace.counts.storeFailures++
        if (fails === 'before') return answer(() => fail('the connection broke'))
        const result = act()
        answer(() => {
          if (fails === 'after') fail('the connection broke')
          else resolve(result)
        })
      }
      const isSlow = database.faulty && random.chance(0.02)
      network.after(isSlow ? random.between(50, 400) : random.between(1, 80) / 10, arrive)
    })
  }

  #fails(kind: Kind): 'never' | 'before' | 'after' {
    const { database, random } = this.#parts
    const likely = this.#weather === 'failing' ? 0.7 : 0.005
    if (!database.faulty || !random.chance(likely)) return 'never'
    return kind === 'write' && random.chance(0.3) ? 'after' : 'before'
  }

  /** The mutation: the other servers hear of rows as they are likely to become. */
  #tellEarly(parts: readonly Part[], tag: number): void {
    const { bus, database } = this.#parts
    for (const [place, row] of database.foresee(parts, tag).entries()) {
      const part = parts[place]
      if (part === undefined || row.kind === 'refused') continue
      const { position, previous } = row
      const message = { kind: 'row', epoch: part.epoch ?? 1, position, previous } as const
      bus.tell(part.name, encodeMessage(shadowId, { ...message, updates: part.updates }))
    }
  }
}

/** Who says what is said by a mutation. */
const shadowId = serverIdOf('early')

function partsOf(batch: Batch): readonly Part[] {
  const updates = batch.documents.map((): Uint8Array[] => [])
  eachRecord(batch.records, (place, update) => updates[place]?.push(update.slice()))
  return batch.documents.map(({ epoch, name }, place) => ({
    name,
    epoch,
    updates: updates[place] ?? [],
  }))
}
