import type { Author, NewEvent } from '../../../persistence/store.ts'
import { RefusalError, type RefusalKind } from '../../base/errors.ts'
import type { Codec } from '../../protocol/codec.ts'
import type { SessionAllowance } from './session-allowance.ts'
import type { Writer } from './writer.ts'

const nothing = new Uint8Array(0)

/** Nobody is there to read it, so nothing is said. */
export const silent: Codec = {
  id: 'inside',
  decode: () => ({ kind: 'bad-frame', reason: 'No message is sent this way.' }),
  endOf: () => -1,
  encode: () => undefined,
  updateHead: () => nothing,
}

/** Writes one update into a room from within the process, as a client would. */
export class InsideWriter implements Writer {
  readonly codec = silent
  readonly topic = silent.id
  readonly peer = { publish: (): boolean => true }
  readonly ended = false
  readonly keepsFrames = false
  readonly author: Author | undefined
  readonly allowance: SessionAllowance
  readonly events: readonly NewEvent[] | undefined
  readonly #taken = Promise.withResolvers<undefined>()

  constructor(
    author: Author | undefined,
    allowance: SessionAllowance,
    events?: readonly NewEvent[],
  ) {
    this.author = author
    this.allowance = allowance
    this.events = events
  }

  /** Resolves when the update was taken, or was known; rejects with a RefusalError. */
  get taken(): Promise<undefined> {
    return this.#taken.promise
  }

  accepted(): void {
    this.#taken.resolve(undefined)
  }

  acceptedStep2(): void {
    this.#taken.resolve(undefined)
  }

  refuseUpdate(kind: RefusalKind, detail?: string): void {
    this.#taken.reject(new RefusalError(kind, detail))
  }

  refuse(kind: RefusalKind, detail?: string): void {
    this.refuseUpdate(kind, detail)
  }

  ask(): void {
    // All that it has is in its one update.
  }
}
