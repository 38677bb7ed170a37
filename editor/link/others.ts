import type { Awareness } from 'y-protocols/awareness'
import { part } from '../frame/part.ts'
import { inkOn, parsePerson, type Person } from './person.ts'

/** So many are shown by their initials; of the rest the number is. */
const shownMax = 5

/** Somebody else in a document. */
export interface Other extends Person {
  /** Their client. */
  readonly id: number
  /** What they say of their caret: it may be anything. */
  readonly cursor: unknown
}

/** Everybody else in a document, by the order in which they are listed. */
export function othersIn({ doc, states }: Awareness): readonly Other[] {
  return [...states]
    .filter(([id, state]) => id !== doc.clientID && state['user'] !== undefined)
    .toSorted(([left], [right]) => left - right)
    .map(([id, state]) => {
      const cursor: unknown = state['cursor']
      return { ...parsePerson(state['user']), id, cursor }
    })
}

/** Fills a list with everybody's initials; their names are there for who hovers or listens. */
export function listPeople(list: HTMLElement, people: readonly Person[]): void {
  const shown = people.slice(0, shownMax).map(({ color, name }) => {
    const initials = document.createElement('span')
    initials.ariaHidden = 'true'
    initials.textContent = initialsOf(name)
    const item = part('li', 'avatar', initials)
    item.title = name
    item.ariaLabel = name
    item.style.backgroundColor = color
    item.style.color = inkOn(color)
    return item
  })
  const rest = people.length - shown.length
  if (rest > 0) {
    const item = part('li', 'avatar more')
    item.textContent = `+${rest}`
    item.title = `and ${rest} more`
    shown.push(item)
  }
  list.replaceChildren(...shown)
  list.hidden = people.length === 0
}

/** The first letters of a name's first and last word. */
export function initialsOf(name: string): string {
  const letters = name.split(/\s+/).map((word) => /^./u.exec(word)?.[0] ?? '')
  return [letters[0], ...letters.slice(1).slice(-1)].join('').toLocaleUpperCase()
}
