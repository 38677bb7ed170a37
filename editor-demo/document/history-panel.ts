import type { YtopicEditor } from '../../editor/element.ts'
import { othersIn } from '../../editor/link/others.ts'
import { type Ask, Refused } from '../../editor/link/api.ts'
import { pageOf } from '../document-name.ts'
import { find } from '../elements.ts'
import { renderChanges } from './changes.ts'
import { type ColorOf, colorsIn } from './colors.ts'
import { HistoryView } from './history-view.ts'
import { copyText } from './share.ts'
import { offerUndo } from './undo-offer.ts'
import { clockOf, dayOf, titleOf, type Version, Versions } from './versions.ts'

const noneKept = 'No version is kept yet. They are made by themselves while people write.'
const noneNamed = 'No version has a name yet. Name the one that you see, and it is listed here.'

/** A version, or what a link says of one. */
type Seen = Pick<Version, 'id'> & Partial<Version>

/** The document as it was: what is seen here can be read, compared and restored, not written. */
export class HistoryPanel {
  readonly #editor: YtopicEditor
  readonly #versions: Versions
  readonly #view: HistoryView
  readonly #button = find(document, HTMLButtonElement, '[data-panel=history]')
  /** Newest first. */
  #list: readonly Version[] = []
  /** From where older ones are listed; null where there are none. */
  #next: string | null = null
  #shown: Version | undefined
  #change = -1

  constructor(editor: YtopicEditor, ask: Ask) {
    this.#editor = editor
    this.#versions = new Versions(ask, editor.document, editor.root)
    this.#view = new HistoryView(find(document, HTMLElement, 'aside'), editor)
  }

  /** Makes its button and keys work, and opens it where the address says so. */
  connect(params: URLSearchParams): void {
    const { changes, close, keep, link, name, named, older, restore } = this.#view
    this.#button.addEventListener('click', () => this.#toggle())
    close.addEventListener('click', () => this.#toggle())
    named.addEventListener('change', () => this.#attempt(this.#load(this.#shown)))
    older.addEventListener('click', () => this.#attempt(this.#loadOlder()))
    changes.addEventListener('change', () => this.#select(this.#shown))
    keep.addEventListener('click', () => this.#attempt(this.#keep()))
    restore.addEventListener('click', () => this.#attempt(this.#restore()))
    name.addEventListener('change', () => this.#attempt(this.#rename()))
    link.addEventListener('click', () => {
      const address = `${pageOf(this.#editor.document)}?version=${this.#shown?.id ?? ''}`
      this.#attempt(copyText(new URL(address, location.href).href))
    })
    this.#editor.addEventListener('presence', this.#countWriters)
    document.addEventListener('keydown', this.#onKey)
    if (params.get('panel') !== 'history' && !params.has('version')) return
    // The document's title is the text's, which is read where that is in sight.
    this.#editor.ready.then(() => this.#toggle(params.get('version') ?? undefined), reportError)
  }

  /** Goes back to writing, if it is open. */
  close(): void {
    if (this.#isOpen) this.#toggle()
  }

  get #isOpen(): boolean {
    return this.#button.ariaPressed === 'true'
  }

  get #colorOf(): ColorOf {
    return colorsIn(this.#editor.awareness)
  }

  #toggle(version?: string): void {
    const isOpen = !this.#isOpen
    if (isOpen) this.#editor.openPanel(undefined)
    this.#button.ariaPressed = String(isOpen)
    document.body.classList.toggle('history', isOpen)
    this.#view.show(isOpen)
    this.#shown = undefined
    if (!isOpen) return this.#button.focus()
    this.#countWriters()
    this.#view.time.slider.focus()
    this.#attempt(this.#load(version === undefined ? undefined : { id: version }))
  }

  /**
   * Shows the list, with one of them chosen.
   * @param wanted the one; where that is not listed the one before its time, or else the newest
   */
  async #load(wanted?: Seen): Promise<void> {
    if (this.#editor.pending > 0) await this.#editor.flush()
    this.#list = []
    await this.#listMore()
    const { id, time = '' } = wanted ?? {}
    const isIt = (one: Version): boolean => one.id === id || one.time < time
    const isFound = (): boolean => wanted === undefined || this.#list.some(isIt)
    // A link may lead to one that is older than the first page.
    while (this.#next !== null && !isFound()) await this.#listMore()
    this.#view.tell(this.#list.length > 0 ? '' : this.#view.named.checked ? noneNamed : noneKept)
    this.#select(this.#list.find(isIt) ?? this.#list[0])
  }

  /** Lists the next page of older ones. */
  async #listMore(): Promise<void> {
    const before = this.#list
    const { next, versions } = await this.#versions.list(
      before.at(-1)?.id,
      this.#view.named.checked,
    )
    // It may have been listed meanwhile, for somebody who asked twice.
    if (this.#list !== before) return
    this.#next = next
    this.#list = [...before, ...versions]
    const choose = (version: Version): void => this.#select(version)
    this.#view.fill(this.#list, next !== null, choose, this.#colorOf)
  }

  /** Lists them while one stays at the version that is seen. */
  async #loadOlder(): Promise<void> {
    await this.#listMore()
    this.#select(this.#shown)
  }

  #select(version: Version | undefined): void {
    if (version !== undefined) this.#attempt(this.#show(version))
  }

  async #show(version: Version): Promise<void> {
    this.#shown = version
    this.#change = -1
    // What changed in the oldest one of the list shows beside the one before it.
    if (this.#list.at(-1) === version && this.#next !== null) await this.#listMore()
    this.#view.choose(version)
    const before = this.#list[this.#list.indexOf(version) + 1]?.id ?? 'empty'
    const changes = await this.#versions.changes(before, version.id)
    // Somebody may have moved on meanwhile.
    if (this.#shown !== version || !this.#isOpen) return
    this.#view.text.replaceChildren(
      renderChanges(changes, this.#view.changes.checked ? this.#colorOf : undefined),
    )
  }

  async #keep(): Promise<void> {
    if (this.#editor.pending > 0) await this.#editor.flush()
    const kept = await this.#versions.keep()
    // It has no name yet.
    this.#view.named.checked = false
    await this.#load(kept)
    this.#view.name.focus()
  }

  async #rename(): Promise<void> {
    if (this.#shown === undefined) return
    await this.#load(await this.#versions.name(this.#shown.id, this.#view.name.value.trim()))
  }

  async #restore(): Promise<void> {
    const version = this.#shown
    if (version === undefined) return
    const before = await this.#versions.restore(version.id)
    if (this.#isOpen) this.#toggle()
    const what = `The document is again as on ${dayOf(version)}, ${clockOf(version)}.`
    offerUndo(`${titleOf(version)}: ${what}`, () => this.#attempt(this.#versions.restore(before)))
  }

  /** Says what could not be done. */
  #attempt(done: Promise<unknown>): void {
    done.catch((error: unknown) => {
      const isKnown = error instanceof Refused || error instanceof Error
      this.#view.tell(isKnown ? error.message : String(error))
    })
  }

  readonly #countWriters = (): void => {
    if (!this.#isOpen || this.#editor.awareness === undefined) return
    const { length } = othersIn(this.#editor.awareness)
    const people = length === 1 ? '1 other person is' : `${length} other people are`
    this.#view.live.textContent = length === 0 ? '' : `${people} in the document now.`
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    if (!this.#isOpen || event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === 'Escape') return this.#toggle()
    const isTyping = event.target instanceof HTMLInputElement && event.target.type === 'text'
    if (isTyping || (event.key !== 'j' && event.key !== 'k')) return
    const found = [...this.#view.text.querySelectorAll<HTMLElement>('.change:not(.block)')]
    if (found.length === 0) return
    found[this.#change]?.classList.remove('here')
    const step = event.key === 'j' ? 1 : -1
    this.#change =
      (Math.max(this.#change, step === 1 ? -1 : 0) + step + found.length) % found.length
    found[this.#change]?.classList.add('here')
    found[this.#change]?.scrollIntoView({ block: 'center' })
  }
}
