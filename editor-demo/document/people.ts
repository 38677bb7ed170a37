import type { YtopicEditor } from '../../editor/element.ts'
import { initialsOf } from '../../editor/link/others.ts'
import { inkOn, parsePerson, type Person } from '../../editor/link/person.ts'
import { find } from '../elements.ts'
import { whereabouts } from '../where.ts'

/** Somebody else in the document. */
interface Other extends Person {
  readonly id: number
  /** Where their caret is, in words. */
  readonly where: string
}

const facesMax = 5

/** Shows who is here and where, goes to them, and stays with them. */
export class People {
  readonly #editor: YtopicEditor
  readonly #button = find(document, HTMLButtonElement, '.people')
  readonly #list = find(document, HTMLElement, '#people ul')
  readonly #note = find(document, HTMLElement, '.following')
  #followed: Other | undefined

  constructor(editor: YtopicEditor) {
    this.#editor = editor
  }

  /** Keeps them shown. */
  connect(): void {
    this.#editor.addEventListener('presence', this.#show)
    // What somebody does themselves ends it: the text is theirs to move again.
    for (const type of ['wheel', 'touchmove', 'keydown', 'pointerdown']) {
      addEventListener(type, (event) => {
        const isButton = event.target instanceof Element && event.target.closest('#people, .people')
        if (isButton === null || (event instanceof KeyboardEvent && event.key === 'Escape')) {
          this.#follow(undefined)
        }
      })
    }
    this.#show()
  }

  readonly #show = (): void => {
    const others = this.#others()
    this.#button.hidden = others.length === 0
    this.#button.replaceChildren(...others.slice(0, facesMax).map(faceOf))
    const focused = document.activeElement?.getAttribute('aria-label')
    this.#list.replaceChildren(...others.map((other) => this.#rowFor(other)))
    if (others.length === 0) find(document, HTMLElement, '#people').hidePopover()
    for (const each of this.#list.querySelectorAll('button')) {
      if (focused !== null && each.ariaLabel === focused) each.focus()
    }
    const followed = others.find(({ id }) => id === this.#followed?.id)
    if (this.#followed !== undefined && followed === undefined) this.#follow(undefined)
    // The editor draws carets in a turn of its own.
    if (followed !== undefined) requestAnimationFrame(() => this.#goTo(followed))
  }

  #others(): readonly Other[] {
    const { awareness, doc } = this.#editor
    if (awareness === undefined || doc === undefined) return []
    const where = whereabouts({
      doc,
      prose: doc.getXmlFragment('prose'),
      code: doc.getText('code'),
    })
    return [...awareness.getStates()]
      .filter(([id, state]) => id !== doc.clientID && state['user'] !== undefined)
      .toSorted(([left], [right]) => left - right)
      .map(([id, state]) => ({ id, ...parsePerson(state['user']), where: where(state['cursor']) }))
  }

  #rowFor(other: Other): HTMLElement {
    const row = document.createElement('li')
    const words = document.createElement('span')
    words.textContent = `${other.name}${other.where || ', reading'}`
    const isFollowed = this.#followed?.id === other.id
    const go = button(`Go to ${other.name}`, 'Go to', () => {
      this.#follow(undefined)
      this.#goTo(other)
    })
    const follow = button(`Follow ${other.name}`, 'Follow', () => {
      this.#follow(isFollowed ? undefined : other)
    })
    follow.ariaPressed = String(isFollowed)
    row.append(faceOf(other), words, go, follow)
    return row
  }

  #goTo({ name }: Other): void {
    const labels = this.#editor.querySelectorAll('.collaboration-carets__label, .cm-ySelectionInfo')
    const label = [...labels].find(({ textContent }) => textContent === name)
    label?.parentElement?.scrollIntoView({ block: 'center' })
  }

  #follow(other: Other | undefined): void {
    if (other?.id === this.#followed?.id) return
    this.#followed = other
    document.body.classList.toggle('follows', other !== undefined)
    document.body.style.setProperty('--followed', other?.color ?? '')
    this.#note.textContent = other === undefined ? '' : `Following ${other.name}, Esc to stop`
    this.#show()
  }
}

function faceOf({ color, name }: Person): HTMLElement {
  const face = document.createElement('span')
  face.className = 'face'
  face.title = name
  // Drawn by the stylesheet: the names are told in the list.
  face.dataset['initials'] = initialsOf(name)
  face.ariaHidden = 'true'
  face.style.backgroundColor = color
  face.style.color = inkOn(color)
  return face
}

function button(label: string, words: string, does: () => void): HTMLButtonElement {
  const element = document.createElement('button')
  element.type = 'button'
  element.ariaLabel = label
  element.textContent = words
  element.addEventListener('click', does)
  return element
}
