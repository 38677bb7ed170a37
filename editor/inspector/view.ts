import rules from './inspector.css' with { type: 'text' }
import { piece, press } from '../panels/piece.ts'
import { adopt } from '../styles.ts'
import { showContent } from './content-view.ts'
import type { Inspected } from './inspected.ts'
import { Log } from './log.ts'
import { showLog } from './log-view.ts'
import { type ServerNumbers, showServer } from './server-view.ts'
import type { Wires } from './socket.ts'
import { type Line, showWho } from './who-view.ts'

const tabs = ['Who', 'Messages', 'Content', 'Server'] as const
type Tab = (typeof tabs)[number]

/** How often what is shown is looked at anew. */
const lookMs = 250
const delays = [0, 200, 1_000, 5_000]

/** The view of one connection: it watches for as long as it is on the page. */
export class View {
  readonly element = piece('div', '')
  readonly #inspected: Inspected
  readonly #numbers: ServerNumbers | undefined
  readonly #log: Log
  readonly #panel = piece('div', '')
  readonly #buttons = new Map<Tab, HTMLButtonElement>()
  readonly #wires: Wires
  readonly #ends: (() => void)[] = []
  #tab: Tab = 'Messages'
  #isStale = true
  #line: Line = { state: 'connecting', openedMs: undefined, receiptMs: undefined }
  #openingAt = performance.now()
  #endServer: (() => void) | undefined

  constructor(inspected: Inspected, numbers: ServerNumbers | undefined) {
    this.#inspected = inspected
    this.#numbers = numbers
    this.#log = new Log(inspected.protocol, inspected.doc)
    this.#wires = {
      delayMs: 0,
      isCut: false,
      opened: () => this.#opened(),
      closed: () => this.#moved({ ...this.#line, state: 'closed' }),
      passed: (direction, bytes) => {
        this.#log.add(direction, bytes)
        this.#moved({ ...this.#line, receiptMs: this.#log.lastReceiptMs })
      },
    }
    this.#build()
    const stale = (): void => {
      this.#isStale = true
    }
    inspected.doc.on('update', stale)
    inspected.awareness?.on('change', stale)
    const looking = setInterval(() => this.#look(), lookMs)
    this.#ends.push(
      inspected.watch(this.#wires),
      () => inspected.doc.off('update', stale),
      () => inspected.awareness?.off('change', stale),
      () => clearInterval(looking),
    )
    this.#look()
  }

  /** Looks no more; the connection stays as it is. */
  end(): void {
    this.#wires.delayMs = 0
    this.#wires.isCut = false
    for (const end of this.#ends) end()
    this.#endServer?.()
    this.#log.end()
    this.element.remove()
  }

  #opened(): void {
    this.#log.opened()
    this.#moved({ ...this.#line, state: 'open', openedMs: performance.now() - this.#openingAt })
  }

  #moved(line: Line): void {
    if (line.state === 'closed') this.#openingAt = performance.now()
    this.#line = line
    this.#isStale = true
  }

  #build(): void {
    const root = this.element.attachShadow({ mode: 'open' })
    adopt(root, rules)
    const list = piece('div', '')
    list.role = 'tablist'
    list.ariaLabel = 'What is looked at'
    for (const tab of tabs) {
      const one = press(tab, () => this.#show(tab))
      one.role = 'tab'
      this.#buttons.set(tab, one)
      list.append(one)
    }
    list.addEventListener('keydown', (event) => this.#onKey(event))
    this.#panel.role = 'tabpanel'
    this.#panel.tabIndex = 0
    const whole = piece('section', '', piece('header', '', list, ...this.#switches()), this.#panel)
    whole.ariaLabel = 'Inspector'
    root.append(whole)
    this.#show(this.#tab)
  }

  #switches(): readonly HTMLElement[] {
    const delay = piece('select', '')
    for (const time of delays) {
      delay.append(
        new Option(time === 0 ? 'no delay' : `${time.toLocaleString('en')} ms`, `${time}`),
      )
    }
    delay.addEventListener('change', () => {
      this.#wires.delayMs = Number(delay.value)
    })
    const cut = piece('input', '')
    cut.type = 'checkbox'
    cut.addEventListener('change', () => {
      this.#wires.isCut = cut.checked
      if (cut.checked) this.#inspected.cut()
    })
    return [piece('label', '', 'Throttle', delay), piece('label', '', cut, 'Drop the connection')]
  }

  #show(tab: Tab): void {
    this.#tab = tab
    for (const [name, one] of this.#buttons) {
      one.ariaSelected = String(name === tab)
      one.tabIndex = name === tab ? 0 : -1
    }
    this.#panel.ariaLabel = tab
    this.#endServer?.()
    this.#endServer = undefined
    if (tab === 'Server') {
      const { element, end } = showServer(this.#numbers)
      this.#endServer = end
      this.#panel.replaceChildren(element)
    }
    this.#isStale = true
    this.#look()
  }

  #onKey(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (step === undefined) return
    event.preventDefault()
    const next = tabs[(tabs.indexOf(this.#tab) + step + tabs.length) % tabs.length] ?? this.#tab
    this.#show(next)
    this.#buttons.get(next)?.focus()
  }

  #look(): void {
    // What somebody reads or has opened stays as it is.
    const isRead = this.#panel.querySelector('details[open]') !== null || this.#isSelected()
    if (!this.#isStale || this.#tab === 'Server' || isRead) return
    this.#isStale = false
    const { scrollTop } = this.#panel
    this.#panel.replaceChildren(this.#content())
    this.#panel.scrollTop = scrollTop
  }

  #isSelected(): boolean {
    const selection = getSelection()
    return selection?.isCollapsed === false && selection.containsNode(this.element, true)
  }

  #content(): HTMLElement {
    switch (this.#tab) {
      case 'Who':
        return showWho(this.#inspected, this.#line)
      case 'Content':
        return showContent(this.#inspected.doc)
      case 'Messages':
      case 'Server':
        return showLog(this.#log, this.#inspected.doc)
    }
  }
}
