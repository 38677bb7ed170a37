import { isOfType } from './parent.ts'
import { answer, ask, type Content, framedAttributes, type FromFrame, type Mirror } from './wire.ts'
import type { ToFrame } from './wire.ts'
import type { Token } from '../link/session.ts'
import type { Hearing, Host } from '../opened.ts'
import type { Counts, PanelName } from '../panels/panel.ts'
import type { CommentTold } from '../panels/panel.ts'
import type { Passage } from '../panels/passages.ts'
import type { Shown } from '../shown.ts'
import rules from './around.css' with { type: 'text' }
import { adopt } from '../styles.ts'
import { connecting, type Situation } from '../words.ts'

/** So long a frame may take to say that it is there. */
const silentAfterMs = 10_000

const lightInk = 'rgb(0, 0, 0)'
const darkInk = 'rgb(1, 1, 1)'

/**
 * A document that is shown by the server's own page, in a frame. The two talk over a port of their
 * own, which the frame gets when the browser says that it is the server's page in that very frame.
 */
export class Framed implements Shown {
  readonly session = undefined
  readonly native = undefined
  readonly #host: Host
  readonly #hearing: Hearing
  readonly #iframe = document.createElement('iframe')
  readonly #server: string
  // The element itself watches no attribute that only its stylesheet reads.
  readonly #attributes = new MutationObserver(() => this.refresh())
  #port: MessagePort | undefined
  #mirror: Mirror | undefined
  #content: Content | undefined
  #token: Token | undefined
  #isSilent = false
  #waiting: ReturnType<typeof setTimeout> | undefined

  constructor(host: Host, hearing: Hearing) {
    this.#host = host
    this.#hearing = hearing
    this.#server = host.server
    this.#token = host.token
    adopt(hearing.frame.whole.getRootNode(), rules)
    const { style } = this.#iframe
    style.display = 'block'
    style.width = '100%'
    style.border = '0'
    // Its own color is seen nowhere: it says whether the page is dark, and when that changes.
    style.color = `light-dark(${lightInk}, ${darkInk})`
    style.transition = 'color 1ms'
    this.#iframe.addEventListener('transitionend', () => this.refresh())
    this.#iframe.slot = 'editable'
    this.#iframe.title = this.#label
    // Some browsers tell a page in a frame by this alone which site is around it.
    this.#iframe.referrerPolicy = 'origin'
    addEventListener('message', this.#onMessage)
    this.#attributes.observe(host, { attributeFilter: [...framedAttributes, 'aria-label'] })
    this.#load()
    host.append(this.#iframe)
  }

  get isFilled(): boolean {
    return this.#content !== undefined
  }

  get isEmpty(): boolean {
    return this.#content?.isEmpty !== false
  }

  get text(): string {
    return this.#content?.text ?? ''
  }

  get value(): string {
    return this.#content?.value ?? ''
  }

  get json(): unknown {
    return this.#content?.json
  }

  get situation(): Situation {
    return this.#mirror?.standing ?? (this.#isSilent ? silent(this.#server) : connecting)
  }

  get saved(): boolean {
    return this.#mirror?.saved === true
  }

  get pending(): number {
    return this.#mirror?.standing.pending ?? 0
  }

  get panel(): PanelName | undefined {
    return this.#mirror?.panel
  }

  get counts(): Counts | undefined {
    return this.#mirror?.counts
  }

  get followed(): number | undefined {
    return this.#mirror?.followed
  }

  offer(token: Token | undefined): void {
    const before = this.#token
    this.#token = token
    if (typeof token !== 'function' && token !== before) this.connect()
  }

  refresh(): void {
    const { ariaLabel, user } = this.#host
    const attributes = framedAttributes.flatMap((name) => {
      const value = this.#host.getAttribute(name)
      return value === null || value === 'auto' ? [] : [[name, value] as const]
    })
    const isDark = getComputedStyle(this.#iframe).color === darkInk
    this.#iframe.title = this.#label
    this.#say({
      type: 'wishes',
      attributes: { theme: isDark ? 'dark' : 'light', ...Object.fromEntries(attributes) },
      label: ariaLabel ?? '',
      user,
    })
  }

  connect(): void {
    if (this.#port === undefined) this.#load()
    else this.#say({ type: 'connect' })
  }

  disconnect(): void {
    this.#say({ type: 'disconnect' })
  }

  async flush(): Promise<void> {
    if (this.#port === undefined) throw new Error(this.situation.title)
    await ask(this.#port, { type: 'flush' })
  }

  focus(): void {
    this.#iframe.focus()
    this.#say({ type: 'focus' })
  }

  offerPanels(): void {
    this.refresh()
  }

  comment(range: Passage | undefined): void {
    this.#say({ type: 'comment', range })
  }

  openPanel(name: PanelName | undefined): void {
    this.#say({ type: 'panel', name })
  }

  follow(clientId: number | undefined): void {
    this.#say({ type: 'follow', clientId })
  }

  /** Whether there is a caret is for the frame to know. */
  goTo(clientId: number): boolean {
    this.#say({ type: 'go-to', clientId })
    return this.isFilled
  }

  close(): void {
    clearTimeout(this.#waiting)
    removeEventListener('message', this.#onMessage)
    this.#attributes.disconnect()
    this.#port?.close()
    this.#iframe.remove()
  }

  get #label(): string {
    return this.#host.ariaLabel ?? `Text, edited together: ${this.#host.document}`
  }

  #load(): void {
    const address = new URL(`/embed/${encodeURIComponent(this.#host.document)}`, this.#server)
    address.searchParams.set('port', '')
    this.#iframe.src = address.href
    this.#isSilent = false
    clearTimeout(this.#waiting)
    this.#waiting = setTimeout(() => {
      this.#isSilent = true
      this.#hearing.told()
    }, silentAfterMs)
  }

  #say(message: ToFrame): void {
    this.#port?.postMessage(message)
  }

  readonly #onMessage = ({ data, origin, source }: MessageEvent<unknown>): void => {
    const frame = this.#iframe.contentWindow
    if (frame === null || source !== frame || origin !== this.#server) return
    if (!isOfType(data, 'ytopic-port-wanted')) return
    const { port1: ours, port2: theirs } = new MessageChannel()
    clearTimeout(this.#waiting)
    this.#isSilent = false
    this.#port?.close()
    this.#port = ours
    ours.addEventListener('message', this.#hear)
    ours.start()
    // The browser gives it to a page of that origin alone, whatever the frame shows by now.
    frame.postMessage({ type: 'ytopic-port' }, this.#server, [theirs])
    this.refresh()
    this.#hearing.frame.show(true)
    this.#hearing.told()
  }

  readonly #hear = ({ data, ports }: MessageEvent<FromFrame>): void => {
    switch (data.type) {
      case 'token':
        return answer(ports[0], this.#askForToken())
      case 'height':
        this.#iframe.style.height = `${data.height}px`
        return
      case 'event':
        this.#mirror = data.mirror
        this.#content = data.content ?? this.#content
        return this.#tell(data.name, data.detail)
    }
  }

  async #askForToken(): Promise<string | undefined> {
    return typeof this.#token === 'function' ? this.#token() : this.#token
  }

  #tell(name: string, detail: CommentTold | undefined): void {
    const { changed, filled, followed, paneled, presence, say, synced, told } = this.#hearing
    switch (name) {
      case 'ready':
        return filled()
      case 'change':
        return changed()
      case 'follow':
        return followed()
      case 'panel':
        return paneled()
      case 'presence':
        return presence()
      case 'synced':
        return synced()
      case 'comment':
      case 'mention':
        if (detail !== undefined) say(name, detail)
        return
      default:
        return told()
    }
  }
}

/** A frame that does not say that it is there. The browser tells nobody why. */
function silent(server: string): Situation {
  return {
    kind: 'silent',
    title: 'The frame does not answer',
    detail:
      `${new URL(server).host} is away, or this site may not show its pages: ` +
      'who runs it can allow that by starting it with:',
    remedy: `--origin ${location.origin}`,
    pending: 0,
  }
}
