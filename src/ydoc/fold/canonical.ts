import { createHash } from 'node:crypto'
import * as Y from 'yjs'
import { entriesOf, keyOfMarks, type Piece, piecesOf, type SharedType } from './pieces.ts'

/**
 * Tells whether contents are equal: a key for each type from its items alone, in which the types
 * within stand as their own keys. A key is a SHA-256, so no tree is ever compared twice.
 */
export class Keys {
  readonly #known = new Map<SharedType, string>()

  /** Of a type with all in it, without its own kind. */
  ofContent(type: SharedType): string {
    const known = this.#known.get(type)
    if (known !== undefined) return known
    const hash = createHash('sha256')
    for (const piece of piecesOf(type)) {
      hash.update(piece.kind === 'text' ? JSON.stringify(piece.text) : this.ofPiece(piece))
      hash.update(`${keyOfMarks(piece.marks)}\n`)
    }
    for (const [key, piece] of entriesOf(type)) {
      hash.update(`${JSON.stringify(key)}:${this.ofPiece(piece)}\n`)
    }
    const key = hash.digest('base64url')
    this.#known.set(type, key)
    return key
  }

  /** Of one piece, without its marks. */
  ofPiece(piece: Piece): string {
    switch (piece.kind) {
      case 'text':
        return JSON.stringify(piece.text)
      case 'value':
      case 'embed':
        return `${piece.kind} ${piece.key}`
      case 'type':
        return `${shellOf(piece.type)} ${this.ofContent(piece.type)}`
    }
  }
}

/** All of a document's content as text, by root; equal for equal content. Empty roots are none. */
export function canonicalOf(doc: Y.Doc): string {
  const keys = new Keys()
  const roots = [...doc.share].filter(([, root]) => !isEmpty(root))
  return JSON.stringify(roots.map(([name, root]) => [name, keys.ofContent(root)]).toSorted(byName))
}

/** The kind of a type, with the name that it has for good. */
export function shellOf(type: SharedType): string {
  if (type instanceof Y.XmlElement) return `element ${JSON.stringify(type.nodeName)}`
  if (type instanceof Y.XmlHook) return `hook ${JSON.stringify(type.hookName)}`
  if (type instanceof Y.XmlFragment) return 'fragment'
  if (type instanceof Y.XmlText) return 'xml-text'
  if (type instanceof Y.Text) return 'text'
  if (type instanceof Y.Array) return 'array'
  return 'map'
}

function isEmpty(root: SharedType): boolean {
  return piecesOf(root).length === 0 && entriesOf(root).length === 0
}

function byName([a]: readonly unknown[], [b]: readonly unknown[]): number {
  return String(a) < String(b) ? -1 : 1
}
