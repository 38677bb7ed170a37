import { icons } from '../panels/icons.ts'
import { piece, pressIcon } from '../panels/piece.ts'

/** So far it stands from what is selected, and from the window's edge. */
const gapPx = 8
/** Above that there may be the bar of a page. */
const topPx = 56

/** A button beside what is selected in a text. */
export class Bubble {
  readonly #place = piece('div', 'bubble-button')
  readonly #boxOf: () => DOMRect | undefined

  /**
   * Makes it, not seen yet.
   * @param within where it goes; it stands above everything
   * @param boxOf where the selection is seen; undefined where there is none
   */
  constructor(within: HTMLElement, boxOf: () => DOMRect | undefined, press: () => void) {
    this.#boxOf = boxOf
    const button = pressIcon('Comment', icons.comment, press)
    button.title = 'Comment (Ctrl+Alt+M)'
    button.append('Comment')
    // The text keeps its selection.
    this.#place.addEventListener('mousedown', (event) => event.preventDefault())
    this.#place.popover = 'manual'
    this.#place.append(button)
    within.append(this.#place)
    addEventListener('scroll', this.show, { capture: true, passive: true })
  }

  /** Stands by the selection, or goes where there is none. */
  readonly show = (): void => {
    const box = this.#boxOf()
    const isSeen = box !== undefined && box.bottom > 0 && box.top < innerHeight
    if (!isSeen) {
      if (this.#place.matches(':popover-open')) this.#place.hidePopover()
      return
    }
    if (!this.#place.matches(':popover-open')) this.#place.showPopover()
    const { height, width } = this.#place.getBoundingClientRect()
    const above = box.top - height - gapPx
    const left = Math.min(Math.max(box.left, gapPx), innerWidth - width - gapPx)
    // On touch the system's own menu stands above what is selected.
    const isBelow = above < topPx || matchMedia('(pointer: coarse)').matches
    this.#place.style.left = `${left}px`
    this.#place.style.top = `${isBelow ? box.bottom + gapPx : above}px`
  }

  close(): void {
    removeEventListener('scroll', this.show, { capture: true })
    this.#place.remove()
  }
}
