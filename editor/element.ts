import type * as Y from 'yjs'
import { attributeNames } from './attributes.ts'
import { buildFrame, type Frame } from './frame/frame.ts'
import { insist } from './insist.ts'
import { EditorMembers, openings } from './members.ts'
import { type Hearing, type Host, Opened } from './opened.ts'
import { listPeople, othersIn } from './link/others.ts'
import { newPerson, parsePerson, type Person, readableColor } from './link/person.ts'
import type { Token } from './link/session.ts'
import type { Shown } from './shown.ts'
import { isStop, type Situation, unnamed } from './words.ts'

/** How often `change` is told at most. */
const changeAfterMs = 200

/** `<ytopic-editor>`: a document that people edit together. */
export class YtopicEditor extends EditorMembers {
  static readonly formAssociated = true
  static readonly observedAttributes = [...attributeNames.reopen, ...attributeNames.refresh]

  readonly #internals = this.attachInternals()
  readonly #frame: Frame
  readonly #guest = newPerson()
  #isPlanned = false
  #token: Token | undefined
  #user: Partial<Person> | undefined
  #doc: Y.Doc | undefined
  #extensions: readonly unknown[] = []
  #situation: Situation = unnamed
  #ready = Promise.withResolvers<this>()
  #changing: ReturnType<typeof setTimeout> | undefined

  constructor() {
    super()
    const root = this.attachShadow({ mode: 'open', delegatesFocus: false })
    this.#frame = buildFrame(root, () => this.connect())
    this.#frame.show(false)
    this.#frame.tell(this.#situation)
    for (const name of ['token', 'user', 'doc', 'extensions'] as const) this.#upgrade(name)
  }

  /** A token for the server, or a function that gets one: it is asked whenever one is wanted. */
  get token(): Token | undefined {
    return this.#token
  }

  set token(token: Token | undefined) {
    this.#token = token
    // Frameworks hand over a new function at every turn: it is no reason to connect anew.
    this.#open?.offer(token)
  }

  /** Who others see, where the server does not say it. */
  get user(): Person {
    const name = this.#user?.name ?? this.getAttribute('user-name') ?? this.#guest.name
    const color = this.#user?.color ?? this.getAttribute('user-color') ?? this.#guest.color
    return { name, color: readableColor(parsePerson({ color }).color) }
  }

  set user(user: Partial<Person> | undefined) {
    this.#user = user
    this.#open?.refresh()
  }

  /** The Yjs document: the given one, or the one that was opened. */
  get doc(): Y.Doc | undefined {
    return this.#doc ?? this.#open?.session?.doc
  }

  set doc(doc: Y.Doc | undefined) {
    if (doc === this.#doc) return
    this.#doc = doc
    this.#reopen()
  }

  /** The Yjs document that the page has given, if it has. */
  get given(): Y.Doc | undefined {
    return this.#doc
  }

  /** More extensions of Tiptap or CodeMirror, whichever it is; they are read when it opens. */
  get extensions(): readonly unknown[] {
    return this.#extensions
  }

  set extensions(extensions: readonly unknown[]) {
    this.#extensions = extensions
  }

  /** How the document stands, in words for people. */
  get standing(): Situation {
    return this.#situation
  }

  /** Resolves when there is an editor. */
  get ready(): Promise<this> {
    return this.#ready.promise
  }

  /** The form that it belongs to. */
  get form(): HTMLFormElement | null {
    return this.#internals.form
  }

  /** Resolves when all that was written is on the server's disk; rejects when it is refused. */
  async flush(): Promise<void> {
    if (this.#open === undefined) throw new Error(this.#situation.title)
    await this.#open.flush()
  }

  /** Connects again after `disconnect`, or after a refusal. */
  connect(): void {
    this.#open?.connect()
  }

  connectedCallback(): void {
    this.#plan()
  }

  disconnectedCallback(): void {
    // Frameworks take nodes out to put them in elsewhere: the connection and undo stay for that.
    setTimeout(() => {
      if (!this.isConnected) this.#close()
    })
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (before === now) return
    if (attributeNames.reopen.some((watched) => watched === name)) return this.#reopen()
    if (name === 'panels') return this.#open?.offerPanels()
    this.#open?.refresh()
    this.#tell()
  }

  formAssociatedCallback(): void {
    this.#fillForm()
  }

  get #open(): Shown | undefined {
    return openings.get(this)
  }

  set #open(open: Shown | undefined) {
    if (open === undefined) openings.delete(this)
    else openings.set(this, open)
  }

  /** What was set before the element was defined stands in the way of its own property. */
  #upgrade(name: 'token' | 'user' | 'doc' | 'extensions'): void {
    if (!Object.hasOwn(this, name)) return
    const value: unknown = Reflect.get(this, name)
    Reflect.deleteProperty(this, name)
    Reflect.set(this, name, value)
  }

  #reopen(): void {
    if (this.#open !== undefined) this.#close()
    this.#plan()
  }

  /** All that is set in one turn is opened once. */
  #plan(): void {
    if (this.#isPlanned) return
    this.#isPlanned = true
    queueMicrotask(() => {
      this.#isPlanned = false
      if (this.isConnected && this.#open === undefined) this.#begin()
    })
  }

  #begin(): void {
    if (this.document === '') return this.#tell()
    if (!this.frame) return this.#show(Opened)
    insist(() => import('./frame/around.ts')).then(({ Framed }) => {
      if (this.isConnected && this.frame && this.#open === undefined) this.#show(Framed)
    }, reportError)
  }

  #show(Shows: new (host: Host, hearing: Hearing) => Shown): void {
    this.#frame.toolbar.hidden = this.kind !== 'rich'
    this.#open = new Shows(this, {
      frame: this.#frame,
      paneled: () => this.#say('panel'),
      followed: () => this.#say('follow'),
      say: (type, detail) => this.#say(type, detail),
      presence: () => {
        this.#listPeople()
        this.#say('presence')
      },
      changed: this.#noteChange,
      synced: () => this.#say('synced'),
      told: this.#tell,
      filled: () => {
        this.#frame.show(true)
        this.#tell()
        this.#noteChange()
        this.#open?.offerPanels()
        this.#ready.resolve(this)
        this.#say('ready')
      },
    })
    this.#listPeople()
    this.#tell()
  }

  #listPeople(): void {
    const awareness = this.awareness
    if (awareness !== undefined) listPeople(this.#frame.people, othersIn(awareness))
  }

  #close(): void {
    const open = this.#open
    if (open === undefined) return
    this.#open = undefined
    open.close()
    clearTimeout(this.#changing)
    this.#changing = undefined
    this.#frame.show(false)
    if (open.isFilled) this.#ready = Promise.withResolvers<this>()
  }

  readonly #tell = (): void => {
    const before = this.#situation
    const session = this.#open?.session
    if (session?.isReplaced === true && this.#doc === undefined) {
      this.#reopen()
      return this.#say('replaced')
    }
    this.#situation = this.#open?.situation ?? unnamed
    const { kind, title } = this.#situation
    this.#frame.tell(this.#situation)
    this.#state('saving', kind === 'saving')
    this.#state('offline', ['offline', 'away', 'restarting'].includes(kind))
    const isRefused = this.#open !== undefined && isStop(this.#situation)
    this.#state('refused', isRefused)
    this.#state('readonly', this.readonly || ['view-only', 'comment-only'].includes(kind))
    const unsaved = this.pending > 0 ? 'The last changes are not saved yet.' : ''
    this.#internals.setValidity(unsaved === '' ? {} : { customError: true }, unsaved)
    if (before.kind === kind && before.title === title) return
    this.#say('standing', this.#situation)
    if (this.saved) this.#say('saved')
    if (isRefused) this.#say('refused', this.#situation)
  }

  readonly #noteChange = (): void => {
    this.#changing ??= setTimeout(() => {
      this.#changing = undefined
      if (this.#open?.isFilled !== true) return
      this.#state('empty', this.#open.isEmpty)
      this.#fillForm()
      this.#say('change')
    }, changeAfterMs)
  }

  /** Rich text has to be written as HTML for it, all of it: where no form is, it is not. */
  #fillForm(): void {
    if (this.form !== null && this.#open?.isFilled === true) {
      this.#internals.setFormValue(this.value)
    }
  }

  #state(name: string, holds: boolean): void {
    if (holds) this.#internals.states.add(name)
    else this.#internals.states.delete(name)
  }

  #say(type: string, detail?: object): void {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }))
  }
}
