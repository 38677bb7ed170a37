import type * as Y from 'yjs'
import type { Kind } from './attributes.ts'
import { tendCarets } from './rich/carets.ts'
import { fillInSight } from './in-sight.ts'
import { insist } from './insist.ts'
import { mountKind } from './kinds.ts'
import { mayWrite } from './link/link.ts'
import type { Frame } from './frame/frame.ts'
import type { Mounted } from './mounted.ts'
import type { PanelParts } from './panels/panel.ts'
import type { Panels } from './panels/panels.ts'
import { type Person, personOf } from './link/person.ts'
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
  readonly granted: () => void
  /** There is an editor now. */
  readonly filled: () => void
}

/** What an element has while it shows a document: its session, and the editor in the page. */
export class Opened {
  readonly session: Session
  /** Undefined until somebody asks for one: most pages have none. */
  panels: Panels | undefined
  mounted: Mounted | undefined
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
    this.#ends = [this.#fill(hearing), tendCarets(this.#editable), ...this.#hear(hearing)]
  }

  close(): void {
    this.#isOver = true
    this.panels?.close()
    for (const end of this.#ends) end()
    this.#editable.remove()
    this.session.release(this.#host)
  }

  /** Has the panels do something, once they are loaded. */
  beside(act: (panels: Panels) => void): void {
    this.#panels ??= this.#loadPanels()
    this.#panels.then((panels) => {
      if (!this.#isOver) act(panels)
    }, this.#fail)
  }

  /** A fault of ours: the page hears of it as of any other. */
  readonly #fail = (error: unknown): void => reportError(error)

  async #loadPanels(): Promise<Panels> {
    const host = this.#host
    const { frame, paneled, say } = this.#hearing
    const { Panels: Beside } = await insist(() => import('./panels/panels.ts'))
    this.panels = new Beside({
      frame,
      session: this.session,
      host,
      token: () => host.token,
      say,
      document: host.document,
      root: host.root,
      user: () => host.user,
      locale: host.closest('[lang]')?.getAttribute('lang') ?? undefined,
      passages: () => this.mounted?.passages,
      told: paneled,
      failed: this.#fail,
      focus: () => this.mounted?.focus(),
    })
    return this.panels
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
      this.mounted = mounted
      const unwatch = mounted.passages.watch(() => this.panels?.refresh())
      filled()
      return () => {
        unwatch()
        mounted.destroy()
      }
    })
  }

  #hear({ changed, granted, presence, synced, told }: Hearing): readonly (() => void)[] {
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
      link.watch(granted),
      () => link.awareness.off('change', presence),
      () => doc.off('update', changed),
      () => link.provider.off('sync', onSync),
    ]
  }
}

function warnOfUnsaved(event: Event): void {
  if (hasUnsaved()) event.preventDefault()
}
