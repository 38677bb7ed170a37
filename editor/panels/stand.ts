import { part } from '../frame/part.ts'
import { icons } from './icons.ts'
import { type Panel, type PanelName, panelTitles } from './panel.ts'
import { piece, pressIcon } from './piece.ts'

/** From these widths on a panel stands over the text, and beside it. */
const widths = [
  ['wide', 900],
  ['middle', 560],
] as const

/** Where panels stand, one at a time. */
export class Stand {
  readonly place = part('aside', 'panel')
  readonly #title = piece('h2', '')
  readonly #body = piece('div', 'panel-body')
  readonly #sizes: ResizeObserver
  #shown: Panel | undefined

  /**
   * Puts it, hidden, into the frame.
   * @param close somebody wants it gone
   */
  constructor(frame: HTMLElement, close: () => void) {
    const head = piece('div', 'panel-head', this.#title, pressIcon('Close', icons.close, close))
    this.place.append(piece('div', 'panel-in', head, this.#body))
    this.place.hidden = true
    this.place.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && !event.defaultPrevented) close()
    })
    frame.append(this.place)
    this.#sizes = new ResizeObserver(() => {
      const [room] = widths.find(([, least]) => frame.clientWidth >= least) ?? ['narrow']
      frame.dataset['room'] = room
    })
    this.#sizes.observe(frame)
  }

  /** Shows a panel, or none. */
  show(name: PanelName | undefined, panel: Panel | undefined): void {
    const before = this.#shown
    if (before === panel) return
    this.#shown = panel
    this.place.hidden = panel === undefined
    before?.seen(false)
    if (panel === undefined || name === undefined) return
    this.#title.textContent = panelTitles[name]
    this.place.ariaLabel = panelTitles[name]
    this.place.dataset['panel'] = name
    this.#body.replaceChildren(...panel.content)
    panel.seen(true)
  }

  end(): void {
    this.#sizes.disconnect()
    this.place.remove()
  }
}
