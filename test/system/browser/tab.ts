import type { Locator, Page, WebSocket } from 'playwright-core'
import { until } from '../../support/harness/wait.ts'

/** The two places to write in. */
export type Place = 'prose' | 'code'

/** One client's view on the page. */
export class Pane {
  readonly #view: Locator
  readonly prose: Locator
  readonly code: Locator
  readonly toolbar: Locator
  readonly offline: Locator
  readonly name: Locator
  readonly people: Locator
  readonly status: Locator
  readonly detail: Locator
  readonly protocol: Locator

  constructor(page: Page, seat: 'first' | 'second') {
    const view = page.getByTestId(`pane-${seat}`)
    this.#view = view
    this.prose = view.getByTestId('prose').locator('.ProseMirror')
    this.code = view.getByTestId('code').locator('.cm-content')
    this.toolbar = view.getByTestId('toolbar')
    this.offline = view.getByTestId('offline')
    this.name = view.getByTestId('my-name')
    this.people = view.getByTestId('people')
    this.status = view.getByTestId('status')
    this.detail = view.getByTestId('status-detail')
    this.protocol = view.getByTestId('protocol')
  }

  /** Types at the end of the place. */
  async type(place: Place, text: string): Promise<void> {
    // An editor is loaded when its place comes into sight, and locked until one may write.
    await this.#view.getByTestId(place).scrollIntoViewIfNeeded()
    const unlocked = this.#view.page().locator('[contenteditable=true]')
    await this[place].and(unlocked).click()
    await this[place].press('Control+End')
    await this[place].pressSequentially(text)
  }

  /** Presses a key again and again until the place holds that text and nothing else. */
  async pressUntil(place: Place, key: string, text: string): Promise<void> {
    await until(`${key} leads to "${text}"`, async () => {
      await this[place].press(key)
      return (await this.text(place)) === text
    })
  }

  /** What stands in the place, without the carets and name tags of others. */
  text(place: Place): Promise<string> {
    return this[place].evaluate((element) => {
      const copy = element.cloneNode(true) as HTMLElement
      const extra = '.collaboration-carets__caret, .cm-ySelectionCaret, .cm-placeholder'
      for (const caret of copy.querySelectorAll(extra)) caret.remove()
      return [...copy.children].map((line) => line.textContent).join('\n')
    })
  }

  /** Waits until the text stands in the place. */
  async shows(place: Place, text: string): Promise<void> {
    await until(`${place} shows "${text}"`, async () => (await this.text(place)).includes(text))
  }

  /** Waits until the status says these words. */
  async becomes(words: string): Promise<void> {
    await until(`status "${words}"`, async () => (await this.status.textContent()) === words)
  }

  /** Waits until exactly these others are listed, in any order. */
  async listsOthers(names: readonly string[]): Promise<void> {
    const wanted = names.toSorted().join(', ')
    await until(`others are "${wanted}"`, async () => {
      const listed = await this.people.locator('.who').allTextContents()
      return listed.toSorted().join(', ') === wanted
    })
  }

  /** Takes another name. */
  async rename(name: string): Promise<void> {
    await this.name.fill(name)
    await this.name.press('Enter')
  }
}

/** One tab with the demo in it. */
export class Tab {
  readonly page: Page
  readonly first: Pane
  readonly second: Pane
  /** What the page wrote to the console as a warning or an error, and what it threw. */
  readonly complaints: string[] = []
  /** Every host that the page asked for anything. */
  readonly hosts = new Set<string>()
  /** The sockets that are not closed. */
  readonly openSockets = new Set<WebSocket>()

  constructor(page: Page) {
    this.page = page
    page.setDefaultTimeout(60_000)
    this.first = new Pane(page, 'first')
    this.second = new Pane(page, 'second')
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) this.complaints.push(message.text())
    })
    page.on('pageerror', (error) => this.complaints.push(error.message))
    page.on('request', (request) => this.#note(request.url()))
    page.on('websocket', (socket) => {
      this.#note(socket.url())
      this.openSockets.add(socket)
      socket.on('close', () => this.openSockets.delete(socket))
    })
  }

  /** Shows another document through the field at the top. */
  async switchTo(document: string): Promise<void> {
    await this.page.getByTestId('document-name').fill(document)
    await this.page.getByTestId('open-document').click()
  }

  #note(address: string): void {
    const { protocol, host } = new URL(address)
    if (!['data:', 'blob:'].includes(protocol)) this.hosts.add(host)
  }
}

/** Waits until both show the same in both places. */
export async function agree(left: Pane, right: Pane): Promise<void> {
  for (const place of ['prose', 'code'] as const) {
    await until(`the same ${place} on both sides`, async () => {
      return (await left.text(place)) === (await right.text(place))
    })
  }
}
