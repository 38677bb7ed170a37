import type * as Y from 'yjs'
import type { Kind } from './attributes.ts'
import { tendCarets } from './rich/carets.ts'
import { fillInSight } from './in-sight.ts'
import { mountKind } from './kinds.ts'
import { mayWrite } from './link/link.ts'
import type { Mounted } from './mounted.ts'
import { type Person, personOf } from './link/person.ts'
import { hasUnsaved, openSession, type Session, type Token } from './link/session.ts'
import { watchStanding } from './link/status.ts'
import { dressText } from './styles.ts'

/** The element, as far as it says what is to be opened. */
export interface Host extends HTMLElement {
  readonly server: string
  readonly document: string
  readonly kind: Kind
  readonly root: string
  readonly language: string
  readonly placeholder: string
  readonly readonly: boolean
  readonly token: Token | undefined
  readonly user: Person
  readonly extensions: readonly unknown[]
  /** The Yjs document that the page has given, if it has. */
  readonly given: Y.Doc | undefined
}

/** What the element does about what it hears. */
export interface Hearing {
  /** Filled with the buttons of rich text. */
  readonly toolbar: HTMLElement
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
  mounted: Mounted | undefined
  readonly #host: Host
  readonly #editable: HTMLElement
  readonly #ends: readonly (() => void)[]

  constructor(host: Host, hearing: Hearing) {
    this.#host = host
    const { document: name, given, server } = host
    dressText(host.getRootNode())
    this.session = openSession({ server, document: name, doc: given }, host)
    this.#editable = document.createElement('div')
    this.#editable.slot = 'editable'
    this.#editable.className = `ytopic-editable ytopic-${host.kind}`
    host.append(this.#editable)
    addEventListener('beforeunload', warnOfUnsaved)
    this.#ends = [this.#fill(hearing), tendCarets(this.#editable), ...this.#hear(hearing)]
  }

  close(): void {
    for (const end of this.#ends) end()
    this.#editable.remove()
    this.session.release(this.#host)
  }

  #fill({ filled, toolbar }: Hearing): () => void {
    const host = this.#host
    const { extensions, kind, language, root } = host
    const { doc, link } = this.session
    const mount = {
      parent: this.#editable,
      link,
      person: personOf(this.session, host.user),
      label: host.ariaLabel ?? 'Text, edited together',
      placeholder: host.placeholder,
      mayWrite: () => mayWrite(link) && !host.readonly,
    }
    const load = (): Promise<() => Mounted> =>
      mountKind({ kind, mount, root, doc, toolbar, language, extensions })
    return fillInSight(host, load, (create) => {
      this.mounted = create()
      filled()
      return this.mounted.destroy
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
