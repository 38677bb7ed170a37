import type { YtopicEditor } from '../../editor/element.ts'
import { panelNames, panelTitles } from '../../editor/panels/panel.ts'
import { find } from '../elements.ts'

/** The buttons of the bar for the editor's own panels, with what these count. */
export class PanelButtons {
  readonly #editor: YtopicEditor
  readonly #opened: () => void

  /** @param opened one of the panels is seen: no other may be */
  constructor(editor: YtopicEditor, opened: () => void) {
    this.#editor = editor
    this.#opened = opened
  }

  /** Makes them work. */
  connect(): void {
    for (const name of panelNames) {
      buttonOf(name).addEventListener('click', () => {
        this.#editor.openPanel(this.#editor.panel === name ? undefined : name)
        if (this.#editor.panel !== name) buttonOf(name).focus()
      })
    }
    this.#editor.addEventListener('panel', this.#show)
  }

  readonly #show = (): void => {
    const { counts, panel } = this.#editor
    for (const name of panelNames) {
      const button = buttonOf(name)
      const title = panelTitles[name]
      button.ariaPressed = String(panel === name)
      button.ariaLabel = counts[name] === 0 ? title : `${title}, ${counts[name]}`
      const count = find(button, HTMLElement, '.count')
      count.hidden = counts[name] === 0
      count.textContent = String(counts[name])
    }
    if (panel !== undefined) this.#opened()
  }
}

function buttonOf(name: string): HTMLButtonElement {
  return find(document, HTMLButtonElement, `[data-panel=${name}]`)
}
