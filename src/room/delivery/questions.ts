import type { Clock } from '../../base/clock.ts'
import { TokenBucket } from '../../base/token-bucket.ts'

interface QuestionLimits {
  readonly connection_answer_bytes_per_second_max: number
  readonly connection_answer_bytes_burst_max: number
  readonly opening_queue_bytes_max: number
}

/** What the connections from one network address may have read for them together. */
export interface AddressShare {
  /** Whether anything is left of it now. */
  hasLeft(): boolean
  /** Takes so much; what is not there is owed. */
  take(bytes: number): void
}

/** A question that has to wait. */
interface Waiting {
  readonly asker: object
  readonly bytes: number
  readonly answer: () => void
}

/** When a question is answered. */
type Turn = 'now' | 'later' | 'too-many'

/** What a waiting question costs beside its bytes, about. */
const questionBytes = 256

/**
 * The questions of one connection, on however many documents: what is read to answer them is
 * charged to it and to its network address. Who has used that up waits and is not refused, as a
 * page that comes back with a hundred documents asks a hundred questions at once; and a description
 * that goes out in pieces is one at a time, as each is as large as its document.
 */
export class Questions {
  readonly #limits: QuestionLimits
  readonly #clock: Clock
  readonly #share: AddressShare
  readonly #bucket: TokenBucket
  readonly #waiting: Waiting[] = []
  #waitingBytes = 0
  /** Whose description is on its way. */
  #holder: object | undefined
  /** Whose turn it is. */
  #next: object | undefined
  #goingOn = false

  constructor(limits: QuestionLimits, clock: Clock, share: AddressShare) {
    this.#limits = limits
    this.#clock = clock
    this.#share = share
    this.#bucket = new TokenBucket(
      limits.connection_answer_bytes_per_second_max,
      limits.connection_answer_bytes_burst_max,
      clock.now(),
    )
  }

  /** Whether there is nothing to keep of it. */
  get unused(): boolean {
    this.#bucket.refill(this.#clock.now())
    return this.#waiting.length === 0 && this.#holder === undefined && this.#bucket.full
  }

  /**
   * Asks for what takes so many bytes to be read; they are charged when that is now.
   * @param asker one who may ask again while a description of theirs is on its way
   * @param keptBytes what is kept of the question while it waits
   * @param answer called when its turn comes, in the order in which they were asked; asks again
   */
  ask(asker: object, bytes: number, keptBytes: number, answer: () => void): Turn {
    const isFirst = this.#waiting.length === 0 || asker === this.#next
    if (bytes === 0 || (isFirst && this.#isFreeFor(asker))) {
      this.charge(bytes)
      return 'now'
    }
    const size = keptBytes + questionBytes
    if (this.#waitingBytes + size > this.#limits.opening_queue_bytes_max) return 'too-many'
    this.#waitingBytes += size
    this.#waiting.push({ asker, bytes: size, answer })
    this.#goOnLater()
    return 'later'
  }

  /** Charges what is read in any case. */
  charge(bytes: number): void {
    this.#bucket.spend(bytes)
    this.#share.take(bytes)
  }

  /** A description is on its way that does not leave at once. */
  hold(asker: object): void {
    this.#holder ??= asker
  }

  /** It has left, or its asker has. */
  release(asker: object): void {
    if (this.#holder !== asker) return
    this.#holder = undefined
    this.#goOnLater()
  }

  /** The connection is gone: nobody is answered any more. */
  end(): void {
    this.#waiting.length = 0
    this.#waitingBytes = 0
  }

  #goOn(): void {
    const [first] = this.#waiting
    if (first === undefined || !this.#isFreeFor(first.asker)) return this.#goOnLater()
    this.#waiting.shift()
    this.#waitingBytes -= first.bytes
    this.#next = first.asker
    try {
      first.answer()
    } finally {
      this.#next = undefined
      this.#goOnLater()
    }
  }

  #isFreeFor(asker: object): boolean {
    if (this.#holder !== undefined && this.#holder !== asker) return false
    this.#bucket.refill(this.#clock.now())
    return this.#bucket.left > 0 && this.#share.hasLeft()
  }

  /** In a turn of its own, or when some of what is owed has been paid. */
  #goOnLater(): void {
    const [first] = this.#waiting
    if (this.#goingOn || first === undefined) return
    this.#goingOn = true
    const goOn = (): void => {
      this.#goingOn = false
      this.#goOn()
    }
    if (this.#isFreeFor(first.asker)) this.#clock.soon(goOn)
    else this.#clock.after(askAgainMs, goOn)
  }
}

/** How often it is looked whether what was owed is paid. */
const askAgainMs = 100
