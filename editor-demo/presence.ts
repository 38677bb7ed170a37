import type { Client } from './client.ts'
import { parsePerson } from './person.ts'
import type { Person } from './person.ts'

const listedAtMost = 12

function othersOf({ doc, link }: Client): readonly Person[] {
  return [...link.awareness.getStates()]
    .filter(([id, state]) => id !== doc.clientID && state['user'] !== undefined)
    .toSorted(([left], [right]) => left - right)
    .map(([, state]) => parsePerson(state['user']))
}

function chip({ name, color }: Person): HTMLLIElement {
  const item = document.createElement('li')
  const dot = document.createElement('span')
  dot.className = 'dot'
  dot.style.backgroundColor = color
  item.append(dot, name)
  return item
}

function rest(count: number): HTMLLIElement {
  const item = document.createElement('li')
  item.textContent = `and ${count} more`
  return item
}

/**
 * Keeps `list` showing everybody else in the document, and `alone` shown while there is nobody.
 * Gives the function that ends it.
 */
export function showPresence(client: Client, list: HTMLElement, alone: HTMLElement): () => void {
  const { awareness } = client.link
  let shown: string | undefined
  const show = (): void => {
    const others = othersOf(client)
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
  return () => awareness.off('change', show)
}
