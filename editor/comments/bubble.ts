import { icons } from '../panels/icons.ts'
import type { Format } from '../panels/passages.ts'
import { piece, pressIcon } from '../panels/piece.ts'

/** So far it stands from what is selected, and from the window's edge. */
const gapPx = 8
/** Above that there may be the bar of a page. */
const topPx = 56

/** What a bubble asks of the text that it stands in. */
export interface BubbleParts {
  /** Where what is selected is seen; undefined where nothing is, or the keyboard is elsewhere. */
  box(): DOMRect | undefined
  formats(): readonly Format[]
  /** Somebody comments on what is selected. */
  comment(): void
  /** Gives the keyboard back to the text. */
  leave(): void
}

/** Buttons beside what is selected in a text, and never above it. */
export class Bubble {
  readonly #place = piece('div', 'bubble-button')
  readonly #parts: BubbleParts
  readonly #comment: HTMLButtonElement
  #offered = ''

  /**
   * Makes it, not seen yet.
   * @param after it comes behind this for the keyboard; it stands above everything
   */
  constructor(after: Element, parts: BubbleParts) {
    this.#parts = parts
    this.#comment = pressIcon('Comment', icons.comment, () => parts.comment())
    this.#comment.title = 'Comment (Ctrl+Alt+M)'
    this.#comment.append('Comment')
    // The text keeps its selection.
    this.#place.addEventListener('mousedown', (event) => event.preventDefault())
    this.#place.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') parts.leave()
    })
    this.#place.popover = 'manual'
    this.#place.role = 'group'
    this.#place.ariaLabel = 'Selected words'
    this.#place.append(this.#comment)
    after.after(this.#place)
    addEventListener('scroll', this.show, { capture: true, passive: true })
    addEventListener('focusin', this.#showSoon)
    addEventListener('focusout', this.#showSoon)
  }

  /** Whether the keyboard is in it. */
  get isFocused(): boolean {
    return this.#place.matches(':focus-within')
  }

  /** Stands by the selection, or goes where there is none, or no room beside it. */
  readonly show = (): void => {
    if (!this.#place.isConnected) return
    const box = this.#parts.box()
    const isSeen = box !== undefined && box.bottom > 0 && box.top < innerHeight
    if (!isSeen) return void this.#place.togglePopover(false)
    this.#offer(this.#parts.formats())
    this.#place.togglePopover(true)
    const { height, width } = this.#place.getBoundingClientRect()
    const [above, below] = [box.top - height - gapPx, box.bottom + gapPx]
    // On touch the system's own menu stands above what is selected.
    const isTouch = matchMedia('(pointer: coarse)').matches
    const top = (isTouch ? [below, above] : [above, below]).find(
      (place) => place >= topPx && place + height <= innerHeight - gapPx,
    )
    if (top === undefined) return void this.#place.togglePopover(false)
    const left = Math.min(Math.max(box.left, gapPx), innerWidth - width - gapPx)
    this.#place.style.left = `${left}px`
    this.#place.style.top = `${top}px`
  }

  close(): void {
    removeEventListener('scroll', this.show, { capture: true })
    removeEventListener('focusin', this.#showSoon)
    removeEventListener('focusout', this.#showSoon)
    this.#place.remove()
  }

  #offer(formats: readonly Format[]): void {
    const offered = formats.map(({ label }) => label).join()
    if (offered !== this.#offered) {
      this.#offered = offered
      const buttons = formats.map(({ icon, label, press }) => pressIcon(label, icon, press))
      this.#place.replaceChildren(...buttons, this.#comment)
    }
    for (const [at, { isOn }] of formats.entries()) {
      const button = this.#place.children[at]
      if (button !== undefined) button.ariaPressed = String(isOn)
    }
  }

  /** The keyboard is on its way: where it goes is known when that is done. */
  readonly #showSoon = (): void => void requestAnimationFrame(this.show)
}
