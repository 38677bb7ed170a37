/** The kinds of editor. */
export const kinds = ['rich', 'code', 'text'] as const

/** What an element edits: rich text, code, or plain text. */
export type Kind = (typeof kinds)[number]

/** The attributes that an element watches, by what a change of them asks for. */
export const attributeNames = {
  /** Another document, or another editor: all is opened anew. */
  reopen: ['server', 'document', 'frame', 'kind', 'root', 'language', 'placeholder', 'offline'],
  /** The same, seen in another way. */
  refresh: ['readonly', 'user-name', 'user-color', 'panels'],
} as const

/** Importing the element has to be safe where there is no page. */
const Base: typeof HTMLElement = globalThis.HTMLElement ?? Object

/** The element's attributes as properties. `theme` and `toolbar` are the stylesheet's affair. */
export abstract class EditorAttributes extends Base {
  /** Address of the server; without it the one that the script came from. */
  get server(): string {
    const given = this.getAttribute('server')
    return new URL(given ?? import.meta.url, this.baseURI).origin
  }

  set server(server: string) {
    this.setAttribute('server', server)
  }

  /** Name of the document. */
  get document(): string {
    return this.getAttribute('document') ?? ''
  }

  set document(name: string) {
    this.setAttribute('document', name)
  }

  /** `rich` unless it is told otherwise. */
  get kind(): Kind {
    const given = this.getAttribute('kind')
    return kinds.find((kind) => kind === given) ?? 'rich'
  }

  set kind(kind: Kind) {
    this.setAttribute('kind', kind)
  }

  /** Name of the shared type in the document; without it the one of the kind. */
  get root(): string {
    return this.getAttribute('root') || { rich: 'prose', code: 'code', text: 'text' }[this.kind]
  }

  set root(root: string) {
    this.setAttribute('root', root)
  }

  /** Language of code: `javascript`, `typescript`, `jsx`, `tsx`; others have no colors. */
  get language(): string {
    return this.getAttribute('language') ?? 'javascript'
  }

  set language(language: string) {
    this.setAttribute('language', language)
  }

  /** Whether this page shows the document for reading, whatever the server allows. */
  get readonly(): boolean {
    return this.hasAttribute('readonly')
  }

  set readonly(isReadonly: boolean) {
    this.toggleAttribute('readonly', isReadonly)
  }

  /** Said where nothing is written yet. */
  get placeholder(): string {
    return this.getAttribute('placeholder') ?? 'Write here, together.'
  }

  set placeholder(words: string) {
    this.setAttribute('placeholder', words)
  }

  /**
   * Whose copy is kept on this device, so that it opens without the server: empty for the person
   * whom the token names. Undefined where none is kept.
   */
  get offline(): string | undefined {
    return this.getAttribute('offline') ?? undefined
  }

  set offline(person: string | boolean | undefined) {
    if (person === undefined || person === false) this.removeAttribute('offline')
    else this.setAttribute('offline', person === true ? '' : person)
  }

  /** `auto` follows the page, `light` and `dark` do not. */
  get theme(): string {
    return this.getAttribute('theme') ?? 'auto'
  }

  set theme(theme: string) {
    this.setAttribute('theme', theme)
  }

  /** `full`, `compact` or `none`. */
  get toolbar(): string {
    return this.getAttribute('toolbar') ?? 'full'
  }

  set toolbar(toolbar: string) {
    this.setAttribute('toolbar', toolbar)
  }

  /** Which panels there are, parted by spaces: `comments chat`. */
  get panels(): string {
    return this.getAttribute('panels') ?? ''
  }

  set panels(names: string) {
    this.setAttribute('panels', names)
  }

  /** Whether the server's own page shows the document, in a frame. */
  get frame(): boolean {
    return this.hasAttribute('frame')
  }

  set frame(isFramed: boolean) {
    this.toggleAttribute('frame', isFramed)
  }

  /** Under which name a form sends the text. */
  get name(): string {
    return this.getAttribute('name') ?? ''
  }

  set name(name: string) {
    this.setAttribute('name', name)
  }
}
