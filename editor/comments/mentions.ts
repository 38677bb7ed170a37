import { uuidv4 } from 'lib0/random'
import type { Author } from '../panels/face.ts'
import { nameOf } from '../panels/face.ts'
import { piece } from '../panels/piece.ts'

/** So many are offered at once. */
const offeredMax = 6

/** A list of people behind an `@` that somebody types. */
export class Mentions {
  readonly place = piece('ul', 'people-list')
  readonly #field: HTMLTextAreaElement
  readonly #people: () => readonly Author[]
  /** Who was chosen, by how they are written in the text. */
  readonly #chosen = new Map<string, string>()
  #offered: readonly Author[] = []
  #at = 0

  /** @param people those who can be mentioned */
  constructor(field: HTMLTextAreaElement, people: () => readonly Author[]) {
    this.#field = field
    this.#people = people
    this.place.id = `people-${uuidv4()}`
    this.place.role = 'listbox'
    this.place.ariaLabel = 'People to mention'
    this.place.hidden = true
    field.setAttribute('aria-controls', this.place.id)
    field.setAttribute('aria-autocomplete', 'list')
    field.addEventListener('input', () => this.#offer())
    field.addEventListener('blur', () => this.#close())
  }

  /** Ids of those who are in the text. */
  idsIn(text: string): readonly string[] {
    return [...this.#chosen].flatMap(([written, id]) => (text.includes(written) ? [id] : []))
  }

  /** Goes up and down in the list. @returns whether the key was for it */
  onKey(key: string): boolean {
    if (this.place.hidden) return false
    const { length } = this.#offered
    if (key === 'ArrowDown') this.#at = (this.#at + 1) % length
    else if (key === 'ArrowUp') this.#at = (this.#at + length - 1) % length
    else if (key === 'Escape') return this.#close()
    else if (key === 'Enter' || key === 'Tab') return this.#take(this.#offered[this.#at])
    else return false
    this.#show()
    return true
  }

  #offer(): void {
    const wanted = this.#begun()?.toLocaleLowerCase()
    this.#at = 0
    this.#offered =
      wanted === undefined
        ? []
        : this.#people()
            .filter((person) => nameOf(person).toLocaleLowerCase().includes(wanted))
            .slice(0, offeredMax)
    this.#show()
  }

  /** What stands between an `@` and the caret; undefined where there is none. */
  #begun(): string | undefined {
    const before = this.#field.value.slice(0, this.#field.selectionStart)
    return /(?:^|\s)@([^\s@]*)$/.exec(before)?.[1]
  }

  #show(): void {
    const isOpen = this.#offered.length > 0
    this.place.hidden = !isOpen
    this.place.replaceChildren(...this.#offered.map((person, at) => this.#itemFor(person, at)))
    if (isOpen) this.#field.setAttribute('aria-activedescendant', `${this.place.id}-${this.#at}`)
    else this.#field.removeAttribute('aria-activedescendant')
  }

  #itemFor(person: Author, at: number): HTMLElement {
    const item = piece('li', '', nameOf(person))
    item.id = `${this.place.id}-${at}`
    item.role = 'option'
    item.ariaSelected = String(at === this.#at)
    // The field keeps the keyboard.
    item.addEventListener('mousedown', (event) => event.preventDefault())
    item.addEventListener('click', () => this.#take(person))
    return item
  }

  #take(person: Author | undefined): true {
    const begun = this.#begun()
    if (person !== undefined && person.id !== null && begun !== undefined) {
      const written = `@${nameOf(person)}`
      const end = this.#field.selectionStart
      this.#chosen.set(written, person.id)
      this.#field.setRangeText(`${written} `, end - begun.length - 1, end, 'end')
    }
    return this.#close()
  }

  #close(): true {
    this.#offered = []
    this.#show()
    return true
  }
}
