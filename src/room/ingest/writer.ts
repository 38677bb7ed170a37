import type { Author, NewEvent } from '../../../persistence/store.ts'
import type { RefusalKind } from '../../base/errors.ts'
import type { SessionAllowance } from './session-allowance.ts'
import type { Subscriber } from '../delivery/topics.ts'

/** What ingest needs of the session whose client writes. */
export interface Writer extends Subscriber {
  /** Whether its client wants the messages back that it sent. */
  readonly keepsFrames: boolean
  /** Whose its updates are in history; the same object each time. Undefined of nobody known. */
  readonly author: Author | undefined
  /** What happened by what it writes; it is told of when that is stored. */
  readonly events?: readonly NewEvent[] | undefined
  /** What the session may still ask and add. */
  readonly allowance: SessionAllowance
  /** So many updates of the client were taken, or were known. */
  accepted(count: number, frames: readonly Uint8Array[]): void
  /** A step 2 of the client was taken, or was known; then there is no update. */
  acceptedStep2(update: Uint8Array | undefined): void
  /** An update of the client was not taken. */
  refuseUpdate(kind: RefusalKind, detail?: string): void
  /** Asks the client for what it has beyond this state vector. */
  ask(stateVector: Uint8Array): void
  /** Ends the session and tells its client why. */
  refuse(kind: RefusalKind, detail?: string): void
}
