import type { Clock } from '../../base/clock.ts'
import type { RefusalKind } from '../../base/errors.ts'
import { TokenBucket } from '../../base/token-bucket.ts'
import type { Inspection } from '../../document/inspection.ts'

interface SessionLimits {
  readonly session_answer_bytes_per_second_max: number
  readonly session_answer_bytes_burst_max: number
  readonly session_new_clients_max: number
  readonly session_root_names_max: number
}

/** What a question costs beside what is read to answer it. */
const questionBytes = 1_024

/**
 * What one session may still ask, and what it has added of that which makes a document dearer for
 * everybody and which no deletion takes away: client ids and names of root types.
 */
export class SessionAllowance {
  readonly #limits: SessionLimits
  readonly #clock: Clock
  /** Bytes that may be read to answer it. */
  #answers: TokenBucket | undefined
  #clients = 0
  /** Whether the one update has come that may bring a whole document. */
  #wholeCame = false
  /** Hashes of the names: a name may be long. */
  #rootNames: Set<number> | undefined

  constructor(limits: SessionLimits, clock: Clock) {
    this.#limits = limits
    this.#clock = clock
  }

  /** Whether it may ask what takes so many bytes to be read. */
  mayAsk(bytes: number): boolean {
    const now = this.#clock.now()
    this.#answers ??= new TokenBucket(
      this.#limits.session_answer_bytes_per_second_max,
      this.#limits.session_answer_bytes_burst_max,
      now,
    )
    this.#answers.refill(now)
    return this.#answers.borrow(bytes + questionBytes)
  }

  /** The once-a-second round. @returns whether there is nothing to keep of it */
  rest(now: number): boolean {
    this.#answers?.refill(now)
    if (this.#answers?.full === true) this.#answers = undefined
    const isUnused = this.#clients === 0 && !this.#wholeCame
    return isUnused && (this.#rootNames ?? this.#answers) === undefined
  }

  /**
   * Counts what an update brings. Who comes with an old document to a server that does not have it
   * brings the ids and names of years at once: that is not counted, once in a session.
   * @param brought clients of whom the document knew nothing
   * @returns why it is too much; undefined when it is not
   */
  add({ scan }: Inspection, brought: number, kind: 'step-2' | 'update'): RefusalKind | undefined {
    const { session_new_clients_max: clientsMax, session_root_names_max: namesMax } = this.#limits
    const isMuch = brought > clientsMax || scan.rootNameCount > namesMax
    const isSome = brought > 0 || scan.rootNameCount > 0
    // A page that opens its own copy only after it has connected sends that as an update.
    if (!this.#wholeCame && (kind === 'step-2' ? isSome : isMuch)) {
      this.#wholeCame = true
      return undefined
    }
    const clients = this.#clients + brought
    if (clients > clientsMax) return 'too-many-clients'
    this.#clients = clients
    if (scan.rootNameCount === 0) return undefined
    const names = (this.#rootNames ??= new Set())
    for (let index = 0; index < scan.rootNameCount; index++) {
      names.add(hash(scan.rootName(index)))
      if (names.size > namesMax) return 'too-many-roots'
    }
    return undefined
  }
}

/** FNV-1a, 32 bits: two names with one hash count as one, which does no harm. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  }
  return value
}
