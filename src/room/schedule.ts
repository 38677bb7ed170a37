import type { RoomsObserver } from './room-parts.ts'

/** How a document has been changing. */
interface Watched {
  /** Of the copy, when it was last looked at. */
  position: number
  changedAt: number
  /** When it was first changed since it was last told; undefined when it was not. */
  since: number | undefined
}

interface ScheduleTimes {
  readonly intervalMs: number
  readonly quietMs: number
}

/**
 * When something is done about a document that was edited: after so long of editing, when it has
 * been quiet for a while, and when it is closed, so that the last state of a burst is seen.
 */
export class Schedule implements RoomsObserver {
  readonly #times: ScheduleTimes
  readonly #due: (document: string) => void
  readonly #watched = new Map<string, Watched>()

  /** @param due told of a document when it is time */
  constructor(times: ScheduleTimes, due: (document: string) => void) {
    this.#times = times
    this.#due = due
  }

  looked(document: string, position: number, now: number): void {
    const watched = this.#watched.get(document)
    if (watched === undefined || position < watched.position) {
      // What was written before the first look, in a second at most, is seen as a change.
      const since = position > 0 ? now : undefined
      this.#watched.set(document, { position, changedAt: now, since })
      return
    }
    if (position !== watched.position) {
      watched.position = position
      watched.changedAt = now
      watched.since ??= now
    }
    const { intervalMs, quietMs } = this.#times
    if (watched.since === undefined) return
    if (now - watched.since < intervalMs && now - watched.changedAt < quietMs) return
    watched.since = undefined
    this.#due(document)
  }

  closed(document: string, position: number): void {
    const watched = this.#watched.get(document)
    this.#watched.delete(document)
    const isChanged = watched === undefined ? position > 0 : watched.position !== position
    if (isChanged || watched?.since !== undefined) this.#due(document)
  }
}
