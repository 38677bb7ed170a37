import { initialsOf } from '../link/others.ts'
import { inkOn, parsePerson } from '../link/person.ts'
import { piece } from './piece.ts'

/** A person as the server tells of them. */
export interface Author {
  readonly id: string | null
  readonly name: string | null
  readonly color: string | null
}

/** What an author is called. */
export function nameOf(by: Author | null): string {
  return parsePerson(by).name
}

/** A person's initials on their color; the name stands beside it. */
export function faceOf(by: Author | null): HTMLElement {
  const { color, name } = parsePerson(by)
  const face = piece('span', 'face', initialsOf(name))
  face.ariaHidden = 'true'
  face.style.backgroundColor = color
  face.style.color = inkOn(color)
  return face
}
