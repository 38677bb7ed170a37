import { piece } from './piece.ts'

const address = /\bhttps?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]}'’”]/g

/** A text with its addresses to be followed. */
export function linked(text: string): readonly (Node | string)[] {
  const parts: (Node | string)[] = []
  let end = 0
  for (const { 0: found, index } of text.matchAll(address)) {
    const link = piece('a', '', found)
    link.href = found
    link.target = '_blank'
    link.rel = 'noopener noreferrer'
    parts.push(text.slice(end, index), link)
    end = index + found.length
  }
  return [...parts, text.slice(end)]
}
