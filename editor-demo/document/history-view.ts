import { piece } from '../../editor/panels/piece.ts'
import type { ColorOf } from './colors.ts'
import { Timeline } from './timeline.ts'
import { showVersions } from './version-list.ts'
import type { Version } from './versions.ts'

/** What the history is made of: a panel with the list, and the document as it was. */
export class HistoryView {
  readonly time = new Timeline()
  /** Whether changes are shown. */
  readonly changes = input('checkbox', 'Show changes')
  /** Whether only versions that somebody has named are listed. */
  readonly named = input('checkbox', 'Named only')
  readonly name = input('text', 'Name of this version')
  readonly restore = button('Restore', 'primary')
  readonly keep = button('Keep a version now')
  readonly link = button('Copy link')
  readonly close = button('Close')
  /** Shows versions from before those that are listed. */
  readonly older = button('Older versions')
  /** The document as it was. */
  readonly text = piece('article', 'text')
  /** Who is writing meanwhile. */
  readonly live = piece('p', 'live')
  readonly #list = piece('div', 'versions')
  /** Where the list has no place beside the text, it is behind this. */
  readonly #listed = button('Versions', 'listed')
  readonly #when = piece('p', 'when')
  readonly #words = piece('p', 'words')
  readonly #past = piece('div', 'past')
  readonly #aside: HTMLElement
  readonly #editor: HTMLElement

  /**
   * Builds it.
   * @param aside the panel, which gets the list
   * @param editor the document as it is; in its place it is shown as it was
   */
  constructor(aside: HTMLElement, editor: HTMLElement) {
    this.#aside = aside
    this.#editor = editor
    this.changes.checked = true
    this.name.placeholder = 'Name this version'
    this.name.maxLength = 200
    this.text.tabIndex = 0
    this.text.role = 'region'
    this.text.ariaLabel = 'The document as it was'
    this.#when.role = 'status'
    this.#words.role = 'alert'
    const toggle = piece('label', 'button', this.changes, 'Show changes')
    const bar = piece(
      'div',
      'past-bar',
      this.time.element,
      this.#when,
      this.#listed,
      toggle,
      this.restore,
    )
    this.#past.append(bar, this.text)
    this.#listed.ariaExpanded = 'false'
    this.#listed.addEventListener('click', () => {
      const isOpen = aside.classList.toggle('open')
      this.#listed.ariaExpanded = String(isOpen)
    })
    this.#past.hidden = true
    editor.after(this.#past)

    const filter = piece('label', 'button', this.named, 'Named only')
    const heading = piece('h2', '', 'History')
    const words = 'j and k go from change to change, Esc goes back to writing.'
    aside.append(
      piece('div', 'panel-head', heading, this.close),
      this.#words,
      piece('div', 'panel-tools', this.name, this.link, this.keep, filter),
      this.live,
      this.#list,
      this.older,
      piece('p', 'live', words),
    )
  }

  /** Takes the place of the editor, or gives it back. */
  show(isOpen: boolean): void {
    this.#past.hidden = !isOpen
    this.#aside.hidden = !isOpen
    this.#editor.hidden = isOpen
    this.text.replaceChildren()
    this.named.checked = false
    this.#enable(false)
  }

  /** Lists versions, newest first, and puts them on the slider. */
  fill(
    versions: readonly Version[],
    hasOlder: boolean,
    choose: (version: Version) => void,
    colorOf: ColorOf,
  ): void {
    this.time.fill(versions, choose)
    this.older.hidden = !hasOlder
    showVersions(this.#list, versions, choose, colorOf)
  }

  /** Says which version is seen, and where on the slider it is. */
  choose(version: Version): void {
    this.#when.textContent = this.time.show(version)
    this.name.value = version.name ?? ''
    this.#enable(true)
    for (const item of this.#list.querySelectorAll('button')) {
      const isChosen = item.dataset['version'] === version.id
      item.ariaCurrent = isChosen ? 'true' : null
      if (!isChosen) continue
      const folded = item.closest('details')
      if (folded !== null) folded.open = true
      item.scrollIntoView({ block: 'nearest' })
    }
  }

  /** Says what went wrong, or what there is to know. */
  tell(words: string): void {
    this.#words.textContent = words
  }

  #enable(isChosen: boolean): void {
    for (const control of [this.restore, this.name, this.link]) control.disabled = !isChosen
  }
}

function input(type: string, label: string): HTMLInputElement {
  const element = piece('input', '')
  element.type = type
  element.ariaLabel = label
  return element
}

function button(words: string, called = ''): HTMLButtonElement {
  const element = piece('button', called, words)
  element.type = 'button'
  return element
}
