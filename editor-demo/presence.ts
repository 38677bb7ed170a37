import type { Client } from './client.ts'
import { parsePerson } from '../editor/link/person.ts'
import type { Person } from '../editor/link/person.ts'
import { whereabouts } from './where.ts'

const listedAtMost = 12

/** Where the carets are is told so often at most: they move with every key. */
const whereAfterMs = 500

interface Other {
  readonly person: Person
  readonly cursor: unknown
}

function othersOf({ doc, link }: Client): readonly Other[] {
  return [...link.awareness.getStates()]
    .filter(([id, state]) => id !== doc.clientID && state['user'] !== undefined)
    .toSorted(([left], [right]) => left - right)
    .map(([, state]) => {
      const cursor: unknown = state['cursor']
      return { person: parsePerson(state['user']), cursor }
    })
}

function chip({ name, color }: Person): HTMLLIElement {
  const item = document.createElement('li')
  const dot = document.createElement('span')
  dot.className = 'dot'
  dot.style.backgroundColor = color
  const label = document.createElement('span')
  label.className = 'who'
  label.textContent = name
  // Carets are drawn for those who see; this is said to the others.
  const where = document.createElement('span')
  where.className = 'where unseen'
  item.append(dot, label, where)
  return item
}

function rest(count: number): HTMLLIElement {
  const item = document.createElement('li')
  item.textContent = `and ${count} more`
  return item
}

/**
 * Keeps `list` showing everybody else in the document and saying where they are, and `alone` shown
 * while there is nobody. Gives the function that ends it.
 */
export function showPresence(client: Client, list: HTMLElement, alone: HTMLElement): () => void {
  const { awareness } = client.link
  let shown: string | undefined
  let telling: ReturnType<typeof setTimeout> | undefined
  const tellWhere = (): void => {
    telling = undefined
    const where = whereabouts(client)
    const others = othersOf(client)
    for (const [index, place] of [...list.querySelectorAll('.where')].entries()) {
      place.textContent = where(others[index]?.cursor)
    }
  }
  const show = (): void => {
    telling ??= setTimeout(tellWhere, whereAfterMs)
    const others = othersOf(client).map(({ person }) => person)
    const now = JSON.stringify(others)
    // Caret moves come through here too; an unchanged list is left alone for screen readers.
    if (now === shown) return
    shown = now
    const listed = others.slice(0, listedAtMost).map(chip)
    const unlisted = others.length - listed.length
    list.replaceChildren(...listed, ...(unlisted > 0 ? [rest(unlisted)] : []))
    list.hidden = others.length === 0
    alone.hidden = others.length > 0
  }
  show()
  awareness.on('change', show)
  return () => {
    clearTimeout(telling)
    awareness.off('change', show)
  }
}
