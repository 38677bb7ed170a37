import type { Frame } from '../frame/frame.ts'
import { insist } from '../insist.ts'
import { type Counts, type Panel, type PanelName, panelNames, panelTitles } from './panel.ts'
import type { PanelParts } from './panel.ts'
import type { Passage } from './passages.ts'
import rules from './panels.css' with { type: 'text' }
import { adopt } from '../styles.ts'
import type { Stand } from './stand.ts'

/** What panels work with. */
export interface PanelsParts extends Omit<PanelParts, 'counted' | 'place' | 'show'> {
  readonly frame: Frame
  /** Another one is seen, or counts something else. */
  readonly told: () => void
  /** One could not be made. */
  readonly failed: (error: unknown) => void
  /** None is seen any more: the keyboard goes back to the text. */
  readonly focus: () => void
}

/** The panels of an open document: each is loaded by itself, and one is seen at a time. */
export class Panels {
  readonly #parts: PanelsParts
  readonly #tabs: ReadonlyMap<PanelName, HTMLButtonElement>
  readonly #loaded = new Map<PanelName, Panel>()
  readonly #loading = new Set<PanelName>()
  #stand: Stand | undefined
  #open: PanelName | undefined
  #isOver = false
  /** What is to be commented on, once the panel for that is there. */
  #wanted: { readonly passage: Passage | undefined } | undefined

  constructor(parts: PanelsParts) {
    this.#parts = parts
    adopt(parts.frame.whole.getRootNode(), rules)
    this.#tabs = new Map(panelNames.map((name) => [name, this.#tabFor(name)]))
    parts.frame.tabs.replaceChildren()
  }

  /** Which one is seen, or is about to be. */
  get open(): PanelName | undefined {
    return this.#open
  }

  /** What there is to see in them. */
  get counts(): Counts {
    const [comments, chat] = panelNames.map((name) => this.#loaded.get(name)?.count)
    return { comments: comments ?? 0, chat: chat ?? 0 }
  }

  /** Offers these, by buttons, and loads them: what they count is seen before they are. */
  offer(names: readonly PanelName[]): void {
    this.#parts.frame.tabs.replaceChildren(
      ...[...this.#tabs].flatMap(([name, tab]) => (names.includes(name) ? [tab] : [])),
    )
    for (const name of names) this.#load(name)
    if (this.#open !== undefined && !names.includes(this.#open)) this.show(undefined)
  }

  /** Shows one, or none. */
  show(name: PanelName | undefined): void {
    const before = this.#open
    this.#open = name
    if (name !== undefined) this.#load(name)
    this.#present()
    this.#tell()
    if (name !== undefined || before === undefined) return
    const tab = this.#tabs.get(before)
    if (tab?.checkVisibility() === true) tab.focus()
    else this.#parts.focus()
  }

  /** Has somebody comment on a passage; without one on what is selected. */
  comment(passage: Passage | undefined): void {
    this.#wanted = { passage }
    this.show('comments')
  }

  /** Somebody has another name, or another text is selected. */
  refresh(): void {
    for (const panel of this.#loaded.values()) panel.refresh()
  }

  close(): void {
    this.#isOver = true
    for (const panel of this.#loaded.values()) panel.close()
    this.#stand?.end()
    this.#parts.frame.tabs.replaceChildren()
  }

  #load(name: PanelName): void {
    if (this.#loading.has(name)) return
    this.#loading.add(name)
    const { frame } = this.#parts
    const parts: PanelParts = {
      ...this.#parts,
      place: frame.whole,
      counted: this.#tell,
      show: () => {
        if (this.#open !== name) this.show(name)
      },
    }
    const fill = async (): Promise<void> => {
      const [{ Stand: Place }, create] = await insist(() =>
        Promise.all([import('./stand.ts'), loaders[name]()]),
      )
      if (this.#isOver) return
      this.#stand ??= new Place(frame.whole, () => this.show(undefined))
      this.#loaded.set(name, create(parts))
      this.#present()
      this.#tell()
    }
    fill().catch(this.#parts.failed)
  }

  #present(): void {
    const panel = this.#open && this.#loaded.get(this.#open)
    this.#stand?.show(this.#open, panel)
    if (this.#wanted === undefined || panel?.compose === undefined) return
    const { passage } = this.#wanted
    this.#wanted = undefined
    panel.compose(passage)
  }

  readonly #tell = (): void => {
    const { counts } = this
    for (const [name, tab] of this.#tabs) {
      const number = counts[name]
      tab.ariaPressed = String(this.#open === name)
      tab.ariaLabel = number === 0 ? panelTitles[name] : `${panelTitles[name]}, ${number}`
      const count = tab.querySelector<HTMLElement>('.count')
      if (count === null) continue
      count.hidden = number === 0
      count.textContent = String(number)
    }
    this.#parts.told()
  }

  #tabFor(name: PanelName): HTMLButtonElement {
    const tab = document.createElement('button')
    tab.type = 'button'
    tab.setAttribute('part', 'tab')
    const count = document.createElement('span')
    count.className = 'count'
    count.hidden = true
    tab.append(panelTitles[name], count)
    tab.ariaLabel = panelTitles[name]
    tab.ariaPressed = 'false'
    tab.addEventListener('click', () => this.show(this.#open === name ? undefined : name))
    return tab
  }
}

type Create = (parts: PanelParts) => Panel

const loaders: Readonly<Record<PanelName, () => Promise<Create>>> = {
  async comments() {
    const { CommentsPanel } = await import('../comments/comments-panel.ts')
    return (parts) => new CommentsPanel(parts)
  },
  async chat() {
    const { ChatPanel } = await import('../chat/chat-panel.ts')
    return (parts) => new ChatPanel(parts)
  },
}
