import type { Passage, Passages } from '../panels/passages.ts'
import { findAnchor, standingAnchor } from './anchor.ts'
import type { Thread } from './thread.ts'

/** A thread with where its words stand now. */
export interface Placed {
  readonly thread: Thread
  readonly passage: Passage | undefined
}

/** The text is read for lost words so often at most: it may be long, and there may be many. */
const readEveryMs = 250

/** Finds the words of open threads, with each key that somebody presses. */
export class Placing {
  readonly #again: () => void
  /** Where lost words were found, by thread; and the length of the text in which. */
  readonly #found = new Map<string, Passage>()
  #length = 0
  #readAt = Number.NEGATIVE_INFINITY
  #waiting: ReturnType<typeof setTimeout> | undefined

  /** @param again it is time to look for what was not found */
  constructor(again: () => void) {
    this.#again = again
  }

  /** Those on another root of the document, and what is resolved, are in no place. */
  place(
    threads: readonly Thread[],
    passages: Passages | undefined,
    root: string,
  ): readonly Placed[] {
    const mayRead = performance.now() - this.#readAt >= readEveryMs
    let lost = 0
    const placed = threads.map((thread) => {
      const isHere = thread.anchor.root === root && thread.resolved === null
      if (!isHere || passages === undefined) return { thread, passage: undefined }
      const known = standingAnchor(passages, thread.anchor) ?? this.#foundAgain(thread, passages)
      if (known !== undefined) return { thread, passage: known }
      lost++
      const passage = mayRead ? findAnchor(passages, thread.anchor) : undefined
      if (passage !== undefined) this.#found.set(thread.id, passage)
      return { thread, passage }
    })
    this.#length = passages?.text.length ?? 0
    if (lost > 0 && mayRead) this.#readAt = performance.now()
    if (lost > 0 && !mayRead) this.#waiting ??= setTimeout(this.#onTime, readEveryMs)
    return placed
  }

  close(): void {
    clearTimeout(this.#waiting)
  }

  /** Words that were found stand where they did, or moved by what was written before them. */
  #foundAgain({ anchor: { quote }, id }: Thread, { text }: Passages): Passage | undefined {
    const before = this.#found.get(id)
    if (before === undefined || quote === '') return undefined
    const moved = text.length - this.#length
    const from = [before.from, before.from + moved].find((at) => text.startsWith(quote, at))
    if (from === undefined) {
      this.#found.delete(id)
      return undefined
    }
    const passage = { from, to: from + quote.length }
    this.#found.set(id, passage)
    return passage
  }

  readonly #onTime = (): void => {
    this.#waiting = undefined
    this.#again()
  }
}
