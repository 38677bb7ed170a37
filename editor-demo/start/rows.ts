import { inkOn, type Person, readableColor } from '../../editor/link/person.ts'
import { pageOf } from '../document-name.ts'
import type { Row } from './listing.ts'

const facesMax = 5

/** Shows the documents. A row that is there keeps its place in the keyboard's way. */
export function showRows(list: HTMLElement, rows: readonly Row[]): void {
  const focused = document.activeElement?.closest('li')?.dataset['name']
  list.replaceChildren(...rows.map(itemFor))
  if (focused === undefined) return
  const item = [...list.children].find(
    (each) => each instanceof HTMLElement && each.dataset['name'] === focused,
  )
  item?.querySelector('a')?.focus()
}

function itemFor(row: Row): HTMLElement {
  const item = document.createElement('li')
  item.dataset['name'] = row.name
  const link = document.createElement('a')
  link.href = pageOf(row.name)
  link.append(piece('title', row.title))
  if (row.title !== row.name) link.append(piece('called', row.name))
  const details = document.createElement('span')
  details.className = 'details'
  if (row.isUnsaved) details.append(piece('unsaved', 'Not saved here'))
  details.append(facesFor(row.people), piece('when', whenOf(row.changed)))
  link.append(details)
  item.append(link)
  return item
}

function facesFor(people: readonly Person[]): HTMLElement {
  const faces = piece('faces', '')
  for (const { color, name } of people.slice(0, facesMax)) {
    const face = piece('face', name.slice(0, 1).toLocaleUpperCase())
    const shown = readableColor(color)
    face.style.backgroundColor = shown
    face.style.color = inkOn(shown)
    face.ariaHidden = 'true'
    face.title = name
    faces.append(face)
  }
  if (people.length === 0) return faces
  const names = people.map(({ name }) => name).join(', ')
  faces.append(piece('unseen', `In it now: ${names}`))
  return faces
}

function piece(called: string, words: string): HTMLElement {
  const element = document.createElement('span')
  element.className = called
  element.textContent = words
  return element
}

const steps = [
  ['minute', 60_000],
  ['hour', 3_600_000],
  ['day', 86_400_000],
] as const
const daysToldMax = 7

/** How long ago that was, in words. */
function whenOf(at: number | undefined): string {
  if (at === undefined) return ''
  const ago = Date.now() - at
  const [unit, length] = steps.findLast(([, each]) => ago >= each) ?? []
  if (unit === undefined || length === undefined) return 'just now'
  const count = Math.floor(ago / length)
  if (unit === 'day' && count > daysToldMax) return new Date(at).toLocaleDateString('en')
  return new Intl.RelativeTimeFormat('en', { numeric: 'auto' }).format(-count, unit)
}
