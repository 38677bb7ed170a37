import type { Clock } from '../base/clock.ts'
import type { Limits } from '../base/limits.ts'
import type { Log } from '../base/log.ts'
import type { Metrics } from '../base/metrics.ts'
import type { Journal } from './journal.ts'
import type { Broadcast } from './peer.ts'
import type { StatelessHandler } from './stateless.ts'

/** What every room of a server shares. */
export interface RoomParts {
  readonly journal: Journal
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly limits: Limits
  readonly broadcast: Broadcast
  /** The application's ear for messages beside the documents. */
  readonly onStateless?: StatelessHandler | undefined
  /** Whether others are shown who a client is for sure, whatever it says. */
  readonly stampAwareness: boolean
}
