import type { Clock } from '../base/clock.ts'
import type { RefusalKind } from '../base/errors.ts'
import type { Log } from '../base/log.ts'
import { setNewest } from '../base/newest.ts'
import { readStateVector } from '../update/clocks/vector.ts'

/** What a client wanted to bring, and was refused for good. */
interface Upload {
  readonly kind: RefusalKind
  /** Some of the clocks up to which the client had what the server did not. */
  readonly clocks: ReadonlyMap<number, number>
  times: number
  forgottenAt: number
}

/** Whose upload it is: the network address, and the document. */
interface Origin {
  readonly address: string
  readonly document: string
}

/** What a client is told that comes with the same again. */
export interface KnownRefusal {
  readonly kind: RefusalKind
  /** How long it stays connected and unheard: who comes back at once then comes less often. */
  readonly waitMs: number
}

/** Uploads that are remembered; of more, the oldest is forgotten. */
const uploadsMax = 10_000
/** Clients of an upload by which it is known again. */
const clocksMax = 16
const keptMs = 10 * 60_000
const firstWaitMs = 2_000
/** Less than the time after which a client takes a silent server for gone. */
const waitMsMax = 25_000
const clientsMax = 1_000_000

/**
 * Uploads that were refused for good. Clients that do not understand that, or were cut off before
 * it could be said, come back and bring the same megabytes again: they are told when they say what
 * they have, before they are asked for it. Nobody else is meant: it is known by what it holds.
 */
export class RefusedUploads {
  readonly #clock: Clock
  readonly #log: Log
  readonly #uploads = new Map<string, Upload>()

  constructor(clock: Clock, log: Log) {
    this.#clock = clock
    this.#log = log
  }

  /**
   * An upload was refused.
   * @param offered state vector of the client, as it said it
   * @param held state vector of the document
   */
  note(origin: Origin, kind: RefusalKind, offered: Uint8Array, held: Uint8Array): void {
    const now = this.#clock.now()
    const clocks = beyond(offered, held)
    if (clocks.size === 0) return
    const key = keyOf(origin)
    if (!this.#uploads.has(key)) this.#log.warn('upload-refused', { kind, ...origin })
    const upload = { kind, clocks, times: 0, forgottenAt: now + keptMs }
    setNewest(this.#uploads, key, upload, uploadsMax)
  }

  /** Whether that is what was refused before; each time that it is the wait grows. */
  find(origin: Origin, offered: Uint8Array, held: Uint8Array): KnownRefusal | undefined {
    const key = keyOf(origin)
    const upload = this.#uploads.get(key)
    if (upload === undefined) return undefined
    const now = this.#clock.now()
    if (now > upload.forgottenAt) {
      this.#uploads.delete(key)
      return undefined
    }
    const [has, had] = [clocksOf(offered), clocksOf(held)]
    for (const [client, clock] of upload.clocks) {
      if ((has.get(client) ?? 0) < clock || (had.get(client) ?? 0) >= clock) return undefined
    }
    upload.forgottenAt = now + keptMs
    const waitMs = Math.min(waitMsMax, firstWaitMs * 2 ** Math.min(upload.times++, 10))
    return { kind: upload.kind, waitMs }
  }
}

function keyOf({ address, document }: Origin): string {
  return `${address} ${document}`
}

function beyond(offered: Uint8Array, held: Uint8Array): ReadonlyMap<number, number> {
  const had = clocksOf(held)
  const clocks = new Map<number, number>()
  for (const [client, clock] of clocksOf(offered)) {
    if (clocks.size === clocksMax) break
    if (clock > (had.get(client) ?? 0)) clocks.set(client, clock)
  }
  return clocks
}

function clocksOf(stateVector: Uint8Array): ReadonlyMap<number, number> {
  const reading = readStateVector(stateVector, clientsMax)
  return reading.kind === 'vector' ? reading.clocks : new Map<number, number>()
}
