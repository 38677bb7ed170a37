import type * as Y from 'yjs'
import type { Kind } from './attributes.ts'
import { tendCarets } from './rich/carets.ts'
import { fillInSight } from './in-sight.ts'
import { insist } from './insist.ts'
import { mountKind } from './kinds.ts'
import { mayWrite } from './link/link.ts'
import type { Frame } from './frame/frame.ts'
import type { Mounted } from './mounted.ts'
import type { Counts, PanelName, PanelParts } from './panels/panel.ts'
import { readPanelNames } from './panels/panel.ts'
import type { Panels } from './panels/panels.ts'
import type { Passage } from './panels/passages.ts'
import type { Shown } from './shown.ts'
import { type Situation, situationOf } from './words.ts'
import { guestId, type Person, personOf } from './link/person.ts'
import { hasUnsaved, openSession, type Session, type Token } from './link/session.ts'
import { watchStanding } from './link/status.ts'

/** The element, as far as it says what is to be opened. */
export interface Host extends HTMLElement {
  readonly server: string
  readonly document: string
  readonly kind: Kind
  readonly root: string
  readonly language: string
  readonly placeholder: string
  readonly readonly: boolean
  readonly panels: string
  /** Whose copy is kept on this device; undefined where none is. */
  readonly offline: string | undefined
  readonly token: Token | undefined
  readonly user: Person
  readonly extensions: readonly unknown[]
  /** The Yjs document that the page has given, if it has. */
  readonly given: Y.Doc | undefined
}

/** What the element does about what it hears. */
export interface Hearing {
  readonly frame: Frame
  /** Another panel is seen, or one counts something else. */
  readonly paneled: () => void
  /** Tells the page of something. */
  readonly say: PanelParts['say']
  /** Somebody else is followed, or nobody. */
  readonly followed: () => void
  readonly presence: () => void
  readonly changed: () => void
  readonly synced: () => void
  readonly told: () => void
  /** There is an editor now. */
  readonly filled: () => void
}

/** What an element has while it shows a document: its session, and the editor in the page. */
export class Opened implements Shown {
  readonly session: Session
  /** Undefined until somebody asks for one: most pages have none. */
  #beside: Panels | undefined
  #mounted: Mounted | undefined
  readonly #host: Host
  readonly #hearing: Hearing
  #panels: Promise<Panels> | undefined
  #isOver = false
  readonly #editable: HTMLElement
  readonly #ends: readonly (() => void)[]

  constructor(host: Host, hearing: Hearing) {
    this.#host = host
    this.#hearing = hearing
    const { document: name, given, offline, server } = host
    this.session = openSession({ server, document: name, doc: given, offline }, host)
    this.#editable = document.createElement('div')
    this.#editable.slot = 'editable'
    this.#editable.className = `ytopic-editable ytopic-${host.kind}`
    host.append(this.#editable)
    addEventListener('beforeunload', warnOfUnsaved)
    this.#appear()
    this.#ends = [this.#fill(hearing), tendCarets(this.#editable), ...this.#hear(hearing)]
  }

  get isFilled(): boolean {
    return this.#mounted !== undefined
  }

  get native(): unknown {
    return this.#mounted?.native
  }

  get isEmpty(): boolean {
    return this.#mounted?.isEmpty !== false
  }

  get text(): string {
    return this.#mounted?.text ?? ''
  }

  get value(): string {
    return this.#mounted?.value ?? ''
  }

  get json(): unknown {
    return this.#mounted?.json
  }

  get situation(): Situation {
    return situationOf(this.session, this.#host.readonly)
  }

  get saved(): boolean {
    return this.session.saved
  }

  get pending(): number {
    return this.session.pending
  }

  get panel(): PanelName | undefined {
    return this.#beside?.open
  }

  get counts(): Counts | undefined {
    return this.#beside?.counts
  }

  get followed(): number | undefined {
    return this.#mounted?.following.id
  }

  offer(token: Token | undefined): void {
    this.session.offer(token)
  }

  readonly refresh = (): void => {
    this.#appear()
    this.#mounted?.refresh()
  }

  connect(): void {
    this.session.connect()
  }

  disconnect(): void {
    this.session.link.disconnect()
  }

  flush(): Promise<void> {
    return this.session.flush()
  }

  focus(): void {
    this.#mounted?.focus()
  }

  offerPanels(): void {
    const names = readPanelNames(this.#host.panels)
    if (names.length > 0 || this.#beside !== undefined) this.#withPanels((all) => all.offer(names))
  }

  openPanel(name: PanelName | undefined): void {
    this.#withPanels((panels) => panels.show(name))
  }

  comment(range: Passage | undefined): void {
    this.#withPanels((panels) => panels.comment(range))
  }

  follow(clientId: number | undefined): void {
    this.#mounted?.following.follow(clientId)
  }

  goTo(clientId: number): boolean {
    return this.#mounted?.following.goTo(clientId) === true
  }

  close(): void {
    this.#isOver = true
    this.#beside?.close()
    for (const end of this.#ends) end()
    this.#editable.remove()
    this.session.release(this.#host)
  }

  /** Has the panels do something, once they are loaded. */
  #withPanels(act: (panels: Panels) => void): void {
    this.#panels ??= this.#loadPanels()
    this.#panels.then((panels) => {
      if (!this.#isOver) act(panels)
    }, reportError)
  }

  async #loadPanels(): Promise<Panels> {
    const host = this.#host
    const { frame, paneled, say } = this.#hearing
    const { Panels: Beside } = await insist(() => import('./panels/panels.ts'))
    this.#beside = new Beside({
      frame,
      session: this.session,
      host,
      token: () => host.token,
      say,
      document: host.document,
      root: host.root,
      user: () => host.user,
      locale: host.closest('[lang]')?.getAttribute('lang') ?? undefined,
      passages: () => this.#mounted?.passages,
      told: paneled,
      failed: reportError,
      focus: () => this.#mounted?.focus(),
    })
    return this.#beside
  }

  #fill({ filled, followed, frame }: Hearing): () => void {
    const host = this.#host
    const { toolbar } = frame
    const { extensions, kind, language, root } = host
    const { doc, link } = this.session
    const mount = {
      parent: this.#editable,
      link,
      person: personOf(this.session, host.user),
      label: host.ariaLabel ?? 'Text, edited together',
      placeholder: host.placeholder,
      nonce: host.nonce || undefined,
      mayWrite: () => mayWrite(link) && !host.readonly,
      followed,
    }
    const load = (): Promise<() => Mounted> =>
      mountKind({ kind, mount, root, doc, toolbar, language, extensions })
    return fillInSight(host, load, (create) => {
      const mounted = create()
      this.#mounted = mounted
      const unwatch = mounted.passages.watch(() => this.#beside?.refresh())
      filled()
      return () => {
        unwatch()
        mounted.destroy()
      }
    })
  }

  /** Shows the others who is here. */
  #appear(): void {
    const { awareness, granted } = this.session.link
    const id = granted?.user === undefined ? guestId() : granted.user.id
    const person = { ...personOf(this.session, this.#host.user), id }
    const shown: unknown = awareness.getLocalState()?.['user']
    if (JSON.stringify(shown) === JSON.stringify(person)) return
    // The editors of others write another name at a caret only when that comes anew.
    awareness.setLocalState({ ...awareness.getLocalState(), cursor: null, user: person })
    this.#beside?.refresh()
  }

  #hear({ changed, presence, synced, told }: Hearing): readonly (() => void)[] {
    const { doc, link } = this.session
    const onSync = (isSynced: boolean): void => {
      if (isSynced) synced()
    }
    link.awareness.on('change', presence)
    doc.on('update', changed)
    link.provider.on('sync', onSync)
    return [
      watchStanding(link, told),
      this.session.watch(told),
      link.watch(this.refresh),
      () => link.awareness.off('change', presence),
      () => doc.off('update', changed),
      () => link.provider.off('sync', onSync),
    ]
  }
}

function warnOfUnsaved(event: Event): void {
  if (hasUnsaved()) event.preventDefault()
}
