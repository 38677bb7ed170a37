import { RefusalError } from '../base/errors.ts'
import type { Clock } from '../base/clock.ts'
import type { Limits } from '../base/limits/limits.ts'
import type { Log } from '../base/log.ts'
import type { Metrics } from '../base/metrics.ts'
import { inSlices } from '../base/slices.ts'
import { type Author, Batch } from '../../persistence/batch.ts'
import type { Position, Store, Stored } from '../../persistence/store.ts'
import type { Compactor } from './compactor.ts'
import { ServerDocument } from '../document/document.ts'
import { lifeOf } from '../document/life.ts'
import { blamed, lostSnapshot } from './fold-stored.ts'
import { type EntryFault, quarantine } from './quarantine.ts'
import { soundForm, unsoundness } from '../document/soundness.ts'

/**
 * What a document begins with that nobody has written; undefined where that is nothing.
 * @param incarnation of which life it is
 * @throws RefusalError `hook-failed`
 */
export type Seed = (
  document: string,
  incarnation: string,
) => Promise<{ readonly update: Uint8Array; readonly author: Author | undefined } | undefined>

/** A copy, and where the log stood of which it was made. */
export interface Loaded {
  readonly document: ServerDocument
  readonly position: Position
}

interface LoaderParts {
  readonly seed?: Seed | undefined
  readonly store: Store
  readonly compactor: Compactor
  readonly clock: Clock
  readonly limits: Limits
  readonly log: Log
  readonly metrics: Metrics
}

/**
 * Makes a server's copy of what is stored. What does not check out is set aside and named; the
 * rest is served, unless the snapshot is gone or nothing of the rest stands by itself: a client
 * that were shown an empty document would fill it, and the content would double later.
 */
export class DocumentLoader {
  readonly #parts: LoaderParts

  constructor(parts: LoaderParts) {
    this.#parts = parts
  }

  /**
   * @throws RefusalError `document-damaged`, `document-deleted`, `hook-failed`;
   *   what the store throws when it cannot be read.
   */
  async load(name: string): Promise<Loaded> {
    for (let round = 0; round < roundsMax; round++) {
      const loaded = await this.#try(name)
      if (loaded !== undefined) return loaded
    }
    return this.#refuse(name, 'What is damaged in it cannot be set aside.')
  }

  /** @returns undefined when something was set aside or added, and it is to be loaded again. */
  async #try(name: string): Promise<Loaded | undefined> {
    const { clock, compactor, limits, log, store } = this.#parts
    const stored = await store.load(name)
    if (stored.deleted !== undefined) throw new RefusalError('document-deleted')
    if (!stored.exists && (await this.#seed(name, stored))) return undefined
    if (lostSnapshot(stored)) this.#refuse(name, 'The snapshot does not match its checksum.')
    const document = new ServerDocument(limits, lifeOf(stored))
    const fault = await inSlices(clock, document.load(stored.snapshot, stored.log))
    const culprits =
      fault === undefined ? await this.#unappliable(name, stored) : this.#unsound(name, stored)
    if (culprits.size > 0) {
      await quarantine(this.#parts, name, stored.log, culprits)
      return undefined
    }
    for (const { entry, reason } of stored.damage) {
      log.error('stored-damage', { document: name, entry, reason })
    }
    compactor.noteDamage(document, stored.damage.length)
    if (stored.damage.length > 0) {
      for (const { updates } of await store.loadQuarantine(name)) {
        for (const update of updates) document.barred.add(update)
      }
    }
    return { document, position: stored.position }
  }

  /**
   * Stores what a document begins with. It is there from then on, so that happens once.
   * @returns whether it begins with something
   */
  async #seed(name: string, { epoch, incarnation }: Stored): Promise<boolean> {
    const seed = await this.#parts.seed?.(name, incarnation)
    if (seed === undefined) return false
    const update = soundForm(seed.update)
    if (typeof update === 'string') throw new RefusalError('hook-failed', update)
    const batch = new Batch()
    batch.add(name, update, 0, epoch, seed.author)
    await this.#parts.store.append(batch)
    return true
  }

  /** The updates that do not read as updates, by place in the log. */
  #unsound(name: string, { snapshot, log }: Stored): ReadonlyMap<number, EntryFault> {
    const fault = snapshot === undefined ? undefined : unsoundness(snapshot)
    if (fault !== undefined) this.#refuse(name, `The snapshot is no sound update. ${fault}`)
    const faults = new Map<number, EntryFault>()
    for (const [place, { bytes }] of log.entries()) {
      const reason = unsoundness(bytes)
      if (reason !== undefined) faults.set(place, { reason })
    }
    return faults
  }

  /** The updates that throw when applied. Only looked for where there is damage already. */
  async #unappliable(name: string, stored: Stored): Promise<ReadonlyMap<number, EntryFault>> {
    if (stored.damage.length === 0) return new Map()
    const folded = await this.#parts.compactor.check(name, stored)
    // Nothing is known against it, and its people wait.
    if (folded.kind === 'given-up') return new Map()
    if (folded.kind === 'unsound') {
      return blamed(stored, folded.culprits) ?? this.#refuse(name, folded.reason)
    }
    if (folded.empty) this.#refuse(name, 'Nothing of it stands without what is damaged.')
    return new Map()
  }

  #refuse(name: string, detail: string): never {
    this.#parts.log.error('document-damaged', { document: name, reason: detail })
    throw new RefusalError('document-damaged', detail)
  }
}

/** Each round sets aside all that it finds; what one hides the next one sees. */
const roundsMax = 8
