import type { Client } from './client.ts'
import { othersIn } from '../editor/link/others.ts'
import type { Person } from '../editor/link/person.ts'
import { piece } from '../editor/panels/piece.ts'
import { whereabouts } from './where.ts'

const listedAtMost = 12

/** Where the carets are is told so often at most: they move with every key. */
const whereAfterMs = 500

function chip({ name, color }: Person): HTMLLIElement {
  const dot = piece('span', 'dot')
  dot.style.backgroundColor = color
  // Carets are drawn for those who see; this is said to the others.
  const where = piece('span', 'where unseen')
  return piece('li', '', dot, piece('span', 'who', name), where)
}

/**
 * Keeps `list` showing everybody else in the document and saying where they are, and `alone` shown
 * while there is nobody. Gives the function that ends it.
 */
export function showPresence(client: Client, list: HTMLElement, alone: HTMLElement): () => void {
  const { awareness } = client.link
  const { doc } = client
  let shown: string | undefined
  let telling: ReturnType<typeof setTimeout> | undefined
  const tellWhere = (): void => {
    telling = undefined
    const where = whereabouts(client)
    const others = othersIn(awareness)
    for (const [index, place] of [...list.querySelectorAll('.where')].entries()) {
      place.textContent = where(others[index]?.cursor)
    }
  }
  // A caret that rests moves all the same when somebody writes above it.
  const tellSoon = (): void => {
    telling ??= setTimeout(tellWhere, whereAfterMs)
  }
  const show = (): void => {
    tellSoon()
    const others = othersIn(awareness).map(({ color, name }) => ({ color, name }))
    const now = JSON.stringify(others)
    // Caret moves come through here too; an unchanged list is left alone for screen readers.
    if (now === shown) return
    shown = now
    const listed = others.slice(0, listedAtMost).map(chip)
    const unlisted = others.length - listed.length
    list.replaceChildren(
      ...listed,
      ...(unlisted > 0 ? [piece('li', '', `and ${unlisted} more`)] : []),
    )
    list.hidden = others.length === 0
    alone.hidden = others.length > 0
  }
  show()
  awareness.on('change', show)
  doc.on('update', tellSoon)
  return () => {
    clearTimeout(telling)
    awareness.off('change', show)
    doc.off('update', tellSoon)
  }
}
