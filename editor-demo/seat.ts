import { newPerson, parsePerson, type Person, readableColor } from '../editor/link/person.ts'

/** Which of the two people that one tab can hold. */
export type Seat = 'first' | 'second'

/**
 * Who sits at this seat: the person kept for this tab, else a new one with a friendly name.
 * The tab keeps them, not the browser, because two tabs are meant to be two people.
 */
export function loadPerson(seat: Seat): Person {
  try {
    const kept = sessionStorage.getItem(`person-${seat}`)
    if (kept !== null) return parsePerson(JSON.parse(kept))
  } catch {
    // Storage may be forbidden or hold something else; a new person is as good.
  }
  return savePerson(seat, newPerson())
}

/** Keeps the person for this tab, with a color that can be read, and gives what was kept. */
export function savePerson(seat: Seat, person: Person): Person {
  const kept = { name: person.name, color: readableColor(person.color) }
  try {
    sessionStorage.setItem(`person-${seat}`, JSON.stringify(kept))
  } catch {
    // Without storage the person lasts until the page is left.
  }
  return kept
}
