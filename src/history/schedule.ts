import type { RoomsObserver } from '../room/room-parts.ts'

/** How a document has been changing. */
interface Watched {
  /** Of the copy, when it was last looked at. */
  position: number
  changedAt: number
  /** When it was first changed since its last version; undefined when it was not. */
  since: number | undefined
}

interface ScheduleLimits {
  readonly version_interval_ms: number
  readonly version_quiet_ms: number
}

/**
 * When versions are made by themselves: after so long of editing, when a document that was edited
 * has been quiet for a while, and when it is closed, so that the last state of a burst is kept.
 */
export class Schedule implements RoomsObserver {
  readonly #limits: ScheduleLimits
  readonly #keep: (document: string) => void
  readonly #watched = new Map<string, Watched>()

  /** @param keep makes a version of a document */
  constructor(limits: ScheduleLimits, keep: (document: string) => void) {
    this.#limits = limits
    this.#keep = keep
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
    const { version_interval_ms: interval, version_quiet_ms: quiet } = this.#limits
    if (watched.since === undefined) return
    if (now - watched.since < interval && now - watched.changedAt < quiet) return
    watched.since = undefined
    this.#keep(document)
  }

  closed(document: string, position: number): void {
    const watched = this.#watched.get(document)
    this.#watched.delete(document)
    const isChanged = watched === undefined ? position > 0 : watched.position !== position
    if (isChanged || watched?.since !== undefined) this.#keep(document)
  }
}
