import { edenGC } from 'bun:jsc'

const mib = 1024 * 1024
/** Bytes of messages after which those that are done with are collected. */
const youngBytesMax = 32 * mib
/** Bytes received and stored after which all that is done with is collected. */
const oldBytesMax = 128 * mib
/** The same where nothing came since the last round. */
const quietBytesMax = 16 * mib

/** The ways to collect; Bun's own unless a test counts. */
interface Collector {
  /** What is young; takes less than a millisecond, whatever else the server holds. */
  readonly young: () => void
  /** Everything, beside the work of this thread. */
  readonly all: () => void
}

const bun: Collector = { young: edenGC, all: () => Bun.gc(false) }

/**
 * Messages come in buffers of their own, and updates go to the store in others: both lie outside
 * of the heap by whose growth the collector is called, so that hundreds of megabytes of them would
 * stay after a large document. What has come and gone is counted here instead.
 */
export class Garbage {
  readonly #collector: Collector
  #received = 0
  #youngAt = 0
  #oldAt = 0
  #lastRound = 0

  constructor(collector: Collector = bun) {
    this.#collector = collector
  }

  /** A message of so many bytes is done with. */
  received(bytes: number): void {
    this.#received += bytes
    if (this.#received - this.#youngAt < youngBytesMax) return
    this.#youngAt = this.#received
    this.#collector.young()
  }

  /** The once-a-second round. @param stored bytes that went to the store since the start */
  round(stored: number): void {
    const total = this.#received + stored
    const most = total === this.#lastRound ? quietBytesMax : oldBytesMax
    this.#lastRound = total
    if (total - this.#oldAt < most) return
    this.#oldAt = total
    this.#collector.all()
  }
}
