import { parsePerson, readableColor } from '../../editor/link/person.ts'
import type { Author, Changes, Piece } from './versions.ts'

const tags: Readonly<Record<string, string>> = {
  paragraph: 'p',
  bulletList: 'ul',
  orderedList: 'ol',
  listItem: 'li',
  blockquote: 'blockquote',
  codeBlock: 'pre',
}

/**
 * What was there, with what changed marked in it.
 * @param isMarked whether changes are shown; without them what was removed is left out
 */
export function renderChanges(changes: Changes, isMarked: boolean): DocumentFragment {
  const shown = document.createDocumentFragment()
  if ('blocks' in changes) {
    shown.append(...changes.blocks.flatMap((piece) => render(piece, isMarked)))
    return shown
  }
  const code = document.createElement('pre')
  code.append(...changes.spans.flatMap((piece) => render(piece, isMarked)))
  shown.append(code)
  return shown
}

function render(piece: Piece, isMarked: boolean): readonly Node[] {
  if (!isMarked && piece.op === 'removed') return []
  const element = document.createElement(tagOf(piece, isMarked))
  if (piece.children === undefined) element.textContent = piece.text ?? '▢'
  else element.append(...piece.children.flatMap((child) => render(child, isMarked)))
  if (!isMarked || piece.op === 'same') return [element]
  element.classList.add('change', piece.op)
  // A block says so at its edge; each text in it says it anew.
  element.classList.toggle('block', piece.children !== undefined)
  const author = piece.op === 'removed' ? piece.removedBy : piece.by
  if (author) {
    element.style.setProperty('--by', colorOf(author))
    element.title = `${piece.op} by ${author.name ?? author.id}`
  }
  return [element]
}

function tagOf({ attributes, children, op, type = '' }: Piece, isMarked: boolean): string {
  if (children === undefined) {
    if (!isMarked || op === 'same' || op === 'changed') return 'span'
    return op === 'added' ? 'ins' : 'del'
  }
  // The page's own heading is the first one.
  if (type === 'heading') return attributes?.['level'] === 1 ? 'h2' : 'h3'
  return tags[type] ?? 'div'
}

/** Far enough from each other to tell people apart. */
const huesOfPeople = ['#0a7d57', '#8a3ab9', '#b3362b', '#1d5fb0', '#9a6200', '#a11d6a', '#3f6d1c']

/** The color of a person that can be read. Of whom none is known it is always the same one. */
export function colorOf({ color, id }: Author): string {
  const sum = new TextEncoder().encode(id).reduce((total, byte) => total + byte, 0)
  const own = huesOfPeople[sum % huesOfPeople.length]
  return readableColor(parsePerson({ color: color ?? own }).color)
}
