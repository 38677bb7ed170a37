import { type Ask, asking, documentPath } from '../link/api.ts'
import { mayComment } from '../link/link.ts'
import { guestId, personOf } from '../link/person.ts'
import { openSession, type Session } from '../link/session.ts'
import { type Author, nameOf } from '../panels/face.ts'
import type { PanelParts } from '../panels/panel.ts'
import { type Anchor, authorOf, type Comment, readThreads, type Thread } from './thread.ts'

/** What somebody says. */
export interface Said {
  readonly text: string
  /** Ids of people. */
  readonly mentions: readonly string[]
}

/**
 * The comments on a document, as they stand in the document beside it: read over a connection like
 * any other, written over HTTP, as the server alone writes there.
 */
export class Comments {
  threads: readonly Thread[] = []
  readonly #parts: PanelParts
  readonly #session: Session
  readonly #ask: Ask
  readonly #path: string
  readonly #holder: { readonly token: ReturnType<PanelParts['token']> }
  readonly #changed: () => void
  readonly #unwatch: () => void

  /** @param changed the threads are others, or what one may do */
  constructor(parts: PanelParts, changed: () => void) {
    const { document, session, token } = parts
    this.#parts = parts
    this.#changed = changed
    this.#ask = asking(session.server, () => session.token)
    this.#path = documentPath(document, '/comments')
    this.#holder = {
      get token() {
        return token()
      },
    }
    const beside = { doc: undefined, offline: undefined }
    const wanted = { server: session.server, document: `${document}::comments`, ...beside }
    this.#session = openSession(wanted, this.#holder)
    // Who reads along in it is no one to be seen.
    this.#session.link.awareness.setLocalState(null)
    this.#map.observeDeep(this.#read)
    this.#unwatch = session.watch(() => {
      this.#session.offer(token())
      changed()
    })
    this.#read()
  }

  /** Whether they are known. */
  get isThere(): boolean {
    return this.#session.link.provider.synced
  }

  /** Who comments here. */
  get me(): Author {
    const { granted } = this.#parts.session.link
    const { color, name } = personOf(this.#parts.session, this.#parts.user())
    return { id: granted?.user === undefined ? guestId() : (granted.user.id ?? null), name, color }
  }

  /** Everybody else who can be mentioned: who is here, and who has commented. */
  get people(): readonly Author[] {
    const here = [...this.#parts.session.link.awareness.getStates().values()].map(({ user }) =>
      authorOf(user),
    )
    const authors = this.threads.flatMap(({ comments }) => comments.map(({ by }) => by))
    const people = new Map<string, Author>()
    for (const person of [...authors, ...here]) {
      const isKnown = person !== null && person.id !== null && person.id !== this.me.id
      if (isKnown && person.id !== null) people.set(person.id, person)
    }
    return [...people.values()].toSorted((one, other) => nameOf(one).localeCompare(nameOf(other)))
  }

  get mayComment(): boolean {
    return mayComment(this.#parts.session.link)
  }

  mayResolve({ by }: Thread): boolean {
    const { granted } = this.#parts.session.link
    const mayAll = granted?.access === 'write' || granted?.access === 'admin'
    return mayAll || (this.mayComment && this.#isMine(by))
  }

  mayChange({ by, isDeleted }: Comment): boolean {
    return this.mayComment && !isDeleted && this.#isMine(by)
  }

  mayRemove(comment: Comment): boolean {
    const isAdmin = this.#parts.session.link.granted?.access === 'admin'
    return this.mayChange(comment) || (isAdmin && !comment.isDeleted)
  }

  /** Begins a thread. @returns its id */
  async create(anchor: Anchor, said: Said): Promise<string> {
    const body = { anchor, ...said, ...this.#claim }
    const { id } = await this.#ask<Thread>('POST', this.#path, body)
    return id
  }

  async reply({ id }: Thread, said: Said): Promise<void> {
    await this.#ask('POST', this.#to(id), { ...said, ...this.#claim })
  }

  async resolve({ id }: Thread, resolved: boolean): Promise<void> {
    await this.#ask('PATCH', this.#to(id), { resolved, ...this.#claim })
  }

  async edit(thread: Thread, { id }: Comment, text: string): Promise<void> {
    await this.#ask('PATCH', this.#to(thread.id, id), { text, ...this.#claim })
  }

  async remove(thread: Thread, { id }: Comment): Promise<void> {
    await this.#ask('DELETE', this.#to(thread.id, id), this.#claim)
  }

  async react(thread: Thread, { id }: Comment, emoji: string, on: boolean): Promise<void> {
    const place = `${this.#to(thread.id, id)}/reactions/${encodeURIComponent(emoji)}`
    await this.#ask(on ? 'PUT' : 'DELETE', place, this.#claim)
  }

  close(): void {
    this.#unwatch()
    this.#map.unobserveDeep(this.#read)
    this.#session.release(this.#holder)
  }

  get #map() {
    return this.#session.doc.getMap('threads')
  }

  /** One's own word of who one is, where the server asks nobody. */
  get #claim(): { readonly by?: Author } {
    return this.#parts.session.link.granted?.user === undefined ? { by: this.me } : {}
  }

  #to(...ids: readonly string[]): string {
    return [this.#path, ...ids.map(encodeURIComponent)].join('/')
  }

  #isMine(by: Author | null): boolean {
    return by?.id !== undefined && by.id !== null && by.id === this.me.id
  }

  readonly #read = (): void => {
    this.threads = readThreads(this.#map)
    this.#changed()
  }
}
