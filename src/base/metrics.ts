import type { RefusalKind } from './errors.ts'

/** Counters since start; plain numbers so that counting costs an addition. */
export class Metrics {
  connectionsOpened = 0
  connectionsClosed = 0
  framesReceived = 0
  framesRefused = 0
  updatesRelayed = 0
  updatesKnown = 0
  updatesWaiting = 0
  awarenessRelayed = 0
  /** Awareness updates of which something was not shown, as it passed a limit. */
  awarenessUnseen = 0
  clientsDetached = 0
  clientsCaughtUp = 0
  clientsPaused = 0
  commits = 0
  commitFailures = 0
  updatesStored = 0
  bytesStored = 0
  roomsOpened = 0
  roomsEvicted = 0
  roomsFailed = 0
  compactions = 0
  compactionFailures = 0
  entriesQuarantined = 0
  messagesPosted = 0
  changesTold = 0
  deliveriesTaken = 0
  deliveriesFailed = 0
  /** Deliveries that were given up after their last attempt. */
  deliveriesDead = 0
  updatesFollowed = 0
  roomsReread = 0
  busMessagesSent = 0
  busMessagesHeard = 0

  readonly #refusals = new Map<RefusalKind, number>()

  /** Counts one refusal. */
  countRefusal(kind: RefusalKind): void {
    this.#refusals.set(kind, (this.#refusals.get(kind) ?? 0) + 1)
  }

  /** How often each kind was refused. */
  get refusals(): ReadonlyMap<RefusalKind, number> {
    return this.#refusals
  }

  /** A copy by name; nobody can change what is counted by it. */
  snapshot(): MetricsSnapshot {
    const refusals = [...this.#refusals].map(([kind, count]) => [`refused.${kind}`, count] as const)
    return Object.freeze(Object.assign({}, this, Object.fromEntries(refusals)))
  }
}

/** The name of a counter. */
export type CounterName = {
  [Name in keyof Metrics]: Metrics[Name] extends number ? Name : never
}[keyof Metrics]

/** What was counted until one moment; `refused.KIND` is there from the first of that kind on. */
export type MetricsSnapshot = Readonly<Record<CounterName, number>> & {
  readonly [Name in `refused.${RefusalKind}`]?: number
}
