import type { Awareness } from 'y-protocols/awareness'
import { parsePerson, readableColor } from '../../editor/link/person.ts'
import type { Author } from './versions.ts'

/** The color of an author, in which they can be told from the page. */
export type ColorOf = (author: Author) => string

/** Who is in the document now has the color of their caret; of others their id says it. */
export function colorsIn(awareness: Awareness | undefined): ColorOf {
  const users = [...(awareness?.getStates().values() ?? [])].map(({ user }): unknown => user)
  const here = new Map(users.map((user) => [idOf(user), parsePerson(user).color]))
  return (author) => readableColor(here.get(author.id) ?? parsePerson(author).color)
}

function idOf(user: unknown): unknown {
  return typeof user === 'object' && user !== null && 'id' in user ? user.id : undefined
}
