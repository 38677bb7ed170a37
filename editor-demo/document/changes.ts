import type { ColorOf } from './colors.ts'
import type { Changes, Piece } from './versions.ts'

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
 * @param colorOf how changes are marked; without it none are, and what was removed is left out
 */
export function renderChanges(changes: Changes, colorOf: ColorOf | undefined): DocumentFragment {
  const shown = document.createDocumentFragment()
  if ('blocks' in changes) {
    shown.append(...changes.blocks.flatMap((piece) => render(piece, colorOf)))
    return shown
  }
  const code = document.createElement('pre')
  code.append(...changes.spans.flatMap((piece) => render(piece, colorOf)))
  shown.append(code)
  return shown
}

function render(piece: Piece, colorOf: ColorOf | undefined): readonly Node[] {
  const isMarked = colorOf !== undefined
  if (!isMarked && piece.op === 'removed') return []
  const element = document.createElement(tagOf(piece, isMarked))
  if (piece.children === undefined) element.textContent = piece.text ?? '▢'
  else element.append(...piece.children.flatMap((child) => render(child, colorOf)))
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
