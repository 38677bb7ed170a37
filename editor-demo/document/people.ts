import type { YtopicEditor } from '../../editor/element.ts'
import { initialsOf, othersIn } from '../../editor/link/others.ts'
import { inkOn, type Person } from '../../editor/link/person.ts'
import { piece, press } from '../../editor/panels/piece.ts'
import { find } from '../elements.ts'
import { whereabouts } from '../where.ts'

/** Somebody else in the document. */
interface Placed extends Person {
  /** Their client. */
  readonly id: number
  /** Where their caret is, in words, while that is to be read. */
  readonly where: string
}

const facesMax = 5

/** Shows who is here and where, goes to them, and stays with them. */
export class People {
  readonly #editor: YtopicEditor
  readonly #button = find(document, HTMLButtonElement, '.people')
  readonly #popover = find(document, HTMLElement, '#people')
  readonly #list = find(document, HTMLElement, '#people ul')
  readonly #note = find(document, HTMLElement, '.following')
  #shown = ''
  #isOpen = false

  constructor(editor: YtopicEditor) {
    this.#editor = editor
  }

  /** Keeps them shown. */
  connect(): void {
    // A caret that rests moves all the same when somebody writes above it.
    const types = ['presence', 'follow', 'change']
    for (const type of types) this.#editor.addEventListener(type, this.#show)
    this.#popover.addEventListener('beforetoggle', ({ newState }) => {
      this.#isOpen = newState === 'open'
      this.#show()
    })
    this.#show()
  }

  readonly #show = (): void => {
    const others = this.#others()
    const now = JSON.stringify([others, this.#editor.followed])
    // Caret moves come through here too; an unchanged list is left alone for who presses in it.
    if (now === this.#shown) return
    this.#shown = now
    this.#button.hidden = others.length === 0
    this.#button.replaceChildren(...others.slice(0, facesMax).map(faceOf))
    const focused = document.activeElement?.getAttribute('aria-label')
    this.#list.replaceChildren(...others.map((other) => this.#rowFor(other)))
    if (others.length === 0) this.#popover.hidePopover()
    for (const each of this.#list.querySelectorAll('button')) {
      if (focused !== null && each.ariaLabel === focused) each.focus()
    }
    const followed = others.find(({ id }) => id === this.#editor.followed)
    document.body.classList.toggle('follows', followed !== undefined)
    document.body.style.setProperty('--followed', followed?.color ?? '')
    const words = followed === undefined ? '' : `Following ${followed.name}, Esc to stop`
    if (this.#note.textContent !== words) this.#note.textContent = words
  }

  #others(): readonly Placed[] {
    const { awareness, doc } = this.#editor
    if (awareness === undefined || doc === undefined) return []
    const roots = { doc, prose: doc.getXmlFragment('prose'), code: doc.getText('code') }
    // It looks through the document: not for what nobody reads.
    const where = this.#isOpen ? whereabouts(roots) : (): string => ''
    return othersIn(awareness).map(({ color, cursor, id, name }) => {
      return { color, id, name, where: where(cursor) }
    })
  }

  #rowFor({ color, id, name, where }: Placed): HTMLElement {
    const words = piece('span', '', `${name}${where || ', reading'}`)
    const isFollowed = this.#editor.followed === id
    const go = press('Go to', () => {
      this.#editor.follow(undefined)
      this.#editor.goTo(id)
    })
    go.ariaLabel = `Go to ${name}`
    const follow = press('Follow', () => this.#editor.follow(isFollowed ? undefined : id))
    follow.ariaLabel = `Follow ${name}`
    follow.ariaPressed = String(isFollowed)
    return piece('li', '', faceOf({ color, name }), words, go, follow)
  }
}

function faceOf({ color, name }: Person): HTMLElement {
  const face = piece('span', 'face')
  face.title = name
  // Drawn by the stylesheet: the names are told in the list.
  face.dataset['initials'] = initialsOf(name)
  face.ariaHidden = 'true'
  face.style.backgroundColor = color
  face.style.color = inkOn(color)
  return face
}
