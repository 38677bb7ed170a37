import * as Y from 'yjs'
import type { Passages } from '../panels/passages.ts'
import type { Link } from './link.ts'

/** Where somebody is followed. */
export interface FollowingParts {
  /** What the text is in. */
  readonly parent: HTMLElement
  readonly link: Pick<Link, 'awareness'>
  /** Somebody else is followed, or nobody. */
  readonly followed?: (() => void) | undefined
}

/** Stays with another person's caret, until one moves oneself. */
export class Following {
  readonly #parts: FollowingParts
  readonly #passages: Passages
  #id: number | undefined

  constructor(parts: FollowingParts, passages: Passages) {
    this.#parts = parts
    this.#passages = passages
  }

  /** The client that is followed. */
  get id(): number | undefined {
    return this.#id
  }

  /** Follows a client, or nobody. */
  follow(id: number | undefined): void {
    if (id === this.#id) return
    this.#id = id
    const { followed, link } = this.#parts
    const { awareness } = link
    awareness.off('change', this.#go)
    for (const type of ownMoves) removeEventListener(type, this.#onMove, { capture: true })
    if (id !== undefined) {
      awareness.on('change', this.#go)
      for (const type of ownMoves) addEventListener(type, this.#onMove, { capture: true })
      this.#go()
    }
    followed?.()
  }

  /** Goes to a client's caret once. @returns whether it is in the text */
  goTo(id: number): boolean {
    const { awareness } = this.#parts.link
    const head = headOf(awareness.getStates().get(id)?.['cursor'])
    const place = head && this.#passages.fromRelative({ from: head, to: head })
    if (place !== undefined) this.#passages.reveal(place)
    return place !== undefined
  }

  readonly #go = (changed?: Readonly<Record<string, readonly number[]>>): void => {
    const id = this.#id
    if (id === undefined || (changed && !Object.values(changed).flat().includes(id))) return
    if (!this.#parts.link.awareness.getStates().has(id)) return this.follow(undefined)
    // The editor takes in what others write in a turn of its own.
    requestAnimationFrame(() => {
      if (this.#id === id) this.goTo(id)
    })
  }

  /** Who scrolls, writes or points in the text moves themselves. */
  readonly #onMove = (event: Event): void => {
    const isScroll = event.type === 'wheel' || event.type === 'touchmove'
    const isEscape = event instanceof KeyboardEvent && event.key === 'Escape'
    const isInside = event.composedPath().includes(this.#parts.parent)
    if (isScroll || isEscape || isInside) this.follow(undefined)
  }
}

const ownMoves = ['wheel', 'touchmove', 'keydown', 'pointerdown'] as const

/** What others say of themselves may be anything. */
function headOf(cursor: unknown): Uint8Array | undefined {
  if (typeof cursor !== 'object' || cursor === null || !('head' in cursor)) return undefined
  try {
    return Y.encodeRelativePosition(Y.createRelativePositionFromJSON(cursor.head))
  } catch {
    return undefined
  }
}
